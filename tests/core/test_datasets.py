"""The catalogue of datasets: switches are atomic, whatever is killed when."""

import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.access import Tier
from core.dataset_folder import DatasetFolder
from core.datasets import CHANGED_FILE, DatasetCatalogue
from core.errors import DataDamaged, OperatorError
from core.policy import PRESETS
from tests.core.files import contents_of, fake_part, load_fake

REPOSITORY = Path(__file__).parents[2]
LOADER = """
import sys
from pathlib import Path
from tests.core.files import load_fake
from core.datasets import DatasetCatalogue
with DatasetCatalogue(Path(sys.argv[1])).open_draft("d"):
    print("open", flush=True)
    sys.stdin.read()
"""


class Catalogues(RuleBasedStateMachine):
    """A dataset under random commands, against a model of sets."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.catalogue = DatasetCatalogue(self.home)
        self.finished: dict[str, set[str]] = {}
        self.history: list[tuple[str, str]] = []
        self.current: str | None = None
        self.draft: set[str] | None = None
        self.parent: str | None = None
        self.titles = 0

    @property
    def stale(self) -> bool:
        """Whether the draft was begun from another version than the one that answers."""
        return self.draft is not None and self.parent not in (None, self.current)

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(content=st.sampled_from("abcdef"), fresh=st.booleans())
    def load(self, content: str, fresh: bool) -> None:
        if self.stale and not fresh:
            with pytest.raises(OperatorError, match="was begun from version"):
                load_fake(self.home, "d", content)
            return
        load_fake(self.home, "d", content, fresh=fresh)
        if fresh or self.draft is None:
            self.parent = None if fresh else self.current
        base = self.draft if self.draft is not None else self.finished.get(self.current or "", set())
        self.draft = {content} if fresh else base | {content}

    @precondition(lambda self: self.draft is not None)
    @rule()
    def publish(self) -> None:
        if self.stale:
            with pytest.raises(OperatorError, match="was begun from version"):
                self.catalogue.publish("d")
            return
        version = self.catalogue.publish("d")
        assert version == str(len(self.finished) + 1)
        assert self.draft is not None
        self.finished[version], self.draft, self.current = self.draft, None, version
        self.history.append(("publish", version))

    @precondition(lambda self: self.draft is None)
    @rule()
    def publish_nothing(self) -> None:
        with pytest.raises(OperatorError):
            self.catalogue.publish("d")

    @precondition(lambda self: self.finished)
    @rule(data=st.data())
    def roll_back_to(self, data: st.DataObject) -> None:
        target = data.draw(st.sampled_from(sorted(self.finished)))
        if target == self.current:
            with pytest.raises(OperatorError, match="answers already"):
                self.catalogue.rollback("d", target)
            return
        assert self.catalogue.rollback("d", target) == target
        self.current = target
        self.history.append(("rollback", target))

    @rule()
    def roll_back(self) -> None:
        if self.current is None:
            expected = self.history[-1][1] if self.history else None
        else:
            expected = str(int(self.current) - 1) if self.current != "1" else None
        if expected is None:
            with pytest.raises(OperatorError):
                self.catalogue.rollback("d")
            return
        assert self.catalogue.rollback("d") == expected
        self.current = expected
        self.history.append(("rollback", expected))

    @rule()
    def withdraw(self) -> None:
        if self.current is None:
            with pytest.raises(OperatorError):
                self.catalogue.withdraw("d", "why")
            return
        self.catalogue.withdraw("d", "why")
        self.history.append(("withdraw", self.current))
        self.current = None

    @rule(preset=st.sampled_from(list(PRESETS)))
    def describe(self, preset: str) -> None:
        self.titles += 1
        self.catalogue.describe("d", f'title = "t{self.titles}"\npolicy.preset = "{preset}"')
        assert self.catalogue.describe_current("d").policy == PRESETS[preset]

    @invariant()
    def agrees(self) -> None:
        if not self.catalogue.list_ids():
            assert not self.history
            return
        status = self.catalogue.status("d")
        assert status.versions == tuple(sorted(self.finished, key=int))
        assert status.current.version == self.current
        assert [(event.action, event.version) for event in status.current.history] == self.history
        assert (None if status.draft is None else {part.batch for part in status.draft.parts}) == self.draft
        assert all(contents_of(self.home, "d", version) == held for version, held in self.finished.items())


Catalogues.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestCatalogues = Catalogues.TestCase


def template(home: Path, name: str) -> None:
    load_fake(home, "d", "old")
    DatasetCatalogue(home).publish("d")
    if name == "publish":
        load_fake(home, "d", "new-1", "new-2")


@pytest.mark.parametrize("name", ["load", "publish", "withdraw", "describe"])
def test_a_command_killed_at_any_moment_leaves_the_old_state_or_the_new(tmp_path: Path, name: str) -> None:
    template(tmp_path / "template", name)
    subprocess.run(
        [sys.executable, "-m", "tests.core.killed", tmp_path / "template", tmp_path / "out", name],
        cwd=REPOSITORY,
        check=True,
    )
    outcomes = sorted((tmp_path / "out").iterdir(), key=lambda path: int(path.name))
    versions = [check_and_go_on(home) for home in outcomes]

    assert len(outcomes) > 3
    assert versions[0] == "1"
    assert versions[-1] == {"load": "1", "publish": "2", "withdraw": None, "describe": "1"}[name]
    assert versions == sorted(versions, key=versions.index)


def check_and_go_on(home: Path) -> str | None:
    """The version that answers after the kill; the next load and publication succeed and leave nothing lying about."""
    catalogue = DatasetCatalogue(home)
    version = catalogue.current("d").version
    if version is not None:
        folder = DatasetFolder(catalogue.folder("d"))
        folder.verify(folder.manifest(version), known=())
        assert contents_of(home, "d", version) in ({"old"}, {"old", "new-1", "new-2"})
    assert catalogue.describe_current("d").title in ("d", "new")
    load_fake(home, "d", "next")
    held = contents_of(home, "d", catalogue.publish("d"))
    assert "next" in held
    assert held - {"old", "next"} in (set(), {"new-1", "new-2"})
    check_nothing_lies_about(catalogue)
    return version


def check_nothing_lies_about(catalogue: DatasetCatalogue) -> None:
    folder = catalogue.folder("d")
    named = {part.file for version in catalogue.status("d").versions for part in catalogue.manifest("d", version).parts}
    assert {path.name for path in (folder / "parts").iterdir()} == named
    assert [path for path in folder.rglob("*") if path.name.endswith(".new")] == []
    assert list((folder / "staging").iterdir()) == []


def test_a_publication_killed_before_its_switch_is_a_draft_again(tmp_path: Path) -> None:
    template(tmp_path, "publish")
    draft = tmp_path / "datasets" / "d" / "versions" / "2" / "draft.json"
    draft.rename(draft.with_name("manifest.json"))

    load_fake(tmp_path, "d", "more")

    catalogue = DatasetCatalogue(tmp_path)
    assert catalogue.publish("d") == "2"
    assert contents_of(tmp_path, "d", "2") == {"old", "new-1", "new-2", "more"}


def test_publishing_again_ends_a_killed_publication(tmp_path: Path) -> None:
    template(tmp_path, "publish")
    draft = tmp_path / "datasets" / "d" / "versions" / "2" / "draft.json"
    draft.rename(draft.with_name("manifest.json"))

    assert DatasetCatalogue(tmp_path).publish("d") == "2"


def test_one_command_at_a_time_writes_to_a_dataset(tmp_path: Path) -> None:
    load_fake(tmp_path, "d", "a")
    catalogue = DatasetCatalogue(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", LOADER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"open\n"
        for refused in (
            lambda: catalogue.publish("d"),
            lambda: catalogue.rollback("d"),
            lambda: catalogue.withdraw("d", ""),
            lambda: catalogue.describe("d", "title = 't'"),
            lambda: load_fake(tmp_path, "d", "b"),
        ):
            with pytest.raises(OperatorError, match="another command"):
                refused()
        load_fake(tmp_path, "other", "b")
        other.stdin.close()
        other.wait()
    catalogue.publish("d")


@pytest.mark.parametrize("command", ["publish", "rollback", "withdraw"])
def test_a_dataset_that_is_not_there_is_not_made(tmp_path: Path, command: str) -> None:
    arguments = ("typo", "why") if command == "withdraw" else ("typo",)
    with pytest.raises(OperatorError, match="no dataset 'typo'"):
        getattr(DatasetCatalogue(tmp_path), command)(*arguments)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dataset_id", ["..", "a/b", "", "../other"])
def test_ids_never_leave_the_home(tmp_path: Path, dataset_id: str) -> None:
    with pytest.raises(OperatorError, match="dataset id"):
        DatasetCatalogue(tmp_path).folder(dataset_id)


def test_an_empty_draft_is_not_published(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    with catalogue.open_draft("d") as draft:
        draft.add([])
    with pytest.raises(OperatorError, match="empty"):
        catalogue.publish("d")


def test_damage_keeps_a_draft_from_being_published(tmp_path: Path) -> None:
    load_fake(tmp_path, "d", "a")
    catalogue = DatasetCatalogue(tmp_path)
    part = next((catalogue.folder("d") / "parts").iterdir())
    part.write_text("b")
    with pytest.raises(DataDamaged):
        catalogue.publish("d")
    assert catalogue.current("d").version is None

    part.write_text("a")
    assert catalogue.publish("d") == "1"


def test_no_rollback_to_a_version_whose_parts_are_gone_or_that_was_never_published(tmp_path: Path) -> None:
    load_fake(tmp_path, "d", "a")
    catalogue = DatasetCatalogue(tmp_path)
    catalogue.publish("d")
    load_fake(tmp_path, "d", "b", fresh=True)
    catalogue.publish("d")
    load_fake(tmp_path, "d", "c")
    with pytest.raises(OperatorError, match="no version '3'"):
        catalogue.rollback("d", "3")
    draft = catalogue.folder("d") / "versions" / "3" / "draft.json"
    draft.rename(draft.with_name("manifest.json"))
    with pytest.raises(OperatorError, match="never published"):
        catalogue.rollback("d", "3")

    (catalogue.folder("d") / "parts" / catalogue.manifest("d", "1").parts[0].file).unlink()
    with pytest.raises(DataDamaged):
        catalogue.rollback("d")
    assert catalogue.current("d").version == "2"


def test_a_policy_is_changed_by_describe_only(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    with catalogue.open_draft("d", preset="public") as draft:
        assert draft.description.policy.bytes_from == Tier.REGISTERED
        draft.add([])
    with catalogue.open_draft("d", preset="public"), catalogue.open_draft("e") as draft:
        draft.add([])
    with pytest.raises(OperatorError, match="genvej dataset describe"), catalogue.open_draft("d", preset="open"):
        pass
    assert catalogue.list_ids() == ("d", "e")


def test_the_day_of_creation_stays(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    first = catalogue.describe("d", "title = 't'\ncreated_at = '2020-01-01T00:00:00Z'")
    assert catalogue.describe("d", "title = 'u'").created_at == first.created_at

    (catalogue.folder("d") / "dataset.toml").write_bytes(b"\xff")
    assert catalogue.describe("d", "title = 'v'").created_at > first.created_at
    kept = sorted((catalogue.folder("d") / "policies").iterdir())
    assert [tomllib.loads(path.read_text())["title"] for path in kept] == ["t", "u", "v"]


def test_a_draft_from_a_version_that_no_longer_answers_is_refused(tmp_path: Path) -> None:
    """Else what was rolled back would come back with the next publication, without a word."""
    catalogue = DatasetCatalogue(tmp_path)
    for name in ("a", "bad"):
        load_fake(tmp_path, "d", name)
        catalogue.publish("d")
    load_fake(tmp_path, "d", "c")
    catalogue.rollback("d", "1")
    with pytest.raises(OperatorError, match="begun from version 2, and version 1 answers now"):
        catalogue.publish("d")
    with pytest.raises(OperatorError, match="--fresh"), catalogue.open_draft("d"):
        pass
    catalogue.rollback("d", "2")
    assert catalogue.publish("d") == "3"


def test_every_switch_is_announced(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    load_fake(tmp_path, "d", "a")
    seen = {""}
    for switch in (
        lambda: catalogue.publish("d"),
        lambda: catalogue.describe("d", "title = 't'"),
        lambda: catalogue.withdraw("d", "w"),
        lambda: catalogue.rollback("d", "1"),
    ):
        switch()
        token = (tmp_path / CHANGED_FILE).read_text()
        assert token not in seen
        seen.add(token)


def test_a_draft_block_that_fails_leaves_no_staging(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)

    def fail() -> None:
        with catalogue.open_draft("d") as draft:
            draft.add([])
            fake_part(draft.staging / "no folder" / "x", "a")

    with pytest.raises(FileNotFoundError):
        fail()
    assert list((catalogue.folder("d") / "staging").iterdir()) == []


def test_a_dataset_that_was_made_for_nothing_goes_again(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path)
    with pytest.raises(FileNotFoundError), catalogue.open_draft("d") as draft:
        fake_part(draft.staging / "no folder" / "x", "a")
    assert catalogue.list_ids() == ()
    assert not catalogue.folder("d").exists()
    catalogue.describe("d", "title = 't'")
    with catalogue.open_draft("d"):
        pass
    assert catalogue.list_ids() == ("d",)
