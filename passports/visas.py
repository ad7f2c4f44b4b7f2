"""The visa: the ``ga4gh_visa_v1`` claim, read with limits (GA4GH Passport 1.2, "Visa Object")."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.strict_json import JsonValue
from passports.refusal import Reason, Refused
from passports.tokens import VISA_CLAIM, Token, epoch_seconds

REGISTERED_ACCESS = "https://doi.org/10.1038/s41431-018-0219-y"
"""The value that both visas of Registered Access 1.0 carry, compared letter by letter."""

MAXIMUM_TEXT_LENGTH = 255
"""Greatest length of a URL claim (GA4GH Passport 1.2, "URL Claims"); ours for every text of a visa."""

BY = frozenset({"self", "peer", "system", "so", "dac"})


class VisaType(StrEnum):
    """The standard visa types that are understood here; every other one is ignored, never an error."""

    CONTROLLED_ACCESS_GRANTS = "ControlledAccessGrants"
    RESEARCHER_STATUS = "ResearcherStatus"
    ACCEPTED_TERMS = "AcceptedTermsAndPolicies"
    AFFILIATION = "AffiliationAndRole"


@dataclass(frozen=True, slots=True)
class VisaTypeRule:
    """What one type asks of its visas (GA4GH Passport 1.2, "GA4GH Standard Visa Type Definitions")."""

    by_required: bool = False
    value_is_role_at_domain: bool = False


VISA_TYPES: Mapping[VisaType, VisaTypeRule] = {
    VisaType.CONTROLLED_ACCESS_GRANTS: VisaTypeRule(by_required=True),
    VisaType.RESEARCHER_STATUS: VisaTypeRule(),
    VisaType.ACCEPTED_TERMS: VisaTypeRule(by_required=True),
    VisaType.AFFILIATION: VisaTypeRule(value_is_role_at_domain=True),
}
"""One row for each visa type."""


@dataclass(frozen=True, slots=True)
class Visa:
    """One assertion about a person: who says (``source``, ``by``) what (``type``, ``value``), since when."""

    type: VisaType
    value: str
    source: str
    by: str | None
    asserted_at: int


def read_visa(token: Token) -> Visa:
    """The visa inside a verified visa token; raises ``Refused``.

    A Visa Document Token must not open anything as an access token would, so ``openid`` in its scope voids it (AAI
    1.2).
    """
    scope = token.claims.get("scope", "")
    if not isinstance(scope, str) or "openid" in scope.split(" "):
        raise Refused(Reason.CLAIMS_OF_ANOTHER_KIND, "visa")
    return parse_visa(token.claims.get(VISA_CLAIM))


def parse_visa(claim: JsonValue) -> Visa:
    """Read a ``ga4gh_visa_v1`` object; further members are ignored; raises ``Refused``.

    Conditions are not evaluated here yet, and a visa that has any must then be ignored (GA4GH Passport 1.2,
    "conditions"); an empty list is no condition.
    """
    if not isinstance(claim, dict):
        raise Refused(Reason.VISA_MALFORMED, "visa")
    visa_type = _visa_type(_text(claim, "type"))
    if claim.get("conditions", []) != []:
        raise Refused(Reason.VISA_CONDITIONS, "visa")
    asserted_at = epoch_seconds(claim.get("asserted"))
    if asserted_at is None:
        raise Refused(Reason.VISA_MALFORMED, "visa")
    rule = VISA_TYPES[visa_type]
    return Visa(
        visa_type, _value(claim, rule), source=_text(claim, "source"), by=_by(claim, rule), asserted_at=asserted_at
    )


def _visa_type(name: str) -> VisaType:
    try:
        return VisaType(name)
    except ValueError as error:
        raise Refused(Reason.VISA_TYPE_UNSUPPORTED, "visa") from error


def _value(claim: Mapping[str, JsonValue], rule: VisaTypeRule) -> str:
    value = _text(claim, "value")
    role, at, domain = value.partition("@")
    if rule.value_is_role_at_domain and not (role and at and domain):
        raise Refused(Reason.VISA_MALFORMED, "visa")
    return value


def _by(claim: Mapping[str, JsonValue], rule: VisaTypeRule) -> str | None:
    if "by" not in claim and not rule.by_required:
        return None
    by = _text(claim, "by")
    if by not in BY:
        raise Refused(Reason.VISA_MALFORMED, "visa")
    return by


def _text(claim: Mapping[str, JsonValue], name: str) -> str:
    value = claim.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAXIMUM_TEXT_LENGTH:
        raise Refused(Reason.VISA_MALFORMED, "visa")
    return value
