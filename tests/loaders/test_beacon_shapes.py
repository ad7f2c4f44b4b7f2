import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.strict_json import JsonValue
from loaders.beacon_model import AGE, DISEASE, time_element
from loaders.beacon_shapes import (
    Cleaning,
    Shape,
    Unfit,
    clean_curie,
    date,
    duration,
    either,
    listed,
    number,
    split_term,
    term,
    terms,
    text,
    truth,
    whole,
    word_of,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "label", "age", "weeks"]), inner)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("shape", "given_value", "clean"),
    [
        (text, " a ", "a"), (text, 5.0, "5"), (truth, "True", True), (number, "2.50", 2.5), (number, 3.0, 3),
        (whole, 5.0, 5), (whole, "20000", 20000), (word_of(("PAIRED",)), "paired", "PAIRED"),
        (date, "2024-09-25T00:00:00Z", "2024-09-25"), (date, "25/9/24", "2024-09-25"), (date, "25.09.2024", "2024-09-25"),
        (duration, "14 months", "P14M"), (duration, "P53Y8M", "P53Y8M"),
        (term, {"id": "GENO:GENO_0000458", "label": "0/1"}, {"id": "GENO:0000458", "label": "0/1"}),
        (term, "http://purl.obolibrary.org/obo/HP_0001250", {"id": "HP:0001250"}),
        (term, {"id": "EDAM:operation_3961"}, {"id": "EDAM:operation_3961"}),
        (AGE, {"iso8601duration": "30 years"}, {"iso8601duration": "P30Y"}),
        (time_element, {"age": {"iso8601duration": "P30Y"}}, {"iso8601duration": "P30Y"}),
        (time_element, {"days": 5.0}, {"weeks": 0, "days": 5}),
        (time_element, "P3Y", {"iso8601duration": "P3Y"}),
        (time_element, "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        (time_element, {"id": "HP:0011463"}, {"id": "HP:0011463"}),
    ],
)  # fmt: skip
def test_values_are_cleaned(shape: Shape, given_value: JsonValue, clean: JsonValue) -> None:
    assert shape(given_value, "x", Cleaning()) == clean


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (text, ""), (text, True), (truth, 1), (number, "x"), (number, True), (whole, 1.5), (word_of(("A",)), 3),
        (date, "8/11/24"), (date, "13/13/24"), (duration, "21.00:00:00"), (duration, "P1Y1"), (term, {"label": "x"}),
        (term, {"id": "no curie"}), (term, "A:1,B:2"), (listed(number), ["x"]), (either(number, truth), "x"),
        (time_element, {"weeks": "x"}), (time_element, 7), (DISEASE, {"diseaseCode": None}), (DISEASE, "x"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_guessed(shape: Shape, value: JsonValue) -> None:
    with pytest.raises(Unfit):
        shape(value, "x", Cleaning())


def test_terms_joined_by_commas_are_split() -> None:
    joined: JsonValue = {"id": "DUO:0000019,DUO:00000020", "label": "a,b", "version": "1"}
    assert split_term(joined) == [{"id": "DUO:0000019", "label": "a"}, {"id": "DUO:00000020", "label": "b"}]
    cleaning = Cleaning()
    assert terms({"id": "A1:1,B2:2"}, "x", cleaning) == [{"id": "A1:1"}, {"id": "B2:2"}]
    assert cleaning.remarks == {"x: terms joined by commas split": 1}


def test_optional_members_are_set_aside_and_said() -> None:
    cleaning = Cleaning()
    disease: JsonValue = {"diseaseCode": {"id": "ICD10:J40"}, "familyHistory": "perhaps", "_id": 1, "strange": 2}
    assert DISEASE(disease, "diseases[7]", cleaning) == {"diseaseCode": {"id": "ICD10:J40"}}
    assert cleaning.aside == {"diseases[7].familyHistory": "perhaps"}
    assert set(cleaning.remarks) == {
        "diseases[].familyHistory: true or false is expected; kept under info.asGiven",
        "diseases[].strange: not of Beacon v2.2, left out",
    }


def test_elements_of_a_list_are_set_aside_one_by_one() -> None:
    cleaning = Cleaning()
    assert listed(number)([1, "x", "2"], "n", cleaning) == [1, 2]
    assert cleaning.aside == {"n[1]": "x"}


@given(JSON)
def test_any_value_fits_or_not(value: JsonValue) -> None:
    for shape in (text, truth, number, whole, date, duration, term, terms, time_element, listed(term), DISEASE):
        try:
            shape(value, "x", Cleaning())
        except Unfit:
            continue


@given(st.text(max_size=40))
def test_curies_keep_their_meaning(identifier: str) -> None:
    assert clean_curie(clean_curie(identifier)) == clean_curie(identifier)
