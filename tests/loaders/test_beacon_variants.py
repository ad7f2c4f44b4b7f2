import json
from collections import Counter

import pytest
from hypothesis import given

from core.strict_json import JsonValue
from loaders.beacon_variant_details import INCONSISTENT, UNUSABLE, one_letter_change
from loaders.beacon_variants import (
    OTHER_ALLELES,
    SWAPPED,
    UNSTATED,
    WITHOUT_ZYGOSITY,
    StatedVariant,
    on_targets,
    read_case_levels,
    read_variation,
)
from loaders.report import RecordRejected
from tests.loaders.test_beacon_shapes import JSON
from tests.support.shared import needs_shared, shared


def variation(
    start: float = 99,
    reference: str = "A",
    alternate: str = "G",
    sequence: str = "HGVSid:22:g.100A>G",
    **more: JsonValue,
) -> dict[str, JsonValue]:
    interval: JsonValue = {"start": {"value": start}, "end": {"value": start + len(reference)}}
    location: JsonValue = {"sequence_id": sequence, "interval": interval}
    inner: JsonValue = {
        "referenceBases": reference,
        "alternateBases": alternate,
        "variantType": "SNP",
        "location": location,
    }
    return {"variation": inner, **more}


def read(record: JsonValue) -> tuple[StatedVariant, Counter[str]]:
    remarks: Counter[str] = Counter()
    return read_variation(1, record, remarks), remarks


def test_a_variant_with_floats_and_a_bare_contig() -> None:
    found, remarks = read(variation(99.0))
    assert (found.sequence, found.start_0based, found.end_0based, found.reference, found.alternate) == (
        "22",
        99,
        100,
        "A",
        "G",
    )
    assert found.assembly is None
    assert not remarks


def test_swapped_bases_follow_the_internal_id() -> None:
    found, remarks = read(variation(reference="G", alternate="A", sequence="22", variantInternalId="chr22_100_A_G"))
    assert (found.reference, found.alternate) == ("A", "G")
    assert remarks == {SWAPPED: 1}
    found, remarks = read(variation(variantInternalId="chr22_100_A_G"))
    assert (found.reference, found.alternate, remarks) == ("A", "G", Counter())
    found, _ = read(variation(reference="T", alternate="TAC", sequence="22", variantInternalId="22-100-TAC-T"))
    assert (found.reference, found.end_0based) == ("TAC", 102)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"variantInternalId": "chr22_101_A_G"}, "variantInternalId"),
        ({"variantInternalId": "chr22_100_A_T"}, "variantInternalId"),
        ({"identifiers": {"genomicHGVSId": "NC_000022.11:g.101A>G"}}, "identifiers.genomicHGVSId"),
        ({"identifiers": {"genomicHGVSId": "NC_000021.9:g.100A>G"}}, "identifiers.genomicHGVSId"),
        ({"caseLevelData": [{"zygosity": {}}]}, "caseLevelData[0].biosampleId"),
        ({"variation": {}}, "variation.location.interval"),
        ({"variation": 3}, "variation"),
    ],
)
def test_contradictions_reject_the_record(more: dict[str, JsonValue], field: str) -> None:
    with pytest.raises(RecordRejected) as error:
        read({**variation(), **more})
    assert error.value.field_name == field


@pytest.mark.parametrize(
    "record",
    [
        variation(start=-1), variation(start=1.5), variation(sequence="ga4gh:SQ.abc"), variation(alternate="?"),
        variation(reference="?"), {"variation": {"location": {"sequence_id": "1", "interval": {"start": 5, "end": 2}}}},
    ],
)  # fmt: skip
def test_records_without_a_place_or_alleles_are_rejected(record: JsonValue) -> None:
    with pytest.raises(RecordRejected):
        read(record)


def test_accessions_tell_the_assembly() -> None:
    found, _ = read(variation(sequence="refseq:NC_000022.10"))
    assert (found.sequence, found.assembly) == ("NC_000022.10", "GRCh37")
    found, _ = read(variation(sequence="22", identifiers={"genomicHGVSId": "NC_000022.11:g.100A>G"}))
    assert found.assembly == "GRCh38"
    found, remarks = read(variation(sequence="21", identifiers={"genomicHGVSId": "NC_000021.10:g.100A>G"}))
    assert (found.sequence, found.assembly, len(remarks)) == ("21", None, 1)
    _, remarks = read(variation(sequence="HGVSid:22:g.99A>ACC"))
    assert remarks == {OTHER_ALLELES: 1}


@pytest.mark.parametrize(
    ("inner", "alternate"),
    [
        ({"variantType": "DEL", "alternateBases": "", "referenceBases": ""}, "<DEL>"),
        ({"variantType": "DUP"}, "<DUP>"), ({"alternateBases": "<INV>"}, "<INV>"),
        ({"copy_change": "efo:0030072"}, "<DUP>"),
    ],
)  # fmt: skip
def test_structural_variants(inner: dict[str, JsonValue], alternate: str) -> None:
    place: JsonValue = {"sequence_id": "1", "interval": {"start": 5, "end": 20}}
    where: dict[str, JsonValue] = {"subject": {"location": place}} if "copy_change" in inner else {"location": place}
    found, _ = read({"variation": {**inner, **where}})
    assert (found.start_0based, found.end_0based, found.alternate) == (5, 20, alternate)


def test_vrs_copy_number_change_with_the_location_as_subject() -> None:
    subject: JsonValue = {
        "type": "SequenceLocation",
        "sequence_id": "refseq:NC_000001.11",
        "interval": {"start": 5, "end": 20},
    }
    found, _ = read({"variation": {"type": "CopyNumberChange", "subject": subject, "copy_change": "efo:0030067"}})
    assert (found.alternate, found.assembly) == ("<DEL>", "GRCh38")


def test_zygosities() -> None:
    terms: list[JsonValue] = [
        {"id": "GENO:GENO_0000458", "label": "1/0"}, {"id": "GENO:0000136"}, {"id": "GENO:0000604"}, {"label": "1|1"},
        {"id": "GENO:0000137"}, {"label": "0/0"},
    ]  # fmt: skip
    cases: list[JsonValue] = [{"biosampleId": f"B{number}", "zygosity": item} for number, item in enumerate(terms)]
    cases.append({"biosampleId": "B9", "phenotypicEffects": []})
    found, remarks = read(variation(caseLevelData=cases))
    assert dict(found.carriers) == {
        "B0": "heterozygous", "B1": "homozygous", "B2": "hemizygous", "B3": "homozygous", "B4": UNSTATED, "B9": UNSTATED,
    }  # fmt: skip
    assert remarks == {WITHOUT_ZYGOSITY: 2, "caseLevelData: phenotypicEffects is not loaded": 1}


def test_genes_effects_and_frequencies() -> None:
    counts: dict[str, JsonValue] = {"population": "Total", "alleleCount": 14, "alleleNumber": 40.0}
    found, remarks = read(
        variation(
            molecularAttributes={
                "geneIds": ["DMD"],
                "aminoacidChanges": ["Met3685Val"],
                "molecularEffects": [{"id": "SO:0001583", "label": "missense_variant"}],
            },
            frequencyInPopulations=[
                {
                    "source": "g",
                    "frequencies": [
                        {
                            **counts,
                            "alleleCountHomozygous": 12,
                            "alleleCountHeterozygous": 6,
                            "alleleCountHemizygous": 0,
                        },
                        {"population": "Total", "alleleFrequency": 0.5},
                    ],
                }
            ],
            variantLevelData={
                "clinicalInterpretations": [
                    {"conditionId": "c", "effect": {"id": "MONDO:1", "label": "x"}, "clinicalRelevance": "pathogenic"}
                ]
            },
        )
    )
    (annotation,) = found.details.annotations
    assert (annotation.gene_symbol, annotation.consequence, annotation.amino_acid_change) == (
        "DMD",
        "missense_variant",
        "M3685V",
    )
    ((source, frequency),) = found.details.frequencies
    assert (source, frequency.allele_count, frequency.allele_number, frequency.homozygous) == ("g", 14, 40, None)
    assert found.details.clinical[0].significance == "pathogenic"
    assert remarks == {INCONSISTENT: 1, UNUSABLE: 1}


def test_amino_acid_changes_in_one_letter() -> None:
    assert one_letter_change("Asn10%3D") == "N10N"
    assert one_letter_change("p.(Val600Glu)") == "V600E"
    assert one_letter_change("V600E") == "V600E"
    assert one_letter_change("p.Trp5Ter") == "W5*"
    assert one_letter_change("whatever") == "whatever"


def test_a_table_of_genotypes() -> None:
    found = read_case_levels(3, {"id": "NC_000022.11:g.100A>G", "0": "01", "2": "1|1", "1": "00", "3": "1", "_id": "x"})
    named = on_targets(found, ["a", "b", "c", "d"])
    assert named.carriers == (("a", "heterozygous"), ("c", "homozygous"), ("d", "hemizygous"))
    assert named.line == 3
    with pytest.raises(RecordRejected, match="no target sample"):
        on_targets(found, ["a"])
    with pytest.raises(RecordRejected, match="a genomic name"):
        read_case_levels(1, {"id": "rs1"})
    with pytest.raises(RecordRejected, match="a call"):
        read_case_levels(1, {"id": "1:g.100A>G", "0": "02"})


@given(JSON, JSON, JSON)
def test_any_record_is_read_or_rejected(first: JsonValue, second: JsonValue, third: JsonValue) -> None:
    location: JsonValue = {"sequence_id": second, "interval": third}
    for record in (first, {"variation": first}, {"variation": {"location": location, "alternateBases": first}}):
        try:
            read({"caseLevelData": second, "identifiers": third, **record} if isinstance(record, dict) else record)
        except RecordRejected:
            continue


@needs_shared
def test_every_real_variant_is_read() -> None:
    for path in sorted(shared("data", "beacon-bff").rglob("genomicVariations.json")):
        for record in json.loads(path.read_text()):
            read(record)
    for path in sorted(shared("data", "beacon-bff").rglob("caseLevelData.json")):
        for record in json.loads(path.read_text()):
            read_case_levels(1, record)
