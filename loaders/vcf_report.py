"""What became of the files of a VCF load: what each held, what is said of it, and the quality of the whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from beacon.part_builder import Duplicates
from loaders.contig_copies import CallTally
from loaders.qc.tally import BatchTally
from loaders.report import FileReport, Rejection, RejectionLog
from loaders.segments import Segment
from loaders.vcf_parts import FileSegments, PartOutcome
from loaders.vcf_plan import PlannedFile, batch_name
from loaders.vcf_ranges import RangeOutcome


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file after reading: what it held, range by range."""

    planned: PlannedFile
    ranges: tuple[RangeOutcome, ...]

    @property
    def contigs(self) -> tuple[str, ...]:
        """Contigs that it has records of, in order of appearance."""
        return tuple(dict.fromkeys(contig for outcome in self.ranges for contig in outcome.tallies))

    def on_contig(self, contig: str) -> FileSegments:
        """What it holds of a contig, line numbers those of the file."""
        segments: list[Segment] = []
        tally = CallTally.empty(len(self.planned.people))
        for first_line, outcome in zip(self.first_lines, self.ranges, strict=True):
            segments += [replace(each, first_line=first_line) for each in outcome.segments if each.contig == contig]
            tally = tally.added(outcome.tallies[contig]) if contig in outcome.tallies else tally
        name, found = self.planned.path.name, self.planned.inspected
        return FileSegments(name, found.sha256, self.planned.people, tuple(segments), tally)

    @property
    def first_lines(self) -> tuple[int, ...]:
        """For each range the lines before it."""
        lines, before = [], 0
        for outcome in self.ranges:
            lines.append(before)
            before += outcome.lines
        return tuple(lines)


def rejections_of(file: ReadFile) -> RejectionLog:
    """The rejections of all ranges, with the line numbers of the file."""
    log = RejectionLog()
    for first_line, outcome in zip(file.first_lines, file.ranges, strict=True):
        for item in outcome.rejections:
            log.note(item.line + first_line, item.field, item.reason)
        log.total += outcome.rejections_total - len(outcome.rejections)
    return log


def duplicates_by_file(
    groups: Sequence[tuple[str, Sequence[ReadFile]]], built: Sequence[PartOutcome]
) -> defaultdict[Path, list[Duplicates]]:
    """Alleles that each file repeats; ``groups``: the contig and the files of each built part."""
    found: defaultdict[Path, list[Duplicates]] = defaultdict(list)
    for (_, files), outcome in zip(groups, built, strict=True):
        for file, duplicates in zip(files, outcome.duplicates, strict=True):
            found[file.planned.path].append(duplicates)
    return found


def file_report(file: ReadFile, duplicates: Sequence[Duplicates]) -> FileReport:
    """What is said of one file."""
    log = rejections_of(file)
    rows = sum(segment.rows for outcome in file.ranges for segment in outcome.segments)
    repeated = sum(each.total for each in duplicates)
    for each in duplicates:
        for example in each.examples:
            log.note(example.source_line, "ALT", _REPEATED)
        log.total += each.total - len(each.examples)
    return FileReport(
        file=file.planned.path.name,
        sha256=file.planned.inspected.sha256,
        accepted=rows - repeated,
        rejected=log.total,
        rejections=tuple(sorted(log.kept, key=_by_line)),
        notes=(*file.planned.notes, *_notes(file)),
    )


_REPEATED = "this allele is given twice at this place; the record that counts most of it is kept"


def _by_line(item: Rejection) -> int:
    return item.line


def _notes(file: ReadFile) -> Iterable[str]:
    counted = {
        "records without an alternate allele of their own": "without_allele",
        "records whose FILTER is not PASS, taken as well": "not_passed",
        "calls of two different alleles on the one X or Y of a man, counted as they stand": "contradicting",
    }
    for text, name in counted.items():
        count = sum(getattr(outcome, name) for outcome in file.ranges)
        if count:
            yield f"{count:,} {text}"
    said = sorted({text for outcome in file.ranges for text in outcome.notes})
    for text in said:
        yield f"{sum(outcome.notes[text] for outcome in file.ranges):,} {text}"
    for name, other in file.planned.inspected.header.renamed_contigs.items():
        yield f"contig {name} is stored as {other}, it is not MT"


def quality_tallies(groups: Sequence[tuple[str, Sequence[ReadFile]]], built: Sequence[PartOutcome]) -> list[BatchTally]:
    """The quality tallies, contigs of the same people together."""
    found: dict[tuple[str, ...], list[PartOutcome]] = {}
    for (_, files), outcome in zip(groups, built, strict=True):
        names = tuple(person.individual_id for person in outcome.people) or (files[0].planned.inspected.sha256,)
        found.setdefault(names, []).append(outcome)
    return [
        BatchTally(
            batch_name(outcomes[0].people, names[0]),
            outcomes[0].people,
            any(person.copies for person in outcomes[0].people),
            tuple(outcome.tally for outcome in outcomes),
        )
        for names, outcomes in found.items()
    ]
