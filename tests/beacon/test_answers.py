"""Policies, opt-outs and new versions, as answers show them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from beacon import variant_rows
from beacon.counts import AlleleCounts
from beacon.rows import VariantType
from core.manifest import AbsentSite
from core.people import MASK_FILE
from tests.beacon.node import HET, HOM, BeaconNode, Document, beacon_node, called, describe, individual, people, variant
from tests.support.homes import publish_entities, publish_variants

_COMMON = variant(100, "G", "A")
_RARE = variant(200, "C", "T")
_ONE_BATCH_ONLY = variant(300, "", "A", anchor="T", kind=VariantType.INS)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """DS: two batches of ten people (public); SYN: synthetic, controlled."""
    for batch, genotypes, prefix in (
        ("b1", (dict.fromkeys(range(4), HET), {0: HET, 1: HET}, dict.fromkeys(range(6), HOM)), "A"),
        ("b2", (dict.fromkeys(range(3), HET), {5: HET}), "B"),
    ):
        rows, carriers = called((_COMMON, _RARE, _ONE_BATCH_ONLY)[: len(genotypes)], genotypes, 20)
        publish_variants(
            tmp_path, "DS", rows, contig="17", preset="public", people=people(10, prefix), carriers=carriers,
            batch=batch, absent_site=AbsentSite.REFERENCE, absent_allele_number=20, absent_allele_number_par=20,
        )  # fmt: skip
    publish_variants(tmp_path, "SYN", (_COMMON,), contig="17", preset="controlled")
    describe(tmp_path, "SYN", 'preset = "controlled"\nsynthetic = true')
    made = [individual(f"A{n:03d}", "MALE", *(["HP:0001250"] if n < 6 else ["HP:0002664"])) for n in range(20)]
    terms = [term for _, own in made for term in own]
    publish_entities(tmp_path, "DS", [entity for entity, _ in made], terms, preset="public")
    return tmp_path


@pytest.fixture
def node(home: Path) -> Iterator[BeaconNode]:
    with beacon_node(home) as served:
        yield served


def frequencies(document: Document) -> dict[str, list[int]]:
    names = (
        "alleleCount", "alleleNumber", "alleleCountHeterozygous", "alleleCountHomozygous", "alleleCountHemizygous",
    )  # fmt: skip
    return {
        record["variantInternalId"]: [
            record["frequencyInPopulations"][0]["frequencies"][0][name]
            for name in names
            if name in record["frequencyInPopulations"][0]["frequencies"][0]
        ]
        for each in document["response"]["resultSets"]
        for record in each["results"]
    }


def test_anonymous_callers_get_frequencies_of_public_data_above_the_threshold(node: BeaconNode) -> None:
    answer = node.get("/g_variants")
    assert frequencies(answer) == {
        "NC_000017.11:100:G:A": [7, 40, 7, 0, 0],
        "NC_000017.11:300::A": [12, 40, 0, 6, 0],
    }
    assert "caseLevelData" not in str(answer)
    assert answer["responseSummary"] == {"exists": True, "numTotalResults": 2, "countPrecision": "imprecise"}
    (limited,) = answer["info"]["datasetsAnsweredInPart"]
    assert (limited["id"], limited["level"]) == ("DS", "frequency")
    assert "visa" in limited["needed"]
    granted = node.get("/g_variants", "ControlledAccessGrants:DS")
    assert len(frequencies(granted)) == 3
    assert granted["response"]["resultSets"][0]["results"][0]["caseLevelData"][4]["biosampleId"] == "B-B000"


def test_anonymous_callers_get_counts_of_people_of_public_data(node: BeaconNode) -> None:
    answer = node.get("/individuals", filters="HP:0001250")
    (found,) = answer["response"]["resultSets"]
    assert found["resultsCount"] == 6
    assert "results" not in found
    assert answer["meta"]["returnedGranularity"] == "count"
    assert node.get("/individuals/A001", status=404)
    assert node.get("/individuals/A001/g_variants")["responseSummary"]["exists"] is False
    carriers = node.get("/g_variants/NC_000017.11:100:G:A/individuals")
    assert carriers["responseSummary"]["numTotalResults"] == 7, "everybody with genotypes is an individual"


def test_test_mode_answers_from_synthetic_data(node: BeaconNode) -> None:
    answer = node.get("/g_variants", "ControlledAccessGrants:SYN", "ControlledAccessGrants:DS", testMode="true")
    assert [each["id"] for each in answer["response"]["resultSets"]] == ["SYN"]
    assert [each["id"] for each in node.get("/datasets", testMode="true")["response"]["collections"]] == ["SYN"]


def test_people_who_opt_out_are_gone_from_every_count(home: Path, node: BeaconNode) -> None:
    grant = "ControlledAccessGrants:DS"
    before = frequencies(node.get("/g_variants", grant))
    assert before["NC_000017.11:100:G:A"] == [7, 40, 7, 0, 0]
    (home / MASK_FILE).write_text("A000\nB005\n")
    assert node.generations.refresh()
    assert frequencies(node.get("/g_variants", grant)) == {
        "NC_000017.11:100:G:A": [6, 36, 6, 0, 0],
        "NC_000017.11:200:C:T": [1, 36, 1, 0, 0],
        "NC_000017.11:300::A": [10, 36, 0, 5, 0],
    }
    text = str(node.get("/g_variants", grant)) + str(node.get("/individuals", grant, limit=0))
    assert "A000" not in text
    assert "B005" not in text
    assert node.get("/individuals/A000", grant, status=404)
    assert node.get("/individuals/A000/g_variants", grant)["responseSummary"]["exists"] is False


def test_a_page_holds_a_bounded_number_of_carriers(node: BeaconNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variant_rows, "MAXIMUM_CASES", 8)
    (found,) = node.get("/g_variants", "ControlledAccessGrants:DS")["response"]["resultSets"]
    cases = [len(record.get("caseLevelData", ())) for record in found["results"]]
    left_out = [record.get("info", {}).get("caseLevelDataLeftOut", 0) for record in found["results"]]
    assert (cases, left_out) == ([7, 0, 0], [0, 3, 6])


def test_a_new_version_takes_over_as_a_whole(home: Path, node: BeaconNode) -> None:
    assert len(frequencies(node.get("/g_variants"))) == 2
    row = variant(5, "A", "C", contig="1", counts=(9, 90, None, None, None))
    publish_variants(home, "DS", (row,), contig="1", preset="public")
    assert node.generations.refresh()
    assert frequencies(node.get("/g_variants", limit=1)) == {"NC_000001.11:5:A:C": [9, 90]}
    assert node.get("/g_variants")["responseSummary"]["numTotalResults"] == 3


def test_people_of_whom_only_genotypes_are_known_are_individuals(tmp_path: Path) -> None:
    """A dataset of a VCF alone: its samples can be listed, looked up, and counted as carriers."""
    rows, carriers = called((variant(10, "A", "G"),), ({0: HET, 2: HOM},), 6)
    publish_variants(tmp_path, "V", rows, contig="17", people=people(3), carriers=carriers)
    with beacon_node(tmp_path) as node:
        everybody = node.get("/individuals")["response"]["resultSets"][0]
        assert everybody["resultsCount"] == 3
        assert [record["id"] for record in everybody["results"]] == ["P000", "P001", "P002"]
        assert everybody["results"][0]["sex"]["id"] == "NCIT:C17998"
        assert node.get("/individuals/P001")["responseSummary"]["exists"] is True
        found = node.get("/g_variants/NC_000017.11:10:A:G/individuals")["response"]["resultSets"][0]
        assert [record["id"] for record in found["results"]] == ["P000", "P002"]


@pytest.mark.parametrize(
    ("counts", "least"),
    [
        (AlleleCounts(6, 2000, None, 3, None), 3),
        (AlleleCounts(5, 2000, None, None, None), 3),
        (AlleleCounts(6, 12, 0, 3, 0), 3),
        (AlleleCounts(5, 12, 5, 0, 0), 5),
        (AlleleCounts(9, 2000, None, None, None), 5),
    ],
)
def test_thresholds_count_people_and_not_alleles(tmp_path: Path, counts: AlleleCounts, least: int) -> None:
    row = replace(
        variant(10, "A", "G"),
        allele_count=counts.allele_count,
        allele_number=counts.allele_number or 0,
        heterozygous=counts.heterozygous,
        homozygous=counts.homozygous,
        hemizygous=counts.hemizygous,
    )
    assert counts.least_carriers == least
    publish_variants(tmp_path, "P", [row], contig="17", preset="public")
    with beacon_node(tmp_path) as node:
        assert node.get("/g_variants/NC_000017.11:10:A:G", status=200 if least >= 5 else 404)


def test_descendants_that_are_not_looked_for_are_said(node: BeaconNode) -> None:
    assert "descendants" in node.get("/individuals", filters="HP:0001250")["info"]["filters"]
    exact = {"id": "HP:0001250", "includeDescendantTerms": False}
    answer = node.post("/individuals", {"filters": [exact]})
    assert "filters" not in answer.get("info", {})


def test_sites_that_a_file_lists_without_counts_are_known_over_several_parts(tmp_path: Path) -> None:
    """Nobody counted them: that is not the same as nobody carrying them."""
    listed = replace(
        variant(10, "A", "G"), allele_count=0, allele_number=0, heterozygous=None, homozygous=None, hemizygous=None
    )
    for batch in ("b1", "b2"):
        publish_variants(tmp_path, "L", [listed], contig="17", batch=batch)
    with beacon_node(tmp_path) as node:
        assert node.get("/g_variants/NC_000017.11:10:A:G")["responseSummary"]["exists"] is True
