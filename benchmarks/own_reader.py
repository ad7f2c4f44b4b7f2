"""Our parser alone: from the bytes of a BGZF file to ordered columns of variants, carriers and calls, one process."""

from itertools import islice
from pathlib import Path

from core.genome import GRCH38
from loaders.line_buffers import LineRange, bgzf_lines
from loaders.reading_state import ReadingOptions
from loaders.record_batches import Expected, RecordBatches
from loaders.vcf_ranges import inspect_vcf
from loaders.vcf_record import RecordReader, VcfRecord


class OwnReader:
    """Reads a generated file as a load does, but keeps nothing. ``exact``: records that compiled code did not take."""

    def __init__(self, path: Path) -> None:
        """``path``: on GRCh38; nobody's sex is known."""
        self._path = path
        self._header = inspect_vcf(path, lambda _, __: None).header
        self.exact = 0

    def warm_up(self) -> None:
        """Read the first buffer, so that compiled code is loaded."""
        self._read(1)

    def read(self) -> int:
        """Read everything; returns the number of records."""
        return self._read(None)

    def _read(self, buffers: int | None) -> int:
        renamed, sexes = self._header.renamed_contigs, ("UNKNOWN_SEX",) * len(self._header.samples)
        expected: Expected = {}
        reader = _CountingReader(GRCH38, len(sexes), frozenset(), renamed, expected=expected)
        batches = RecordBatches(ReadingOptions(GRCH38, sexes, renamed), reader, expected, None)
        with self._path.open("rb") as file:
            lines = bgzf_lines(self._path.name, file, LineRange(), lambda _: None)
            for text in islice(lines, buffers):
                for _ in batches.read(text, 1):
                    pass
        self.exact = reader.exact
        return batches.tally.records


class _CountingReader(RecordReader):
    """The exact reader, which counts."""

    exact = 0

    def read(self, line: str) -> VcfRecord:
        """Count, and read."""
        self.exact += 1
        return super().read(line)
