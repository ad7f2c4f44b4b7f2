"""Effects of alleles on transcripts: VEP's CSQ, SnpEff's ANN and EFF (pure).

CSQ and EFF say in the header what their fields are; ANN has the fields of the "Variant annotations in VCF format"
specification 1.0. One row is made of each consequence that an entry names with ``&``.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from beacon.annotation_rows import AnnotationRow
from loaders.annotation_alleles import AlleleSpellings
from loaders.info_text import amino_acid_change, decoded, simple_change

NO_SUCH_ALLELE = "annotations of an allele that the record does not have, left out"
NOT_UNDERSTOOD = "annotations that have not the form which the header states, left out"

_ANN = (
    "Allele", "Annotation", "Annotation_Impact", "Gene_Name", "Gene_ID", "Feature_Type", "Feature_ID",
    "Transcript_BioType", "Rank", "HGVS.c", "HGVS.p",
)  # fmt: skip
_EFFECT_ENTRY = re.compile(r"([^()]+)\((.*)\)")
_IMPACTS = frozenset({"HIGH", "MODERATE", "LOW", "MODIFIER"})
_NAMES = MappingProxyType(
    {
        "allele": ("Allele",), "number": ("ALLELE_NUM", "Genotype_Number", "Genotype"),
        "consequence": ("Consequence", "Annotation", "Effect"),
        "impact": ("IMPACT", "Annotation_Impact", "Effect_Impact"),
        "symbol": ("SYMBOL", "Gene_Name", "HGNC"), "gene": ("Gene", "Gene_ID"),
        "feature_type": ("Feature_type", "Feature_Type"),
        "feature": ("Feature", "Feature_ID", "Transcript_ID", "Transcript"),
        "coding": ("HGVSc", "HGVS.c"), "protein": ("HGVSp", "HGVS.p"),
        "amino_acids": ("Amino_acids",), "position": ("Protein_position",), "change": ("Amino_Acid_Change",),
    }
)  # fmt: skip
_OLD_NAMES = MappingProxyType(
    {
        "NON_SYNONYMOUS_CODING": "missense_variant", "SYNONYMOUS_CODING": "synonymous_variant",
        "STOP_GAINED": "stop_gained", "STOP_LOST": "stop_lost", "START_LOST": "start_lost",
        "START_GAINED": "5_prime_UTR_premature_start_codon_gain_variant", "FRAME_SHIFT": "frameshift_variant",
        "CODON_DELETION": "inframe_deletion", "CODON_INSERTION": "inframe_insertion",
        "SPLICE_SITE_ACCEPTOR": "splice_acceptor_variant", "SPLICE_SITE_DONOR": "splice_donor_variant",
        "UPSTREAM": "upstream_gene_variant", "DOWNSTREAM": "downstream_gene_variant", "INTRON": "intron_variant",
        "UTR_5_PRIME": "5_prime_UTR_variant", "UTR_3_PRIME": "3_prime_UTR_variant",
        "INTERGENIC": "intergenic_region", "INTRAGENIC": "intragenic_variant", "EXON": "exon_variant",
    }
)  # fmt: skip


class EffectFormat(NamedTuple):
    """The fields of one annotation key: ``places`` gives for each of our names the field's place."""

    source: str
    places: Mapping[str, int]
    fields: int
    in_brackets: bool = False


def effect_format(key: str, description: str) -> EffectFormat:
    """The format that a header's description of ``CSQ``, ``vep``, ``ANN`` or ``EFF`` states."""
    if key == "ANN":
        return EffectFormat("SnpEff", _places(_ANN), len(_ANN))
    stated = description.partition("ormat:")[2].strip(" '\"\\")
    if key == "EFF":
        named = [re.sub(r"[^A-Za-z_.]", "", name) for name in re.split(r"[(|\[\]]", stated)]
        return EffectFormat("SnpEff", _places([name for name in named if name]), 2, in_brackets=True)
    fields = [name.strip(" '\"") for name in stated.split("|")]
    return EffectFormat("VEP", _places(fields), len(fields))


def _places(fields: "list[str] | tuple[str, ...]") -> Mapping[str, int]:
    lowered = [name.lower() for name in fields]
    found = {}
    for ours, theirs in _NAMES.items():
        place = next((lowered.index(name.lower()) for name in theirs if name.lower() in lowered), None)
        if place is not None:
            found[ours] = place
    return MappingProxyType(found)


def read_effects(
    value: str, form: EffectFormat, spellings: AlleleSpellings, notes: list[str]
) -> Iterator[tuple[int, AnnotationRow]]:
    """(Place among ALT, row) of each entry and consequence; what cannot be understood is noted and left out.

    Unusual spellings of alleles are believed only where no entry of the record has a usual one.
    """
    entries = []
    for entry in value.split(","):
        fields = _fields(entry, form)
        if fields is None or "consequence" not in form.places:
            notes.append(NOT_UNDERSTOOD)
            continue
        values = {name: decoded(fields[place]) for name, place in form.places.items() if place < len(fields)}
        number = values.get("number", "")
        entries.append((values, int(number) if re.fullmatch(r"[0-9]{1,4}", number) else None))
    places = [spellings.find(values.get("allele", ""), number, strict=True) for values, number in entries]
    if all(place is None for place in places):
        places = [spellings.find(values.get("allele", ""), number) for values, number in entries]
    for (values, _), place in zip(entries, places, strict=True):
        if place is None:
            notes.append(NO_SUCH_ALLELE)
            continue
        for row in _rows(values, form):
            yield place, row


def _fields(entry: str, form: EffectFormat) -> list[str] | None:
    if form.in_brackets:
        match = _EFFECT_ENTRY.fullmatch(entry.strip())
        return [match.group(1), *match.group(2).split("|")] if match else None
    fields = [field.strip() for field in entry.strip("()").split("|")]
    needed = form.fields if form.source == "VEP" else max(form.places.values(), default=0) + 1
    return fields if len(fields) >= min(needed, form.fields) else None


def _rows(values: Mapping[str, str], form: EffectFormat) -> Iterator[AnnotationRow]:
    feature_type = values.get("feature_type", "transcript" if values.get("feature") else "").lower()
    coding, protein = values.get("coding", ""), values.get("protein", "")
    change = amino_acid_change(protein) or simple_change(values.get("amino_acids", ""), values.get("position", ""))
    impact = values.get("impact", "")
    for consequence in dict.fromkeys(values["consequence"].split("&")):
        yield AnnotationRow(
            values.get("symbol", ""),
            values.get("gene", ""),
            values.get("feature", "") if feature_type == "transcript" else "",
            _OLD_NAMES.get(consequence, consequence) if form.in_brackets else consequence,
            change or _old_change(values.get("change", "")),
            coding,
            protein,
            impact if impact in _IMPACTS else "",
            form.source,
        )


def _old_change(text: str) -> str:
    """The change of EFF: ``V600E`` as it stands, or HGVS before a slash."""
    if re.fullmatch(r"[A-Z*]\d{1,6}[A-Z*]", text):
        return text
    return amino_acid_change(text.partition("/")[0])
