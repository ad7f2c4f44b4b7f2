"""What the columns of a table mean, as a mapping says it (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from loaders.table_text import TableForm

RECORD_KINDS = ("individuals", "biosamples", "runs", "analyses")
"""Kinds of mapping whose rows are records of Beacon's model."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column whose cells stand for something: by ``values``, else as they are."""

    column: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of diagnoses or phenotypes. ``term``: the one term that ``present`` and ``absent`` cells are about."""

    column: str
    separator: str = ";"
    onset: str = ""
    excluded: bool = False
    term: str = ""
    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SampleColumns:
    """Columns of one biosample of the person; ``origin`` is the kind of tissue."""

    id: str
    origin: Coded | None = None


@dataclass(frozen=True, slots=True)
class Segments:
    """Columns of copy number segments."""

    sample: str
    contig: str
    start: str
    end: str
    first_position: int
    value: str = ""
    gain_above: float = 0.0
    loss_below: float = 0.0
    type: Coded | None = None


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of a table mean."""

    name: str
    kind: str
    form: TableForm
    joined: bool = False
    ignore: frozenset[str] = frozenset()
    assembly: str = ""
    id: str = ""
    birth_year: str = ""
    sex: Coded | None = None
    diagnoses: tuple[Codes, ...] = ()
    phenotypes: tuple[Codes, ...] = ()
    biosamples: tuple[SampleColumns, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    segments: Segments | None = None

    def named_columns(self) -> frozenset[str]:
        """Every column that the mapping names."""
        found = {self.id, self.birth_year, self.sex.column if self.sex else "", *(column for _, column in self.fields)}
        for codes in (*self.diagnoses, *self.phenotypes):
            found |= {codes.column, codes.onset}
        for sample in self.biosamples:
            found |= {sample.id, sample.origin.column if sample.origin else ""}
        if self.segments:
            parts = self.segments
            found |= {parts.sample, parts.contig, parts.start, parts.end, parts.value}
            found.add(parts.type.column if parts.type else "")
        return frozenset(found - {""})

    def id_columns(self) -> frozenset[str]:
        """The columns that hold ids of people, samples and records."""
        found = {self.id, *(sample.id for sample in self.biosamples), self.segments.sample if self.segments else ""}
        found |= {column for path, column in self.fields if path == "id" or path.endswith("Id")}
        return frozenset(found - {""})
