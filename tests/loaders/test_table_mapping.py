from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LoadRefused
from loaders.table_mapping import EXAMPLES, parse_table_mapping, read_table_mapping

SEGMENTS = 'kind = "segments"\nsample = "s"\ncontig = "c"\nstart = "b"\nend = "e"\n'


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_mappings(name: str) -> None:
    assert read_table_mapping(name).named_columns()


def test_a_mapping_names_its_columns() -> None:
    mapping = read_table_mapping("people")
    assert mapping.named_columns() == {
        "pseudonym", "year_of_birth", "sex", "diagnoses", "hpo", "hpo_absent", "sample", "tissue",
    }  # fmt: skip
    assert mapping.id_columns() == {"pseudonym", "sample"}
    assert mapping.sex is not None
    assert mapping.sex.values["K"] == "female"
    assert read_table_mapping("progenetix-segments").id_columns() == {"sample"}
    assert read_table_mapping("progenetix-analyses").id_columns() == {"analysis_id", "biosample_id", "individual_id"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = ", "not TOML"), ('kind = "trees"', "kind: people, segments"), ("", "id: is needed"), ('id = "a"\nstrange = 1', "strange: is not known"),
        ("id = 1", "id: a text"), ('id = "a"\nrows = "x"', "rows: it is"), ('id = "a"\nsex = 3', "sex: a column"),
        ('id = "a"\nsex = {column = "s", values = {K = 1}}', "sex: values are texts"), ('id = "a"\ncolumns = "x"', "columns: a list"),
        ('id = "a"\nskip_lines = "x"', "skip_lines: a whole"), ('id = "a"\ndiagnoses = 3', "diagnoses: tables"),
        ('id = "a"\n[[diagnoses]]\nseparator = ";"', "diagnoses 1: column: is needed"),
        ('id = "a"\n[[phenotypes]]\ncolumn = "c"\nterm = "HP:1"', "phenotypes 1: term: a column about one term"),
        ('id = "a"\n[[phenotypes]]\ncolumn = "c"\nexcluded = 1', "phenotypes 1: excluded: true or false"),
        ('id = "a"\n[[biosamples]]\nid = "b"\nx = 1', "biosamples 1: x: is not known"),
        ('kind = "runs"', "fields: id is needed"), ('kind = "runs"\nfields = {id = 3}', "fields: a table of columns"),
        (SEGMENTS + 'value = "v"\ngain_above = 1', "first_position: it must say"),
        (SEGMENTS + "first_position = 1", "value: give value"), (SEGMENTS + 'first_position = 1\nvalue = "v"', "value: give value"),
        (SEGMENTS + 'first_position = 1\nvalue = "v"\ngain_above = "x"', "gain_above: a number"),
    ],
)  # fmt: skip
def test_mistakes_are_named(text: str, reason: str) -> None:
    with pytest.raises(LoadRefused, match=f"m: {reason}"):
        parse_table_mapping("m", text)


def test_files_of_mappings(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('id = "a"\nsex = "s"\n')
    assert read_table_mapping(path).id == "a"
    with pytest.raises(LoadRefused, match="neither a file nor one of the examples people"):
        read_table_mapping("nothing")
    path.write_bytes(b"id = '\xff'")
    with pytest.raises(LoadRefused, match="not UTF-8"):
        read_table_mapping(path)
    path.write_bytes(b"#" * (1 << 20) + b"#")
    with pytest.raises(LoadRefused, match="larger than a mapping"):
        read_table_mapping(path)


@given(st.text(max_size=80))
def test_any_text_is_a_mapping_or_refused(text: str) -> None:
    try:
        parse_table_mapping("m", text)
    except LoadRefused as error:
        assert error.message.startswith("m: ")  # noqa: PT017 - some texts are mappings
