"""What a person should know of a load, in words (pure)."""

from collections.abc import Iterable, Sequence
from statistics import median

from loaders.qc.quality_report import Finding, KindCounts, Level, SampleQuality, VariantQuality
from loaders.qc.samples import sex_mismatch
from loaders.report import Report

_FEWEST_SNPS = 1000
_FEWEST_CARRIED = 500
_LOW_TS_TV, _HIGH_TS_TV = 1.8, 3.6
_LOW_HET_HOM, _HIGH_HET_HOM = 1.0, 3.0
_HIGH_MISSING = 0.05
_NAMED = 10


def report_findings(report: Report) -> tuple[Finding, ...]:
    """Of the files themselves: what was refused, what was there already."""
    found = []
    if report.rejected:
        share = report.rejected / (report.accepted + report.rejected)
        files = sum(file.rejected > 0 for file in report.files)
        text = f"{report.rejected:,} records were rejected in {_number(files, 'file')}, {share:.2%} of what was read."
        found.append(Finding(Level.CHECK, text))
    known = sum(file.already_loaded for file in report.files)
    if known:
        found.append(Finding(Level.NOTE, f"{_number(known, 'file')} had been loaded before and changed nothing."))
    if not report.accepted and not known:
        found.append(Finding(Level.CHECK, f"Nothing was taken: no {report.subject}."))
    return tuple(found)


def variant_findings(variants: VariantQuality) -> tuple[Finding, ...]:
    """Of variants and samples."""
    return (
        *_ts_tv(variants),
        *_frequencies(variants),
        *_indels(variants.alleles),
        *_contigs(variants),
        *_genotypes(variants),
        *_sexes(variants.samples),
        *_outliers(variants.samples),
    )


def _ts_tv(variants: VariantQuality) -> Iterable[Finding]:
    nuclear = [item.alleles for item in variants.contigs if item.contig != "MT"]
    together = KindCounts(sum(item.transitions for item in nuclear), sum(item.transversions for item in nuclear))
    found = together.ts_tv
    if found is None or together.snps < _FEWEST_SNPS:
        return
    expected = "expect 2.0 to 2.1 for whole genomes, about 3 for exomes"
    if found < _LOW_TS_TV:
        yield Finding(Level.CHECK, f"Ts/Tv {found:.2f} is low: {expected}. False calls have 0.5.")
    elif found > _HIGH_TS_TV:
        yield Finding(Level.CHECK, f"Ts/Tv {found:.2f} is high: {expected}.")


def _frequencies(variants: VariantQuality) -> Iterable[Finding]:
    total = variants.alleles.total
    unknown, absent = (bin_.alleles.total for bin_ in variants.spectrum[:2])
    if unknown:
        yield Finding(Level.NOTE, f"{unknown:,} of {total:,} alleles have no known frequency.")
    if absent:
        yield Finding(Level.NOTE, f"{absent:,} of {total:,} alleles are carried by nobody.")


def _indels(alleles: KindCounts) -> Iterable[Finding]:
    if alleles.snps >= 10 * _FEWEST_SNPS and not alleles.indels:
        yield Finding(Level.NOTE, "There are no indels among the variants: they may have been left out.")


def _contigs(variants: VariantQuality) -> Iterable[Finding]:
    """A genome that lacks a few autosomes has probably lost a file."""
    there = {item.contig for item in variants.contigs}
    absent = [str(number) for number in range(1, 23) if str(number) not in there]
    if absent and len(absent) <= 4:
        yield Finding(Level.CHECK, f"No variants on {_number(len(absent), 'autosome')}: {', '.join(absent)}.")


def _genotypes(variants: VariantQuality) -> Iterable[Finding]:
    ratios = [
        row.snp_heterozygous / row.snp_homozygous
        for row in variants.samples
        if row.snp_homozygous and row.snp_heterozygous + row.snp_homozygous >= _FEWEST_CARRIED
    ]
    middle = median(ratios) if ratios else None
    expected = "expect 1.3 to 2.2 among SNPs of whole genomes"
    if middle is not None and middle < _LOW_HET_HOM:
        text = f"Het/hom {middle:.2f} (median of the samples) is low: {expected}. Heterozygous calls may be missing."
        yield Finding(Level.CHECK, text)
    elif middle is not None and middle > _HIGH_HET_HOM:
        text = f"Het/hom {middle:.2f} (median of the samples) is high: {expected}. Samples may be mixed."
        yield Finding(Level.CHECK, text)
    missing = variants.missing_share
    if missing is not None and missing > _HIGH_MISSING:
        yield Finding(Level.CHECK, f"{missing:.1%} of all copies are not called.")


def _sexes(samples: Sequence[SampleQuality]) -> Iterable[Finding]:
    wrong = [row.sample for row in samples if sex_mismatch(row)]
    if wrong:
        text = f"{_number(len(wrong), 'sample')} with another sex than the chromosomes show: {_names(wrong)}."
        yield Finding(Level.CHECK, text)
    unclear = [row.sample for row in samples if row.sex_check.observed == "UNCLEAR"]
    if unclear:
        yield Finding(Level.NOTE, f"{_number(len(unclear), 'sample')} with unclear sex chromosomes: {_names(unclear)}.")
    undeclared = sum(row.sex not in ("MALE", "FEMALE") for row in samples)
    if undeclared:
        text = f"{undeclared:,} of {len(samples):,} samples have no declared sex to compare with."
        yield Finding(Level.NOTE, text)


def _outliers(samples: Sequence[SampleQuality]) -> Iterable[Finding]:
    far = [row.sample for row in samples if row.outlier]
    if far:
        text = f"{_number(len(far), 'sample')} far from the others (over 5 median absolute deviations): {_names(far)}."
        yield Finding(Level.CHECK, text)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
