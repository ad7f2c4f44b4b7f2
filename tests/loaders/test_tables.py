import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from core.manifest import PartKind
from loaders.beacon_documents import BeaconOptions
from loaders.table_mapping import parse_table_mapping, read_table_mapping
from loaders.tables import load_table
from tests.support.shared import needs_shared, shared

HEAD = "pseudonym;sex;year_of_birth;diagnoses;hpo;hpo_absent;sample;tissue"
PEOPLE = read_table_mapping("people")


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


def rows(catalogue: DatasetCatalogue, kind: PartKind, sql: str) -> list[tuple[object, ...]]:
    draft = catalogue.status("d").draft
    found: list[tuple[object, ...]] = []
    for part in draft.of_kind(kind) if draft else ():
        with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
            found += connection.execute(sql).fetchall()
    return found


def test_people_and_their_terms(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    text = f"{HEAD};note\nP1;K;1956;DC18.2|DE11.9;HP:0002027;HP:0002014;B1;blood;x\nP2;M;;C18.2;;;;;\n"
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))
    report = load_table(catalogue, "d", [path], PEOPLE)
    assert (report.accepted, report.rejected) == (2, 0)
    assert "column 'note' is not mapped, left out (1)" in report.files[0].notes
    terms = rows(
        catalogue, PartKind.ENTITIES, "SELECT individual_id, term_id, excluded FROM terms WHERE field <> 'sex'"
    )
    assert ("P1", "ICD10:C18.2", False) in terms
    assert ("P1", "HP:0002014", True) in terms
    sexes = rows(catalogue, PartKind.ENTITIES, "SELECT id, sex FROM entities WHERE entity = 'individuals' ORDER BY id")
    assert sexes == [("P1", "FEMALE"), ("P2", "MALE")]


@pytest.mark.parametrize("column", range(8))
@pytest.mark.parametrize("value", ["010190-1234", "mail a@b.dk", "tlf 22 33 44 55"])
def test_personal_data_in_any_column_are_refused(
    catalogue: DatasetCatalogue, tmp_path: Path, column: int, value: str
) -> None:
    cells = ["P1", "K", "1956", "DC18.2", "HP:0002027", "", "B1", "blood"]
    cells[column] = value
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}\n{';'.join(cells)}\n")
    with pytest.raises(LoadRefused, match=rf"a\.csv: line 2, column '{HEAD.split(';')[column]}' looks like") as error:
        load_table(catalogue, "d", [path], PEOPLE)
    assert value not in error.value.message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{HEAD};navn\nP1;;;;;;;;Jens\n", "column 9 is named 'navn', which is personal data"),
        (f"{HEAD}\nP1;K;12-03-1956;;;;;\n", "column 'year_of_birth' holds an exact date of birth"),
        ("a;b\n1;2\n", "there is no column 'diagnoses', which people names; there are 'a', 'b'"),
        (f"{HEAD}\nP1;K\n", "line 2, row: 2 cells where there are 8 columns"),
        (f"{HEAD}\nP1;K;;X;;;;\n", "line 2, diagnoses: 'X': not a diagnosis code"),
        (f"{HEAD}\nP1;K;;;;;;\nP1;K;;;;;;\n", "line 3, pseudonym: the id of line 2 again"),
    ],
)
def test_tables_that_are_not_taken(catalogue: DatasetCatalogue, tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(LoadRefused, match=reason):
        load_table(catalogue, "d", [path], PEOPLE)


def test_records_by_their_members(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    text = 'kind = "runs"\n[fields]\nid = "r"\nbiosampleId = "b"\nrunDate = "d"\n"platformModel.id" = "m"\n'
    mapping = parse_table_mapping("m", text)
    path = tmp_path / "a.tsv"
    path.write_text("r\tb\td\tm\nR1\tB1\t2021-01-01\tOBI:0002048\n\tB2\t\t\n")
    report = load_table(catalogue, "d", [path], mapping, options=BeaconOptions(tolerance=1.0))
    assert (report.accepted, report.rejected, report.files[0].rejections[0].field) == (1, 1, "r")
    ((document,),) = rows(catalogue, PartKind.ENTITIES, "SELECT document FROM entities")
    assert '"platformModel":{"id":"OBI:0002048"}' in str(document)
    crossed = parse_table_mapping(
        "m", 'kind = "runs"\n[fields]\nid = "r"\nplatformModel = "b"\n"platformModel.id" = "m"\n'
    )
    with pytest.raises(LoadRefused, match="contradicts another field"):
        load_table(catalogue, "d", [path], crossed, fresh=True)


@needs_shared
def test_progenetix_analyses(catalogue: DatasetCatalogue) -> None:
    path = shared("data", "structural", "progenetix_cohort-DIPG_analyses.tsv")
    report = load_table(catalogue, "d", [path], read_table_mapping("progenetix-analyses"))
    stated = list(csv.DictReader(io.StringIO(path.read_text()), delimiter="\t"))
    found = rows(catalogue, PartKind.ENTITIES, "SELECT id, individual_id FROM entities")
    assert dict(found) == {row["analysis_id"]: row["individual_id"] for row in stated}  # type: ignore[arg-type]
    assert report.accepted == len(stated) == 200


@needs_shared
def test_progenetix_segments(catalogue: DatasetCatalogue) -> None:
    path = shared("data", "structural", "progenetix_multi-sample-segments.tsv")
    mapping = read_table_mapping("progenetix-segments")
    with pytest.raises(LoadRefused, match="the assembly of segments must be stated"):
        load_table(catalogue, "d", [path], mapping)
    with pytest.raises(LoadRefused, match="beyond the end of contig"):
        load_table(catalogue, "d", [path], mapping, options=BeaconOptions(assembly="GRCh37"))
    load_table(catalogue, "d", [path], mapping, options=BeaconOptions(assembly="GRCh38"))
    stated = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    wanted = Counter(
        (cells[0], "DUP" if float(cells[4]) > 0 else "DEL") for cells in stated if abs(float(cells[4])) > 0.15
    )
    found = rows(
        catalogue,
        PartKind.VARIANTS,
        "SELECT sample, variant_type FROM carriers c JOIN variants v ON v.rowid = c.variant_index JOIN people USING (person_index)",
    )
    assert Counter(found) == wanted
