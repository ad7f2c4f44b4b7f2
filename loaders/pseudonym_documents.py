"""Ids of people and samples in phenopackets and Beacon records, and in VCF headers, under other names (pure)."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.strict_json import JsonValue
from loaders.beacon_kinds import BeaconKind

Rename = Callable[[str], str]
Members = dict[str, JsonValue]

_LINKS = frozenset(
    {
        "individualId", "biosampleId", "subjectOrBiosampleId", "memberId", "runId", "analysisId", "paternalId",
        "maternalId", "familyId", "derivedFromId", "sampleId", "subjectId", "phenopacketId", "alternateIds",
        "biosampleIds", "individualIds",
    }
)  # fmt: skip
"""Members that name a person, a sample or a record, or a list of them; several may be joined by ``|``."""
_OWN_ID_IN = frozenset({"subject", "biosamples", "proband", "relatives", "members", "interpretations", "pedigrees"})
"""Members whose objects have an id that is somebody's."""
_KEYED = frozenset({"individualToFileIdentifiers"})
_PEOPLE_KINDS = frozenset({BeaconKind.INDIVIDUALS, BeaconKind.BIOSAMPLES, BeaconKind.RUNS, BeaconKind.ANALYSES})
_DROPPED = frozenset({"_id"})
"""Digests of records, which would link them."""
_SNAKE = re.compile(r"_([a-z0-9])")
_STRUCTURED = re.compile(r'(?P<key>[^=,<>"]+)=(?P<value>"(?:[^"\\]|\\.)*"|[^,<>"]*)')
_STRUCTURE = ("##INFO=", "##FORMAT=", "##FILTER=", "##contig=", "##ALT=")
_NAMING = frozenset({"ID", "Child", "Mother", "Father", "Original", "Derived"})


def renamed_phenopacket(document: JsonValue, rename: Rename) -> JsonValue:
    """A phenopacket, family or cohort with every id of a person, sample or record under its new name."""
    return _renamed(document, rename, own_id=True)


def renamed_beacon_record(document: JsonValue, kind: BeaconKind, rename: Rename) -> JsonValue:
    """A Beacon record of a kind of file; ids of variants, cohorts and datasets are nobody's and stay."""
    return _renamed(document, rename, own_id=kind in _PEOPLE_KINDS)


def names_any(document: JsonValue, names: frozenset[str]) -> bool:
    """Whether a document names one of these people, samples or records, as its own id or anywhere as a whole text."""
    if isinstance(document, dict):
        return not names.isdisjoint(document) or any(names_any(item, names) for item in document.values())
    if isinstance(document, list):
        return any(names_any(item, names) for item in document)
    return bool(names) and isinstance(document, str) and not names.isdisjoint(document.split("|"))


def _renamed(value: JsonValue, rename: Rename, *, own_id: bool) -> JsonValue:
    if isinstance(value, list):
        return [_renamed(item, rename, own_id=own_id) for item in value]
    if not isinstance(value, dict):
        return value
    made: Members = {}
    for name, item in value.items():
        camel = _SNAKE.sub(lambda found: found.group(1).upper(), name)
        if name in _DROPPED:
            continue
        if camel in _LINKS or (camel == "id" and own_id):
            made[name] = _named(item, rename)
        elif camel in _KEYED and isinstance(item, dict):
            made[name] = {rename(key): _named(inner, rename) for key, inner in item.items()}
        else:
            made[name] = _renamed(item, rename, own_id=camel in _OWN_ID_IN)
    return made


def _named(value: JsonValue, rename: Rename) -> JsonValue:
    """New names for a text, or every text of a list."""
    if isinstance(value, list):
        return [_named(item, rename) for item in value]
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return value
    return "|".join(rename(piece) for piece in str(value).split("|"))


def renamed_vcf_header(lines: list[str], rename: Rename) -> tuple[list[str], int]:
    """The header lines (without ends, the column line last) with samples under new names, and how many were left out.

    ``##SAMPLE`` and ``##PEDIGREE`` lines (VCF 4.3 §1.4.8 and §1.4.9) are renamed; other lines that spell a sample's
    name, as a command line does, are left out.
    """
    columns = lines[-1].split("\t")
    samples: Mapping[str, str] = MappingProxyType({sample: rename(sample) for sample in columns[9:]})
    spelled = (
        re.compile("|".join(rf"(?<![^\W_]){re.escape(sample)}(?![^\W_])" for sample in samples)) if samples else None
    )
    kept: list[str] = []
    for line in lines[:-1]:
        if line.startswith(("##SAMPLE=", "##PEDIGREE=")):
            kept.append(_structured(line, rename))
        elif line.startswith(_STRUCTURE) or spelled is None or not spelled.search(line):
            kept.append(line)
    left_out = len(lines) - 1 - len(kept)
    return [*kept, "\t".join([*columns[:9], *samples.values()])], left_out


def _structured(line: str, rename: Rename) -> str:
    """A line of ``KEY=value`` pairs with its names renamed; descriptions, which may say anything, are dropped."""
    key, _, rest = line.partition("=")
    pairs = [(found["key"].strip(), found["value"]) for found in _STRUCTURED.finditer(rest.strip("<>"))]
    named = [(name, value) for name, value in pairs if name in _NAMING or re.fullmatch(r"Name_\d+", name)]
    return f"{key}=<{','.join(f'{name}={rename(value.strip(chr(34)))}' for name, value in named)}>"
