from pathlib import Path

import duckdb

from drs.part_builder import build_file_part
from drs.rows import INDEX_FORMATS, LIST_FIELDS, FileFormat, FileRow, ReadGroupRow, ReferenceSequenceRow


def file_row(name: str, alias: str, **changes: object) -> FileRow:
    values: dict[str, object] = {
        "object_id": name.encode().hex(),
        "name": name,
        "alias": alias,
        "format": FileFormat.BAM,
        "size_bytes": 3,
        "sha256": "00",
        "md5": "11",
        "created_at": "2026-01-01T00:00:00Z",
        "mime_type": "application/vnd.ga4gh.bam",
        "location": f"/data/{name}",
        "index_object_id": "",
        "samples": ("P-1", 'P"2'),
        "individual_ids": ("P-1", "P-2"),
    }
    return FileRow(**{**values, **changes})  # type: ignore[arg-type]  # names are those of the fields


def test_rows_lie_ordered_by_alias_and_name_with_lists_as_json(tmp_path: Path) -> None:
    path = tmp_path / "files.duckdb"
    rows = [file_row("b.bam", "b"), file_row("a.cram", "a", format=FileFormat.CRAM), file_row("a.bam", "a", samples=())]
    part = build_file_part(path, rows)
    assert part.rows == 3
    assert part.size_bytes == path.stat().st_size
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("SELECT alias, name, format, samples FROM file_objects").fetchall()
    assert found == [
        ("a", "a.bam", "BAM", "[]"),
        ("a", "a.cram", "CRAM", '["P-1", "P\\"2"]'),
        ("b", "b.bam", "BAM", '["P-1", "P\\"2"]'),
    ]


def test_the_order_of_rows_does_not_change_the_content(tmp_path: Path) -> None:
    rows = [file_row("b.bam", "b"), file_row("a.cram", "a")]
    first = build_file_part(tmp_path / "1.duckdb", rows)
    second = build_file_part(tmp_path / "2.duckdb", rows[::-1])
    assert first.content_digest == second.content_digest


def test_a_failed_build_leaves_nothing(tmp_path: Path) -> None:
    try:
        build_file_part(tmp_path / "1.duckdb", [file_row("a", "a", size_bytes="many")])
    except duckdb.Error:
        pass
    else:
        raise AssertionError
    assert list(tmp_path.iterdir()) == []


def test_what_headers_state_is_kept_once_and_in_order(tmp_path: Path) -> None:
    groups = [ReadGroupRow("o2", "1", "S", "pu", "lb", "pl", "dt"), ReadGroupRow("o1", "2", "", "", "", "", "")]
    sequences = [ReferenceSequenceRow("2", 50, "bb"), ReferenceSequenceRow("1", 100, "aa")]
    path = tmp_path / "files.duckdb"
    row = file_row("a.bam", "a", biosample_ids=("S", ""), run_ids=("R",), inner_format="BAM")
    part = build_file_part(path, [row], read_groups=groups * 2, sequences=sequences * 2)
    assert part.rows == 1
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("SELECT biosample_ids, run_ids, inner_format FROM file_objects").fetchall()
        assert found == [('["S", ""]', '["R"]', "BAM")]
        assert connection.execute("SELECT object_id FROM read_groups").fetchall() == [("o1",), ("o2",)]
        assert connection.execute("FROM reference_sequences").fetchall() == [("1", 100, "aa"), ("2", 50, "bb")]


def test_formats_and_lists() -> None:
    assert [file_format for file_format in FileFormat if file_row("a", "a", format=file_format).is_index] == [
        FileFormat.BAI, FileFormat.CSI, FileFormat.CRAI, FileFormat.TBI,
    ]  # fmt: skip
    assert len(INDEX_FORMATS) == 4
    assert {
        name for name in FileRow.__dataclass_fields__ if isinstance(getattr(file_row("a", "a"), name), tuple)
    } == LIST_FIELDS
