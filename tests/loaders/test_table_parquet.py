"""Tables in Parquet."""

from pathlib import Path

import duckdb
import pytest

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from loaders.table_mapping import read_table_mapping
from loaders.table_parquet import parquet_text
from loaders.tables import load_table
from tests.support.shared import shared


def test_rows_become_text_with_names(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS n, 'a,b' AS t UNION ALL SELECT NULL, 'ø') TO '{path}' (FORMAT parquet)")
    assert parquet_text(path).decode() == 'n,t\n1,"a,b"\n,ø\n'


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(LoadRefused, match=r"a\.parquet: not a Parquet table"):
        parquet_text(path)


def test_individuals_as_gdi_publishes_them(tmp_path: Path) -> None:
    path = shared("data/allele-frequency/GDI-DS-20251202001/GRCh37/individuals.parquet")
    catalogue = DatasetCatalogue(tmp_path)
    report = load_table(catalogue, "d", [path], read_table_mapping("gdi-individuals"))
    assert (report.accepted, report.rejected) == (2504, 0)
    (part,) = catalogue.manifest("d", catalogue.publish("d")).parts
    with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
        sexes = dict(connection.execute("SELECT sex, count(*) FROM entities GROUP BY sex").fetchall())
    assert sexes == {"FEMALE": 1260, "MALE": 1244}
