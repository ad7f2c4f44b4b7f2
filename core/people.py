"""People: the opt-out mask, and who is in which file and sample column."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.errors import DataDamaged

MASK_FILE = "optouts.tsv"


@dataclass(frozen=True, slots=True)
class PeopleMask:
    """Pseudonyms of people who opted out: their records, carriers and files are gone on every surface."""

    people: frozenset[str] = frozenset()

    def hides(self, individual_id: str) -> bool:
        """Whether this person opted out."""
        return individual_id in self.people

    def hides_any(self, individual_ids: Iterable[str]) -> bool:
        """Whether a file that holds these people must not be given out as it is."""
        return not self.people.isdisjoint(individual_ids)


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """One sample column (or read group sample) of a file: its 0-based position and whose it is."""

    column_0based: int
    sample: str
    individual_id: str


def sample_columns(samples: Iterable[str], individual_ids: Iterable[str]) -> tuple[SampleColumn, ...]:
    """Pair the sample columns of a file with their people, position by position."""
    pairs = enumerate(zip(samples, individual_ids, strict=True))
    return tuple(SampleColumn(column, sample, individual) for column, (sample, individual) in pairs)


def read_mask(home: Path) -> PeopleMask:
    """The opt-outs of a node: ``optouts.tsv``, one pseudonym a line (first column); absent means none.

    Raises ``DataDamaged`` for a file that is not text: who opted out must never be guessed.
    """
    try:
        text = (home / MASK_FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return PeopleMask()
    except UnicodeDecodeError as error:
        message = f"{MASK_FILE} is not UTF-8 text"
        raise DataDamaged(message) from error
    lines = (line.split("\t")[0].strip() for line in text.split("\n"))
    return PeopleMask(frozenset(line for line in lines if line and not line.startswith("#")))
