"""Outcomes kept on disk: taken up again where they are whole, done again where they are not, never executed."""

import os
import pickle
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from isal import isal_zlib

import loaders.checkpoint
from core.datasets import DatasetCatalogue, utc_now
from core.description import description_to_toml, new_description
from core.errors import LoadRefused
from loaders.checkpoint import Checkpoint
from loaders.contig_copies import CallTally
from loaders.line_buffers import LineRange
from loaders.vcf import load_vcf
from loaders.vcf_ranges import RangeOutcome, VcfKind
from loaders.worker import Tell
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.pools import InProcessPool
from tests.support.proof import proof_volume


def outcome_of(path: Path) -> RangeOutcome:
    """An outcome of a real kind, with files that hold ``path``'s name."""
    return RangeOutcome((), {"1": CallTally.empty(2)}, 1, 1, 0, 0, 0, 0, (), 0, Counter({path.name: 2}))


@dataclass(frozen=True, slots=True)
class Job:
    folder: Path
    name: str


def write_down(job: Job, _tell: Tell) -> LineRange:
    """A task that leaves a note of every run."""
    with (job.folder / job.name).open("a") as file:
        file.write("run\n")
    return LineRange(len(job.name), None)


def runs(checkpoint: Checkpoint, folder: Path, names: list[str]) -> list[int]:
    """How often each job has run, after one more go."""
    tasks = [(f"step {name}", f"key {name}", Job(folder, name)) for name in names]
    found = checkpoint.run(InProcessPool(), write_down, tasks)
    assert found == [LineRange(len(name), None) for name in names]
    return [(folder / name).read_text().count("run") for name in names]


def outcome_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.outcome"))


def signed(data: bytes) -> bytes:
    """Bytes with the checksum that the folder wants: as somebody who knows the format would forge them."""
    return isal_zlib.crc32(data).to_bytes(4, "little") + data


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    first = Checkpoint(tmp_path / "prepared", "work")
    assert runs(first, tmp_path, ["a", "b"]) == [1, 1]
    again = Checkpoint(tmp_path / "prepared", "work")
    assert runs(again, tmp_path, ["a", "b", "c"]) == [1, 1, 1]
    other = Checkpoint(tmp_path / "prepared", "other work")
    assert not (tmp_path / "prepared" / "work").exists()
    assert runs(other, tmp_path, ["a"]) == [2]
    other.remove()
    assert not (tmp_path / "prepared").exists()


def test_what_lies_about_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "prepared" / "work"
    runs(Checkpoint(tmp_path / "prepared", "work"), tmp_path, ["a"])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("")
    (folder / "run-1").mkdir()
    (folder / "run-1" / "half").write_text("")
    (folder / "x.outcome.12.new").write_text("")
    (tmp_path / "prepared" / "link").symlink_to(elsewhere)
    (tmp_path / "prepared" / "file").write_text("")
    again = Checkpoint(tmp_path / "prepared", "work")
    assert [path.name for path in (tmp_path / "prepared").rglob("*") if path.suffix != ".outcome"] == ["work"]
    assert (elsewhere / "kept").exists()
    assert runs(again, tmp_path, ["a"]) == [1]


class Bomb:
    """Unpickling it would run a command."""

    def __init__(self, call: Callable[..., Any], *arguments: object) -> None:
        self.call, self.arguments = call, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call, self.arguments


def by_name(module: str, name: str, argument: str) -> bytes:
    """A pickle that calls ``module.name(argument)``, dots in the name included."""
    parts = [b"\x80\x04"]
    parts += [b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name)]
    parts += [b"\x93", b"\x8c" + bytes([len(argument)]) + argument.encode(), b"\x85R."]
    return b"".join(parts)


def hostile_pickles(mark: Path) -> list[bytes]:
    """Each would leave the mark, or remove it."""
    made = f"open({str(mark)!r}, 'w')"
    return [
        pickle.dumps(Bomb(os.system, f"touch {mark}")),
        pickle.dumps(Bomb(eval, made)),
        by_name("loaders.worker", "os.system", f"touch {mark}"),
        by_name("loaders.checkpoint", "shutil.rmtree", str(mark.parent)),
        by_name("loaders.checkpoint", "_remove", str(mark.parent)),
        by_name("loaders.checkpoint", "shutil", str(mark.parent)),
        by_name("numpy.testing._private.utils", "runstring", made),
        by_name("numpy.lib._npyio_impl", "NpzFile", str(mark)),
        by_name("numpy", "memmap", str(mark)),
        by_name("builtins", "exec", made),
        pickle.dumps(Bomb(Checkpoint, mark.parent, "x")),
    ]


@pytest.mark.parametrize("number", range(11))
def test_hostile_outcomes_are_never_executed(tmp_path: Path, number: int) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "kept").write_text("")
    data = hostile_pickles(target / "mark")[number]
    runs(Checkpoint(tmp_path / "prepared", "work"), tmp_path, ["a"])
    (place,) = outcome_files(tmp_path)
    place.write_bytes(signed(data))
    assert runs(Checkpoint(tmp_path / "prepared", "work"), tmp_path, ["a"]) == [2]
    assert [path.name for path in target.iterdir()] == ["kept"]


def test_damaged_outcomes_are_ignored(tmp_path: Path) -> None:
    chance = random.Random(20270112)
    runs(Checkpoint(tmp_path / "prepared", "work"), tmp_path, ["a"])
    (place,) = outcome_files(tmp_path)
    whole = place.read_bytes()
    for number in range(proof_volume(60, 2000)):
        data = bytearray(whole[4:] if number % 2 else whole)
        at = chance.randrange(len(data))
        kind = number // 2 % 3
        if kind == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at:]
        else:
            data[at : at + 3] = chance.randbytes(3)
        if data == (whole[4:] if number % 2 else whole):
            continue
        # With and without a checksum that fits: then it may be sound after all, and of another key.
        place.write_bytes(signed(bytes(data)) if number % 2 else bytes(data))
        found = Checkpoint(tmp_path / "prepared", "work")._read(place, "key a")
        if number % 2 == 0:
            assert found is None
    for broken in (b"", b"\0", whole[:3], whole[:4], chance.randbytes(5000), signed(b""), signed(pickle.dumps(1))):
        place.write_bytes(broken)
        assert Checkpoint(tmp_path / "prepared", "work")._read(place, "key a") is None
    place.unlink()
    place.mkdir()
    assert Checkpoint(tmp_path / "prepared", "work")._read(place, "key a") is None


def test_an_outcome_of_another_task_is_not_taken(tmp_path: Path) -> None:
    runs(Checkpoint(tmp_path / "prepared", "work"), tmp_path, ["a", "bb"])
    first, second = outcome_files(tmp_path)
    first.write_bytes(second.read_bytes())
    assert sorted(runs(Checkpoint(tmp_path / "prepared", "work"), tmp_path, ["a", "bb"])) == [1, 2]


def test_outcomes_come_back_as_they_were(tmp_path: Path) -> None:
    given = [
        outcome_of(Path("x")),
        {"kind": VcfKind.BGZF, "path": Path("/a/b"), "set": {1, 2}, "none": frozenset("ab")},
        (np.arange(6).reshape(2, 3), np.asfortranarray(np.ones((3, 2))), np.zeros(0, np.uint8), np.int64(3)),
    ]
    for outcome in given:
        data = pickle.dumps(("key", outcome, []))
        (tmp_path / "x.outcome").write_bytes(signed(data))
        found = loaders.checkpoint._unpickled(tmp_path / "x.outcome")
        assert found is not None
        assert pickle.dumps(found) == data or repr(found[1]) == repr(outcome)


RECORDS = [f"chr{contig} {position} GAC G,T . GT 0/1 1/2" for contig in (1, 2, 3) for position in range(10, 9000, 3)]


class Stopped(BaseException):
    """As a kill, in this process: nothing is cleaned up on the way."""


class StoppingPool(InProcessPool):
    """Does so many tasks, then stops."""

    def __init__(self, tasks: int) -> None:
        self.left = tasks

    def run(self, function: Callable[[Any, Tell], Any], tasks: Sequence[tuple[str, Any]]) -> list[Any]:
        if function.__module__ != "loaders.checkpoint":
            return super().run(function, tasks)
        found = []
        for task in tasks:
            if not self.left:
                raise Stopped
            self.left -= 1
            found += super().run(function, [task])
        return found


def interrupted(catalogue: DatasetCatalogue, path: Path, tasks: int) -> None:
    """A load that stops after so many tasks, and leaves what a kill leaves."""
    if not catalogue.folder("d").exists():
        catalogue.describe("d", description_to_toml(new_description("d", None, utc_now())))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checkpoint, "remove", lambda _self: None)
        with pytest.raises(Stopped):
            load_vcf(catalogue, "d", [path], pool=lambda _at_once, _progress: StoppingPool(tasks))


def digests(catalogue: DatasetCatalogue) -> list[str]:
    draft = catalogue.status("d").draft
    assert draft is not None
    return [part.content_digest for part in draft.parts]


@pytest.fixture
def vcf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of several ranges and contigs."""
    monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", 4000)
    return write_vcf(
        tmp_path / "a.vcf.gz",
        vcf_text(
            RECORDS, ["A", "B"], [f"##contig=<ID=chr{c}>" for c in (1, 2, 3)] + ["##contig=<ID=chrX,length=156040895>"]
        ),
    )


def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the tasks that really run."""
    ran: Counter[str] = Counter()
    real = loaders.checkpoint.run_kept

    def run(task: loaders.checkpoint._Kept, tell: Tell) -> object:
        ran[task.function.__name__] += 1
        return real(task, tell)

    run.__module__ = "loaders.checkpoint"
    monkeypatch.setattr(loaders.checkpoint, "run_kept", run)
    return ran


def test_a_load_goes_on_wherever_it_was_stopped(tmp_path: Path, vcf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = counted(monkeypatch)
    whole = DatasetCatalogue(tmp_path / "whole")
    load_vcf(whole, "d", [vcf], pool=InProcessPool.made)
    wanted, tasks = digests(whole), sum(ran.values())
    assert ran["read_range"] > 3
    assert ran["build_part"] == 3
    for stop in range(0, tasks, 2):
        catalogue = DatasetCatalogue(tmp_path / f"home-{stop}")
        interrupted(catalogue, vcf, stop)
        ran.clear()
        load_vcf(catalogue, "d", [vcf], pool=InProcessPool.made)
        assert sum(ran.values()) == tasks - stop
        assert digests(catalogue) == wanted
        assert not (catalogue.folder("d") / "prepared").exists()


def test_segments_and_parts_that_changed_are_made_again(
    tmp_path: Path, vcf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = counted(monkeypatch)
    whole = DatasetCatalogue(tmp_path / "whole")
    load_vcf(whole, "d", [vcf], pool=InProcessPool.made)
    tasks, chance = dict(ran), random.Random(5)
    for number, pattern in enumerate(("*.segment", "*.segment", "*.duckdb", "*.segment", "*.duckdb")):
        catalogue = DatasetCatalogue(tmp_path / f"home-{number}")
        interrupted(catalogue, vcf, sum(tasks.values()) - 1)
        victim = chance.choice(sorted((catalogue.folder("d") / "prepared").rglob(pattern)))
        data = bytearray(victim.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        if number < 3:
            victim.write_bytes(data)
        elif number == 3:
            victim.unlink()
        else:
            other = tmp_path / "elsewhere"
            other.write_bytes(victim.read_bytes())
            victim.unlink()
            victim.symlink_to(other)
        ran.clear()
        load_vcf(catalogue, "d", [vcf], pool=InProcessPool.made)
        assert dict(ran) == {
            **({"read_range": 1} if pattern == "*.segment" else {}),
            "build_part": 1 if pattern == "*.segment" else 2,
        }
        assert digests(catalogue) == digests(whole)


def test_what_was_prepared_goes_with_publication_and_with_another_load(tmp_path: Path, vcf: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path / "home")
    prepared = catalogue.folder("d") / "prepared"
    other = write_vcf(tmp_path / "b.vcf", vcf_text(["chrX 5000000 G A . GT 0/1 0/0"], ["C", "D"]))
    load_vcf(catalogue, "d", [other], pool=InProcessPool.made)
    interrupted(catalogue, vcf, 3)
    assert any(prepared.rglob("*.outcome"))
    assert catalogue.publish("d") == "1"
    assert not prepared.exists()
    interrupted(catalogue, vcf, 3)
    third = write_vcf(tmp_path / "c.vcf", vcf_text(["chrX 5000000 G A . GT 0/1 0/0"], ["E", "F"]))
    load_vcf(catalogue, "d", [third], pool=InProcessPool.made)
    assert not prepared.exists()


def test_a_refused_load_leaves_nothing(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path / "home")
    path = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A . GT 0/x"], ["A"]))
    with pytest.raises(LoadRefused):
        load_vcf(catalogue, "d", [path], pool=InProcessPool.made)
    assert not catalogue.folder("d").exists()
