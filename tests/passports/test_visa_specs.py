import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import OperatorError
from core.strict_json import JsonValue
from passports.visa_specs import REGISTERED, VisaSpec, parse_visa_spec, parse_visa_specs
from passports.visas import REGISTERED_ACCESS, VisaType, parse_visa
from tests.passports.forge import NOW, PUBLIC_URL

STATUS = VisaSpec(VisaType.RESEARCHER_STATUS, REGISTERED_ACCESS)
TERMS = VisaSpec(VisaType.ACCEPTED_TERMS, REGISTERED_ACCESS)


@pytest.mark.parametrize(
    ("text", "specs"),
    [
        ("registered", (STATUS, TERMS)),
        ("ResearcherStatus", (STATUS,)),
        ("AcceptedTermsAndPolicies", (TERMS,)),
        ("ResearcherStatus:https://example.org/x", (VisaSpec(VisaType.RESEARCHER_STATUS, "https://example.org/x"),)),
        ("ControlledAccessGrants:dk-1", (VisaSpec(VisaType.CONTROLLED_ACCESS_GRANTS, "dk-1"),)),
        (
            "ControlledAccessGrants:https://node.example/datasets/dk-1",
            (VisaSpec(VisaType.CONTROLLED_ACCESS_GRANTS, "https://node.example/datasets/dk-1"),),
        ),
        ("AffiliationAndRole:faculty@example.org", (VisaSpec(VisaType.AFFILIATION, "faculty@example.org"),)),
    ],
)
def test_reads_a_visa(text: str, specs: tuple[VisaSpec, ...]) -> None:
    assert parse_visa_spec(text) == specs


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "Registered",
        "controlledaccessgrants:dk-1",
        "LinkedIdentities:a,b",
        "ControlledAccessGrants",
        "ControlledAccessGrants:",
        "ControlledAccessGrants:" + "d" * 256,
        "AffiliationAndRole:faculty",
        "AffiliationAndRole:@example.org",
        "AffiliationAndRole:faculty@",
    ],
)
def test_says_which_forms_are_understood(text: str) -> None:
    with pytest.raises(OperatorError, match="--visa") as error:
        parse_visa_spec(text)
    assert repr(text) in error.value.message
    assert "for example" in error.value.message or "registered" in error.value.message


def test_each_visa_is_minted_once() -> None:
    assert parse_visa_specs(["ResearcherStatus", "registered"]) == REGISTERED
    assert parse_visa_specs([]) == ()


@given(st.sampled_from(VisaType), st.text(min_size=1, max_size=255))
def test_whatever_can_be_asked_for_is_a_visa_that_can_be_read(visa_type: VisaType, value: str) -> None:
    value = f"role@{value}"[:255]
    (spec,) = parse_visa_spec(f"{visa_type.value}:{value}")
    claim: JsonValue = {
        "type": spec.type.value,
        "value": spec.value,
        "by": spec.by,
        "asserted": NOW,
        "source": PUBLIC_URL,
    }
    assert parse_visa(claim).value == value
