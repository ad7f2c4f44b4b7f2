"""Records as Beacon shows them, judged by the official schemas where they are at hand."""

import pytest

from beacon.alleles import Allele
from beacon.counts import AlleleCounts
from beacon.found import Case, FoundVariant
from beacon.records import DatasetFacts, FrequencySource, dataset_record, variant_record
from beacon.rows import VariantType, Zygosity
from core.access import DatasetAccess, Release, Tier
from core.strict_json import JsonValue
from tests.beacon.node import SCHEMAS

SOURCE = FrequencySource("A study", "https://example.dk/study")
COUNTS = AlleleCounts(3, 100, 1, 1, 0)


def access(level: Release = Release.RECORD, minimum: int = 1) -> DatasetAccess:
    return DatasetAccess(
        "D", Tier.ANONYMOUS, level, minimum, 1, bytes_allowed=False, listed=True, synthetic=True, needed="a visa"
    )


def found(
    allele: Allele, kind: VariantType, anchor: str = "", *, contig: str = "17", assembly: str = "GRCh38",
    counts: AlleleCounts = COUNTS, cases: tuple[Case, ...] = (), left_out: int = 0,
) -> FoundVariant:  # fmt: skip
    return FoundVariant(assembly, contig, allele, anchor, kind, counts, cases, left_out)


def shown(variant: FoundVariant, rule: DatasetAccess | None = None) -> dict[str, JsonValue]:
    record = variant_record(variant, rule or access(), SOURCE)
    if SCHEMAS is not None:
        assert SCHEMAS.errors("genomicVariant", record) == ()
    return record


def bases(record: dict[str, JsonValue]) -> tuple[JsonValue, ...]:
    variation = record["variation"]
    assert isinstance(variation, dict)
    location = variation["location"]
    assert isinstance(location, dict)
    interval = location["interval"]
    assert isinstance(interval, dict)
    start, end = interval["start"], interval["end"]
    assert isinstance(start, dict)
    assert isinstance(end, dict)
    return (
        start["value"],
        end["value"],
        variation["referenceBases"],
        variation["alternateBases"],
        location["sequence_id"],
    )


_CHROMOSOME = "refseq:NC_000017.11"


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        (found(Allele(100, 101, "G", "A"), VariantType.SNP), (100, 101, "G", "A", _CHROMOSOME)),
        (found(Allele(201, 204, "CGT", ""), VariantType.DEL, "A"), (200, 204, "ACGT", "A", _CHROMOSOME)),
        (found(Allele(301, 301, "", "AA"), VariantType.INS, "T"), (300, 301, "T", "TAA", _CHROMOSOME)),
        (found(Allele(301, 301, "", "AA"), VariantType.INS), (301, 301, "", "AA", _CHROMOSOME)),
        (found(Allele(400, 403, "ACG", "TTT"), VariantType.MNP, "A"), (400, 403, "ACG", "TTT", _CHROMOSOME)),
        (found(Allele(5, 9, "", "<INV>"), VariantType.INV), (5, 9, "", "", _CHROMOSOME)),
        (found(Allele(5, 6, "G", "G]17:198]"), VariantType.BND), (5, 6, "G", "", _CHROMOSOME)),
        (found(Allele(5, 5, "", "<DEL>"), VariantType.DEL), (5, 5, "", "", _CHROMOSOME)),
        (found(Allele(1, 2, "G", "A"), VariantType.SNP, contig="chrUn_1"), (1, 2, "G", "A", "GRCh38:chrUn_1")),
        (found(Allele(1, 2, "G", "A"), VariantType.SNP, assembly="own"), (1, 2, "G", "A", "own:17")),
    ],
)
def test_bases_as_a_vcf_writes_them(variant: FoundVariant, expected: tuple[JsonValue, ...]) -> None:
    assert bases(shown(variant)) == expected


@pytest.mark.parametrize(("name", "term"), [("DEL", "efo:0030067"), ("DUP", "efo:0030070")])
def test_symbolic_losses_and_gains_are_copy_number_changes(name: str, term: str) -> None:
    variation = shown(found(Allele(1000, 6000, "", f"<{name}>"), VariantType(name)))["variation"]
    assert isinstance(variation, dict)
    assert (variation["type"], variation["copy_change"]) == ("CopyNumberChange", term)


def test_only_substitutions_have_an_hgvs_name() -> None:
    record = shown(found(Allele(100, 101, "G", "A"), VariantType.SNP))
    assert record["identifiers"] == {"genomicHGVSId": "NC_000017.11:g.101G>A"}
    assert "identifiers" not in shown(found(Allele(201, 204, "CGT", ""), VariantType.DEL, "A"))


def test_what_is_not_known_is_left_out() -> None:
    allele = Allele(100, 101, "G", "A")
    sites = shown(found(allele, VariantType.SNP, counts=AlleleCounts(3, 100, None, None, None)))
    assert "Homozygous" not in str(sites)
    assert "frequencyInPopulations" not in shown(found(allele, VariantType.SNP, counts=AlleleCounts(3, None, 1, 1, 0)))


def test_carriers_are_told_at_record_only() -> None:
    cases = tuple(Case(f"P{kind}", f"B{kind}", kind) for kind in Zygosity)
    variant = found(Allele(1, 2, "G", "A"), VariantType.SNP, cases=cases, left_out=7)
    record = shown(variant)
    labels = [case["zygosity"]["label"] for case in record["caseLevelData"]]  # type: ignore[union-attr, index, call-overload]
    assert labels == ["heterozygous", "homozygous", "hemizygous"]
    assert record["info"] == {"caseLevelDataLeftOut": 7}
    text = str(shown(variant, access(Release.FREQUENCY)))
    assert "caseLevelData" not in text
    assert "P1" not in text
    for contig, term in (("X", "GENO:0000604"), ("Y", "GENO:0000605"), ("MT", "GENO:0000134")):
        assert term in str(shown(found(Allele(1, 2, "G", "A"), VariantType.SNP, contig=contig, cases=cases)))


def test_datasets() -> None:
    facts = DatasetFacts(
        "D", "A dataset", "", "3", "GRCh38", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "A publisher",
        "mailto:a@example.dk", "", "open", ("DUO:0000042", "DUO:0000007 MONDO:0005015"),
    )  # fmt: skip
    record = dataset_record(facts, access(Release.NONE))
    assert "description" not in record
    assert record["info"] == {
        "assemblyId": "GRCh38", "synthetic": True, "access": "none", "files": "not granted",
        "publisher": "A publisher", "contactUrl": "mailto:a@example.dk", "releaseClass": "open", "needed": "a visa",
    }  # fmt: skip
    if SCHEMAS is not None:
        assert SCHEMAS.errors("dataset", record) == ()
