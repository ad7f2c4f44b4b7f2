from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import Subject
from core.strict_json import JsonValue
from passports.refusal import Reason, Refused
from passports.tokens import Token, TokenKind
from passports.visas import Visa, VisaType, parse_visa, read_visa
from tests.passports.forge import DOI, ISSUER, MISSING, NOW, PUBLIC_URL, USER, Members, visa_object

GRANT = Visa(VisaType.CONTROLLED_ACCESS_GRANTS, "dk-1", PUBLIC_URL, "dac", NOW - 100)


def refusal(claim: JsonValue) -> Reason:
    with pytest.raises(Refused) as refused:
        parse_visa(claim)
    return refused.value.reason


def test_reads_a_visa_and_ignores_further_members() -> None:
    assert parse_visa(visa_object(other={"deep": [1]})) == GRANT
    assert parse_visa(visa_object("ResearcherStatus", DOI, by=MISSING)).by is None
    assert parse_visa(visa_object("AffiliationAndRole", "faculty@example.org")).value == "faculty@example.org"
    assert parse_visa(visa_object("AffiliationAndRole", "faculty@sub@domain")).value == "faculty@sub@domain"
    assert parse_visa(visa_object(source="EGAC00001000908", value="v" * 255)).source == "EGAC00001000908"


def test_an_empty_list_of_conditions_is_no_condition() -> None:
    assert parse_visa(visa_object(conditions=[])) == GRANT


OBJECTS: list[tuple[Members, Reason]] = [
    ({"type": MISSING}, Reason.VISA_MALFORMED),
    ({"type": ["ControlledAccessGrants"]}, Reason.VISA_MALFORMED),
    ({"type": {}}, Reason.VISA_MALFORMED),
    ({"type": "controlledaccessgrants"}, Reason.VISA_TYPE_UNSUPPORTED),
    ({"type": "ControlledAccessGrants "}, Reason.VISA_TYPE_UNSUPPORTED),
    ({"type": "https://ras.nih.gov/visas/v1.1"}, Reason.VISA_TYPE_UNSUPPORTED),
    ({"type": "LinkedIdentities"}, Reason.VISA_TYPE_UNSUPPORTED),
    ({"value": MISSING}, Reason.VISA_MALFORMED),
    ({"value": ""}, Reason.VISA_MALFORMED),
    ({"value": "v" * 256}, Reason.VISA_MALFORMED),
    ({"value": ["dk-1"]}, Reason.VISA_MALFORMED),
    ({"type": "AffiliationAndRole", "value": "faculty"}, Reason.VISA_MALFORMED),
    ({"type": "AffiliationAndRole", "value": "@example.org"}, Reason.VISA_MALFORMED),
    ({"type": "AffiliationAndRole", "value": "faculty@"}, Reason.VISA_MALFORMED),
    ({"source": MISSING}, Reason.VISA_MALFORMED),
    ({"source": None}, Reason.VISA_MALFORMED),
    ({"source": "s" * 300}, Reason.VISA_MALFORMED),
    ({"source": [PUBLIC_URL]}, Reason.VISA_MALFORMED),
    ({"by": MISSING}, Reason.VISA_MALFORMED),
    ({"by": None}, Reason.VISA_MALFORMED),
    ({"by": "DAC"}, Reason.VISA_MALFORMED),
    ({"by": ["dac"]}, Reason.VISA_MALFORMED),
    ({"type": "AcceptedTermsAndPolicies", "by": MISSING}, Reason.VISA_MALFORMED),
    ({"type": "ResearcherStatus", "by": None}, Reason.VISA_MALFORMED),
    ({"asserted": MISSING}, Reason.VISA_MALFORMED),
    ({"asserted": str(NOW)}, Reason.VISA_MALFORMED),
    ({"asserted": -1}, Reason.VISA_MALFORMED),
    ({"asserted": 1.5}, Reason.VISA_MALFORMED),
    ({"asserted": True}, Reason.VISA_MALFORMED),
    ({"conditions": [[{"type": "AffiliationAndRole", "value": "const:faculty@example.org"}]]}, Reason.VISA_CONDITIONS),
    ({"conditions": None}, Reason.VISA_CONDITIONS),
    ({"conditions": {}}, Reason.VISA_CONDITIONS),
    ({"conditions": [[]]}, Reason.VISA_CONDITIONS),
]


@pytest.mark.parametrize(("changes", "reason"), OBJECTS)
def test_refuses_an_object(changes: Members, reason: Reason) -> None:
    claim = {name: value for name, value in {**visa_object(), **changes}.items() if value != MISSING}
    assert refusal(claim) is reason


@pytest.mark.parametrize("claim", [None, [], "text", 7])
def test_refuses_what_is_no_object(claim: JsonValue) -> None:
    assert refusal(claim) is Reason.VISA_MALFORMED


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)
KNOWN = st.sampled_from([*VisaType, "dac", "self", PUBLIC_URL, "role@domain"])


@given(st.dictionaries(st.sampled_from(["type", "value", "source", "by", "asserted", "conditions"]), JSON | KNOWN))
def test_any_object_is_a_visa_or_refused(changes: dict[str, JsonValue]) -> None:
    with suppress(Refused):
        read = parse_visa({**visa_object(), **changes})
        assert read.type in VisaType
        assert read.asserted_at >= 0


def token(claims: Members) -> Token:
    return Token(TokenKind.VISA, Subject(ISSUER, USER), NOW + 1, claims)


def test_reads_the_visa_of_a_token() -> None:
    assert read_visa(token({"ga4gh_visa_v1": visa_object()})) == GRANT
    assert read_visa(token({"ga4gh_visa_v1": visa_object(), "scope": "email"})) == GRANT


@pytest.mark.parametrize("scope", ["openid", "email openid", ["openid"], None])
def test_a_visa_that_would_open_something_else_is_void(scope: JsonValue) -> None:
    with pytest.raises(Refused) as refused:
        read_visa(token({"ga4gh_visa_v1": visa_object(), "scope": scope}))
    assert refused.value.reason is Reason.CLAIMS_OF_ANOTHER_KIND


def test_an_access_token_is_no_visa() -> None:
    with pytest.raises(Refused) as refused:
        read_visa(token({}))
    assert refused.value.reason is Reason.VISA_MALFORMED
