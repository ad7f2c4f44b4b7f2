"""What a load took, what it refused and why (pure): for people as text, for programs as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.qc.quality_report import QualityReport

REJECTIONS_KEPT = 1000
_SHOWN = 20


class RecordRejected(LoadRefused):
    """One record is not taken; ``field`` names the column or key that is wrong."""

    def __init__(self, reason: str, field_name: str) -> None:
        """``reason`` is said to the operator."""
        super().__init__(reason, field=field_name)
        self.field_name = field_name

    def __reduce__(self) -> tuple[type["RecordRejected"], tuple[str, str]]:
        """Pickle with both arguments: records are read in another process."""
        return type(self), (self.message, self.field_name)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record or value that was not taken; ``line`` is 1-based, 0 where a line has no meaning."""

    line: int
    field: str
    reason: str

    @property
    def place(self) -> str:
        """Line and field, as text."""
        return f"line {self.line}, {self.field}" if self.line else self.field


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one input file; ``rejections`` holds the first thousand of ``rejected``."""

    file: str
    sha256: str
    accepted: int = 0
    rejected: int = 0
    already_loaded: bool = False
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, JsonValue]:
        """The report as a JSON object."""
        rejections: list[JsonValue] = [
            {"line": item.line, "field": item.field, "reason": item.reason} for item in self.rejections
        ]
        return {
            "file": self.file,
            "sha256": self.sha256,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "already_loaded": self.already_loaded,
            "rejections": rejections,
            "notes": list(self.notes),
        }

    def lines(self) -> list[str]:
        """The report as lines of text."""
        if self.already_loaded:
            return [f"{self.file}: already loaded, nothing to do"]
        text = [f"{self.file}: {self.accepted:,} accepted, {self.rejected:,} rejected"]
        text += [f"  {item.place}: {item.reason}" for item in self.rejections[:_SHOWN]]
        if self.rejected > _SHOWN:
            text.append(f"  ... and {self.rejected - _SHOWN:,} more")
        return text + [f"  note: {note}" for note in self.notes]


@dataclass(frozen=True, slots=True)
class Report:
    """What one load did to the draft ``version`` of a dataset.

    ``subject`` says what was counted: variants, objects. ``quality``: what the loader found out about the data, for
    the report that is kept beside the dataset; not part of what is printed.
    """

    dataset_id: str
    version: str
    subject: str
    files: tuple[FileReport, ...]
    notes: tuple[str, ...] = field(default=())
    quality: QualityReport | None = None

    @property
    def accepted(self) -> int:
        """Everything that was taken."""
        return sum(file.accepted for file in self.files)

    @property
    def rejected(self) -> int:
        """Everything that was not."""
        return sum(file.rejected for file in self.files)

    def to_json(self) -> dict[str, JsonValue]:
        """The report as a JSON object."""
        files: list[JsonValue] = [file.to_json() for file in self.files]
        return {
            "dataset_id": self.dataset_id,
            "version": self.version,
            "subject": self.subject,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "files": files,
            "notes": list(self.notes),
        }

    def to_text(self) -> str:
        """The report for a person."""
        shown = [file for file in self.files if len(self.files) <= _SHOWN or file.rejected or file.already_loaded]
        lines = [line for file in shown for line in file.lines()]
        if len(shown) < len(self.files):
            lines.append(f"{len(self.files) - len(shown):,} files without a rejection")
        lines += [f"note: {note}" for note in self.notes]
        lines.append(
            f"dataset {self.dataset_id}, draft version {self.version}: "
            f"{self.accepted:,} {self.subject} accepted, {self.rejected:,} rejected"
        )
        return "\n".join(lines)


@dataclass(slots=True)
class RejectionLog:
    """Counts rejections and keeps the first thousand."""

    total: int = 0
    kept: list[Rejection] = field(default_factory=list)

    def note(self, line: int, field_name: str, reason: str) -> None:
        """Remember one rejection."""
        self.total += 1
        if len(self.kept) < REJECTIONS_KEPT:
            self.kept.append(Rejection(line, field_name, reason))


def check_tolerance(name: str, read: int, rejected: int, log: RejectionLog, tolerance: float) -> None:
    """Raise ``LoadRefused`` if ``rejected`` is a larger share than ``tolerance`` of the ``read`` records."""
    if rejected <= tolerance * read:
        return
    first = _summary(log.kept[:5])
    message = (
        f"{name}: {rejected:,} of {read:,} records rejected, more than the tolerated share of {tolerance:g}; {first}"
    )
    raise LoadRefused(message)


def _summary(rejections: Sequence[Rejection]) -> str:
    return "; ".join(f"{item.place}: {item.reason}" for item in rejections)
