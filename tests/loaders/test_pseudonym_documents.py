import json

from hypothesis import given

from core.strict_json import JsonValue
from loaders.beacon_kinds import BeaconKind
from loaders.pseudonym_documents import renamed_beacon_record, renamed_phenopacket, renamed_vcf_header
from tests.loaders.phenopacket_documents import full_packet
from tests.loaders.test_beacon_shapes import JSON


def rename(name: str) -> str:
    return f"<{name}>"


def test_every_id_of_a_person_in_a_phenopacket_is_renamed() -> None:
    packet: dict[str, JsonValue] = json.loads(json.dumps(full_packet("P1", "packet")))
    packet |= {
        "pedigree": {"persons": [{"individualId": "P1", "paternalId": "P2", "familyId": "F"}]},
        "interpretations": [{"id": "I", "diagnosis": {"genomicInterpretations": [{"subject_or_biosample_id": "P1"}]}}],
        "files": [{"individualToFileIdentifiers": {"P1": "s1"}, "uri": "file:///x"}],
    }
    made = renamed_phenopacket(packet, rename)
    text = json.dumps(made)
    assert isinstance(made, dict)
    assert made["id"] == "<packet>"
    assert made["subject"]["id"] == "<P1>"  # type: ignore[index,call-overload]
    assert made["files"] == [{"individualToFileIdentifiers": {"<P1>": "<s1>"}, "uri": "file:///x"}]
    assert made["pedigree"] == {"persons": [{"individualId": "<P1>", "paternalId": "<P2>", "familyId": "<F>"}]}
    assert text.count('"P1') == 0
    assert json.dumps(packet).count('"HP:') == text.count('"HP:')


def test_families_and_cohorts() -> None:
    family: JsonValue = {
        "id": "F",
        "proband": {"id": "p", "subject": {"id": "P1"}},
        "relatives": [{"id": "q", "subject": {"id": "P2"}}],
    }
    assert renamed_phenopacket(family, rename) == {
        "id": "<F>",
        "proband": {"id": "<p>", "subject": {"id": "<P1>"}},
        "relatives": [{"id": "<q>", "subject": {"id": "<P2>"}}],
    }
    cohort: JsonValue = {"id": "C", "members": [{"id": "p", "subject": {"id": "P1"}}]}
    assert renamed_phenopacket(cohort, rename) == {"id": "<C>", "members": [{"id": "<p>", "subject": {"id": "<P1>"}}]}


def test_beacon_records() -> None:
    person: JsonValue = {"_id": "x", "id": "P1", "sex": {"id": "NCIT:C1"}, "pedigrees": [{"id": "F", "disease": {"diseaseCode": {"id": "HP:1"}}, "members": [{"memberId": "P1", "role": {"id": "NCIT:C2"}}]}]}  # fmt: skip
    assert renamed_beacon_record(person, BeaconKind.INDIVIDUALS, rename) == {
        "id": "<P1>",
        "sex": {"id": "NCIT:C1"},
        "pedigrees": [
            {
                "id": "<F>",
                "disease": {"diseaseCode": {"id": "HP:1"}},
                "members": [{"memberId": "<P1>", "role": {"id": "NCIT:C2"}}],
            }
        ],
    }
    run: JsonValue = {"id": "R", "biosampleId": "A|B", "individualId": 7, "platformModel": {"id": "OBI:1"}}
    assert renamed_beacon_record(run, BeaconKind.RUNS, rename) == {
        "id": "<R>", "biosampleId": "<A>|<B>", "individualId": "<7>", "platformModel": {"id": "OBI:1"},
    }  # fmt: skip
    variant: JsonValue = {"variantInternalId": "v", "caseLevelData": [{"biosampleId": "A", "id": "kept"}]}
    assert renamed_beacon_record(variant, BeaconKind.VARIANTS, rename) == {
        "variantInternalId": "v", "caseLevelData": [{"biosampleId": "<A>", "id": "kept"}],
    }  # fmt: skip
    table: JsonValue = {"id": "1:g.5A>G", "_id": "x", "0": "01"}
    assert renamed_beacon_record(table, BeaconKind.CASE_LEVEL, rename) == {"id": "1:g.5A>G", "0": "01"}
    assert renamed_beacon_record({"biosampleIds": ["A"]}, BeaconKind.TARGETS, rename) == {"biosampleIds": ["<A>"]}


@given(JSON)
def test_any_document_is_rewritten(document: JsonValue) -> None:
    renamed_phenopacket(document, rename)
    renamed_beacon_record({"id": document, "individualId": document}, BeaconKind.RUNS, rename)


def test_vcf_headers() -> None:
    lines = [
        "##fileformat=VCFv4.3", '##SAMPLE=<ID=S1,Name_1=S1,Description="Jens">', "##PEDIGREE=<ID=S2,Mother=S1>",
        "##command=call S1.bam", '##INFO=<ID=S1,Number=1,Type=String,Description="S1">', "##other=S10",
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2",
    ]  # fmt: skip
    made, left_out = renamed_vcf_header(lines, rename)
    assert left_out == 1
    assert made == [
        "##fileformat=VCFv4.3", "##SAMPLE=<ID=<S1>,Name_1=<S1>>", "##PEDIGREE=<ID=<S2>,Mother=<S1>>", lines[4], "##other=S10",
        lines[6].replace("S1\tS2", "<S1>\t<S2>"),
    ]  # fmt: skip
    sites = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    assert renamed_vcf_header(sites, rename) == (sites, 0)
