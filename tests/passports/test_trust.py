from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passports.refusal import Reason, Refused
from passports.trust import TrustStore, ValueRule, VisaRule, development_trust, trusted_dataset
from passports.visas import REGISTERED_ACCESS, Visa, VisaType
from tests.passports.forge import DOI, ISSUER, JKU, NOW, PUBLIC_URL

TRUST = development_trust(issuer=ISSUER, key_set_url=JKU, public_url=PUBLIC_URL, keys={})
RULES = TRUST.visa_issuer(ISSUER).rules
DATASETS = frozenset({"dk-1", "dk-2"})
GRANT = Visa(VisaType.CONTROLLED_ACCESS_GRANTS, "dk-1", PUBLIC_URL, "dac", NOW)
STATUS = Visa(VisaType.RESEARCHER_STATUS, DOI, PUBLIC_URL, "so", NOW)


def refusal(visa: Visa) -> Reason:
    with pytest.raises(Refused) as refused:
        trusted_dataset(visa, RULES, DATASETS)
    return refused.value.reason


@pytest.mark.parametrize("value", ["dk-1", f"{PUBLIC_URL}/datasets/dk-1"])
def test_a_grant_names_a_dataset_of_this_node(value: str) -> None:
    assert trusted_dataset(replace(GRANT, value=value), RULES, DATASETS) == "dk-1"


@pytest.mark.parametrize(
    "value",
    [
        "dk-3",
        "DK-1",
        "dk-1 ",
        "dk-1/",
        "x/dk-1",
        f"{PUBLIC_URL}/datasets/dk-3",
        f"{PUBLIC_URL}/datasets/",
        f"{PUBLIC_URL}/datasets/x/dk-1",
        f"{PUBLIC_URL}//datasets/dk-1",
        f"{PUBLIC_URL.upper()}/datasets/dk-1",
        f"{PUBLIC_URL}/datasets/dk%2D1",
        "https://other.example/datasets/dk-1",
    ],
)
def test_a_grant_for_anything_else_does_not_count(value: str) -> None:
    assert refusal(replace(GRANT, value=value)) is Reason.VISA_VALUE_UNTRUSTED


def test_says_which_column_of_the_matrix_fails() -> None:
    assert refusal(Visa(VisaType.AFFILIATION, "a@b", PUBLIC_URL, None, NOW)) is Reason.VISA_TYPE_UNTRUSTED
    for by in (None, "self", "peer", "system", "so"):
        assert refusal(replace(GRANT, by=by)) is Reason.VISA_BY_UNTRUSTED
    assert refusal(replace(STATUS, by=None)) is Reason.VISA_BY_UNTRUSTED
    assert refusal(replace(GRANT, source="https://no.organization")) is Reason.VISA_SOURCE_UNTRUSTED
    assert refusal(replace(GRANT, source=PUBLIC_URL + "/")) is Reason.VISA_SOURCE_UNTRUSTED
    for value in ("http://doi.org/10.1038/s41431-018-0219-y", "https://dx.doi.org/10.1038/s41431-018-0219-y", "dk-1"):
        assert refusal(replace(STATUS, value=value)) is Reason.VISA_VALUE_UNTRUSTED


def test_registered_access_is_about_the_person() -> None:
    assert REGISTERED_ACCESS == DOI
    assert trusted_dataset(STATUS, RULES, DATASETS) is None
    terms = Visa(VisaType.ACCEPTED_TERMS, DOI, PUBLIC_URL, "self", NOW)
    assert trusted_dataset(terms, RULES, DATASETS) is None


def test_columns_of_different_rows_do_not_add_up() -> None:
    """The source of one row and the value of another are no permission."""
    dac = frozenset({"dac"})
    kind = VisaType.CONTROLLED_ACCESS_GRANTS
    rules = (
        VisaRule(kind, dac, frozenset({"A"}), (ValueRule("dk-1"),)),
        VisaRule(kind, dac, frozenset({"B"}), (ValueRule("urn:", names_dataset=True),)),
    )
    assert trusted_dataset(replace(GRANT, source="A"), rules, DATASETS) is None
    assert trusted_dataset(replace(GRANT, source="B", value="urn:dk-2"), rules, DATASETS) == "dk-2"
    with pytest.raises(Refused):
        trusted_dataset(replace(GRANT, source="B"), rules, DATASETS)
    with pytest.raises(Refused):
        trusted_dataset(replace(GRANT, source="A", value="urn:dk-2"), rules, DATASETS)


@given(st.text(max_size=12), st.text(max_size=6), st.sets(st.text(min_size=1, max_size=4), max_size=4))
def test_a_dataset_is_named_in_full_or_not_at_all(value: str, prefix: str, datasets: set[str]) -> None:
    rule = ValueRule(prefix, names_dataset=True)
    named = {dataset for dataset in datasets if value == prefix + dataset}
    assert rule.dataset(value, datasets) == (named.pop() if named else None)
    assert rule.matches(value, datasets) == (rule.dataset(value, datasets) is not None)


@pytest.mark.parametrize(
    "issuer",
    [
        ISSUER + "/",
        ISSUER.upper(),
        "https://GENVEJ.example.org/passports",
        "https://genvej.example.org:443/passports",
        "https://genvej.example.org/%70assports",
        "https://genvej.example.org@evil.example/passports",
        "https://g\u0435nvej.example.org/passports",
        "",
    ],
)
def test_an_issuer_is_trusted_by_its_exact_name(issuer: str) -> None:
    assert TRUST.broker(ISSUER).issuer == ISSUER
    for lookup in (TRUST.broker, TRUST.visa_issuer):
        with pytest.raises(Refused) as refused:
            lookup(issuer)
        assert refused.value.reason is Reason.ISSUER_UNTRUSTED


def test_nobody_is_trusted_unless_named() -> None:
    for lookup in (TrustStore().broker, TrustStore().visa_issuer):
        with pytest.raises(Refused):
            lookup(ISSUER)
