"""The visas that an operator asks for on the command line: ``--visa ControlledAccessGrants:dataset-id`` (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import OperatorError
from passports.visas import MAXIMUM_TEXT_LENGTH, REGISTERED_ACCESS, VisaType

_FORMS = (
    "use registered, ResearcherStatus, AcceptedTermsAndPolicies, ControlledAccessGrants:DATASET "
    "or AffiliationAndRole:ROLE@DOMAIN"
)


@dataclass(frozen=True, slots=True)
class VisaSpec:
    """One visa to be minted: its type and value, and who asserts it (``by``)."""

    type: VisaType
    value: str

    @property
    def by(self) -> str:
        """Who asserts visas of this type here (GA4GH Passport 1.2, "by")."""
        return _BY[self.type]


_BY = {
    VisaType.CONTROLLED_ACCESS_GRANTS: "dac",
    VisaType.RESEARCHER_STATUS: "so",
    VisaType.ACCEPTED_TERMS: "self",
    VisaType.AFFILIATION: "so",
}

REGISTERED = (
    VisaSpec(VisaType.RESEARCHER_STATUS, REGISTERED_ACCESS),
    VisaSpec(VisaType.ACCEPTED_TERMS, REGISTERED_ACCESS),
)
"""Both visas of Registered Access 1.0."""

_WITHOUT_VALUE = {
    "registered": REGISTERED,
    VisaType.RESEARCHER_STATUS.value: REGISTERED[:1],
    VisaType.ACCEPTED_TERMS.value: REGISTERED[1:],
}


def parse_visa_specs(texts: Iterable[str]) -> tuple[VisaSpec, ...]:
    """The visas that all texts together ask for, each once; raises ``OperatorError``."""
    return tuple(dict.fromkeys(spec for text in texts for spec in parse_visa_spec(text)))


def parse_visa_spec(text: str) -> tuple[VisaSpec, ...]:
    """The visas that one ``--visa`` text asks for; raises ``OperatorError`` with the forms that are understood."""
    if text in _WITHOUT_VALUE:
        return _WITHOUT_VALUE[text]
    name, _, value = text.partition(":")
    if name not in set(VisaType):
        message = f"--visa {text!r}: unknown visa type {name!r}; {_FORMS}"
        raise OperatorError(message)
    if not 0 < len(value) <= MAXIMUM_TEXT_LENGTH:
        message = f"--visa {text!r}: {name} needs a value of 1 to {MAXIMUM_TEXT_LENGTH} characters; {_FORMS}"
        raise OperatorError(message)
    role, _, domain = value.partition("@")
    if name == VisaType.AFFILIATION and not (role and domain):
        message = f"--visa {text!r}: the value must be ROLE@DOMAIN, for example faculty@example.org"
        raise OperatorError(message)
    return (VisaSpec(VisaType(name), value),)
