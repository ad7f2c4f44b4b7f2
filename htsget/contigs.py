"""Names of contigs: from what a caller says to what the file says (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from core.errors import NotFound
from core.genome import canonical_contig, contig_of_accession, find_assembly
from htsget.records import ContigKey

ABSENT_NUMBER = -1
"""The number of a contig that the header names and the index does not: it has no records."""


@dataclass(frozen=True, slots=True)
class Contig:
    """A contig of a file: the file's own name, its number in the index, and how its records name it."""

    name: str
    number: int
    key: ContigKey


@dataclass(frozen=True)
class ContigTable:
    """The contigs of one file, by the file's own names."""

    by_name: Mapping[str, Contig]

    @cached_property
    def _by_canonical_name(self) -> dict[str, Contig | None]:
        """By canonical name; ``None`` where two contigs of the file would share it."""
        table: dict[str, Contig | None] = {}
        for name, contig in self.by_name.items():
            canonical = canonical_contig(name)
            table[canonical] = None if canonical in table else contig
        return table

    def resolve(self, name: str, assembly: str) -> Contig:
        """The contig that a caller means: an exact name, another usual name of it, or a RefSeq accession.

        A space may be a plus sign that was not escaped: no contig of a BAM file has a space in its name. Raises
        ``NotFound``.
        """
        for spelling in (name, name.replace(" ", "+")):
            if spelling in self.by_name:
                return self.by_name[spelling]
        contig = self._by_canonical_name.get(canonical_contig(_of_accession(name, assembly) or name))
        if contig is None:
            message = "no such referenceName in this file"
            raise NotFound(message, field="referenceName")
        return contig


def contig_table(header_contigs: Mapping[str, ContigKey], index_names: tuple[str, ...]) -> ContigTable:
    """The contigs that header or index name.

    Where records name their contig (VCF), the index numbers it; where they number it, that is its number.
    """
    numbers = {name: number for number, name in enumerate(index_names)}
    keys: dict[str, ContigKey] = {name: name.encode("utf-8", "surrogateescape") for name in index_names}
    table = {}
    for name, key in {**keys, **header_contigs}.items():
        number = key if isinstance(key, int) else numbers.get(name, ABSENT_NUMBER)
        table[name] = Contig(name, number, key)
    return ContigTable(table)


def _of_accession(name: str, assembly: str) -> str | None:
    """The contig of a RefSeq accession, if it belongs to the file's assembly."""
    found = contig_of_accession(name)
    if found is None:
        return None
    theirs, contig = found
    ours = find_assembly(assembly)
    return contig if theirs is None or ours is None or theirs.name == ours.name else None
