from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from core.errors import LoadRefused
from loaders.frequency_map import PRESETS, FrequencyMap, PopulationKeys, parse_frequency_map, read_frequency_map


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_are_maps(preset: str) -> None:
    found = read_frequency_map(preset)
    assert found.populations or found.discover


def test_only_what_a_header_declares_is_read() -> None:
    found = read_frequency_map("gnomad").of_header(["AC", "AN", "AC_nfe", "AN_nfe", "nhomalt_nfe", "AN_fin", "AF_sas"])
    assert dict(found) == {
        "NFE": PopulationKeys("AC_nfe", "AN_nfe", homozygous="nhomalt_nfe"),
        "SAS": PopulationKeys(allele_frequency="AF_sas"),
    }


def test_populations_are_discovered() -> None:
    ids = [
        "AN",
        "AC_EUR",
        "AN_EUR",
        "AC_Het_EUR",
        "AC_Hom_EUR",
        "AC_Hemi_EUR",
        "AN_EUR_unrel",
        "AF_EUR_unrel",
        "AN_",
        "AN_a b",
    ]
    found = dict(read_frequency_map("fill-tags").of_header(ids))
    assert list(found) == ["EUR", "EUR_unrel"]
    assert found["EUR"].named() == ("AC_EUR", "AN_EUR", "AC_Het_EUR", "AC_Hom_EUR", "AC_Hemi_EUR")
    danish = read_frequency_map("gdi").of_header(["AC_DK", "AN_DK", "AC_DK_Hom", "AC_DK_M", "AN_DK_M", "AC_DK_M_Hemi"])
    assert [(name, keys.homozygous_alleles, keys.hemizygous) for name, keys in danish] == [
        ("DK", "AC_DK_Hom", ""), ("DK_M", "", "AC_DK_M_Hemi"),
    ]  # fmt: skip


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        'allele_count = "{population}_ac"\n[populations]\nDK = "danes"\n'
        'Total = { allele_count = "AC", allele_number = "AN" }\n',
        encoding="utf-8",
    )
    found = read_frequency_map(path)
    assert found.populations == (
        ("DK", PopulationKeys(allele_count="danes_ac")),
        ("Total", PopulationKeys(allele_count="AC", allele_number="AN")),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "not TOML"),
        ('allele_cuont = "x"\n[populations]\nA = "a"', "allele_cuont is not known"),
        ('allele_count = 5\n[populations]\nA = "a"', "allele_count is not an INFO key"),
        ('allele_count = "a;b"\n[populations]\nA = "a"', "allele_count is not an INFO key"),
        ("", "names no population"),
        ('discover = "yes"', "discover is true or false"),
        ("discover = true", "needs {population}"),
        ("populations = 3", "populations is a table"),
        ("[populations]\nA = 5", "A: a text"),
        ('[populations]\n"a b" = "x"', "the name of a population"),
    ],
)
def test_what_is_no_map_is_refused(text: str, said: str) -> None:
    with pytest.raises(LoadRefused, match=said):
        parse_frequency_map("a.toml", text)


def test_files_that_are_no_maps_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadRefused, match="neither a file nor one of the presets"):
        read_frequency_map("gnomed")
    (tmp_path / "a.toml").write_bytes(b"\xff")
    with pytest.raises(LoadRefused, match="not UTF-8"):
        read_frequency_map(tmp_path / "a.toml")
    (tmp_path / "b.toml").write_bytes(b"#" * (2 << 20))
    with pytest.raises(LoadRefused, match="larger than"):
        read_frequency_map(tmp_path / "b.toml")


@given(st.text(max_size=60))
def test_any_text_is_a_map_or_refused(text: str) -> None:
    try:
        found = parse_frequency_map("a.toml", text)
    except LoadRefused:
        return
    assert isinstance(found, FrequencyMap)
