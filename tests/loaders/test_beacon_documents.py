import json
from pathlib import Path

import duckdb
import pytest

from conformance.schemas import BeaconSchemas
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from core.manifest import AbsentSite, Part, PartKind
from core.strict_json import JsonValue
from loaders.beacon_documents import BeaconOptions, load_beacon
from loaders.report import Report
from tests.loaders.test_allele_parts import numbers_by_definition
from tests.loaders.test_beacon_variants import variation
from tests.support.shared import needs_shared, shared

GRCH37 = BeaconOptions(assembly="GRCh37")


@pytest.fixture
def catalogue(tmp_path: Path) -> DatasetCatalogue:
    return DatasetCatalogue(tmp_path / "home")


def write(path: Path, document: JsonValue) -> Path:
    path.write_text(json.dumps(document))
    return path


def parts(catalogue: DatasetCatalogue, kind: PartKind) -> list[tuple[Part, Path]]:
    draft = catalogue.status("d").draft
    found = draft.of_kind(kind) if draft else ()
    return [(part, catalogue.part_file("d", part.file)) for part in found]


def rows(catalogue: DatasetCatalogue, kind: PartKind, sql: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for _, path in parts(catalogue, kind):
        with duckdb.connect(str(path), read_only=True) as connection:
            found += connection.execute(sql).fetchall()
    return found


def notes(report: Report) -> str:
    return "\n".join([*report.notes, *(note for file in report.files for note in file.notes)])


def people(*ids: str) -> JsonValue:
    return [{"id": identifier, "sex": {"id": "NCIT:C16576"}} for identifier in ids]


def test_records_belong_to_their_people(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    files = [
        write(tmp_path / "individuals.json", people("P1", "B2")),
        write(tmp_path / "biosamples.json", [{"id": "B1", "individualId": "P1"}, {"id": "B2"}]),
        write(tmp_path / "runs.json", [{"id": "R", "biosampleId": "B1|B2|B3", "runDate": "2021-01-01"}]),
        write(tmp_path / "analyses.json", [{"id": "A", "pipelineName": "p", "analysisDate": "2021-01-01"}]),
        write(tmp_path / "cohorts.json", [{"id": "C", "cohortType": "study-defined"}]),
        write(tmp_path / "datasets.json", [{"id": "D", "name": "n"}]),
    ]
    report = load_beacon(catalogue, "d", files)
    found = dict(rows(catalogue, PartKind.ENTITIES, "SELECT entity || ':' || id, individual_id FROM entities"))  # type: ignore[arg-type, var-annotated]
    assert found == {
        "individuals:P1": "P1", "individuals:B2": "B2", "biosamples:B1": "P1", "biosamples:B2": "B2",
        "runs:R:B1": "P1", "runs:R:B2": "B2", "runs:R:B3": "B3", "analyses:A": "", "cohorts:C": "",
    }  # fmt: skip
    assert "an opt-out cannot reach them (1)" in notes(report)
    assert "records of people who are not loaded as individuals (1)" in notes(report)
    assert catalogue.status("d").description.duo_terms == ()
    again = load_beacon(catalogue, "d", files[:1])
    assert again.files[0].already_loaded


def test_analyses_that_name_a_run_alone_are_its_persons(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    who = write(tmp_path / "individuals.json", people("P1"))
    samples = write(tmp_path / "biosamples.json", [{"id": "B1", "individualId": "P1"}])
    runs = write(tmp_path / "runs.json", [{"id": "R1", "biosampleId": "B1", "runDate": "2021-01-01"}])
    one, other = (
        write(
            tmp_path / f"{name}.json", [{"id": name, "runId": "R1", "pipelineName": "p", "analysisDate": "2021-01-01"}]
        )
        for name in ("analyses", "analyses2")
    )
    load_beacon(catalogue, "d", [who, samples, runs, one], preset="open")
    load_beacon(catalogue, "d", [other])
    found = rows(
        catalogue, PartKind.ENTITIES, "SELECT individual_id FROM entities WHERE entity IN ('runs', 'analyses')"
    )
    assert found == [("P1",)] * 3
    load_beacon(catalogue, "d", [runs], fresh=True)
    with pytest.raises(LoadRefused, match="run 'R1' of the draft was loaded before it was known to be of 'P1'"):
        load_beacon(catalogue, "d", [who, samples])
    load_beacon(catalogue, "d", [one], fresh=True)
    with pytest.raises(LoadRefused, match="analysis 'analyses' of the draft was loaded before"):
        load_beacon(catalogue, "d", [who, samples, runs])


def test_contradicting_owners_and_repeated_ids_are_rejected(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    owners = write(tmp_path / "biosamples.json", [{"id": "B1", "individualId": "P1"}])
    run = write(tmp_path / "runs.json", [{"id": "R", "biosampleId": "B1", "individualId": "P2"}])
    with pytest.raises(LoadRefused, match=r"runs\.json: 1 of 1 records rejected.*biosample 'B1' belongs to 'P1'"):
        load_beacon(catalogue, "d", [owners, run])
    twice = write(tmp_path / "individuals.json", people("P1", "P1"))
    with pytest.raises(LoadRefused, match="'P1' is in the dataset already"):
        load_beacon(catalogue, "d", [twice])
    report = load_beacon(catalogue, "d", [twice], options=BeaconOptions(tolerance=1.0))
    assert (report.accepted, report.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("name", "document", "reason"),
    [
        ("x.json", [{"id": "a"}], "neither its name nor its first record"),
        ("individuals.json", [{"id": "010190-1234", "sex": "male"}], r"record 1: id looks like a CPR number"),
        ("individuals.json", [{"id": "a", "name": "Jens"}], "name is personal data"),
        ("caseLevelData.json", [{"id": "1:g.5A>G", "0": "01"}], "give the one targets file"),
        ("genomicVariations.json", [variation()], "assembly of the variants cannot be told"),
        ("individuals.json", ["x"], "1 of 1 records rejected"),
    ],
)
def test_files_that_are_not_taken(
    catalogue: DatasetCatalogue, tmp_path: Path, name: str, document: JsonValue, reason: str
) -> None:
    with pytest.raises(LoadRefused, match=reason):
        load_beacon(catalogue, "d", [write(tmp_path / name, document)])
    assert not catalogue.folder("d").exists()


def test_giant_files_are_refused(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    giant = tmp_path / "individuals.json"
    with giant.open("wb") as target:
        target.truncate((512 << 20) + 1)
    with pytest.raises(LoadRefused, match=r"larger than 512 MiB; split it \(one record a line\)"):
        load_beacon(catalogue, "d", [giant])


def test_carriers_and_tables_become_parts(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    carried = variation(caseLevelData=[{"biosampleId": "S1", "zygosity": {"id": "GENO:0000458"}}])
    files = [
        write(tmp_path / "individuals.json", people("S0", "S1")),
        write(tmp_path / "genomicVariations.json", [carried, variation(start=199.0, sequence="X")]),
        write(tmp_path / "caseLevelData.json", [{"id": "22:g.100A>G", "0": "11", "2": "01"}]),
        write(tmp_path / "targets.json", [{"biosampleIds": ["S0", "S1", "S2"]}]),
    ]
    report = load_beacon(catalogue, "d", files, options=GRCH37)
    assert "carriers and target samples that belong to no loaded individual (1)" in notes(report)
    found = [(part.contig, part.people_count, part.absent_site) for part, _ in parts(catalogue, PartKind.VARIANTS)]
    assert found == [("22", 3, AbsentSite.REFERENCE), ("X", 3, AbsentSite.REFERENCE)]
    counted = rows(
        catalogue, PartKind.VARIANTS, "SELECT allele_count, allele_number, heterozygous, homozygous FROM variants"
    )
    assert counted == [(4, 6, 2, 1), (0, 6, 0, 0)]
    with pytest.raises(LoadRefused, match="have variants on contig 22 already"):
        load_beacon(catalogue, "d", [write(tmp_path / "g_variants.json", [carried])], options=GRCH37)
    with pytest.raises(OperatorError, match="one dataset, one assembly"):
        load_beacon(
            catalogue, "d", [write(tmp_path / "g_variants.json", [carried])], options=BeaconOptions(assembly="GRCh38")
        )


def test_targets_may_be_unknown_where_they_carry_nothing(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    files = [
        write(tmp_path / "caseLevelData.json", [{"id": "NC_000022.10:g.100A>G", "0": "01"}]),
        write(tmp_path / "targets.json", [{"biosampleIds": ["S0", "S1"]}]),
    ]
    load_beacon(catalogue, "d", files, options=BeaconOptions(absent_site=AbsentSite.UNKNOWN))
    assert rows(catalogue, PartKind.VARIANTS, "SELECT allele_count, allele_number FROM variants") == [(1, 2)]


def test_sites_without_people_are_loaded_once(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    frequencies: JsonValue = [
        {"source": "s", "frequencies": [{"population": "Total", "alleleCount": 3, "alleleNumber": 9}]}
    ]
    site = variation(frequencyInPopulations=frequencies)
    report = load_beacon(catalogue, "d", [write(tmp_path / "genomicVariations.json", [site])], options=GRCH37)
    assert "opt-outs cannot be taken out of them" in notes(report)
    assert rows(catalogue, PartKind.VARIANTS, "SELECT allele_count, allele_number FROM variants") == [(3, 9)]
    with pytest.raises(LoadRefused, match="have frequencies already"):
        load_beacon(catalogue, "d", [write(tmp_path / "genomicVariations2.json", [site, site])], options=GRCH37)


def test_two_samples_of_one_person_are_refused(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    cases: JsonValue = [{"biosampleId": "B1"}, {"biosampleId": "B2"}]
    files = [
        write(tmp_path / "biosamples.json", [{"id": name, "individualId": "P"} for name in ("B1", "B2")]),
        write(tmp_path / "genomicVariations.json", [variation(caseLevelData=cases)]),
    ]
    with pytest.raises(LoadRefused, match="belong to one individual"):
        load_beacon(catalogue, "d", files, options=GRCH37)


def test_positions_that_the_assembly_does_not_have_refuse_the_file(catalogue: DatasetCatalogue, tmp_path: Path) -> None:
    path = write(
        tmp_path / "genomicVariations.json", [*(variation(start=n) for n in range(200)), variation(start=51_000_000)]
    )
    with pytest.raises(LoadRefused, match="line 201: beyond the end of contig 22 of GRCh38; state the right assembly"):
        load_beacon(catalogue, "d", [path], options=BeaconOptions(assembly="GRCh38"))
    report = load_beacon(catalogue, "d", [path], options=BeaconOptions(assembly="GRCh38", tolerance=1.0))
    assert (report.accepted, report.rejected) == (200, 1)


@needs_shared
def test_cineca_uk1_loads_with_all_of_its_entry_types(catalogue: DatasetCatalogue) -> None:
    folder = shared("data", "beacon-bff", "CINECA_UK1")
    report = load_beacon(catalogue, "d", sorted(folder.glob("*.json")), options=GRCH37)
    accepted = {file.file: file.accepted for file in report.files}
    assert accepted == {path.name: len(json.loads(path.read_text())) for path in folder.glob("*.json")}
    assert report.rejected == 0
    said = notes(report)
    assert "REF and ALT are the other way round in variantInternalId, which is followed (1,005)" in said
    assert "variants named by accessions (999 of GRCh38) are taken as GRCh37, as was stated" in said
    assert "DUO:0000019, DUO:0000020" in said
    entities = rows(catalogue, PartKind.ENTITIES, "SELECT entity, count(*) FROM entities GROUP BY ALL")
    assert dict(entities) == {"individuals": 2504, "biosamples": 2504, "runs": 2504, "analyses": 2504, "cohorts": 1}  # type: ignore[arg-type]
    schemas = BeaconSchemas(shared("specs"))
    for entity, name in (("individuals", "individual"), ("cohorts", "cohort"), ("runs", "run")):
        sql = f"SELECT document FROM entities WHERE entity = '{entity}' ORDER BY id LIMIT 300"
        for (document,) in rows(catalogue, PartKind.ENTITIES, sql):
            assert schemas.errors(name, json.loads(str(document))) == ()
    ((part, path),) = parts(catalogue, PartKind.VARIANTS)
    assert (part.contig, part.people_count, part.absent_site) == ("22", 2504, AbsentSite.REFERENCE)
    check_against_the_files(folder, path)


def check_against_the_files(folder: Path, part: Path) -> None:
    """Carriers of every substitution of the table, counted apart from the loader; allele numbers by the definition."""
    carried = {(int(record["variantInternalId"].split("_")[1]), *record["variantInternalId"].split("_")[2:]):
               {case["biosampleId"] for case in record["caseLevelData"]}
               for record in json.loads((folder / "genomicVariations.json").read_text())}  # fmt: skip
    targets = json.loads((folder / "targets.json").read_text())[0]["biosampleIds"]
    with duckdb.connect(str(part), read_only=True) as connection:
        found: dict[tuple[int, str, str], set[str]] = {}
        for start, reference, alternate, person in connection.execute(
            "SELECT key & 4294967295, reference_bases, alternate_bases, individual_id FROM variants v "
            "JOIN carriers c ON c.variant_index = v.rowid JOIN people USING (person_index)"
        ).fetchall():
            found.setdefault((start + 1, reference, alternate), set()).add(person)
        numbers = connection.execute("SELECT allele_number FROM variants").fetchall()
    for record in json.loads((folder / "caseLevelData.json").read_text()):
        change = record["id"].partition("g.")[2]
        if ">" not in change:
            continue
        position, alternate = int(change[:-3]), change[-1]
        people = {targets[int(key)] for key in record if key.isdigit()}
        allele = (position, change[-3], alternate)
        assert found[allele] == people | carried.get(allele, set())
    assert [row[0] for row in numbers] == numbers_by_definition(part)


@needs_shared
@pytest.mark.parametrize("folder", ["all-fields", "test", "mandatory-fields", "Rare-diseases"])
def test_other_real_folders_load(catalogue: DatasetCatalogue, folder: str) -> None:
    files = sorted(shared("data", "beacon-bff", folder).glob("*.json"))
    report = load_beacon(catalogue, "d", files, options=GRCH37)
    assert report.rejected == 0
    assert report.accepted == sum(len(json.loads(path.read_text())) for path in files)


@needs_shared
def test_cineca_uk1_is_refused_without_its_assembly(catalogue: DatasetCatalogue) -> None:
    folder = shared("data", "beacon-bff", "CINECA_UK1")
    files = [folder / f"{name}.json" for name in ("genomicVariations", "caseLevelData", "targets")]
    with pytest.raises(LoadRefused, match=r"999 by accessions of GRCh38, 1,005 by bare contig names"):
        load_beacon(catalogue, "d", files)
