"""The readers: each reads every record; ours by compiled code."""

from pathlib import Path

import pytest

from benchmarks.generate_genotypes import Fields, Range, genotypes
from benchmarks.genotype_readers import READERS


@pytest.mark.parametrize("name", list(READERS))
@pytest.mark.parametrize("fields", list(Fields))
def test_a_reader_reads_all_or_as_many_as_asked(tmp_path: Path, name: str, fields: Fields) -> None:
    file = genotypes(tmp_path, 60, Range(0, 11), fields)
    found = READERS[name](file.path, None)
    assert (found.records, found.exact) == (60, 0)
    assert found.seconds > 0
    assert READERS[name](file.path, 7).records == (60 if name == "genvej" else 7)
