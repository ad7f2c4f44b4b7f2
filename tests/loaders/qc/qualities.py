"""Quality reports made up for tests."""

from dataclasses import replace

from loaders.qc.findings import variant_findings
from loaders.qc.quality_report import (
    Chart,
    ContigQuality,
    KindCounts,
    QualityReport,
    SampleQuality,
    SexCheck,
    SpectrumBin,
    VariantQuality,
)
from loaders.report import FileReport, Rejection, Report

HOSTILE = "<script>alert(1)</script>\"'&\u202e\x00$x$"


def sample(name: str, number: int = 0, **changes: object) -> SampleQuality:
    woman = number % 2 == 0
    check = SexCheck(300 if woman else 4, 500, 0.02 if woman else 0.97, 0 if woman else 95, 100, "")
    check = replace(check, observed="FEMALE" if woman else "MALE")
    made = SampleQuality(
        name, f"person-{name}", check.observed, 4000 + number % 97, 2500 + number % 41, 3, 3300, 2100,
        KindCounts(3900 + number % 13, 1900, 650, 50), 20_000, 40 + number % 7, check,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields are what the test says


def variants(samples: int = 0, contig: str = "7") -> VariantQuality:
    alleles = KindCounts(2050, 1000, 400, 30)
    bins = (
        SpectrumBin("unknown", None, KindCounts()),
        SpectrumBin("nobody carries it", None, KindCounts(5, 2, 1)),
        SpectrumBin("to 1 %", 0.01, KindCounts(1500, 700, 300, 20)),
        SpectrumBin("over 1 %", 1.0, KindCounts(545, 298, 99, 10)),
    )
    return VariantQuality(
        alleles,
        (("SNP", 3050), ("MNP", 30), ("INS", 200), ("DEL", 200)),
        4000, 2500, 3, bins,
        (("nobody (0)", 8), ("singleton (1)", 900), ("unknown", 0)),
        ((-51, 2), (-1, 198), (1, 150), (4, 50)),
        (("none", 3000), ("to 1 %", 480)) if samples else (),
        (ContigQuality(contig, alleles, 0.002 if samples else None), ContigQuality("X", KindCounts(9, 4), None)),
        tuple(sample(f"DK-{n}", n) for n in range(samples)),
    )  # fmt: skip


def report(samples: int = 12, name: str = "a.vcf.gz") -> Report:
    found = variants(samples)
    charts = (
        Chart("Sex", "People by sex.", "people", (("FEMALE", 6), ("MALE", 6))),
        Chart("Age", "People by age.", "people", (("20 to 29", 3), ("30 to 39", 0)), ordered=True),
    )
    file = FileReport(name, "ab" * 32, 3480, 2, rejections=(Rejection(7, "POS", name), Rejection(0, "id", "twice")))
    known = FileReport("b.vcf.gz", "cd" * 32, already_loaded=True, notes=("as before",))
    quality = QualityReport(found, charts, variant_findings(found))
    return Report("cohort", "3", "variants", (file, known), ("all is well",), quality)
