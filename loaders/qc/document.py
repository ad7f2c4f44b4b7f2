"""A load report as a JSON document of a stable shape (pure).

::

    schema            "genvej load report"
    schema_version    1; a member is added without a new number, never renamed or removed
    created_at        UTC, RFC 3339
    genvej_version
    load              what was accepted and rejected: dataset_id, version, subject, accepted, rejected, notes,
                      files [file, sha256, accepted, rejected, already_loaded, notes,
                             rejections [line, field, reason]  (the first thousand)]
    findings          [level ("check": somebody should look, "note"), text]
    charts            [title, sentence, unit, bars [label, count]]
    variants          null where the load has none
      alleles         {total, snps, transitions, transversions, ts_tv, indels, others}
      types           {Beacon variant type: alleles}
      genotypes       {heterozygous, homozygous, hemizygous, missing_share}
      spectrum        [label, upper (end of the frequency bin, included; null: no range), alleles {...}]
      allele_counts   {class of allele count: alleles}
      indel_lengths   [length (negative: deleted; the outermost two stand for all beyond), alleles]
      missing_shares  {share of copies that are not called: alleles}
      contigs         [contig, alleles {...}, missing_share]
      samples         [sample, individual_id, sex, heterozygous, homozygous, hemizygous, het_hom, snp_heterozygous,
                       snp_homozygous, alleles {...}, called_copies, missing_copies, missing_share, flags [text],
                       sex_check {observed, x_heterozygous, x_carried, x_inbreeding, y_called, y_variants}]

Ratios are null where they would divide by nothing.
"""

from collections.abc import Iterable, Sequence

from core.strict_json import JsonValue
from loaders.qc.quality_report import (
    Chart,
    ContigQuality,
    Finding,
    KindCounts,
    QualityReport,
    SampleQuality,
    SexCheck,
    SpectrumBin,
    VariantQuality,
)
from loaders.report import Report

SCHEMA = "genvej load report"
SCHEMA_VERSION = 1

Members = dict[str, JsonValue]


def report_document(report: Report, findings: Sequence[Finding], *, created_at: str, genvej_version: str) -> Members:
    """The whole document; ``findings`` are those of the files and those of the loader."""
    quality = report.quality or QualityReport()
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "created_at": created_at,
        "genvej_version": genvej_version,
        "load": report.to_json(),
        "findings": [{"level": item.level.value, "text": item.text} for item in findings],
        "charts": [_chart(chart) for chart in quality.charts],
        "variants": _variants(quality.variants) if quality.variants else None,
    }


def _chart(chart: Chart) -> Members:
    bars: list[JsonValue] = [{"label": label, "count": count} for label, count in chart.bars]
    return {"title": chart.title, "sentence": chart.sentence, "unit": chart.unit, "bars": bars}


def _variants(found: VariantQuality) -> Members:
    return {
        "alleles": _kinds(found.alleles),
        "types": _counts(found.types),
        "genotypes": {
            "heterozygous": found.heterozygous,
            "homozygous": found.homozygous,
            "hemizygous": found.hemizygous,
            "missing_share": found.missing_share,
        },
        "spectrum": [_bin(item) for item in found.spectrum],
        "allele_counts": _counts(found.allele_counts),
        "indel_lengths": [{"length": length, "alleles": count} for length, count in found.indel_lengths],
        "missing_shares": _counts(found.missing_shares),
        "contigs": [_contig(item) for item in found.contigs],
        "samples": [_sample(item) for item in found.samples],
    }


def _kinds(alleles: KindCounts) -> Members:
    return {
        "total": alleles.total,
        "snps": alleles.snps,
        "transitions": alleles.transitions,
        "transversions": alleles.transversions,
        "ts_tv": alleles.ts_tv,
        "indels": alleles.indels,
        "others": alleles.others,
    }


def _counts(pairs: Iterable[tuple[str, int]]) -> Members:
    return dict(pairs)


def _bin(item: SpectrumBin) -> Members:
    return {"label": item.label, "upper": item.upper, "alleles": _kinds(item.alleles)}


def _contig(item: ContigQuality) -> Members:
    return {"contig": item.contig, "alleles": _kinds(item.alleles), "missing_share": item.missing_share}


def _sample(row: SampleQuality) -> Members:
    return {
        "sample": row.sample,
        "individual_id": row.individual_id,
        "sex": row.sex,
        "heterozygous": row.heterozygous,
        "homozygous": row.homozygous,
        "hemizygous": row.hemizygous,
        "het_hom": row.het_hom,
        "snp_heterozygous": row.snp_heterozygous,
        "snp_homozygous": row.snp_homozygous,
        "alleles": _kinds(row.alleles),
        "called_copies": row.called_copies,
        "missing_copies": row.missing_copies,
        "missing_share": row.missing_share,
        "sex_check": _sex_check(row.sex_check),
        "flags": list(row.flags),
    }


def _sex_check(found: SexCheck) -> Members:
    return {
        "observed": found.observed,
        "x_heterozygous": found.x_heterozygous,
        "x_carried": found.x_carried,
        "x_inbreeding": found.x_inbreeding,
        "y_called": found.y_called,
        "y_variants": found.y_variants,
    }
