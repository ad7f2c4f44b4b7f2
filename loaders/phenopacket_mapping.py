"""One Phenopacket (v2) as Beacon v2.2 records: the individual, its biosamples, and the terms they carry (pure)."""

import json
from dataclasses import dataclass, replace

from beacon.rows import EntityRow, EntityType, TermRow
from core.strict_json import JsonValue
from loaders.entity_documents import spelled, terms_of
from loaders.phenopacket_values import (
    Members,
    duration,
    items,
    measured_value,
    members,
    reject,
    term,
    terms,
    text,
    time_element,
)

_SEX_TERMS: dict[str, Members] = {
    "FEMALE": {"id": "NCIT:C16576", "label": "female"},
    "MALE": {"id": "NCIT:C20197", "label": "male"},
    "OTHER_SEX": {"id": "NCIT:C17998", "label": "unknown"},
    "UNKNOWN_SEX": {"id": "NCIT:C17998", "label": "unknown"},
}
_KARYOTYPES = frozenset(
    {"UNKNOWN_KARYOTYPE", "XX", "XY", "XO", "XXY", "XXX", "XXYY", "XXXY", "XXXX", "XYY", "OTHER_KARYOTYPE"}
)
_UNKNOWN: Members = {"id": "NCIT:C17998", "label": "unknown"}
_SPECIMEN: Members = {"id": "OBI:0001479", "label": "specimen from organism"}
_BIOSAMPLE_TERMS = {
    "histologicalDiagnosis": "histologicalDiagnosis",
    "tumorProgression": "tumorProgression",
    "tumorGrade": "tumorGrade",
    "pathologicalStage": "pathologicalStage",
    "sampledTissue": "sampleOriginDetail",
}


@dataclass(frozen=True, slots=True)
class MappedPhenopacket:
    """What a phenopacket says, under the ids it uses."""

    phenopacket_id: str
    subject_id: str
    entities: tuple[EntityRow, ...]
    terms: tuple[TermRow, ...]

    def under(self, individual_id: str) -> "MappedPhenopacket":
        """The same person under another id."""
        entities = tuple(_renamed(row, individual_id) for row in self.entities)
        found = tuple(
            replace(
                row,
                individual_id=individual_id,
                entity_id=individual_id if row.entity is EntityType.INDIVIDUAL else row.entity_id,
            )
            for row in self.terms
        )
        return MappedPhenopacket(self.phenopacket_id, individual_id, entities, found)


def map_phenopacket(document: JsonValue) -> MappedPhenopacket:
    """Map one phenopacket with lowerCamelCase names; raises ``RecordRejected`` naming the path of what is wrong."""
    packet = members(document, "phenopacket")
    packet_id = text(packet.get("id"), "id")
    subject = members(packet.get("subject"), "subject")
    if not subject:
        reject("a phenopacket has a subject", "subject")
    subject_id = text(subject.get("id"), "subject.id")
    sex = subject.get("sex", "UNKNOWN_SEX")
    if not isinstance(sex, str) or sex not in _SEX_TERMS:
        reject("FEMALE, MALE, OTHER_SEX or UNKNOWN_SEX is expected", "subject.sex")
    individual = _individual(packet, packet_id, subject, subject_id, sex)
    entities = [EntityRow(EntityType.INDIVIDUAL, subject_id, subject_id, sex, spelled(individual))]
    found = terms_of(EntityType.INDIVIDUAL, subject_id, subject_id, individual)
    found += _excluded_diseases(packet, subject_id)
    for sample, path in items(packet.get("biosamples"), "biosamples"):
        biosample = _biosample(sample, path, subject_id)
        sample_id = str(biosample["id"])
        entities.append(EntityRow(EntityType.BIOSAMPLE, sample_id, subject_id, "", spelled(biosample)))
        found += terms_of(EntityType.BIOSAMPLE, sample_id, subject_id, biosample)
    return MappedPhenopacket(packet_id, subject_id, tuple(entities), tuple(dict.fromkeys(found)))


def _individual(packet: Members, packet_id: str, subject: Members, subject_id: str, sex: str) -> Members:
    treatments, procedures = _medical_actions(packet)
    lists: dict[str, list[JsonValue]] = {
        "diseases": [_disease(item, path) for item, path in items(packet.get("diseases"), "diseases")],
        "phenotypicFeatures": _features(packet.get("phenotypicFeatures"), "phenotypicFeatures"),
        "measurements": _measurements(packet.get("measurements"), "measurements"),
        "treatments": treatments,
        "interventionsOrProcedures": procedures,
    }
    lists["diseases"] = [disease for disease in lists["diseases"] if disease is not None]
    made: Members = {"id": subject_id, "sex": dict(_SEX_TERMS[sex])}
    made.update({name: values for name, values in lists.items() if values})
    karyotype = subject.get("karyotypicSex")
    if karyotype is not None:
        if karyotype not in _KARYOTYPES:
            reject("an unknown karyotypic sex", "subject.karyotypicSex")
        made["karyotypicSex"] = karyotype
    info: Members = {"phenopacketId": packet_id}
    if "timeAtLastEncounter" in subject:
        info["timeAtLastEncounter"] = time_element(subject["timeAtLastEncounter"], "subject.timeAtLastEncounter")
    made["info"] = info
    return made


def _disease(item: Members, path: str) -> JsonValue:
    """A disease; ``None`` for one that was excluded, which Beacon's disease cannot say."""
    code = term(item.get("term"), f"{path}.term")
    if item.get("excluded"):
        return None
    made: Members = {"diseaseCode": code}
    if item.get("onset"):
        made["ageOfOnset"] = time_element(item["onset"], f"{path}.onset")
    stages = terms(item.get("diseaseStage"), f"{path}.diseaseStage")
    if stages:
        made["stage"] = stages[0]
    return made


def _features(value: JsonValue, path: str) -> list[JsonValue]:
    return [_feature(item, item_path) for item, item_path in items(value, path)]


def _feature(item: Members, path: str) -> Members:
    made: Members = {"featureType": term(item.get("type"), f"{path}.type")}
    if item.get("excluded"):
        made["excluded"] = True
    if item.get("severity"):
        made["severity"] = term(item["severity"], f"{path}.severity")
    modifiers = terms(item.get("modifiers"), f"{path}.modifiers")
    if modifiers:
        made["modifiers"] = modifiers
    for name in ("onset", "resolution"):
        if item.get(name):
            made[name] = time_element(item[name], f"{path}.{name}")
    if item.get("description"):
        made["notes"] = text(item["description"], f"{path}.description")
    evidence = items(item.get("evidence"), f"{path}.evidence")
    if evidence:
        made["evidence"] = _evidence(*evidence[0])
    return made


def _evidence(item: Members, path: str) -> Members:
    made: Members = {"evidenceCode": term(item.get("evidenceCode"), f"{path}.evidenceCode")}
    reference = members(item.get("reference"), f"{path}.reference")
    spelled = {"id": "id", "reference": "reference", "description": "notes"}
    known = {ours: reference[theirs] for theirs, ours in spelled.items() if isinstance(reference.get(theirs), str)}
    if "id" in known:
        made["reference"] = dict(known)
    return made


def _measurements(value: JsonValue, path: str) -> list[JsonValue]:
    made: list[JsonValue] = []
    for item, item_path in items(value, path):
        measurement: Members = {
            "assayCode": term(item.get("assay"), f"{item_path}.assay"),
            "measurementValue": measured_value(item, item_path),
        }
        if item.get("timeObserved"):
            measurement["observationMoment"] = time_element(item["timeObserved"], f"{item_path}.timeObserved")
        if item.get("procedure"):
            measurement["procedure"] = _procedure(item["procedure"], f"{item_path}.procedure")
        made.append(measurement)
    return made


def _procedure(value: JsonValue, path: str) -> Members:
    found = members(value, path)
    made: Members = {"procedureCode": term(found.get("code"), f"{path}.code")}
    if found.get("bodySite"):
        made["bodySite"] = term(found["bodySite"], f"{path}.bodySite")
    if found.get("performed"):
        made["ageAtProcedure"] = time_element(found["performed"], f"{path}.performed")
    return made


def _medical_actions(packet: Members) -> tuple[list[JsonValue], list[JsonValue]]:
    """Treatments and procedures; therapeutic regimens and radiation have no counterpart in Beacon."""
    treatments: list[JsonValue] = []
    procedures: list[JsonValue] = []
    for action, path in items(packet.get("medicalActions"), "medicalActions"):
        if "treatment" in action:
            found = members(action["treatment"], f"{path}.treatment")
            treatment: Members = {"treatmentCode": term(found.get("agent"), f"{path}.treatment.agent")}
            if found.get("routeOfAdministration"):
                route = term(found["routeOfAdministration"], f"{path}.treatment.routeOfAdministration")
                treatment["routeOfAdministration"] = route
            treatments.append(treatment)
        elif "procedure" in action:
            procedures.append(_procedure(action["procedure"], f"{path}.procedure"))
    return treatments, procedures


def _biosample(sample: Members, path: str, subject_id: str) -> Members:
    made: Members = {
        "id": text(sample.get("id"), f"{path}.id"),
        "individualId": subject_id,
        "biosampleStatus": _term_or(sample, "materialSample", path, _UNKNOWN),
        "sampleOriginType": _term_or(sample, "sampleType", path, _SPECIMEN),
    }
    if sample.get("individualId", subject_id) != subject_id:
        reject("a biosample of someone else than the subject", f"{path}.individualId")
    for theirs, ours in _BIOSAMPLE_TERMS.items():
        if sample.get(theirs):
            made[ours] = term(sample[theirs], f"{path}.{theirs}")
    for name in ("diagnosticMarkers", "pathologicalTnmFinding"):
        if sample.get(name):
            made[name] = terms(sample[name], f"{path}.{name}")
    made.update(_biosample_details(sample, path))
    return made


def _biosample_details(sample: Members, path: str) -> Members:
    made: Members = {}
    collected = members(sample.get("timeOfCollection"), f"{path}.timeOfCollection")
    if "age" in collected:
        age = duration(collected["age"], f"{path}.timeOfCollection.age")
        made["collectionMoment"] = age["iso8601duration"]
    if sample.get("phenotypicFeatures"):
        made["phenotypicFeatures"] = _features(sample["phenotypicFeatures"], f"{path}.phenotypicFeatures")
    if sample.get("measurements"):
        made["measurements"] = _measurements(sample["measurements"], f"{path}.measurements")
    if sample.get("procedure"):
        made["obtentionProcedure"] = _procedure(sample["procedure"], f"{path}.procedure")
    return made


def _term_or(sample: Members, name: str, path: str, default: Members) -> Members:
    return term(sample[name], f"{path}.{name}") if sample.get(name) else dict(default)


def _excluded_diseases(packet: Members, subject_id: str) -> list[TermRow]:
    found = []
    for item, path in items(packet.get("diseases"), "diseases"):
        if item.get("excluded"):
            code = term(item.get("term"), f"{path}.term")
            label = str(code.get("label", ""))
            found.append(
                TermRow(EntityType.INDIVIDUAL, subject_id, subject_id, "diseases", str(code["id"]), label, True)
            )
    return found


def _renamed(row: EntityRow, individual_id: str) -> EntityRow:
    document = json.loads(row.document)
    if row.entity is EntityType.INDIVIDUAL:
        document["id"] = individual_id
        # An opt-out under the id that the phenopacket used must reach the person too (core.optout_names).
        document["info"] = {**document.get("info", {}), "subjectId": row.id}
        return EntityRow(row.entity, individual_id, individual_id, row.sex, spelled(document))
    document["individualId"] = individual_id
    return EntityRow(row.entity, row.id, individual_id, row.sex, spelled(document))
