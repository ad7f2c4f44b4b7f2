from pathlib import Path

import duckdb
import hypothesis.strategies as st
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from loaders.frequencies import FrequencyOptions, load_frequencies
from loaders.frequency_table import TableTask, build_frequency_part, inspect_table, total_population
from loaders.report import Report
from node.cli import genvej
from tests.support.shared import needs_shared, shared

COLUMNS = "POS INTEGER, REF VARCHAR, ALT VARCHAR, POPULATION VARCHAR, AF DOUBLE, AC INTEGER, AC_HET INTEGER, AC_HOM INTEGER, AC_HEMI INTEGER, AN INTEGER"
Row = tuple[object, ...]

ROWS: list[Row] = [
    (1000, "T", "C", "DK", None, 3, 1, 2, 0, 10),
    (1000, "T", "C", "Total", 0.25, None, None, None, None, 20),
    (1000, "T", "G", "Total", None, 0, 0, 0, 0, 20),
    (999, "AT", "A", "Total", None, 2, 2, 0, 0, 20),
]


def untold(_done: int, _total: int) -> None:
    """Nobody listens."""


def write_table(path: Path, rows: list[Row], columns: str = COLUMNS) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        if rows:
            connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    return path


def load(home: Path, *files: Path, **options: object) -> Report:
    chosen = FrequencyOptions(**{"assembly": "GRCh38", **options})  # type: ignore[arg-type]
    return load_frequencies(DatasetCatalogue(home), "d", files, chosen, processes=1)


def content(home: Path, query: str) -> list[tuple[object, ...]]:
    catalogue = DatasetCatalogue(home)
    draft = catalogue.status("d").draft
    assert draft
    found: list[tuple[object, ...]] = []
    for part in draft.parts:
        with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
            found += connection.execute(query).fetchall()
    return found


VARIANTS = "SELECT key & 4294967295, reference_bases, alternate_bases, allele_count, allele_number, heterozygous, homozygous FROM variants"
FREQUENCIES = "SELECT variant_index, population, allele_count, allele_number, heterozygous, homozygous, hemizygous FROM frequencies ORDER BY ALL"


def test_a_table_is_loaded(tmp_path: Path) -> None:
    path = write_table(tmp_path / "allele-freq-chr3.1.parquet", ROWS)
    report = load(tmp_path / "home", path)
    assert (report.accepted, report.rejected) == (3, 0)
    assert content(tmp_path / "home", VARIANTS) == [
        (1000, "T", "", 2, 20, 2, 0),
        (1000, "T", "C", 5, 20, None, None),
        (1000, "T", "G", 0, 20, 0, 0),
    ]
    assert content(tmp_path / "home", FREQUENCIES) == [
        (0, "Total", 2, 20, 2, 0, 0),
        (1, "DK", 3, 10, 1, 1, 0),
        (1, "Total", 5, 20, None, None, None),
        (2, "Total", 0, 20, 0, 0, 0),
    ]
    assert load(tmp_path / "home", path).files[0].already_loaded


def test_files_of_one_allele_are_refused(tmp_path: Path) -> None:
    first = write_table(tmp_path / "a-chr3.parquet", ROWS)
    second = write_table(tmp_path / "b-chr3.parquet", ROWS[:2])
    load(tmp_path / "home", first)
    with pytest.raises(LoadRefused, match=r"b-chr3\.parquet: 1 of its alleles on contig 3"):
        load(tmp_path / "home", second)
    other = write_table(tmp_path / "c-chr4.parquet", ROWS[:2])
    assert load(tmp_path / "home", other).accepted == 1


@pytest.mark.parametrize(
    ("options", "name", "said"),
    [
        ({}, "a.parquet", "which contig it is of"),
        ({"contig": "chr99"}, "a.parquet", "has no contig chr99"),
        ({"assembly": None}, "a-chr3.parquet", "the assembly is not known"),
        ({"total": "SE"}, "a-chr3.parquet", "population 'SE' is not in the file; it has DK, Total"),
    ],
)
def test_what_the_file_does_not_tell_is_asked_for(
    tmp_path: Path, options: dict[str, object], name: str, said: str
) -> None:
    path = write_table(tmp_path / name, ROWS)
    with pytest.raises(LoadRefused, match=said):
        load(tmp_path / "home", path, **options)


def test_the_folder_may_name_the_assembly(tmp_path: Path) -> None:
    (tmp_path / "GRCh37").mkdir()
    path = write_table(tmp_path / "GRCh37" / "allele-freq-chrX.parquet", ROWS)
    load(tmp_path / "home", path, assembly=None)
    draft = DatasetCatalogue(tmp_path / "home").status("d").draft
    assert draft
    assert (draft.assembly, draft.parts[0].contig) == ("GRCh37", "X")
    with pytest.raises(OperatorError, match="one dataset, one assembly"):
        load(tmp_path / "home", write_table(tmp_path / "b-chr3.parquet", ROWS[:2]), assembly="GRCh38")


BAD: list[tuple[Row, str]] = [
    ((None, "T", "C", "DK", None, 3, 1, 2, 0, 10), "POS"),
    ((-1, "T", "C", "DK", None, 3, 1, 2, 0, 10), "POS"),
    ((300_000_000, "T", "C", "DK", None, 3, 1, 2, 0, 10), "POS"),
    ((5, None, "C", "DK", None, 3, 1, 2, 0, 10), "REF"),
    ((5, "T", "C?", "DK", None, 3, 1, 2, 0, 10), "ALT"),
    ((5, "T", "T", "DK", None, 3, 1, 2, 0, 10), "ALT"),
    ((5, "T", "C", None, None, 3, 1, 2, 0, 10), "POPULATION"),
    ((5, "T", "C", "DK", None, 30, 1, 2, 0, 10), "AC"),
    ((5, "T", "C", "DK", None, None, 1, 2, 0, 10), "AC"),
    ((5, "T", "C", "DK", 1.5, None, 1, 2, 0, 10), "AC"),
    ((5, "T", "C", "DK", None, 3, 1, 2, 0, None), "AN"),
    ((5, "T", "C", "DK", None, 3, -1, 2, 0, 10), "AC_HET"),
    ((1000, "T", "C", "DK", None, 3, 1, 2, 0, 10), "POPULATION"),
]


@pytest.mark.parametrize(("row", "field"), BAD)
def test_rows_that_are_wrong_are_named(tmp_path: Path, row: Row, field: str) -> None:
    path = write_table(tmp_path / "a.parquet", [*ROWS, row])
    task = TableTask(path, "0" * 64, tmp_path, "GRCh38", "3", "Total", 0.5)
    found = build_frequency_part(task, untold)
    assert (found.accepted, found.rejected) == (3, 1)
    assert (found.rejections[0].field, found.rejections[0].line) == (field, 5)


def test_a_table_of_which_too_much_is_wrong_is_refused(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a-chr3.parquet", [*ROWS, BAD[0][0]])
    with pytest.raises(LoadRefused, match="1 of 5 records rejected"):
        load(tmp_path / "other", path)


def test_what_is_no_table_of_frequencies_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a-chr3.parquet").write_bytes(b"PAR1nonsense")
    with pytest.raises(LoadRefused, match=r"a-chr3\.parquet: cannot be read as Parquet"):
        load(tmp_path / "home", tmp_path / "a-chr3.parquet")
    with pytest.raises(LoadRefused, match="no column POPULATION"):
        load(tmp_path / "home", write_table(tmp_path / "b-chr3.parquet", [], "POS INTEGER, REF VARCHAR, ALT VARCHAR"))
    with pytest.raises(LoadRefused, match="no column AC or AF"):
        load(
            tmp_path / "home",
            write_table(tmp_path / "c-chr3.parquet", [], COLUMNS.replace("AF DOUBLE, AC INTEGER,", "")),
        )


def test_the_population_of_everybody() -> None:
    assert total_population(["DK"], None) == "DK"
    assert total_population(["DK", "SE", "ALL"], None) == "ALL"
    assert total_population(["DK", "SE"], None) == ""
    assert total_population(["DK", "SE"], "SE") == "SE"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=4))
def test_a_damaged_table_is_refused_or_read(tmp_path: Path, place: int, damage: bytes) -> None:
    path = write_table(tmp_path / "a.parquet", ROWS)
    data = bytearray(path.read_bytes())
    place %= len(data)
    data[place : place + len(damage)] = damage
    path.write_bytes(bytes(data))
    target = tmp_path / "0123456789abcdef.duckdb"
    target.unlink(missing_ok=True)
    try:
        found = inspect_table(path, untold)
        build_frequency_part(
            TableTask(
                path,
                "0123456789abcdef",
                tmp_path,
                "GRCh38",
                "3",
                found.populations[0] if found.populations else "",
                1.0,
            ),
            untold,
        )
    except LoadRefused:
        return


@needs_shared
def test_the_table_of_gdi(tmp_path: Path) -> None:
    path = shared("data", "allele-frequency", "GDI-DS-20251201001", "GRCh37", "allele-freq-chr3.4.parquet")
    ran = CliRunner().invoke(genvej, ["load", "frequencies", str(path), "--home", str(tmp_path), "--dataset", "d"])
    assert ran.exit_code == 0, ran.output
    found = content(tmp_path, f"{VARIANTS} WHERE key & 4294967295 = 45864731")
    assert found == [(45864731, "T", "C", 410, 5008, None, None)]
    assert content(tmp_path, "SELECT count(*), sum(allele_count) FROM variants") == content(
        tmp_path, "SELECT count(*), sum(allele_count) FROM frequencies"
    )
    with duckdb.connect() as connection:
        expected = connection.execute("SELECT count(*), sum(AC) FROM read_parquet($1)", [str(path)]).fetchall()
    assert content(tmp_path, "SELECT count(*), sum(allele_count) FROM variants") == expected
