"""The vocabulary of variantType means kinds that are stored."""

import pytest

from beacon.rows import VariantType
from beacon.variant_types import SUPPORTED, read_variant_type
from core.errors import InvalidRequest


def test_every_word_means_stored_kinds() -> None:
    for word in SUPPORTED:
        meaning = read_variant_type(word.lower())
        assert set(meaning) <= set(VariantType)
        assert list(meaning) == sorted(meaning)
    for kind in VariantType:
        assert kind in read_variant_type(kind)


def test_general_terms_hold_special_ones() -> None:
    for general, special in (
        ("EFO:0030067", "EFO:0030068"),
        ("EFO:0030070", "EFO:0030072"),
        ("CNV", "DEL"),
        ("SV", "DUP"),
    ):
        assert set(read_variant_type(special)) <= set(read_variant_type(general))
    assert read_variant_type("EFO:0030071") == ()


def test_unknown_words_are_answered_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequest, match=r"FOO.*EFO:0030067.*SNP") as refused:
        read_variant_type("FOO")
    assert refused.value.field == "variantType"
