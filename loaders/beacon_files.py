"""Reading one file of Beacon records, in a worker process: its kind, its records cleaned, its variants."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from beacon.rows import EntityType
from core.errors import LoadRefused
from core.strict_json import JsonValue
from loaders.beacon_kinds import BeaconKind, kind_of_file
from loaders.beacon_records import BeaconRecord, dataset_remark, read_record
from loaders.beacon_shapes import Cleaning
from loaders.beacon_variants import StatedVariant, read_case_levels, read_variation
from loaders.document_files import read_documents
from loaders.personal_data import refuse_personal_record
from loaders.report import RecordRejected, RejectionLog
from loaders.task_pool import Tell
from loaders.text_lines import chunks_of

MAXIMUM_FILE_BYTES = 512 << 20

_ENTITIES: Mapping[BeaconKind, EntityType] = MappingProxyType(
    {
        BeaconKind.INDIVIDUALS: EntityType.INDIVIDUAL,
        BeaconKind.BIOSAMPLES: EntityType.BIOSAMPLE,
        BeaconKind.RUNS: EntityType.RUN,
        BeaconKind.ANALYSES: EntityType.ANALYSIS,
        BeaconKind.COHORTS: EntityType.COHORT,
    }
)
_NOT_ABOUT_PEOPLE = frozenset({BeaconKind.COHORTS, BeaconKind.DATASETS, BeaconKind.FILTERING_TERMS})


@dataclass(slots=True)
class BeaconFile:
    """What one file held. ``remarks``: what was done to its records, with how often; ``log``: rejected ones."""

    name: str
    sha256: str
    kind: BeaconKind
    read: int = 0
    records: list[tuple[int, BeaconRecord]] = field(default_factory=list)
    variants: list[StatedVariant] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    taken: int = 0
    remarks: Counter[str] = field(default_factory=Counter)
    log: RejectionLog = field(default_factory=RejectionLog)
    already_loaded: bool = False


def read_beacon_file(path: Path, tell: Tell) -> BeaconFile:
    """Read a file (JSON, JSON lines, YAML; also gzip); raises ``LoadRefused``, for personal data in particular."""
    digest = hashlib.sha256()
    with path.open("rb") as raw:
        while block := raw.read(1 << 20):
            digest.update(block)
    try:
        data = b"".join(chunks_of(path, MAXIMUM_FILE_BYTES, tell))
    except LoadRefused as error:
        message = f"{error.message}; split it (one record a line), the kind may stand in every name"
        raise LoadRefused(message) from error
    name = path.name.removesuffix(".gz")
    documents = list(read_documents(name, data))
    kind = kind_of_file(path.name, [document for _, document in documents[:1]])
    if kind is None:
        message = f"{path.name}: neither its name nor its first record says which of {', '.join(BeaconKind)} it holds"
        raise LoadRefused(message)
    found = BeaconFile(path.name, digest.hexdigest(), kind)
    for place, document in documents:
        found.read += 1
        tell(found.read, len(documents))
        refuse_personal_record(f"{path.name}: record {place}", document, about_people=kind not in _NOT_ABOUT_PEOPLE)
        try:
            _take(found, place, document)
        except RecordRejected as error:
            found.log.note(place, error.field_name, error.message)
    return found


def _take(found: BeaconFile, place: int, document: JsonValue) -> None:
    """Take one record; raises ``RecordRejected``."""
    kind = found.kind
    if kind in _ENTITIES:
        cleaning = Cleaning()
        found.records += [(place, record) for record in read_record(_ENTITIES[kind], document, cleaning)]
        found.remarks.update(cleaning.remarks)
    elif kind is BeaconKind.VARIANTS:
        found.variants.append(read_variation(place, document, found.remarks))
    elif kind is BeaconKind.CASE_LEVEL:
        found.variants.append(read_case_levels(place, document))
    elif kind is BeaconKind.TARGETS:
        found.targets += _targets(document)
    elif kind is BeaconKind.DATASETS:
        found.remarks[dataset_remark(document)] += 1
    else:
        found.remarks["filtering terms follow from the records, they are not loaded"] += 1
    found.taken += 1


def _targets(document: JsonValue) -> list[str]:
    samples = document.get("biosampleIds") if isinstance(document, dict) else None
    if not isinstance(samples, list) or not all(isinstance(sample, str) and sample for sample in samples):
        reason = "a list of sample names is expected"
        raise RecordRejected(reason, "biosampleIds")
    names = [str(sample) for sample in samples]
    if len(set(names)) < len(names):
        reason = "a sample is named twice"
        raise RecordRejected(reason, "biosampleIds")
    return names
