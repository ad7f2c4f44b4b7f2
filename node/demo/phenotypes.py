"""Phenopackets of the synthetic people (pure; Phenopackets v2.0, Phenopacket).

They hold pseudonym, sex, age in whole years, findings, diseases and the biosample: nothing that names a person, and no
date but that of the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.strict_json import JsonValue
from node.demo.cohort import CREATED_AT, Person, Sex
from node.demo.diseases import BACKGROUND, DISEASES, HPO_VERSION, Cause, Disease, Term
from node.demo.genotypes import ABSENT, CallSet
from node.demo.vcf_text import SYNTHETIC_NOTICE

_EXCLUDED_SHARE = 0.06
"""Share of findings that were looked for and not found, among those that a person does not have."""

_RESOURCES = (
    ("hp", "Human Phenotype Ontology", "HP", HPO_VERSION, "http://purl.obolibrary.org/obo/HP_"),
    ("mondo", "Mondo Disease Ontology", "MONDO", "2025-01-07", "http://purl.obolibrary.org/obo/MONDO_"),
    (
        "icd10",
        "International Classification of Diseases, 10th Revision",
        "ICD10",
        "2019",
        "https://icd.who.int/browse10/",
    ),
    ("uberon", "Uber-anatomy ontology", "UBERON", "2025-01-15", "http://purl.obolibrary.org/obo/UBERON_"),
    (
        "ncbitaxon",
        "NCBI organismal classification",
        "NCBITaxon",
        "2025-01-01",
        "http://purl.obolibrary.org/obo/NCBITaxon_",
    ),
)
_PAGES = {
    "hp": "http://purl.obolibrary.org/obo/hp.owl",
    "mondo": "http://purl.obolibrary.org/obo/mondo.owl",
    "icd10": "https://icd.who.int/browse10/2019/en",
    "uberon": "http://purl.obolibrary.org/obo/uberon.owl",
    "ncbitaxon": "http://purl.obolibrary.org/obo/ncbitaxon.owl",
}


FEW_PEOPLE = range(1, 5)
"""Fewer than any threshold of the presets."""


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A finding whose answer is known, for examples and tests: who has it, in the order of people."""

    id: str
    label: str
    individual_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phenotypes:
    """The phenopackets of a dataset by individual id, in the order of people, and who has which finding."""

    packets: dict[str, JsonValue]
    present: dict[Term, tuple[str, ...]]

    def find(self, term_id: str) -> KnownTerm:
        """A finding and who has it; raises ``LookupError`` if nobody has."""
        for term, people in self.present.items():
            if term.id == term_id:
                return KnownTerm(term.id, term.label, people)
        message = f"nobody has {term_id}"
        raise LookupError(message)

    def find_rare(self) -> KnownTerm:
        """The first finding, by id, of fewer people than any threshold; raises ``LookupError`` if there is none."""
        for term, people in sorted(self.present.items(), key=lambda item: item[0].id):
            if len(people) in FEW_PEOPLE:
                return KnownTerm(term.id, term.label, people)
        message = "no finding is rare"
        raise LookupError(message)


def make_phenotypes(call_set: CallSet, seed: int, dataset_index: int) -> Phenotypes:
    """Diseases, findings and phenopackets of the people of a call set: the same for the same seed."""
    random = np.random.default_rng((seed, 5, dataset_index))
    carried = _carried(call_set)
    packets: dict[str, JsonValue] = {}
    present: dict[Term, list[str]] = {}
    for person in call_set.people:
        own = carried.get(person.individual_id, {})
        diseases = [disease for disease in DISEASES if _has(random, disease, person, own)]
        found, excluded = _findings(random, diseases)
        packets[person.individual_id] = _phenopacket(
            person, [_disease(random, disease, person) for disease in diseases], _features(found, excluded)
        )
        for term in found:
            present.setdefault(term, []).append(person.individual_id)
    return Phenotypes(packets, {term: tuple(people) for term, people in present.items()})


def _carried(call_set: CallSet) -> dict[str, dict[str, int]]:
    """Copies of named variants by person; a person without any intact copy counts as having two."""
    found: dict[str, dict[str, int]] = {}
    for index, site in enumerate(call_set.sites):
        if not site.name:
            continue
        for person, copies in zip(call_set.people, call_set.copies[index].tolist(), strict=True):
            number = copies.count(1)
            if number:
                complete = all(copy in (1, ABSENT) for copy in copies)
                found.setdefault(person.individual_id, {})[site.name] = 2 if complete else number
    return found


def _phenopacket(person: Person, diseases: list[JsonValue], features: list[JsonValue]) -> JsonValue:
    return {
        "id": f"phenopacket-{person.individual_id}",
        "subject": {
            "id": person.individual_id,
            "timeAtLastEncounter": _age(person.age_years),
            "sex": person.sex.value,
            "taxonomy": _class(Term("NCBITaxon:9606", "Homo sapiens")),
        },
        "phenotypicFeatures": features,
        "biosamples": [_biosample(person)],
        "diseases": diseases,
        "metaData": _metadata(),
    }


def _has(random: np.random.Generator, disease: Disease, person: Person, carried: Mapping[str, int]) -> bool:
    """Whether the person has a disease; the number of draws does not depend on the outcome."""
    draws = random.random(1 + len(disease.causes))
    caused = [
        draw < cause.share and _sufficient(cause, carried)
        for draw, cause in zip(draws[1:], disease.causes, strict=True)
    ]
    if person.age_years < disease.onset_years[0] or (disease.females_only and person.sex is not Sex.FEMALE):
        return False
    return bool(draws[0] < disease.share) or any(caused)


def _sufficient(cause: Cause, carried: Mapping[str, int]) -> bool:
    return carried.get(cause.variant, 0) >= cause.copies


def _findings(random: np.random.Generator, diseases: Sequence[Disease]) -> tuple[list[Term], list[Term]]:
    """Findings that a person has, with a disease or without one, and some that were looked for in vain."""
    present: dict[Term, None] = {}
    for finding in (*BACKGROUND, *(finding for disease in diseases for finding in disease.findings)):
        if random.random() < finding.share:
            present[finding.term] = None
    known = dict.fromkeys(finding.term for disease in DISEASES for finding in disease.findings)
    excluded = [term for term in known if random.random() < _EXCLUDED_SHARE and term not in present]
    return list(present), excluded


def _features(present: Sequence[Term], excluded: Sequence[Term]) -> list[JsonValue]:
    features: list[JsonValue] = [{"type": _class(term)} for term in present]
    return features + [{"type": _class(term), "excluded": True} for term in excluded]


def _disease(random: np.random.Generator, disease: Disease, person: Person) -> JsonValue:
    earliest, latest = disease.onset_years
    onset = int(random.integers(earliest, min(latest, person.age_years), endpoint=True))
    return {"term": _class(disease.term), "onset": _age(onset)}


def _biosample(person: Person) -> JsonValue:
    return {
        "id": person.biosample_id,
        "individualId": person.individual_id,
        "description": f"Synthetic sample, Region {person.region.name} ({person.region.nuts})",
        "sampledTissue": _class(Term("UBERON:0000178", "blood")),
        "taxonomy": _class(Term("NCBITaxon:9606", "Homo sapiens")),
        "timeOfCollection": _age(person.age_years),
    }


def _metadata() -> JsonValue:
    resources: list[JsonValue] = [
        {"id": key, "name": name, "url": _PAGES[key], "version": version, "namespacePrefix": prefix, "iriPrefix": iri}
        for key, name, prefix, version, iri in _RESOURCES
    ]
    return {
        "created": CREATED_AT,
        "createdBy": "genvej demo",
        "submittedBy": SYNTHETIC_NOTICE,
        "resources": resources,
        "phenopacketSchemaVersion": "2.0",
    }


def _age(years: int) -> JsonValue:
    return {"age": {"iso8601duration": f"P{years}Y"}}


def _class(term: Term) -> JsonValue:
    return {"id": term.id, "label": term.label}
