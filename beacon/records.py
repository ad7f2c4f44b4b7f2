"""Records as Beacon shows them: variants and datasets (pure).

Beacon v2.2, defaultSchema of genomicVariations and of datasets.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beacon.alleles import variant_id
from beacon.counts import AlleleCounts
from beacon.found import Case, FoundVariant
from beacon.granularity import released_counts
from beacon.rows import VariantType, Zygosity
from core.access import DatasetAccess, Release
from core.genome import find_assembly, position_from_0based
from core.strict_json import JsonValue

_BASES = re.compile(r"[ACGTUNRYSWKMBDHV\-.]*")
_COPY_CHANGE = {VariantType.DEL: "efo:0030067", VariantType.DUP: "efo:0030070"}
_DUO_VERSION = "2021-02-23"
_HEMIZYGOUS = {
    "X": ("GENO:0000604", "hemizygous X-linked"),
    "Y": ("GENO:0000605", "hemizygous Y-linked"),
}
_ZYGOSITY = {
    Zygosity.HETEROZYGOUS: ("GENO:0000135", "heterozygous"),
    Zygosity.HOMOZYGOUS: ("GENO:0000136", "homozygous"),
    Zygosity.HEMIZYGOUS: ("GENO:0000134", "hemizygous"),
}


@dataclass(frozen=True, slots=True)
class FrequencySource:
    """Where frequencies come from: name and address of the study (FrequencyInPopulations)."""

    name: str
    url: str


def variant_record(found: FoundVariant, access: DatasetAccess, source: FrequencySource | None) -> dict[str, JsonValue]:
    """One variant: carriers at ``RECORD`` only, frequencies as far as they may be told (``source`` absent: none)."""
    record: dict[str, JsonValue] = {
        "variantInternalId": variant_id(found.assembly, found.contig, found.allele),
        "variation": _variation(found),
    }
    accession = _accession(found)
    if accession and found.variant_type is VariantType.SNP:
        position_1based = position_from_0based(found.allele.start_0based)
        change = f"{found.allele.reference}>{found.allele.alternate}"
        record["identifiers"] = {"genomicHGVSId": f"{accession}:g.{position_1based}{change}"}
    counts = released_counts(access, found.counts)
    if counts is not None and source is not None:
        record["frequencyInPopulations"] = [_frequencies(counts, source)]
    if access.release is Release.RECORD and found.cases:
        record["caseLevelData"] = [_case(case, found.contig) for case in found.cases]
    if access.release is Release.RECORD and found.cases_left_out:
        record["info"] = {"caseLevelDataLeftOut": found.cases_left_out}
    return record


def _accession(found: FoundVariant) -> str | None:
    assembly = find_assembly(found.assembly)
    return assembly.accessions.get(found.contig) if assembly else None


def _variation(found: FoundVariant) -> JsonValue:
    """A VRS 1.3 copy number change for symbolic losses and gains, else the legacy form with bases.

    Small insertions and deletions are written with the base before them where it is known, as VCF does, so that
    different ones at one place can be told apart.
    """
    allele, start = found.allele, found.allele.start_0based
    symbolic = not _BASES.fullmatch(allele.alternate)
    if symbolic and found.variant_type in _COPY_CHANGE and allele.end_0based > start:
        subject = _location(found, start)
        return {"type": "CopyNumberChange", "subject": subject, "copy_change": _COPY_CHANGE[found.variant_type]}
    reference, alternate = allele.reference, "" if symbolic else allele.alternate
    if found.anchor and not symbolic and not (reference and alternate):
        reference, alternate, start = found.anchor + reference, found.anchor + alternate, start - len(found.anchor)
    return {
        "variantType": str(found.variant_type),
        "referenceBases": reference if _BASES.fullmatch(reference) else "",
        "alternateBases": alternate,
        "location": _location(found, start),
    }


def _location(found: FoundVariant, start_0based: int) -> JsonValue:
    accession = _accession(found)
    return {
        "type": "SequenceLocation",
        "sequence_id": f"refseq:{accession}" if accession else f"{found.assembly}:{found.contig}",
        "interval": {
            "type": "SequenceInterval",
            "start": {"type": "Number", "value": start_0based},
            "end": {"type": "Number", "value": found.allele.end_0based},
        },
    }


def _frequencies(counts: AlleleCounts, source: FrequencySource) -> JsonValue:
    total: dict[str, JsonValue] = {
        "population": "Total",
        "alleleFrequency": counts.frequency,
        "alleleCount": counts.allele_count,
        "alleleNumber": counts.allele_number,
    }
    optional = {
        "alleleCountHomozygous": counts.homozygous,
        "alleleCountHeterozygous": counts.heterozygous,
        "alleleCountHemizygous": counts.hemizygous,
    }
    total.update({name: count for name, count in optional.items() if count is not None})
    return {"source": source.name, "sourceReference": source.url, "frequencies": [total]}


def _case(case: Case, contig: str) -> JsonValue:
    term, label = _ZYGOSITY[case.zygosity]
    if case.zygosity is Zygosity.HEMIZYGOUS:
        term, label = _HEMIZYGOUS.get(contig, (term, label))
    return {
        "individualId": case.individual_id,
        "biosampleId": case.biosample_id,
        "zygosity": {"id": term, "label": label},
    }


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What is said of a dataset to everybody who may know that it exists."""

    id: str
    name: str
    description: str
    version: str
    assembly: str
    created_at: str
    published_at: str
    publisher: str
    contact_url: str
    legal_basis: str
    release_class: str
    duo_terms: Sequence[str]


def dataset_record(facts: DatasetFacts, access: DatasetAccess) -> dict[str, JsonValue]:
    """One dataset: its metadata, and what the caller gets of it or would need."""
    record: dict[str, JsonValue] = {"id": facts.id, "name": facts.name or facts.id}
    texts = {
        "description": facts.description,
        "version": facts.version,
        "createDateTime": facts.created_at,
        "updateDateTime": facts.published_at,
    }
    record.update({name: text for name, text in texts.items() if text})
    if facts.duo_terms:
        record["dataUseConditions"] = {"duoDataUse": [_duo(term) for term in facts.duo_terms]}
    info: dict[str, JsonValue] = {
        "synthetic": access.synthetic,
        "access": access.release.name.lower(),
        "files": "granted" if access.bytes_allowed else "not granted",
    }
    others = {
        "assemblyId": facts.assembly,
        "publisher": facts.publisher,
        "contactUrl": facts.contact_url,
        "legalBasis": facts.legal_basis,
        "releaseClass": facts.release_class,
        "needed": access.needed,
    }
    record["info"] = info | {name: text for name, text in others.items() if text}
    return record


def _duo(term: str) -> JsonValue:
    identifier, _, modifier = term.partition(" ")
    use: dict[str, JsonValue] = {"id": identifier, "version": _DUO_VERSION}
    if modifier:
        use["modifiers"] = [{"id": modifier}]
    return use
