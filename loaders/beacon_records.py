"""Beacon records of people and samples as entity rows: cleaned, with what they lack said (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from beacon.rows import EntityRow, EntityType, TermRow
from core.strict_json import JsonValue
from loaders import beacon_model
from loaders.beacon_shapes import Cleaning, Members, Shape, Unfit, clean_curie, fitting_members, split_term, term, text
from loaders.entity_documents import spelled, terms_of
from loaders.report import RecordRejected

_UNKNOWN_TERM: Members = {"id": "NCIT:C17998", "label": "unknown"}
_SPECIMEN: Members = {"id": "OBI:0001479", "label": "specimen from organism"}
_SEXES: Mapping[str, str] = MappingProxyType(
    {
        "NCIT:C16576": "FEMALE", "NCIT:C46113": "FEMALE", "PATO:0000383": "FEMALE", "female": "FEMALE", "f": "FEMALE",
        "NCIT:C20197": "MALE", "NCIT:C46112": "MALE", "PATO:0000384": "MALE", "male": "MALE", "m": "MALE",
        "NCIT:C45908": "OTHER_SEX", "NCIT:C17998": "UNKNOWN_SEX", "unknown": "UNKNOWN_SEX",
    }
)  # fmt: skip
SEX_TERMS: Mapping[str, Members] = MappingProxyType(
    {
        "FEMALE": {"id": "NCIT:C16576", "label": "female"},
        "MALE": {"id": "NCIT:C20197", "label": "male"},
        "OTHER_SEX": {"id": "NCIT:C45908", "label": "intersex"},
        "UNKNOWN_SEX": {"id": "NCIT:C17998", "label": "unknown"},
    }
)
_MODEL: Mapping[EntityType, Mapping[str, Shape]] = MappingProxyType(
    {
        EntityType.INDIVIDUAL: beacon_model.INDIVIDUAL,
        EntityType.BIOSAMPLE: beacon_model.BIOSAMPLE,
        EntityType.RUN: beacon_model.RUN,
        EntityType.ANALYSIS: beacon_model.ANALYSIS,
        EntityType.COHORT: beacon_model.COHORT,
    }
)
_FILLED: Mapping[EntityType, Mapping[str, Members]] = MappingProxyType(
    {EntityType.BIOSAMPLE: {"biosampleStatus": _UNKNOWN_TERM, "sampleOriginType": _SPECIMEN}}
)
_REQUIRED: Mapping[EntityType, tuple[str, ...]] = MappingProxyType(
    {
        EntityType.RUN: ("biosampleId", "runDate"),
        EntityType.ANALYSIS: ("analysisDate", "pipelineName"),
        EntityType.COHORT: ("cohortType",),
    }
)
_LINKS = ("individualId", "biosampleId")
_BOOKKEEPING = frozenset({"_id", "id", "datasetId", "info", "sex", "measures", *_LINKS})
_SEPARATOR = "|"
_MAY_NAME_OTHERS = frozenset({EntityType.INDIVIDUAL, EntityType.BIOSAMPLE, EntityType.COHORT})
_OWN_INFO = frozenset({"asGiven", "subjectId", "phenopacketId", "timeAtLastEncounter", "yearOfBirth"})
"""Members of ``info`` that the loaders themselves put there."""


@dataclass(frozen=True, slots=True)
class BeaconRecord:
    """A cleaned record before it is known whose it is; ``biosample_id`` of runs and analyses."""

    entity: EntityType
    id: str
    individual_id: str
    biosample_id: str
    sex: str
    document: Members

    def owned_by(self, individual_id: str) -> tuple[EntityRow, tuple[TermRow, ...]]:
        """The rows of the record once its person is known (empty: nobody's)."""
        document = dict(self.document)
        if individual_id and self.entity not in (EntityType.INDIVIDUAL, EntityType.COHORT):
            document["individualId"] = individual_id
        row = EntityRow(self.entity, self.id, individual_id, self.sex, spelled(document))
        if self.entity is EntityType.COHORT:
            return row, ()
        return row, tuple(terms_of(self.entity, self.id, individual_id, document))


def read_record(entity: EntityType, value: JsonValue, cleaning: Cleaning) -> Iterator[BeaconRecord]:
    """Clean one record; one that names several samples joined by ``|`` becomes one a sample.

    Raises ``RecordRejected`` for what is no object or has no id.
    """
    if not isinstance(value, dict):
        reason = "an object is expected"
        raise RecordRejected(reason, str(entity))
    try:
        identifier = str(text(value.get("id"), "id", cleaning))
        links = {name: str(text(value[name], name, cleaning)) for name in _LINKS if value.get(name)}
    except Unfit as error:
        raise RecordRejected(error.reason, error.path) from error
    document = _document(entity, identifier, value, cleaning)
    sex = _sex(value, document, cleaning) if entity is EntityType.INDIVIDUAL else ""
    pairs = _split(links, cleaning)
    for individual, biosample in pairs:
        own = identifier if len(pairs) == 1 else f"{identifier}:{biosample or individual}"
        linked = {"id": own, **({"biosampleId": biosample} if biosample and entity is not EntityType.BIOSAMPLE else {})}
        if entity in (EntityType.RUN, EntityType.ANALYSIS) and not biosample and "biosampleId" in _REQUIRED[entity]:
            cleaning.remark("biosampleId", "missing, though Beacon v2.2 requires it")
        person = own if entity is EntityType.INDIVIDUAL else individual
        person = "" if entity is EntityType.COHORT else person
        yield BeaconRecord(entity, own, person, biosample, sex, {**document, **linked})


def _document(entity: EntityType, identifier: str, value: Members, cleaning: Cleaning) -> Members:
    shapes = _MODEL[entity]
    given = dict(value)
    if "measures" in given and "measurements" not in given and entity is EntityType.INDIVIDUAL:
        given["measurements"] = given["measures"]
        cleaning.remark("measures", "of Beacon before v2.2, taken as measurements")
    if entity is EntityType.INDIVIDUAL and given.get("pedigrees"):
        given["pedigrees"] = _own_pedigrees(given["pedigrees"], identifier, cleaning)
    document: Members = fitting_members(given, shapes, "", cleaning)
    _complete(entity, identifier, document, cleaning)
    for name in given.keys() - shapes.keys() - _BOOKKEEPING:
        cleaning.remark(name, "not of Beacon v2.2, left out")
    kept = _own_info(entity, given.get("info"), cleaning)
    if cleaning.aside:
        kept["asGiven"] = dict(cleaning.aside)
    return {**document, "info": kept} if kept else document


def _own_pedigrees(value: JsonValue, identifier: str, cleaning: Cleaning) -> JsonValue:
    """Pedigrees with the person alone: an opt-out of a relative would not reach this record."""
    found: list[JsonValue] = []
    for pedigree in value if isinstance(value, list) else [value]:
        members = pedigree.get("members") if isinstance(pedigree, dict) else None
        if not isinstance(pedigree, dict) or not isinstance(members, list):
            cleaning.remark("pedigrees", "of no known form, left out: it may name others")
            continue
        own: list[JsonValue] = [one for one in members if isinstance(one, dict) and one.get("memberId") == identifier]
        if len(own) < len(members):
            cleaning.remark("pedigrees.members", "other people left out: their opt-outs would not reach them here")
        if own:  # the schema wants one member at least
            found.append({**pedigree, "members": own})
    return found


def _own_info(entity: EntityType, info: JsonValue, cleaning: Cleaning) -> Members:
    """The free ``info`` of a record; of people, samples and cohorts what may name others is left out."""
    given: Members = dict(info) if isinstance(info, dict) else {}
    if entity not in _MAY_NAME_OTHERS:
        return given
    if given.keys() - _OWN_INFO:
        cleaning.remark("info", "free members left out: they may name people whom an opt-out would not reach here")
    return {name: item for name, item in given.items() if name in _OWN_INFO}


def _complete(entity: EntityType, identifier: str, document: Members, cleaning: Cleaning) -> None:
    """Fill in what must be there and may be unknown; remark on what is missing."""
    for name, filler in _FILLED.get(entity, {}).items():
        if name not in document:
            document[name] = dict(filler)
            cleaning.remark(name, f"missing, though Beacon v2.2 requires it; taken as {filler['label']}")
    if entity is EntityType.COHORT and "name" not in document:
        document["name"] = identifier
        cleaning.remark("name", "missing, though Beacon v2.2 requires it; the id is taken")
    for name in _REQUIRED.get(entity, ()):
        if name not in document and name not in _LINKS:
            cleaning.remark(name, "missing, though Beacon v2.2 requires it")


def _sex(value: Members, document: Members, cleaning: Cleaning) -> str:
    given = value.get("sex")
    if given in (None, "", {}):
        cleaning.remark("sex", "missing, though Beacon v2.2 requires it; taken as unknown")
    spelling = given.get("id") if isinstance(given, dict) else given
    known = (
        _SEXES.get(clean_curie(spelling)) or _SEXES.get(spelling.strip().lower()) if isinstance(spelling, str) else None
    )
    if known is None and given not in (None, "", {}):
        try:
            document["sex"] = term(given, "sex", cleaning)
            return "OTHER_SEX"
        except Unfit as error:
            cleaning.remark("sex", f"{error.reason}; taken as unknown")
    sex = known or "UNKNOWN_SEX"
    document["sex"] = dict(SEX_TERMS[sex])
    return sex


def _split(links: Mapping[str, str], cleaning: Cleaning) -> list[tuple[str, str]]:
    """(individual, biosample) pairs that a record names."""
    individuals = links.get("individualId", "").split(_SEPARATOR)
    biosamples = links.get("biosampleId", "").split(_SEPARATOR)
    if len(individuals) == len(biosamples) == 1:
        return [(individuals[0], biosamples[0])]
    cleaning.remark("biosampleId", "several samples joined by |, taken as one record a sample")
    if len(individuals) == 1:
        return [(individuals[0], biosample) for biosample in biosamples]
    if len(individuals) != len(biosamples):
        reason = "not as many individuals as biosamples"
        raise RecordRejected(reason, "individualId")
    return list(zip(individuals, biosamples, strict=True))


def dataset_remark(value: JsonValue) -> str:
    """What a record of ``datasets`` says of the dataset, for whoever writes its description."""
    if not isinstance(value, dict):
        reason = "an object is expected"
        raise RecordRejected(reason, "datasets")
    conditions = value.get("dataUseConditions")
    uses = conditions.get("duoDataUse") if isinstance(conditions, dict) else None
    found = [_duo(piece) for use in (uses if isinstance(uses, list) else []) for piece in split_term(use)]
    shown = ", ".join(found) or "no data use conditions"
    name = value.get("name") or value.get("id") or "a dataset"
    return f"describes {str(name)[:80]!r}: {shown}; dataset.toml stays as it is, change it where that is meant"


def _duo(use: JsonValue) -> str:
    """A DUO term; one digit too many is a misspelling that is well known."""
    identifier = use.get("id") if isinstance(use, dict) else use
    prefix, _, digits = str(identifier).partition(":")
    if prefix != "DUO" or not digits.isdigit():
        return f"{str(identifier)[:40]!r} (no DUO term)"
    return f"DUO:{int(digits):07d}" + ("" if len(digits) == 7 else f" (written {str(identifier)[:20]!r})")
