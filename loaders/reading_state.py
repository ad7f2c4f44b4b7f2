"""What reading a VCF file needs beside its lines: options, tables that compiled code fills, facts of each contig."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.genome import MAXIMUM_POSITION, Assembly
from loaders import allele_kernels
from loaders import vcf_kernels as kernel
from loaders.contig_copies import SEX_CONTIGS, CallTally, copies_of_people
from loaders.vcf_reference import Bases

_TABLE_ROWS = 65_536
_CALLS_PER_PERSON = 4096
_MINIMUM_CALLS = 1 << 20
_NO_BASES = np.zeros(0, dtype=np.uint8)

MAXIMUM_CONTIGS = 20_000
"""Records of more contigs are refused: each one becomes a part of its own."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What the records of a file are read with.

    ``sexes``: of the people, in column order. ``renamed``: contigs that keep a name of their own. ``reference``: to
    check REF against, and to move insertions and deletions along. ``blocks``: note where people are called (gVCF).
    ``name``: of the file, for messages.
    """

    assembly: Assembly | None
    sexes: tuple[str, ...]
    renamed: Mapping[str, str]
    reference: Bases | None = None
    blocks: bool = False
    name: str = ""


class KernelTables:
    """The arrays that the compiled code fills; made once, used for every buffer."""

    def __init__(self, people: int, keys: int) -> None:
        """``keys``: number of INFO keys that are looked for."""
        self.records = np.zeros((_TABLE_ROWS, kernel.INFO_SPANS + 2 * keys), dtype=np.int64)
        self.alleles = np.zeros(
            (_TABLE_ROWS + allele_kernels.MAXIMUM_ALTERNATES, allele_kernels.ALLELE_COLUMNS), dtype=np.int64
        )
        room = max(_MINIMUM_CALLS, 2 * _CALLS_PER_PERSON * people) if people else 1
        self.carriers = np.zeros((room, 3), dtype=np.int32)
        self.calls = np.zeros((room, 3), dtype=np.int32)
        self.result = np.zeros(kernel.RESULT_COLUMNS, dtype=np.int64)


class ContigState:
    """What the compiled code needs to know of one contig of the file."""

    def __init__(self, name: str, spelling: bytes, options: ReadingOptions) -> None:
        """``spelling``: the name as the file has it."""
        assembly, people = options.assembly, len(options.sexes)
        self.name = name
        self.spelling = np.frombuffer(bytearray(spelling), dtype=np.uint8)
        known = assembly.lengths.get(name) if assembly else None
        self.length = MAXIMUM_POSITION if known is None else known
        self.bases = _NO_BASES.copy()
        regions = [region[1:] for region in (assembly.pseudo_autosomal if assembly else ()) if region[0] == name]
        self.par = np.asarray(regions, dtype=np.int64).reshape(-1, 2)
        self.sexual = name in SEX_CONTIGS
        self.expected = copies_of_people(name, options.sexes, CallTally.empty(people))
        self.hinted = people == 0

    def fetch_bases(self, reference: Bases) -> None:
        """Read the reference sequence, to compare REF with it."""
        found = reference.fetch(self.name, 0, self.length) or ""
        self.bases = np.frombuffer(bytearray(found.encode()), dtype=np.uint8)

    def drop_bases(self) -> None:
        """Let the reference sequence go."""
        self.bases = _NO_BASES.copy()
