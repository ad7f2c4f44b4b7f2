from beacon.rows import VariantType
from loaders.qc.genotypes import MISSING_EDGES
from loaders.qc.quality import percent, ranges, variant_quality, variant_quality_report
from loaders.qc.quality_report import KindCounts
from loaders.qc.tally import BatchTally, ContigTally
from tests.loaders.qc.batches import Variant, batch_of, people_of, setting

PEOPLE = people_of("2", ("FEMALE", "MALE"))


def batch(contig: str, variants: list[Variant], *, people: bool = True) -> BatchTally:
    whose = PEOPLE if people else ()
    tally = ContigTally.empty(contig, len(whose))
    tally.add(batch_of(contig, whose, variants), setting(contig, whose))
    return BatchTally(f"batch {contig}", whose, True, (tally,))


def test_totals_over_contigs_and_batches() -> None:
    one = Variant(5, "A", "G", VariantType.SNP, ((2, 1), (2, 2)))
    two = Variant(7, "", "AC", VariantType.INS, ((2, 0), (0, 0)))
    found = variant_quality([batch("10", [one]), batch("2", [one, two])])
    assert found.alleles == KindCounts(transitions=2, indels=1)
    assert dict(found.types)["SNP"] == 2
    assert (found.heterozygous, found.homozygous, found.hemizygous) == (2, 2, 0)
    assert [item.contig for item in found.contigs] == ["2", "10"]
    assert [item.missing_share for item in found.contigs] == [0.25, 0.0]
    assert found.indel_lengths == ((2, 1),)
    assert dict(found.allele_counts) == {
        "nobody (0)": 1, "singleton (1)": 0, "doubleton (2)": 0, "3 and more": 2, "unknown": 0,
    }  # fmt: skip
    assert {item.label: item.alleles.total for item in found.spectrum if item.alleles.total} == {
        "nobody carries it": 1, "50 % to 90 %": 2,
    }  # fmt: skip
    assert dict(found.missing_shares)["10 % to 50 %"] == 1
    assert found.missing_share == 2 / 12


def test_sites_only() -> None:
    sites = [Variant(5, "A", "T", VariantType.SNP, (), (1, 1000)), Variant(6, "A", "T", VariantType.SNP, (), (0, 0))]
    found = variant_quality([batch("1", sites, people=False)])
    assert (found.samples, found.missing_shares, found.missing_share) == ((), (), None)
    assert found.alleles.ts_tv == 0.0
    assert {item.label: item.alleles.total for item in found.spectrum if item.alleles.total} == {
        "unknown": 1, "0.03 % to 0.1 %": 1,
    }  # fmt: skip


def test_nothing() -> None:
    report = variant_quality_report([])
    assert report.findings == ()
    assert report.variants is not None
    assert report.variants.alleles.ts_tv is None


def test_bins_have_names() -> None:
    assert ranges(MISSING_EDGES)[:3] == ("none", "to 0.1 %", "0.1 % to 1 %")
    assert ranges((0.1, 0.5)) == ("to 10 %", "10 % to 50 %", "over 50 %")
    assert percent(1e-5) == "0.001 %"
