import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from core.manifest import Part
from core.strict_json import JsonValue
from loaders.phenopackets import load_phenopackets
from loaders.vcf import load_vcf
from tests.loaders.phenopacket_documents import full_packet
from tests.loaders.test_phenopacket_mapping import validator
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.shared import needs_shared, shared


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


def write(path: Path, document: JsonValue) -> Path:
    path.write_text(json.dumps(document))
    return path


def parts(catalogue: DatasetCatalogue) -> tuple[Part, ...]:
    draft = catalogue.status("d").draft
    return draft.parts if draft else ()


def entities(catalogue: DatasetCatalogue) -> list[tuple[str, str, str, str]]:
    found = []
    for part in parts(catalogue):
        with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
            found += connection.execute("SELECT entity, id, individual_id, sex FROM entities").fetchall()
    return found


def test_files_of_all_kinds_become_one_part(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    one = write(tmp_path / "one.json", full_packet("P1", "a"))
    several = write(tmp_path / "list.json", [full_packet("P2", "b"), full_packet("P3", "c")])
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps(full_packet(f"P{n}", f"l{n}")) + "\n" for n in (4, 5)))
    spelled = tmp_path / "one.yaml"
    spelled.write_text(yaml.safe_dump(json.loads(json.dumps(full_packet("P6", "y")))))
    report = load_phenopackets(catalogue, "d", [one, several, lines, spelled], preset="open")
    assert [file.accepted for file in report.files] == [1, 2, 2, 1]
    (part,) = parts(catalogue)
    assert (part.rows, len(part.sources)) == (18, 4)
    assert ("individuals", "P6", "P6", "FEMALE") in entities(catalogue)
    assert ("biosamples", "P6-B2", "P6", "") in entities(catalogue)


def test_a_file_that_is_in_already_is_passed_over(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    path = write(tmp_path / "one.json", full_packet())
    load_phenopackets(catalogue, "d", [path])
    again = write(tmp_path / "again.json", full_packet())
    assert [file.already_loaded for file in load_phenopackets(catalogue, "d", [path, again]).files] == [True, True]
    assert len(parts(catalogue)) == 1


def test_one_subject_id_in_several_phenopackets_means_several_people(
    catalogue: DatasetCatalogue, tmp_path: Path
) -> None:
    packets: list[JsonValue] = [
        {"id": f"paper-{number}", "subject": {"id": subject, "sex": "MALE"}}
        for number, subject in enumerate(("patient 1", "patient 1", "patient 2"))
    ]
    report = load_phenopackets(catalogue, "d", [write(tmp_path / "a.json", packets)])
    assert [row[1] for row in entities(catalogue)] == ["paper-0", "paper-1", "patient 2"]
    assert "1 subject ids are used by several phenopackets" in report.notes[0]


def test_people_who_are_in_already_are_rejected(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    load_phenopackets(catalogue, "d", [write(tmp_path / "a.json", full_packet())])
    changed: JsonValue = {**full_packet(), "diseases": []}
    with pytest.raises(LoadRefused, match="'P1' is in the dataset already"):
        load_phenopackets(catalogue, "d", [write(tmp_path / "b.json", changed)])
    twice: JsonValue = {"id": "x", "subject": {"id": "P9"}, "biosamples": [{"id": "B"}, {"id": "B"}]}
    with pytest.raises(LoadRefused, match="biosample"):
        load_phenopackets(catalogue, "d", [write(tmp_path / "c.json", twice)])


def test_rejections_within_the_tolerance_are_reported(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    documents: list[JsonValue] = [{"id": f"x{n}", "subject": {"id": f"P{n}"}} for n in range(9)]
    path = write(tmp_path / "a.json", [*documents, {"id": "no subject"}])
    with pytest.raises(LoadRefused, match="1 of 10 records rejected"):
        load_phenopackets(catalogue, "d", [path])
    report = load_phenopackets(catalogue, "d", [path], tolerance=0.1)
    assert (report.accepted, report.rejected) == (9, 1)
    assert report.files[0].rejections[0].line == 10
    only = write(tmp_path / "b.json", [{"id": "no subject"}])
    load_phenopackets(catalogue, "d", [only], tolerance=1)
    assert len(parts(catalogue)) == 1


def test_personal_data_are_refused_with_the_place(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    born: JsonValue = {"id": "x", "subject": {"id": "P1", "date_of_birth": "1990-01-01T00:00:00Z"}}
    with pytest.raises(LoadRefused, match=r"a\.json: phenopacket 1: subject\.dateOfBirth is personal data"):
        load_phenopackets(catalogue, "d", [write(tmp_path / "a.json", born)])
    assert not catalogue.folder("d").exists()


def test_giant_files_are_refused(catalogue: DatasetCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.phenopackets.MAXIMUM_FILE_BYTES", 10)
    with pytest.raises(LoadRefused, match="larger than"):
        load_phenopackets(catalogue, "d", [write(tmp_path / "a.json", full_packet())])


@needs_shared
def test_published_cases_load_and_are_valid_beacon_records(catalogue: DatasetCatalogue) -> None:
    folder = shared("data", "phenopackets")
    cases = sorted(
        path
        for name in ("FBN1", "KDM6A", "CYP21A2", "11q_terminal_deletion", "RNU4-2")
        for path in (folder / name).glob("*.json")
    )
    report = load_phenopackets(catalogue, "d", cases)
    assert (report.accepted, report.rejected) == (423, 0)
    (part,) = parts(catalogue)
    with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
        rows = connection.execute("SELECT entity, document FROM entities").fetchall()
        counted = connection.execute(
            "SELECT excluded, count(*) FROM terms WHERE field = 'phenotypicFeatures' GROUP BY ALL"
        ).fetchall()
    check = {entity: validator(entity, shared("specs")) for entity in {row[0] for row in rows}}
    assert not [error for entity, text in rows for error in check[entity].iter_errors(json.loads(text))]
    stated = [
        (path.name, feature["type"]["id"], bool(feature.get("excluded")))
        for path in cases
        for feature in json.loads(path.read_text()).get("phenotypicFeatures", ())
    ]
    assert dict(counted) == {kind: len({item for item in stated if item[2] is kind}) for kind in (False, True)}


def stated_terms(packets: list[dict[str, Any]]) -> Counter[tuple[str, bool]]:
    """(list, excluded) of every term that phenopackets name, counted once a person, from the raw JSON alone."""
    found: Counter[tuple[str, bool]] = Counter()
    for packet in packets:
        features = {(item["type"]["id"], bool(item.get("excluded"))) for item in packet.get("phenotypicFeatures", ())}
        diseases = {(item["term"]["id"], bool(item.get("excluded"))) for item in packet.get("diseases", ())}
        found.update(("phenotypicFeatures", excluded) for _, excluded in features)
        found.update(("diseases", excluded) for _, excluded in diseases)
    return found


@needs_shared
@pytest.mark.parametrize("folder", ["FBN1", "KDM6A", "CYP21A2", "11q_terminal_deletion", "RNU4-2"])
def test_published_cases_have_the_counts_that_their_files_say(catalogue: DatasetCatalogue, folder: str) -> None:
    files = sorted(shared("data", "phenopackets", folder).glob("*.json"))
    packets = [json.loads(path.read_text()) for path in files]
    report = load_phenopackets(catalogue, "d", files)
    assert report.accepted == len(packets)
    (part,) = parts(catalogue)
    with duckdb.connect(str(catalogue.part_file("d", part.file)), read_only=True) as connection:
        people = connection.execute("SELECT entity, sex, count(*) FROM entities GROUP BY ALL").fetchall()
        terms = connection.execute(
            "SELECT field, excluded, count(*) FROM terms WHERE field IN ('phenotypicFeatures', 'diseases') GROUP BY ALL"
        ).fetchall()
    sexes = Counter(packet["subject"].get("sex", "UNKNOWN_SEX") for packet in packets)
    assert {sex: count for entity, sex, count in people if entity == "individuals"} == sexes
    assert sum(count for entity, _, count in people if entity == "biosamples") == sum(
        len(packet.get("biosamples", ())) for packet in packets
    )
    assert {(field, excluded): count for field, excluded, count in terms} == stated_terms(packets)
    variants = sum(
        "variantInterpretation" in each
        for packet in packets
        for interpretation in packet.get("interpretations", ())
        for each in interpretation["diagnosis"].get("genomicInterpretations", ())
    )
    assert any(note.startswith(f"{variants:,} variants in interpretations are not loaded") for note in report.notes)


@needs_shared
def test_one_file_of_all_published_cases(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    """Many a file, in every form: the same people."""
    files = sorted(shared("data", "phenopackets", "RNU4-2").glob("*.json"))
    packets = [json.loads(path.read_text()) for path in files]
    lines = tmp_path / "a.jsonl"
    lines.write_text("".join(json.dumps(packet) + "\n" for packet in packets))
    assert load_phenopackets(catalogue, "d", [lines]).accepted == len(packets)
    cohort = write(tmp_path / "cohort.json", {"id": "C", "members": packets})
    assert load_phenopackets(catalogue, "d", [cohort], fresh=True).accepted == len(packets)


def test_families_and_cohorts_are_their_members(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    people: list[JsonValue] = [{"id": f"x{n}", "subject": {"id": f"P{n}", "sex": n % 3}} for n in range(5)]
    family: JsonValue = {"id": "F", "proband": people[0], "relatives": people[1:3], "pedigree": {"persons": []}}
    cohort: JsonValue = {"id": "C", "members": people[3:]}
    report = load_phenopackets(catalogue, "d", [write(tmp_path / "a.json", [family, cohort])])
    assert report.accepted == 5
    assert {row[1]: row[3] for row in entities(catalogue)}["P2"] == "MALE"
    broken: JsonValue = {"id": "F", "proband": people[0], "relatives": [{"id": "y", "subject": {"id": "P9", "sex": 7}}]}
    with pytest.raises(LoadRefused, match=r"relatives\[0\]\.subject\.sex"):
        load_phenopackets(catalogue, "e", [write(tmp_path / "b.json", broken)])
    personal: JsonValue = {"id": "C", "members": [{"id": "y", "subject": {"id": "P9", "dateOfBirth": "1990-01-01"}}]}
    with pytest.raises(LoadRefused, match=r"members\[0\]\.subject\.dateOfBirth is personal data"):
        load_phenopackets(catalogue, "e", [write(tmp_path / "c.json", personal)])


@needs_shared
def test_other_published_examples(catalogue: DatasetCatalogue) -> None:
    folder = shared("data", "phenopackets")
    report = load_phenopackets(catalogue, "d", [folder / "schema-examples" / "covid19.json"])
    assert report.accepted == 1
    with pytest.raises(LoadRefused, match="dateOfBirth"):
        load_phenopackets(catalogue, "d", [folder / "phenopacket-to-bff-pairs" / "rare-disease" / "case1c.json"])


def test_people_come_before_their_variants(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    """A sample that was loaded as its own person must not become another's: an opt-out would not reach it."""
    vcf = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A . GT 0/1"], ["P1-B1"]))
    packet = write(tmp_path / "one.json", full_packet("P1", "a"))
    load_vcf(catalogue, "d", [vcf])
    with pytest.raises(LoadRefused, match="load people first"):
        load_phenopackets(catalogue, "d", [packet])
    load_phenopackets(catalogue, "d", [packet], fresh=True)
    load_vcf(catalogue, "d", [vcf])
    assert {part.kind.value for part in parts(catalogue)} == {"entities", "variants"}
