"""ClinVar's INFO keys: significance, conditions, review, genes and consequences (pure).

Understood are ClinVar's own VCF files (since 2017) and the older ones of dbSNP, with numbers for significance and one
value an allele named by CLNALLE.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from beacon.annotation_rows import AnnotationRow, ClinicalRow
from loaders.info_text import decoded
from loaders.vcf_alleles import NOT_ALLELES

CLINVAR_KEYS = (
    "CLNSIG", "CLNDN", "CLNDISDB", "CLNREVSTAT", "ALLELEID", "GENEINFO", "MC", "CLNDBN", "CLNDSDB", "CLNDSDBID",
    "CLNALLE",
)  # fmt: skip
SOURCE = "ClinVar"
UNEQUAL_LISTS = "ClinVar conditions and their identifiers of different number, identifiers left out"
WHICH_ALLELE = "ClinVar values of records with several alternate alleles, which do not say of which, left out"
UNKNOWN_ALLELE = "ClinVar values of an allele that the record does not have, left out"

_NUMBERED = MappingProxyType(
    {
        "0": "Uncertain significance", "1": "not provided", "2": "Benign", "3": "Likely benign",
        "4": "Likely pathogenic", "5": "Pathogenic", "6": "drug response", "7": "histocompatibility", "255": "other",
    }
)  # fmt: skip
_PREFERRED = ("MONDO", "OMIM", "Orphanet", "MedGen", "Human_Phenotype_Ontology", "MeSH")
_NONE = frozenset({"", "."})


def read_clinical(
    info: Mapping[str, str], alternates: Sequence[str], identifier: str, notes: list[str]
) -> Iterator[tuple[int, list[ClinicalRow]]]:
    """(Place among ALT, rows) of the alleles that the values are about: one row a significance and condition.

    ClinVar has one alternate allele a record. Where a record has several (annotated with ``bcftools annotate``, or
    joined) and CLNALLE does not tell, nobody can say which one is meant.
    """
    if info.get("CLNALLE", "") not in _NONE:
        yield from _older(info, len(alternates), notes)
        return
    significances = _texts(info.get("CLNSIG", ""), "[|,]")
    if not significances and info.get("CLNDN", "") in _NONE:
        return
    only = only_allele(alternates)
    if only is None:
        notes += [WHICH_ALLELE] if set(alternates) - NOT_ALLELES else []
    else:
        yield only, _rows(significances, _conditions(info, notes), _review(info), _identifier(info, identifier))


def only_allele(alternates: Sequence[str]) -> int | None:
    """The place of the only alternate allele that is a variant; ``None`` where there are several, or none."""
    places = [place for place, text in enumerate(alternates) if text not in NOT_ALLELES]
    return places[0] if len(places) == 1 else None


def _rows(
    significances: list[str], conditions: list[tuple[str, str]], review: str, identifier: str
) -> list[ClinicalRow]:
    return [
        ClinicalRow(_NUMBERED.get(significance, significance), condition, condition_id, review, identifier, SOURCE)
        for significance in significances or [""]
        for condition, condition_id in conditions or [("", "")]
    ]


def _older(info: Mapping[str, str], alternates: int, notes: list[str]) -> Iterator[tuple[int, list[ClinicalRow]]]:
    """The form before 2017: values of the alleles of CLNALLE between commas, several of one allele between bars."""
    alleles = info["CLNALLE"].split(",")
    for place, text in enumerate(alleles):
        if not re.fullmatch(r"[0-9]{1,4}", text) or not 0 <= int(text) - 1 < alternates:
            if text not in ("0", "-1"):
                notes.append(UNKNOWN_ALLELE)
            continue
        per_allele = {key: _of_allele(info.get(key, ""), place) for key in CLINVAR_KEYS}
        significances = per_allele["CLNSIG"].split("|")
        names, sources, ids = (per_allele[key].split("|") for key in ("CLNDBN", "CLNDSDB", "CLNDSDBID"))
        rows = []
        for index, name in enumerate(names):
            significance = significances[index] if index < len(significances) else significances[0]
            database = f"{_at(sources, index)}|{_at(ids, index)}"
            rows += _rows([_words(significance)], [(_words(name), _older_id(database))], "", "")
        yield int(text) - 1, rows


def _of_allele(values: str, place: int) -> str:
    parts = values.split(",")
    return parts[place] if place < len(parts) else ""


def _at(values: list[str], index: int) -> str:
    return values[index] if index < len(values) else ""


def _older_id(database: str) -> str:
    names, _, ids = database.partition("|")
    pairs = zip(names.split(":"), ids.split(":"), strict=False)
    return _preferred([f"{name}:{text}" for name, text in pairs if name not in _NONE and text not in _NONE])


def _conditions(info: Mapping[str, str], notes: list[str]) -> list[tuple[str, str]]:
    """(Name, identifier) of each condition."""
    names = info.get("CLNDN") or info.get("CLNDBN", "")
    if names in _NONE:
        return []
    conditions = names.split("|")
    identifiers = info.get("CLNDISDB", "").split("|")
    if len(identifiers) != len(conditions):
        if identifiers not in ([""], ["."]):
            notes.append(UNEQUAL_LISTS)
        identifiers = [""] * len(conditions)
    pairs = zip(conditions, identifiers, strict=True)
    return [(_words(name), _preferred(texts.split(","))) for name, texts in pairs]


def _preferred(identifiers: list[str]) -> str:
    """One identifier of a condition, as a CURIE: of the vocabulary that is preferred."""
    known = dict(reversed([(text.partition(":")[0], text.partition(":")[2]) for text in identifiers if ":" in text]))
    name = next((name for name in _PREFERRED if known.get(name, "") not in _NONE), None)
    if name is None:
        return next((decoded(text) for text in identifiers if ":" in text), "")
    value = known[name].removeprefix("ORPHA")
    return decoded(value if ":" in value else f"{name}:{value}")


def _review(info: Mapping[str, str]) -> str:
    """The review status; its commas are part of it."""
    text = info.get("CLNREVSTAT", "")
    return "" if text in _NONE else _words(text)


def _identifier(info: Mapping[str, str], identifier: str) -> str:
    """The variation (ID column of ClinVar's files), else the allele."""
    if re.fullmatch(r"[0-9]{1,12}", identifier):
        return f"ClinVar:{identifier}"
    allele = info.get("ALLELEID", "")
    return "" if allele in _NONE else f"ClinVarAllele:{decoded(allele)}"


def read_gene_annotations(info: Mapping[str, str]) -> list[AnnotationRow]:
    """Genes (GENEINFO) and consequences (MC). Which consequence is in which of several genes is not stated.

    Of a record's only alternate allele; of several, as of ``read_clinical``, nobody can say which one is meant.
    """
    pairs = [text.rpartition(":") for text in info.get("GENEINFO", "").split("|") if ":" in text]
    genes = [(decoded(symbol), f"NCBIGene:{number}") for symbol, _, number in pairs if symbol]
    named = [text.rpartition("|")[2] for text in info.get("MC", "").split(",")]
    consequences = [decoded(name) for name in named if name not in _NONE]
    if len(genes) > 1 and len(consequences) > 1:
        alone = [AnnotationRow(consequence=name, source=SOURCE) for name in consequences]
        return [AnnotationRow(symbol, number, source=SOURCE) for symbol, number in genes] + alone
    if not genes and not consequences:
        return []
    return [
        AnnotationRow(symbol, number, consequence=name, source=SOURCE)
        for symbol, number in genes or [("", "")]
        for name in consequences or [""]
    ]


def _texts(text: str, separators: str) -> list[str]:
    return [] if text in _NONE else [words for part in re.split(separators, text) if (words := _words(part))]


def _words(text: str) -> str:
    """ClinVar writes blanks as underscores."""
    return decoded(text).replace("_", " ").strip()
