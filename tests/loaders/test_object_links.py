import json
from pathlib import Path

import pytest

from beacon.part_builder import build_entity_part
from beacon.rows import EntityRow, EntityType
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.object_found import Content, HashedFile, InspectedObject
from loaders.object_links import Owners, Stated, link, read_runs
from loaders.people_directory import PeopleDirectory
from loaders.sam_header import ReadGroup

PEOPLE = PeopleDirectory({"P1": "MALE", "P2": "FEMALE"}, {"S1": "P1", "S2": "P2"})
RUNS = {"R1": "S1", "R2": "S2", "R3": "S2", "R4": ""}


def found(
    *samples: str, groups: tuple[str, ...] = (), kind: FileFormat = FileFormat.BAM, readable: bool = True
) -> InspectedObject:
    file = HashedFile(Path("a.bam"), kind, 1, "ab", "cd", "2026-01-01T00:00:00Z")
    read_groups = tuple(ReadGroup(name, "", "", "", "", "") for name in groups)
    return InspectedObject(file, None, Content(samples=samples, read_groups=read_groups), None, readable)


def test_samples_lead_to_people_biosamples_and_their_only_run() -> None:
    links = link(found("S1"), Stated(), Owners(PEOPLE, RUNS))
    assert (links.individual_ids, links.biosample_ids, links.run_ids) == (("P1",), ("S1",), ("R1",))
    links = link(found("P1", "X"), Stated(), Owners(PEOPLE, RUNS))
    assert (links.individual_ids, links.biosample_ids, links.run_ids) == (("P1", "X"), ("S1", ""), ("R1",))
    assert links.notes == ("1 samples belong to no loaded individual",)


def test_of_several_runs_a_read_group_tells_which() -> None:
    assert link(found("S2", groups=("R3",)), Stated(), Owners(PEOPLE, RUNS)).run_ids == ("R3",)
    links = link(found("S2", groups=("x",)), Stated(), Owners(PEOPLE, RUNS))
    assert links.run_ids == ()
    assert links.notes == ("its biosamples have 2 runs; --run says which the file is of",)


def test_what_is_stated_counts_where_the_file_says_nothing() -> None:
    links = link(found(), Stated(("S1",), ("R1",)), Owners(PEOPLE, RUNS))
    assert (links.samples, links.individual_ids, links.run_ids, links.notes) == (("S1",), ("P1",), ("R1",), ())
    assert link(found("S1"), Stated(("S1",), ("R9",)), Owners(PEOPLE, RUNS)).notes == ("1 of its runs are not loaded",)
    stated = Stated(runs=("R9",), of_nobody=True)
    assert link(found(), stated, Owners(PeopleDirectory())).run_ids == ("R9",)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (Stated(("S2",)), "its header names 1 samples, and they are not those of --sample"),
        (Stated(runs=("R2",)), "run 'R2' is of another biosample"),
        (Stated(runs=("010190-1234",)), "run 1 looks like a CPR number"),
    ],
)
def test_what_contradicts_is_refused(stated: Stated, said: str) -> None:
    with pytest.raises(LoadRefused, match=rf"a\.bam: {said}"):
        link(found("S1"), stated, Owners(PEOPLE, RUNS))
    with pytest.raises(LoadRefused, match="sample name 1 looks like a CPR number"):
        link(found(), Stated(("010190-1234",)), Owners(PEOPLE, RUNS))


def test_files_that_no_opt_out_reaches_are_named() -> None:
    owners = Owners(PeopleDirectory())
    bare, sealed = found(), found(kind=FileFormat.CRYPT4GH, readable=False)
    for file, why in ((bare, "no read group names a sample"), (sealed, "its samples cannot be read")):
        with pytest.raises(LoadRefused, match=f"{why}.*--sample.*--of-nobody"):
            link(file, Stated(), owners)
        assert link(file, Stated(of_nobody=True), owners).notes == (f"{why}; taken as nobody's: no opt-out reaches it",)
    assert link(found(kind=FileFormat.VCF), Stated(), owners).notes == ()


def test_runs_are_read_from_the_draft(tmp_path: Path) -> None:
    documents = {"R1": {"biosampleId": "S1"}, "R2": {}, "R3": [1]}
    rows = [EntityRow(EntityType.RUN, name, "P1", "", json.dumps(document)) for name, document in documents.items()]
    part = build_entity_part(tmp_path / "e", rows)
    with DatasetCatalogue(tmp_path / "home").open_draft("d") as draft:
        draft.add([(part, tmp_path / "e")])
        assert read_runs(draft) == {"R1": "S1", "R2": "", "R3": ""}
