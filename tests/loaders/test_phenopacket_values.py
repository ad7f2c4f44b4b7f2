from collections.abc import Callable

import pytest

from core.strict_json import JsonValue
from loaders.phenopacket_values import (
    camel_case,
    duration,
    items,
    measured_value,
    members,
    number,
    quantity,
    term,
    text,
    time_element,
    timestamp,
)
from loaders.report import RecordRejected


def test_names_are_brought_to_one_spelling() -> None:
    assert camel_case({"meta_data": [{"time_at_last_encounter": 1}], "id": "a_b"}) == {
        "metaData": [{"timeAtLastEncounter": 1}],
        "id": "a_b",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"age": {"iso8601duration": "P30Y6M"}}, {"iso8601duration": "P30Y6M"}),
        ({"ontologyClass": {"id": "HP:0003577", "label": "Congenital"}}, {"id": "HP:0003577", "label": "Congenital"}),
        ({"timestamp": "2020-03-17T00:00:00Z"}, "2020-03-17T00:00:00Z"),
        (
            {"ageRange": {"start": {"iso8601duration": "P1Y"}, "end": {"iso8601duration": "P2Y"}}},
            {"start": {"iso8601duration": "P1Y"}, "end": {"iso8601duration": "P2Y"}},
        ),
        (
            {"interval": {"start": "2020-03-17T00:00:00Z", "end": "2020-03-18T00:00:00+01:00"}},
            {"start": "2020-03-17T00:00:00Z", "end": "2020-03-18T00:00:00+01:00"},
        ),
        ({"gestationalAge": {"weeks": 33, "days": 2}}, {"weeks": 33, "days": 2}),
    ],
)
def test_time_elements_lose_their_outer_name(value: JsonValue, expected: JsonValue) -> None:
    assert time_element(value, "onset") == expected


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({}, "onset"),
        ({"age": {}, "timestamp": "x"}, "onset"),
        ({"era": {}}, "onset.era"),
        ({"age": {"iso8601duration": "30 years"}}, "onset.age.iso8601duration"),
        ({"age": {"iso8601duration": "PT"}}, "onset.age.iso8601duration"),
        ({"timestamp": "2020"}, "onset.timestamp"),
        ({"ontologyClass": {"id": "HP"}}, "onset.ontologyClass.id"),
        ({"gestationalAge": {"weeks": "x"}}, "onset.gestationalAge.weeks"),
        ({"ageRange": {"start": {"iso8601duration": "P1Y"}}}, "onset.ageRange.end.iso8601duration"),
        ("P1Y", "onset"),
    ],
)
def test_wrong_times_are_rejected_with_their_path(value: JsonValue, place: str) -> None:
    with pytest.raises(RecordRejected) as error:
        time_element(value, "onset")
    assert error.value.field_name == place


UNIT: dict[str, JsonValue] = {"id": "UCUM:mg", "label": "mg"}


def test_measured_values() -> None:
    amount: dict[str, JsonValue] = {"unit": UNIT, "value": 1.5, "referenceRange": {"unit": UNIT, "high": 4}}
    expected = {"unit": UNIT, "value": 1.5, "referenceRange": {"unit": UNIT, "low": 0, "high": 4}}
    assert quantity(amount, "q") == expected
    assert measured_value({"value": {"quantity": amount}}, "m") == expected
    assert measured_value({"value": {"ontologyClass": {"id": "NCIT:C25626"}}}, "m") == {"id": "NCIT:C25626"}
    typed: JsonValue = {"typedQuantities": [{"type": UNIT, "quantity": {"unit": UNIT, "value": 2}}]}
    assert measured_value({"complexValue": typed}, "m") == {
        "typedQuantities": [{"quantityType": UNIT, "quantity": {"unit": UNIT, "value": 2}}]
    }


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (members, [1]),
        (items, {"a": 1}),
        (items, [1]),
        (text, ""),
        (text, 5),
        (number, True),
        (number, "5"),
        (term, {"id": "HP:1", "label": 5}),
        (term, None),
        (duration, None),
        (timestamp, 5),
    ],
)
def test_wrong_kinds_are_rejected(read: Callable[[JsonValue, str], object], value: JsonValue) -> None:
    with pytest.raises(RecordRejected):
        read(value, "x")
