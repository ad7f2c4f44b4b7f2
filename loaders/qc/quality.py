"""From tallies to the quality report of variants (pure)."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from beacon.variant_batch import VARIANT_TYPES
from core.genome import contig_order
from loaders.qc.alleles import (
    ABSENT_BIN,
    COUNT_CLASSES,
    FIRST_BIN,
    FREQUENCY_EDGES,
    INDEL,
    LONGEST,
    OTHER,
    TRANSITION,
    TRANSVERSION,
    UNKNOWN_BIN,
    Counts,
)
from loaders.qc.findings import variant_findings
from loaders.qc.genotypes import MISSING_EDGES
from loaders.qc.quality_report import (
    ContigQuality,
    KindCounts,
    QualityReport,
    SpectrumBin,
    VariantQuality,
    ratio,
)
from loaders.qc.samples import sample_table
from loaders.qc.tally import BatchTally, ContigTally


def variant_quality_report(batches: Sequence[BatchTally]) -> QualityReport:
    """What a load of variants shows, with findings in words."""
    variants = variant_quality(batches)
    return QualityReport(variants=variants, findings=variant_findings(variants))


def variant_quality(batches: Sequence[BatchTally]) -> VariantQuality:
    """All tallies of a load together."""
    tallies = [tally for batch in batches for tally in batch.contigs]
    spectrum = _total([tally.spectrum for tally in tallies], ContigTally.empty("", 0).spectrum)
    types = _total([tally.types for tally in tallies], np.zeros(len(VARIANT_TYPES), dtype=np.int64))
    heterozygous, homozygous, hemizygous = _total(
        [tally.zygosities for tally in tallies], np.zeros(3, dtype=np.int64)
    ).tolist()
    return VariantQuality(
        _kinds(spectrum.sum(axis=(0, 1))),
        tuple(zip(VARIANT_TYPES, types.tolist(), strict=True)),
        heterozygous,
        homozygous,
        hemizygous,
        spectrum=_spectrum(spectrum),
        allele_counts=_allele_counts(spectrum),
        indel_lengths=_lengths(tallies),
        missing_shares=_missing_shares(tallies),
        contigs=_contigs(tallies),
        samples=sample_table(batches),
    )


def _total(arrays: Sequence[Counts], start: Counts) -> Counts:
    return sum(arrays, start)


def _kinds(counts: Counts) -> KindCounts:
    found = counts.tolist()
    return KindCounts(found[TRANSITION], found[TRANSVERSION], found[INDEL], found[OTHER])


def _spectrum(spectrum: Counts) -> tuple[SpectrumBin, ...]:
    by_bin = spectrum.sum(axis=1)
    known = [
        SpectrumBin(label, upper, _kinds(by_bin[FIRST_BIN + place]))
        for place, (label, upper) in enumerate(zip(ranges(FREQUENCY_EDGES), (*FREQUENCY_EDGES, 1.0), strict=True))
    ]
    return (
        SpectrumBin("unknown", None, _kinds(by_bin[UNKNOWN_BIN])),
        SpectrumBin("nobody carries it", None, _kinds(by_bin[ABSENT_BIN])),
        *known,
    )


def ranges(edges: Sequence[float]) -> tuple[str, ...]:
    """Labels of the bins that end at these shares, and of the one above."""
    texts = [percent(edge) for edge in edges]
    first = "none" if edges[0] == 0 else f"to {texts[0]}"
    between = (f"to {upper}" if lower == percent(0) else f"{lower} to {upper}" for lower, upper in pairwise(texts))
    return (first, *between, f"over {texts[-1]}")


def percent(share: float) -> str:
    """A share as text: 0.003 is ``0.3 %``."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + " %"


def _allele_counts(spectrum: Counts) -> tuple[tuple[str, int], ...]:
    """Of the alleles whose frequency is known."""
    by_class = spectrum[ABSENT_BIN:].sum(axis=(0, 2)).tolist()
    names = ("nobody (0)", "singleton (1)", "doubleton (2)", "3 and more")
    unknown = int(spectrum[UNKNOWN_BIN].sum())
    return (*zip(names, by_class[:COUNT_CLASSES], strict=True), ("unknown", unknown))


def _lengths(tallies: Iterable[ContigTally]) -> tuple[tuple[int, int], ...]:
    total = _total([tally.lengths for tally in tallies], ContigTally.empty("", 0).lengths)
    return tuple((place - LONGEST - 1, count) for place, count in enumerate(total.tolist()) if count)


def _missing_shares(tallies: Sequence[ContigTally]) -> tuple[tuple[str, int], ...]:
    with_people = [tally.missing_shares for tally in tallies if tally.people]
    if not with_people:
        return ()
    return tuple(zip(ranges(MISSING_EDGES), _total(with_people[1:], with_people[0]).tolist(), strict=True))


def _contigs(tallies: Sequence[ContigTally]) -> tuple[ContigQuality, ...]:
    found: dict[str, list[ContigTally]] = {}
    for tally in tallies:
        found.setdefault(tally.contig, []).append(tally)
    return tuple(_contig(contig, found[contig]) for contig in sorted(found, key=contig_order))


def _contig(contig: str, tallies: Sequence[ContigTally]) -> ContigQuality:
    spectrum = _total([tally.spectrum for tally in tallies], ContigTally.empty("", 0).spectrum)
    missing = sum(int(tally.missing.sum()) for tally in tallies)
    called = sum(int(tally.called.sum()) for tally in tallies)
    return ContigQuality(contig, _kinds(spectrum.sum(axis=(0, 1))), ratio(missing, missing + called))
