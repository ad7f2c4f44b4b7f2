"""What a Beacon variant says beyond place and carriers: genes, effects, clinical meaning, frequencies (pure)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

from beacon.annotation_rows import AnnotationRow, ClinicalRow, FrequencyRow
from core.strict_json import JsonValue
from loaders.beacon_shapes import Members, clean_curie

_SOURCE = "Beacon"
_LARGEST = (1 << 31) - 1
_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
        "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
        "Tyr": "Y", "Val": "V", "Ter": "*", "Sec": "U",
    }
)  # fmt: skip
_CHANGE = re.compile(r"(?:p\.)?\(?(?P<from>[A-Za-z*]{1,3})(?P<place>\d{1,6})(?P<to>[A-Za-z]{1,3}|\*|=)\)?")

INCONSISTENT = "frequencyInPopulations: genotype counts that do not add up to the allele count, left out"
UNUSABLE = "frequencyInPopulations: without whole alleleCount and alleleNumber, not loaded"


@dataclass(frozen=True, slots=True)
class Details:
    """Rows of the side tables of one allele; frequencies as (source, row)."""

    annotations: tuple[AnnotationRow, ...] = ()
    clinical: tuple[ClinicalRow, ...] = ()
    frequencies: tuple[tuple[str, FrequencyRow], ...] = ()


def read_details(record: Members, remarks: Counter[str]) -> Details:
    """The details of one record; what is not understood is left out."""
    return Details(
        tuple(_annotations(record.get("molecularAttributes"))),
        tuple(_clinical(record.get("variantLevelData"))),
        tuple(_frequencies(record.get("frequencyInPopulations"), remarks)),
    )


def _annotations(value: JsonValue) -> Iterator[AnnotationRow]:
    attributes = value if isinstance(value, dict) else {}
    genes = _texts(attributes.get("geneIds"))
    changes = [one_letter_change(text) for text in _texts(attributes.get("aminoacidChanges"))]
    effects = [_label(item) for item in _list(attributes.get("molecularEffects"))]
    rows = max(len(genes), len(changes), len(effects))
    for place in range(rows):
        yield AnnotationRow(
            gene_symbol=_at(genes, place),
            consequence=_at(effects, place),
            amino_acid_change=_at(changes, place),
            source=_SOURCE,
        )


def one_letter_change(text: str) -> str:
    """An amino acid change in one-letter codes without ``p.``: ``Met3685Val`` is ``M3685V``; others as they are."""
    plain = unquote(text.strip())
    found = _CHANGE.fullmatch(plain)
    if found is None:
        return plain
    first, last = (_LETTERS.get(found[side].capitalize(), found[side]) for side in ("from", "to"))
    return f"{first}{found['place']}{first if last == '=' else last}"


def _clinical(value: JsonValue) -> Iterator[ClinicalRow]:
    level = value if isinstance(value, dict) else {}
    for item in _list(level.get("clinicalInterpretations")):
        if isinstance(item, dict):
            condition = item.get("effect")
            identifier = condition.get("id") if isinstance(condition, dict) else None
            yield ClinicalRow(
                significance=_text(item.get("clinicalRelevance")),
                condition=_label(condition),
                condition_id=clean_curie(identifier) if isinstance(identifier, str) else "",
                identifier=_text(item.get("conditionId")),
                source=_SOURCE,
            )


def _frequencies(value: JsonValue, remarks: Counter[str]) -> Iterator[tuple[str, FrequencyRow]]:
    for study in _list(value):
        members = study if isinstance(study, dict) else {}
        for item in _list(members.get("frequencies")):
            row = _frequency(item, remarks)
            if row is None:
                remarks[UNUSABLE] += 1
            else:
                yield _text(members.get("source")), row


def _frequency(value: JsonValue, remarks: Counter[str]) -> FrequencyRow | None:
    members = value if isinstance(value, dict) else {}
    count, total = _count(members.get("alleleCount")), _count(members.get("alleleNumber"))
    population = _text(members.get("population"))
    if count is None or total is None or count > total or not population:
        return None
    names = ("alleleCountHeterozygous", "alleleCountHomozygous", "alleleCountHemizygous")
    heterozygous, homozygous, hemizygous = (_count(members.get(name)) for name in names)
    told = [heterozygous, homozygous, hemizygous]
    if None not in told and (heterozygous or 0) + 2 * (homozygous or 0) + (hemizygous or 0) != count:
        remarks[INCONSISTENT] += 1
        heterozygous = homozygous = hemizygous = None
    return FrequencyRow(population, count, total, heterozygous, homozygous, hemizygous)


def _count(value: JsonValue) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if float(value).is_integer() and 0 <= value <= _LARGEST else None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _texts(value: JsonValue) -> list[str]:
    """A list of texts; one text joins several by commas."""
    values = value.split(",") if isinstance(value, str) else _list(value)
    return [item.strip() for item in values if isinstance(item, str) and item.strip()]


def _text(value: JsonValue) -> str:
    return value.strip() if isinstance(value, str) else ""


def _label(value: JsonValue) -> str:
    members = value if isinstance(value, dict) else {}
    return _text(members.get("label")) or _text(members.get("id")) or _text(value)


def _at(values: list[str], place: int) -> str:
    """The value of a row; a single one belongs to all rows."""
    if len(values) == 1:
        return values[0]
    return values[place] if place < len(values) else ""
