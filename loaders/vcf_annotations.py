"""What INFO says of the alleles of a record: annotations, clinical meaning, frequencies of populations (pure).

Understood are VEP's CSQ, SnpEff's ANN and EFF, ClinVar's keys, and the keys of a ``FrequencyMap``. What cannot be
understood is left out with a remark; it never makes a record invalid.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from beacon.annotation_rows import AnnotationRow, ClinicalRow, FrequencyRow
from loaders.annotation_alleles import AlleleSpellings
from loaders.clinvar_info import CLINVAR_KEYS, only_allele, read_clinical, read_gene_annotations
from loaders.effect_annotations import EffectFormat, effect_format, read_effects
from loaders.frequency_map import FrequencyMap
from loaders.population_counts import read_frequencies
from loaders.vcf_meta import read_attributes

_EFFECT_KEYS = ("CSQ", "vep", "ANN", "EFF")


class AlleleInfo(NamedTuple):
    """What INFO says of one alternate allele."""

    annotations: tuple[AnnotationRow, ...] = ()
    clinical: tuple[ClinicalRow, ...] = ()
    frequencies: tuple[FrequencyRow, ...] = ()


class RecordInfo(NamedTuple):
    """What INFO says of every alternate allele, in the order of ALT, and remarks to be counted (fixed texts)."""

    alleles: tuple[AlleleInfo, ...]
    notes: tuple[str, ...] = ()


class InfoReader:
    """Reads the annotations of one file's records.

    ``keys``: the INFO keys that it wants, those which the header declares; ``()`` means that there is nothing to read.
    ``undeclared``: populations that the map names and the header does not declare.
    """

    def __init__(self, header: Sequence[str], frequency_map: FrequencyMap | None = None) -> None:
        """``header``: header lines; only those of ``##INFO`` matter (``VcfHeader.definitions``)."""
        declared = _declared(header)
        self._effects: tuple[tuple[str, EffectFormat], ...] = tuple(
            (key, effect_format(key, declared[key])) for key in _EFFECT_KEYS if key in declared
        )
        self._clinvar = any(key in declared for key in ("CLNSIG", "CLNDN", "CLNDBN"))
        self._populations = frequency_map.of_header(tuple(declared)) if frequency_map else ()
        self.undeclared = frequency_map.undeclared(tuple(declared)) if frequency_map else ()
        clinvar = [key for key in CLINVAR_KEYS if key in declared] if self._clinvar else []
        counted = [key for _, keys in self._populations for key in keys.named()]
        self.keys: tuple[str, ...] = tuple(dict.fromkeys([*(key for key, _ in self._effects), *clinvar, *counted]))

    def read(
        self, info: Mapping[str, str], reference: str, alternates: Sequence[str], identifier: str = ""
    ) -> RecordInfo:
        """Read the wanted values of a record.

        ``info``: at least those of ``keys`` that it has. ``reference``, ``alternates``: REF and ALT as they stand.
        ``identifier``: the ID column, which holds ClinVar's variation. Never raises.
        """
        notes: list[str] = []
        annotations: list[list[AnnotationRow]] = [[] for _ in alternates]
        present = [(key, form) for key, form in self._effects if info.get(key)]
        if present:
            spellings = AlleleSpellings(reference, alternates)
            for key, form in present:
                for number, row in read_effects(info[key], form, spellings, notes):
                    annotations[number].append(row)
        clinical: list[list[ClinicalRow]] = [[] for _ in alternates]
        if self._clinvar:
            for number, found in read_clinical(info, alternates, identifier, notes):
                clinical[number] += found
            only = only_allele(alternates)
            if only is not None:
                annotations[only] += read_gene_annotations(info)
        frequencies = read_frequencies(info, self._populations, len(alternates), notes)
        alleles = tuple(
            AlleleInfo(tuple(dict.fromkeys(first)), tuple(dict.fromkeys(second)), third)
            for first, second, third in zip(annotations, clinical, frequencies, strict=True)
        )
        return RecordInfo(alleles, tuple(notes))


def _declared(header: Sequence[str]) -> dict[str, str]:
    """Description by ID of every ``##INFO`` line."""
    found: dict[str, str] = {}
    for line in header:
        if line.startswith("##INFO="):
            attributes = read_attributes(line.removeprefix("##INFO=")) or {}
            if attributes.get("ID"):
                found.setdefault(attributes["ID"], attributes.get("Description", "").strip('"'))
    return found
