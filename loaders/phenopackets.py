"""Loading phenotypes: GA4GH Phenopackets v2 into individuals, biosamples and their terms."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from beacon.rows import EntityRow
from core.datasets import DatasetCatalogue
from core.draft import Draft
from core.errors import LoadRefused
from core.manifest import Source
from core.strict_json import JsonValue
from loaders.document_files import read_documents
from loaders.entity_batch import add_entities, known_entity_files, refuse_other_owners
from loaders.input_files import check_input_files
from loaders.people_directory import entity_ids, owners_of_samples
from loaders.personal_data import refuse_personal_document
from loaders.phenopacket_mapping import MappedPhenopacket, map_phenopacket
from loaders.phenopacket_messages import phenopackets_in, variants_told
from loaders.phenopacket_values import camel_case
from loaders.progress import Progress, SilentProgress
from loaders.qc.entities import entity_quality
from loaders.qc.quality_report import QualityReport
from loaders.report import FileReport, RecordRejected, RejectionLog, Report, check_tolerance

MAXIMUM_FILE_BYTES = 512 << 20
DEFAULT_TOLERANCE = 0.01


@dataclass(slots=True)
class _FileResult:
    """What one file held."""

    name: str
    sha256: str
    already_loaded: bool = False
    packets: list[tuple[int, MappedPhenopacket]] = field(default_factory=list)
    read: int = 0
    variants: int = 0
    log: RejectionLog = field(default_factory=RejectionLog)

    def entities(self) -> list[EntityRow]:
        """All entities that were accepted."""
        return [row for _, packet in self.packets for row in packet.entities]


def load_phenopackets(
    catalogue: DatasetCatalogue,
    dataset_id: str,
    files: Sequence[Path],
    *,
    preset: str | None = None,
    fresh: bool = False,
    tolerance: float = DEFAULT_TOLERANCE,
    progress: Progress | None = None,
) -> Report:
    """Load phenopackets, families and cohorts (JSON: one, a list, or one a line; YAML: one a document) into the draft.

    Where several phenopackets use one subject id for different documents, these are different people: they are kept
    under the ids of their phenopackets. Raises ``LoadRefused`` naming the place, for personal data in particular;
    the draft then stays as it was.
    """
    progress = progress or SilentProgress()
    paths = check_input_files(files)
    with catalogue.open_draft(dataset_id, preset=preset, fresh=fresh) as draft:
        known = known_entity_files(draft)
        results = []
        for number, path in enumerate(paths):
            progress.update("reading phenopackets", number, len(paths))
            results.append(_read_file(path, known))
        notes = _settle_ids(results, entity_ids(draft))
        for result in results:
            check_tolerance(result.name, result.read, result.log.total, result.log, tolerance)
        _commit(draft, results)
        progress.finish("reading phenopackets", f"{len(paths):,} files")
        reports = tuple(_file_report(result) for result in results)
        variants = sum(result.variants for result in results)
        if variants:
            notes += (f"{variants:,} variants in interpretations are not loaded; give them as VCF",)
        return Report(dataset_id, draft.manifest.version, "phenopackets", reports, notes, _quality(results))


def _read_file(path: Path, known: set[str]) -> _FileResult:
    if path.stat().st_size > MAXIMUM_FILE_BYTES:
        message = f"{path.name}: larger than {MAXIMUM_FILE_BYTES >> 20} MiB; split it into one phenopacket a line"
        raise LoadRefused(message)
    data = path.read_bytes()
    result = _FileResult(path.name, hashlib.sha256(data).hexdigest())
    if result.sha256 in known:
        result.already_loaded = True
        return result
    known.add(result.sha256)
    for place, document in read_documents(path.name, data):
        spelled = camel_case(document)
        refuse_personal_document(f"{path.name}: phenopacket {result.read + 1}", spelled)
        _read_message(result, place, spelled)
    return result


def _read_message(result: _FileResult, place: int, message: JsonValue) -> None:
    """Map the phenopackets of one message."""
    within = ""
    try:
        for packet, path in phenopackets_in(message):
            within = path
            result.read += 1
            if path:
                refuse_personal_document(f"{result.name}: phenopacket {result.read}", packet)
            result.packets.append((place, map_phenopacket(packet)))
            result.variants += variants_told(packet)
    except RecordRejected as error:
        result.log.note(place, f"{within}.{error.field_name}".lstrip("."), error.message)


def _settle_ids(results: Sequence[_FileResult], taken: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    """Give every person one id of their own; note what cannot be taken. Returns remarks for the report."""
    subjects = Counter(packet.subject_id for result in results for _, packet in result.packets)
    shared = {subject for subject, count in subjects.items() if count > 1}
    used = set(taken)
    renamed = 0
    for result in results:
        settled = []
        for place, packet in result.packets:
            kept = packet.under(packet.phenopacket_id) if packet.subject_id in shared else packet
            renamed += kept is not packet
            ids = {(row.entity.value, row.id) for row in kept.entities}
            if len(ids) < len(kept.entities) or ids & used:
                repeated = sorted(identifier for _, identifier in ids & used) or ["a biosample"]
                result.log.note(place, "id", f"{repeated[0]!r} is in the dataset already")
                continue
            used |= ids
            settled.append((place, kept))
        result.packets = settled
    if not renamed:
        return ()
    return (
        f"{len(shared):,} subject ids are used by several phenopackets: taken as different people, "
        f"{renamed:,} of them under the ids of their phenopackets",
    )


def _commit(draft: Draft, results: Sequence[_FileResult]) -> None:
    """One part of all that was accepted; samples that another person has already are refused."""
    owners = owners_of_samples(draft)
    for result in results:
        refuse_other_owners(result.name, result.entities(), owners)
    entities = [row for result in results for row in result.entities()]
    terms = [row for result in results for _, packet in result.packets for row in packet.terms]
    sources = [Source(result.name, result.sha256) for result in results if result.packets]
    add_entities(draft, entities, terms, sources)


def _quality(results: Sequence[_FileResult]) -> QualityReport | None:
    """What the accepted phenopackets show of people."""
    packets = [packet for result in results for _, packet in result.packets]
    if not packets:
        return None
    return entity_quality(
        (row for packet in packets for row in packet.entities), (row for packet in packets for row in packet.terms)
    )


def _file_report(result: _FileResult) -> FileReport:
    return FileReport(
        result.name,
        result.sha256,
        accepted=len(result.packets),
        rejected=result.log.total,
        already_loaded=result.already_loaded,
        rejections=tuple(result.log.kept),
    )
