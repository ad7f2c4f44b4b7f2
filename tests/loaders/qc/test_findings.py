from dataclasses import replace

from loaders.qc.findings import report_findings, variant_findings
from loaders.qc.quality_report import ContigQuality, KindCounts, SpectrumBin, VariantQuality
from loaders.report import FileReport, Report
from tests.loaders.qc.qualities import sample, variants

QUIET = replace(variants(), spectrum=(SpectrumBin("", None, KindCounts()),) * 2)


def texts(found: VariantQuality) -> list[str]:
    return [f"{item.level}: {item.text}" for item in variant_findings(found)]


def on(contig: str, alleles: KindCounts) -> VariantQuality:
    return replace(QUIET, alleles=alleles, contigs=(ContigQuality(contig, alleles, None),))


def test_good_data_ask_for_nothing() -> None:
    assert texts(QUIET) == []


def test_transitions_and_transversions() -> None:
    low = on("1", KindCounts(1200, 1000))
    assert texts(low) == [
        "check: Ts/Tv 1.20 is low: expect 2.0 to 2.1 for whole genomes, about 3 for exomes. False calls have 0.5."
    ]
    assert "is high" in texts(on("1", KindCounts(4000, 1000)))[0]
    assert texts(on("1", KindCounts(3000, 1000))) == []
    assert texts(on("1", KindCounts(12, 10))) == []
    assert texts(on("MT", KindCounts(12_000, 1000))) == [
        "note: There are no indels among the variants: they may have been left out."
    ]


def test_frequencies() -> None:
    bins = (SpectrumBin("unknown", None, KindCounts(3)), SpectrumBin("nobody", None, KindCounts(1, 1)))
    assert texts(replace(QUIET, spectrum=bins)) == [
        "note: 3 of 3,480 alleles have no known frequency.",
        "note: 2 of 3,480 alleles are carried by nobody.",
    ]


def test_a_lost_autosome() -> None:
    alleles = KindCounts(20, 10, 5)
    contigs = tuple(ContigQuality(str(n), alleles, None) for n in range(1, 23) if n not in (4, 17))
    assert texts(replace(QUIET, contigs=contigs)) == ["check: No variants on 2 autosomes: 4, 17."]
    assert texts(replace(QUIET, contigs=contigs[:10])) == []


def test_genotypes() -> None:
    low = replace(QUIET, samples=(sample("a", snp_heterozygous=400, snp_homozygous=1000),))
    assert any("Het/hom 0.40 (median of the samples) is low" in text for text in texts(low))
    high = replace(QUIET, samples=(sample("a", snp_heterozygous=4000, snp_homozygous=1000),))
    assert any("Het/hom 4.00 (median of the samples) is high" in text for text in texts(high))
    missing = replace(QUIET, samples=(sample("a", called_copies=80, missing_copies=20),))
    assert "check: 20.0% of all copies are not called." in texts(missing)


def test_people() -> None:
    odd = sample("DK-0", sex="MALE")
    unclear = sample("DK-1", sex_check=replace(odd.sex_check, observed="UNCLEAR"))
    far = [sample(f"DK-{n}", n - n % 2, sex="UNKNOWN_SEX", outlier=True) for n in range(2, 14)]
    assert texts(replace(QUIET, samples=(odd, unclear, *far))) == [
        "check: 1 sample with another sex than the chromosomes show: DK-0.",
        "note: 1 sample with unclear sex chromosomes: DK-1.",
        "note: 12 of 14 samples have no declared sex to compare with.",
        "check: 12 samples far from the others (over 5 median absolute deviations): DK-2, DK-3, DK-4, DK-5, DK-6, "
        "DK-7, DK-8, DK-9, DK-10, DK-11 and 2 more.",
    ]


def test_files() -> None:
    files = (FileReport("a", "0", 90, 10), FileReport("b", "1", already_loaded=True))
    assert [item.text for item in report_findings(Report("d", "1", "variants", files))] == [
        "10 records were rejected in 1 file, 10.00% of what was read.",
        "1 file had been loaded before and changed nothing.",
    ]
    assert [item.text for item in report_findings(Report("d", "1", "objects", ()))] == [
        "Nothing was taken: no objects."
    ]
