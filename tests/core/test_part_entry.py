import pytest

from core.manifest import PartKind, Source
from core.part_entry import part_entry
from core.parts import FinishedPart


@pytest.mark.parametrize(("kind", "rows"), [(PartKind.VARIANTS, 1), (PartKind.ENTITIES, 3), (PartKind.FILES, 4)])
def test_the_entry_says_what_the_part_is(kind: PartKind, rows: int) -> None:
    finished = FinishedPart("ab", "cd", 5, {"variants": 1, "carriers": 2, "entities": 3, "file_objects": 4})
    part = part_entry(kind, finished, sources=[Source("a.vcf", "ef")], batch="b")
    assert (part.kind, part.file, part.sha256, part.content_digest) == (kind, "ab.duckdb", "ab", "cd")
    assert (part.size_bytes, part.rows, part.batch, part.sources) == (5, rows, "b", (Source("a.vcf", "ef"),))
