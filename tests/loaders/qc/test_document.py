import json

from core.strict_json import JsonValue, parse_json_object
from loaders.qc.document import report_document
from loaders.qc.quality_report import Finding, Level
from loaders.report import FileReport, Report
from tests.loaders.qc.qualities import HOSTILE, report

FINDINGS = (Finding(Level.CHECK, "look"),)


def made(found: Report) -> dict[str, JsonValue]:
    document = report_document(found, FINDINGS, created_at="2026-11-25T12:00:00Z", genvej_version="1.0")
    return parse_json_object(json.dumps(document, allow_nan=False))


def shape(value: JsonValue) -> object:
    """Names of members, and of the first element of every list."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return "text" if isinstance(value, str) else "number" if isinstance(value, (int, float)) else None


def test_the_shape_is_stable() -> None:
    kinds = dict.fromkeys(("total", "snps", "transitions", "transversions", "ts_tv", "indels", "others"), "number")
    counts = ("heterozygous", "homozygous", "hemizygous")
    document = made(report())
    variants = document.pop("variants")
    found = shape(variants)
    assert found == {
        "alleles": kinds,
        "types": dict.fromkeys(("SNP", "MNP", "INS", "DEL"), "number"),
        "genotypes": dict.fromkeys((*counts, "missing_share"), "number"),
        "spectrum": [{"label": "text", "upper": None, "alleles": {**kinds, "ts_tv": None}}],
        "allele_counts": dict.fromkeys(("nobody (0)", "singleton (1)", "unknown"), "number"),
        "indel_lengths": [{"length": "number", "alleles": "number"}],
        "missing_shares": {"none": "number", "to 1 %": "number"},
        "contigs": [{"contig": "text", "alleles": kinds, "missing_share": "number"}],
        "samples": [
            {
                **dict.fromkeys(("sample", "individual_id", "sex"), "text"),
                **dict.fromkeys((*counts, "het_hom", "snp_heterozygous", "snp_homozygous"), "number"),
                "alleles": kinds,
                **dict.fromkeys(("called_copies", "missing_copies", "missing_share"), "number"),
                "sex_check": {
                    "observed": "text",
                    **dict.fromkeys(("x_heterozygous", "x_carried", "x_inbreeding"), "number"),
                    **dict.fromkeys(("y_called", "y_variants"), "number"),
                },
                "flags": [],
            }
        ],
    }
    rejection = {"line": "number", "field": "text", "reason": "text"}
    assert shape(document) == {
        "schema": "text",
        "schema_version": "number",
        "created_at": "text",
        "genvej_version": "text",
        "load": {
            **dict.fromkeys(("dataset_id", "version", "subject"), "text"),
            **dict.fromkeys(("accepted", "rejected"), "number"),
            "files": [
                {
                    **dict.fromkeys(("file", "sha256"), "text"),
                    **dict.fromkeys(("accepted", "rejected", "already_loaded"), "number"),
                    "rejections": [rejection],
                    "notes": [],
                }
            ],
            "notes": ["text"],
        },
        "findings": [{"level": "text", "text": "text"}],
        "charts": [
            {"title": "text", "sentence": "text", "unit": "text", "bars": [{"label": "text", "count": "number"}]}
        ],
    }


def test_a_load_without_quality_has_a_document_too() -> None:
    document = made(Report("d", "1", "objects", (FileReport(HOSTILE, "00", 1),)))
    assert (document["variants"], document["charts"]) == (None, [])
    assert document["findings"] == [{"level": "check", "text": "look"}]
