import pytest
from hypothesis import given

from core.strict_json import JsonValue
from loaders.phenopacket_mapping import map_phenopacket
from loaders.phenopacket_messages import phenopackets_in, variants_told
from loaders.report import RecordRejected
from tests.loaders.test_beacon_shapes import JSON


def packet(identifier: str, sex: JsonValue = "MALE") -> dict[str, JsonValue]:
    return {"id": identifier, "subject": {"id": f"P-{identifier}", "sex": sex}}


def test_a_phenopacket_is_itself() -> None:
    assert list(phenopackets_in(packet("a"))) == [(packet("a"), "")]


def test_families_and_cohorts_hold_several() -> None:
    family: JsonValue = {"id": "F", "proband": packet("a"), "relatives": [packet("b"), packet("c")]}
    assert [(path, found["id"]) for found, path in phenopackets_in(family) if isinstance(found, dict)] == [
        ("proband", "a"), ("relatives[0]", "b"), ("relatives[1]", "c"),
    ]  # fmt: skip
    cohort: JsonValue = {"id": "C", "members": [packet("a")]}
    assert [path for _, path in phenopackets_in(cohort)] == ["members[0]"]
    with pytest.raises(RecordRejected):
        list(phenopackets_in({"members": 3}))
    with pytest.raises(RecordRejected, match="subject"):
        map_phenopacket(next(phenopackets_in({"id": "x"}))[0])


@pytest.mark.parametrize(("number", "sex"), [(0, "UNKNOWN_SEX"), (1, "FEMALE"), (2, "MALE"), (3, "OTHER_SEX")])
def test_enumerations_may_be_numbers(number: int, sex: str) -> None:
    ((found, _),) = phenopackets_in(packet("a", number))
    assert map_phenopacket(found).entities[0].sex == sex


def test_numbers_that_mean_nothing_are_rejected() -> None:
    ((found, _),) = phenopackets_in(packet("a", 9))
    with pytest.raises(RecordRejected, match="FEMALE"):
        map_phenopacket(found)


def test_variants_of_interpretations_are_counted() -> None:
    told: JsonValue = {"diagnosis": {"genomicInterpretations": [{"variantInterpretation": {}}, {"gene": {}}, 3]}}
    assert variants_told({"interpretations": [told, told, 3]}) == 2
    assert variants_told(3) == variants_told({}) == 0


@given(JSON, JSON)
def test_any_message_is_read_or_rejected(first: JsonValue, second: JsonValue) -> None:
    for message in (first, {"proband": first, "relatives": second}, {"members": first}, {"interpretations": first}):
        variants_told(message)
        try:
            list(phenopackets_in(message))
        except RecordRejected:
            continue
