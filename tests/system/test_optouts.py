"""A cohort from which people opted out answers as one that never had them: all surfaces, all callers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.optouts import OptOutRules
from core.people import MARKER_FILE, MASK_FILE, to_rfc3339
from loaders.optouts import load_optouts
from loaders.vcf import load_vcf
from tests.loaders.vcf_texts import CONTIGS, vcf_text, write_vcf
from tests.support.optout_cohort import (
    DATASET,
    Answers,
    Clock,
    Node,
    asked,
    beacon_questions,
    build,
    drs_asked,
    files_asked,
    is_aggregate,
    members,
    names_in,
    person_questions,
    serving,
    use_policy,
)
from tests.support.pools import InProcessPool

NOW = 2_000_000_000
HOUR = 3600
ASKING = (("open", "nobody"), ("public", "nobody"), ("public", "granted"), ("registered", "registered"))
"""Policies with callers who see records, frequencies, records where others see frequencies, and rounded counts."""

WITH_BYTES = {("open", "nobody"), ("public", "granted")}

LEAVING = {0: "P00", 4: "S04", 7: "II-1", 11: "II-1", 13: "S13", 17: "packet-17", 30: "P30", 33: "S33"}
"""Who opts out, and under which name: id, sample column without phenopacket, id that two subjects share, biosample of
a renamed subject, the new id of another, biosample."""

BY_NUMBER = {member.number: member for member in members()}
GONE = [BY_NUMBER[number] for number in LEAVING]


@dataclass(frozen=True)
class Homes:
    """The cohort with everybody in it, and one that never had those who opt out."""

    whole: Path
    without: Path


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    folder = tmp_path_factory.mktemp("cohort")
    found = Homes(folder / "whole", folder / "without")
    build(found.whole, folder / "files-whole")
    build(found.without, folder / "files-without", without=GONE)
    return found


@pytest.fixture
def node(homes: Homes) -> Iterator[Node]:
    """The whole cohort without a list, long after it was published."""
    for name in (MASK_FILE, MARKER_FILE):
        (homes.whole / name).unlink(missing_ok=True)
    use_policy(homes.whole, "open")
    with serving(homes.whole, Clock(NOW)) as served:
        yield served


def drop(node: Node, *names: str, force: bool = False) -> None:
    """Load a list of these names and let the server see it."""
    file = node.home / "drop.txt"
    file.write_text("".join(f"{name}\n" for name in names))
    load_optouts(node.home, file, now=int(node.clock.now), allow_empty=True, force=force)
    node.generations.refresh()


def everything(node: Node, caller: str) -> Answers:
    return {
        **asked(node, caller, beacon_questions()),
        **asked(node, caller, person_questions((*GONE, BY_NUMBER[3], BY_NUMBER[8]))),
    }


def files(node: Node, caller: str) -> Answers:
    return {**files_asked(node, caller), **drs_asked(node, caller)}


def differing(first: Answers, second: Answers) -> list[str]:
    assert first.keys() == second.keys()
    return [path for path in first if first[path] != second[path]]


@pytest.mark.parametrize(("policy", "caller"), ASKING)
def test_after_the_epoch_all_answers_are_those_of_a_cohort_without_them(
    homes: Homes, node: Node, policy: str, caller: str
) -> None:
    for home in (homes.whole, homes.without):
        use_policy(home, policy)
    with serving(homes.without, Clock(NOW)) as never:
        wanted = everything(never, caller)
        wanted_files = files_asked(never, caller)
    node.generations.refresh()
    before, files_before = everything(node, caller), files(node, caller)
    drop(node, *sorted(set(LEAVING.values())))
    node.clock.now += 24 * HOUR
    node.generations.refresh()
    after, files_after = everything(node, caller), files(node, caller)
    assert differing(after, wanted) == []
    assert names_in(after, GONE) == set()
    assert files_after["totals"] == files_before["totals"]
    if (policy, caller) in WITH_BYTES:
        assert differing(files_asked(node, caller), wanted_files) == []
    else:
        # Who may not have bytes does not see that files are gone.
        assert differing(files_after, files_before) == []
    # The questions can tell: with everybody in, many answers were others.
    assert len(differing(before, wanted)) > (20 if caller == "registered" else 60)
    drop(node, force=True)
    node.clock.now += 24 * HOUR
    node.generations.refresh()
    assert differing(everything(node, caller), before) == []


@pytest.mark.parametrize(("policy", "caller"), [("public", "nobody"), ("registered", "registered")])
def test_one_who_opts_out_is_gone_at_once_and_changes_no_count_before_the_epoch(
    node: Node, policy: str, caller: str
) -> None:
    use_policy(node.home, policy)
    node.generations.refresh()
    before, files_before = asked(node, caller, beacon_questions()), files(node, "nobody")
    drop(node, "P30")
    for hours in (0, 23.9):
        node.clock.now = NOW + hours * HOUR
        node.generations.refresh()
        after = asked(node, caller, beacon_questions())
        assert all(is_aggregate(document) for document in after.values())
        assert differing(after, before) == []
        assert differing(files(node, "nobody"), files_before) == []
    granted = {**everything(node, "granted"), **files_asked(node, "granted")}
    assert names_in(granted, [BY_NUMBER[30]]) == set()
    assert granted["reads-30"] == (404, None)
    assert granted["/individuals/P30?requestedGranularity=record&limit=100"][0] == 404
    node.clock.now = NOW + 24 * HOUR
    assert node.generations.refresh()
    assert not node.generations.refresh()
    assert differing(asked(node, caller, beacon_questions()), before) or policy == "registered"


def test_a_batch_of_people_changes_counts_at_once(node: Node) -> None:
    use_policy(node.home, "public")
    node.generations.refresh()
    before = asked(node, "nobody", beacon_questions())
    drop(node, "P00", "P03", "S06", "P09")
    assert differing(asked(node, "nobody", beacon_questions()), before) == []
    drop(node, "P00", "P03", "S06", "P09", "P12")
    assert len(differing(asked(node, "nobody", beacon_questions()), before)) > 20


def test_a_date_to_come_does_nothing_yet(node: Node) -> None:
    node.generations.refresh()
    questions = [question for question in beacon_questions() if "=record" in question][::5]
    before = asked(node, "nobody", questions)
    file = node.home / "drop.txt"
    file.write_text("P00,2033-05-18T04:33:20Z\nP03,2033-05-18T04:33:20Z,2033-05-18T05:33:20Z\n")
    load_optouts(node.home, file, now=NOW)
    node.generations.refresh()
    assert differing(asked(node, "nobody", questions), before) == []
    node.clock.now = NOW + HOUR - 1
    assert not node.generations.refresh()
    node.clock.now = NOW + HOUR
    assert node.generations.refresh()
    assert names_in(before, [BY_NUMBER[0], BY_NUMBER[3]]) > {"P00", "P03"}
    assert names_in(asked(node, "nobody", questions), [BY_NUMBER[0], BY_NUMBER[3]]) == set()
    node.clock.now = NOW + 2 * HOUR
    assert node.generations.refresh()
    assert names_in(asked(node, "nobody", questions), [BY_NUMBER[0], BY_NUMBER[3]]) == {"P03", "S03", "packet-03"}


def test_a_download_that_runs_is_broken_off(node: Node) -> None:
    status, document = node.get("/htsget/reads/reads-0")
    assert status == 200
    (url,) = [entry["url"] for entry in document["htsget"]["urls"] if not entry["url"].startswith("data:")][:1]
    path = url.removeprefix("https://node.example.dk")
    assert node.client.get(path).status_code == 200
    drop(node, "S00")
    assert node.client.get(path).status_code == 404


def test_data_that_are_published_after_the_opt_out_are_never_counted(tmp_path: Path) -> None:
    """There was no count with the person in it, so that nothing has to wait."""
    home = tmp_path / "home"
    home.mkdir()
    clock = Clock(1_000_000_000)
    (home / "list.txt").write_text("P30\n")
    load_optouts(home, home / "list.txt", now=int(clock.now))
    build(home, tmp_path / "files")
    use_policy(home, "public")
    published = home / "datasets" / DATASET / "current.json"
    text = published.read_text()
    stamp = text.split('"at": "')[1].split('"')[0]
    published.write_text(text.replace(stamp, "2001-09-09T02:00:00Z"))
    clock.now += HOUR
    with serving(home, clock) as served, served.generations.pin() as generation:
        assert generation.optouts.of(DATASET).uncounted.people == {"P30", "S30"}
        assert generation.optouts.of(DATASET).pending == 0


def test_a_publication_while_a_change_waits_does_not_tell_of_it(tmp_path: Path) -> None:
    """Six people more are six people more, and the same people loaded again are as many as before."""
    home = tmp_path / "home"
    home.mkdir()
    crowd = [f"S{number}" for number in range(12)]
    clock = Clock(NOW)
    publish_called(home, tmp_path, {"first": crowd}, at=NOW - 100 * HOUR)
    with serving(home, clock) as node:
        drop(node, "S1")
        told = [people_told(node)]
        publish_called(home, tmp_path, {"second": [f"T{number}" for number in range(6)]}, at=NOW + HOUR)
        clock.now += HOUR
        node.generations.refresh()
        told.append(people_told(node))
        again = {"first again": crowd, "second again": [f"T{number}" for number in range(6)]}
        publish_called(home, tmp_path, again, at=NOW + 2 * HOUR, fresh=True)
        clock.now += HOUR
        node.generations.refresh()
        told.append(people_told(node))
        clock.now = NOW + 24 * HOUR
        node.generations.refresh()
        told.append(people_told(node))
    assert told == [12, 18, 18, 17]


def publish_called(home: Path, work: Path, batches: dict[str, list[str]], *, at: int, fresh: bool = False) -> None:
    """Publish people who all carry one allele, at that time."""
    paths = []
    for name, own in batches.items():
        text = vcf_text([f"chr1 3000 A G . GT{' 0/1' * len(own)}"], own, (*CONTIGS, f"##source={name}"))
        paths.append(write_vcf(work / f"{name}.vcf", text))
    catalogue = DatasetCatalogue(home)
    load_vcf(catalogue, DATASET, paths, preset="public", fresh=fresh, pool=InProcessPool.made)
    catalogue.publish(DATASET)
    current = home / "datasets" / DATASET / "current.json"
    document = json.loads(current.read_text())
    document["history"][-1]["at"] = to_rfc3339(at)
    current.write_text(json.dumps(document))


def people_told(node: Node) -> int:
    """How many people the dataset says it holds."""
    answer = node.get("/beacon/individuals?requestedGranularity=count")[1]
    return int(answer["responseSummary"]["numTotalResults"])


def surfaces(node: Node, drs_id: str, data_path: str) -> dict[str, int]:
    paths = {
        "beacon": "/beacon/g_variants", "terms": "/beacon/filtering_terms", "person": "/beacon/individuals/P00",
        "ticket": "/htsget/reads/reads-0", "bytes": data_path, "object": f"/ga4gh/drs/v1/objects/{drs_id}",
        "url": f"/ga4gh/drs/v1/objects/{drs_id}/access/https",
    }  # fmt: skip
    return {name: node.client.get(path).status_code for name, path in paths.items()}


INFORMATION = (
    "/beacon", "/beacon/info", "/beacon/service-info", "/beacon/map", "/beacon/configuration", "/beacon/entry_types",
    "/beacon/datasets", "/htsget/reads/service-info", "/ga4gh/drs/v1/service-info",
)  # fmt: skip


@dataclass(frozen=True)
class Required:
    """A node whose settings require a list, with a ticket that was given out before."""

    node: Node
    object_id: str
    data_path: str

    def check(self, status: int) -> None:
        """All research is answered alike; what tells of nobody is there in any case."""
        assert set(surfaces(self.node, self.object_id, self.data_path).values()) == {status}
        assert {self.node.client.get(path).status_code for path in INFORMATION} == {200}


@pytest.fixture
def required(homes: Homes) -> Iterator[Required]:
    use_policy(homes.whole, "open")
    (homes.whole / "list.txt").write_text("P30\n")
    load_optouts(homes.whole, homes.whole / "list.txt", now=NOW, force=True)
    rules = OptOutRules(required=True, maximum_age_s=48 * HOUR)
    with serving(homes.whole, Clock(NOW), rules) as served:
        _, ticket = served.get("/htsget/reads/reads-0")
        (url,) = [entry["url"] for entry in ticket["htsget"]["urls"] if not entry["url"].startswith("data:")][:1]
        with served.generations.pin() as generation:
            object_id = object_id_of(generation, "reads-0")
        yield Required(served, object_id, url.removeprefix("https://node.example.dk"))


def test_a_required_list_that_is_too_old_stops_research_until_a_new_one_comes(required: Required) -> None:
    node = required.node
    required.check(200)
    node.clock.now = NOW + 48 * HOUR + 1
    required.check(503)
    assert node.get("/htsget/reads/reads-0")[1]["htsget"]["error"]
    assert node.get("/beacon/g_variants")[1]["error"]["errorCode"] == 503
    assert node.get(f"/ga4gh/drs/v1/objects/{required.object_id}")[1]["status_code"] == 503
    load_optouts(node.home, node.home / "list.txt", now=int(node.clock.now))
    assert not node.generations.refresh()
    required.check(200)


@pytest.mark.parametrize("damage", [b"#genvej-optouts-1\tcut", b"\xff", None])
def test_a_required_list_that_cannot_be_read_stops_research_until_a_new_one_comes(
    required: Required, damage: bytes | None
) -> None:
    node, register = required.node, required.node.home / "optouts.tsv"
    if damage is None:
        register.unlink()
    else:
        register.write_bytes(damage)
    node.generations.refresh()
    required.check(503)
    with serving(node.home, Clock(NOW), OptOutRules(required=True)) as started:
        assert started.get("/beacon/individuals")[0] == 503
        assert started.get("/beacon/info")[0] == 200
    load_optouts(node.home, node.home / "list.txt", now=NOW, force=True)
    node.generations.refresh()
    required.check(200)


def object_id_of(generation: object, alias: str) -> str:
    from drs.objects import GenerationObjects  # noqa: PLC0415

    (object_id,) = GenerationObjects(generation)._catalogue.by_alias[alias]  # type: ignore[arg-type]
    return object_id
