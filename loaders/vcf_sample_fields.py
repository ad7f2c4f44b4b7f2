"""Whether the sample columns of a record are what FORMAT and the header say (VCF 4.3 §1.4.2, §1.6.2; pure).

Loading reads only GT. A file whose first records break their own header was damaged or put together wrongly; its first
records are looked at whole, with the checks that htslib makes.
"""

import re
from collections.abc import Mapping, Sequence

from loaders.report import RecordRejected
from loaders.vcf_meta import read_attributes

CHECKED_RECORDS = 1000
"""So many first records of a file are worth the check."""

_FIRST_SAMPLE = 9
_NUMBERS = {
    "Integer": re.compile(r"[+-]?\d+|\."),
    "Float": re.compile(
        r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf|infinity|nan)|\.", re.IGNORECASE
    ),
}


class SampleFieldCheck:
    """Checks records of one file."""

    def __init__(self, header: Sequence[str]) -> None:
        """``header``: header lines; only those of ``##FORMAT`` matter (``VcfHeader.definitions``)."""
        found = [read_attributes(line.partition("=")[2]) or {} for line in header if line.startswith("##FORMAT=")]
        self._types: Mapping[str, str] = {each.get("ID", ""): each.get("Type", "") for each in found}

    def check(self, line: str) -> None:
        """Raise ``RecordRejected`` for more values than FORMAT names, and for numbers that are none."""
        columns = line.split("\t")
        if len(columns) <= _FIRST_SAMPLE:
            return
        keys = columns[_FIRST_SAMPLE - 1].split(":")
        kinds = [(place, key, _NUMBERS[kind]) for place, key in enumerate(keys) if (kind := self._kind(key))]
        for number, cell in enumerate(columns[_FIRST_SAMPLE:], 1):
            values = cell.split(":")
            if len(values) > len(keys):
                reason = f"sample {number} has more values than FORMAT has names"
                raise RecordRejected(reason, "FORMAT")
            for place, key, pattern in kinds:
                texts = values[place].split(",") if place < len(values) and values[place] else []
                if not all(pattern.fullmatch(text) for text in texts):
                    reason = f"sample {number} has a value that is not of the type which the header states"
                    raise RecordRejected(reason, f"FORMAT/{key}")

    def _kind(self, key: str) -> str:
        kind = self._types.get(key, "")
        return kind if kind in _NUMBERS else ""
