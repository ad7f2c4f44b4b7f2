"""The switch from one generation to the next: atomic, without a gap, nothing left behind."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import core.generations
from beacon.rows import VariantRow, VariantType
from core.datasets import CHANGED_FILE, DatasetCatalogue
from core.errors import Gone, ServiceUnavailable
from core.generations import CHECK_INTERVAL_S, OVERDUE_S, Generation, Generations
from core.genome import position_key
from core.optouts import OptOutRules
from core.people import MASK_FILE
from tests.core.files import load, publish
from tests.support.homes import generations, publish_variants


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the descriptor of the listing itself must be counted alike


def ids_of(generation: Generation) -> frozenset[str]:
    if "d" not in generation.datasets:
        return frozenset()
    found = set()
    with generation.cursor() as cursor:
        for attached in generation.datasets["d"].parts:
            found |= {row[0] for row in cursor.execute(f"SELECT id FROM {attached.alias}.main.entities").fetchall()}
    return frozenset(found)


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_request_keeps_its_generation_while_others_get_the_next(tmp_path: Path, clock: Clock) -> None:
    publish(tmp_path, "d", "a")
    kept = Generations(tmp_path, clock=clock, linger_s=0)
    with kept.pin() as old:
        publish(tmp_path, "d", "b")
        assert kept.refresh()
        clock.now = 100
        assert not kept.refresh()
        with kept.pin() as new:
            assert (ids_of(old), ids_of(new)) == (frozenset("a"), frozenset("ab"))
        with kept.pin(old.id) as again:
            assert again is old
    assert not kept.refresh()
    with pytest.raises(Gone), kept.pin(old.id):
        pass
    kept.stop()


def test_a_replaced_generation_lingers_for_its_pages_and_tickets(tmp_path: Path, clock: Clock) -> None:
    publish(tmp_path, "d", "a")
    kept = Generations(tmp_path, clock=clock, linger_s=10)
    with kept.pin() as old:
        pass
    publish(tmp_path, "d", "b")
    assert kept.refresh()
    clock.now = 10
    assert not kept.refresh()
    with kept.pin(old.id) as again:
        assert ids_of(again) == {"a"}
    clock.now = 10.5
    assert not kept.refresh()
    with pytest.raises(Gone), kept.pin(old.id):
        pass
    with kept.pin() as current, kept.pin(current.id) as same:
        assert current is same
    kept.stop()


def test_only_so_many_linger_and_no_file_stays_open(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.generations, "_MAXIMUM_LINGERING", 2)
    publish(tmp_path, "d", "a")
    before = open_files()
    kept = Generations(tmp_path, clock=clock, linger_s=10)
    seen = []
    with kept.pin() as first:
        for number in range(4):
            DatasetCatalogue(tmp_path).describe("d", f"title = '{number}'")
            assert kept.refresh()
            with kept.pin() as current:
                seen.append(current.id)
        assert ids_of(first) == {"a"}
    with kept.pin(first.id):
        pass
    with pytest.raises(Gone), kept.pin(seen[0]):
        pass
    with kept.pin(seen[-2]), kept.pin(seen[-1]):
        pass
    clock.now = 100
    kept.refresh()
    one_generation = open_files() - before
    DatasetCatalogue(tmp_path).describe("d", "title = 'last'")
    kept.refresh()
    clock.now = 200
    kept.refresh()
    assert open_files() - before == one_generation
    kept.stop()
    assert open_files() == before


def test_every_answer_is_wholly_old_or_wholly_new_and_none_fails(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a0", "b0", fresh=True)
    allowed = {frozenset((f"a{number}", f"b{number}")) for number in range(4)}
    answers: list[frozenset[str]] = []
    stop = threading.Event()
    with generations(tmp_path) as watched:

        def ask() -> None:
            while not stop.is_set():
                with watched.pin() as generation:
                    answers.append(ids_of(generation))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for number in range(1, 4):
            publish(tmp_path, "d", f"a{number}", f"b{number}", fresh=True)
            started = time.monotonic()
            until(lambda number=number: answers[-1] == {f"a{number}", f"b{number}"})  # type: ignore[misc]
            assert time.monotonic() - started < 2
        stop.set()
        for thread in threads:
            thread.join()
    assert set(answers) <= allowed


def test_many_threads_that_refresh_never_go_back(tmp_path: Path) -> None:
    publish(tmp_path, "d", "0", fresh=True)
    kept = Generations(tmp_path)
    seen: list[int] = []
    stop = threading.Event()

    def refresh() -> None:
        while not stop.is_set():
            kept.refresh()

    def look() -> None:
        while not stop.is_set():
            with kept.pin() as generation:
                seen.append(int(generation.datasets["d"].version))

    threads = [threading.Thread(target=work) for work in (refresh, refresh, refresh, look)]
    for thread in threads:
        thread.start()
    for number in range(1, 5):
        publish(tmp_path, "d", str(number), fresh=True)
    until(lambda: seen[-1] == 5)
    stop.set()
    for thread in threads:
        thread.join()
    kept.stop()
    assert seen == sorted(seen)


def test_a_switch_is_seen_where_its_command_was_killed_before_it_said_so(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    kept = Generations(tmp_path)
    token = (tmp_path / CHANGED_FILE).read_bytes()
    status = (tmp_path / CHANGED_FILE).stat()
    aside = tmp_path / "aside"
    (tmp_path / CHANGED_FILE).rename(aside)
    publish(tmp_path, "d", "b")
    aside.rename(tmp_path / CHANGED_FILE)
    assert ((tmp_path / CHANGED_FILE).read_bytes(), (tmp_path / CHANGED_FILE).stat().st_ino) == (token, status.st_ino)

    assert kept.refresh()
    kept.stop()


def test_what_changes_nothing_replaces_nothing(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    kept = Generations(tmp_path)
    before = open_files()
    load(tmp_path, "other", "b")
    (tmp_path / CHANGED_FILE).write_text("x")
    (tmp_path / "datasets" / "stray").touch()

    assert not kept.refresh()
    assert open_files() == before
    kept.stop()


def test_a_dataset_that_cannot_be_served_becomes_known(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    kept = Generations(tmp_path)
    load(tmp_path, "bad", "b")
    (tmp_path / "datasets" / "bad" / "current.json").write_text("{")

    assert kept.refresh()
    with kept.pin() as generation:
        assert len(generation.problems) == 1
    kept.stop()


@pytest.mark.parametrize("damage", [b"\xff", b"", None])
def test_nothing_is_answered_while_the_list_cannot_be_read(tmp_path: Path, clock: Clock, damage: bytes | None) -> None:
    publish(tmp_path, "d", "a")
    mask = tmp_path / MASK_FILE
    mask.write_bytes(b"P1\n")
    kept = Generations(tmp_path, clock=clock)
    mask.unlink() if damage is None else mask.write_bytes(damage)
    kept.refresh()
    assert kept.refusal
    with pytest.raises(ServiceUnavailable, match="opted out"), kept.research():
        pass
    mask.write_bytes(b"P1\n")
    kept.refresh()
    with kept.research() as generation:
        assert generation.mask.hides("P1")
    kept.stop()


def test_the_watch_survives_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, "d", "a")
    (tmp_path / MASK_FILE).write_bytes(b"P1\n")

    def fail(*_: object, **__: object) -> Generation:
        message = "P2 is named"
        raise LookupError(message)

    with generations(tmp_path) as watched:
        with monkeypatch.context() as patched:
            patched.setattr(core.generations, "open_generation", fail)
            (tmp_path / MASK_FILE).write_bytes(b"P1\nP2\n")
            until(lambda: watched.last_error == "LookupError")
        until(lambda: watched.last_error is None)
        with watched.research() as generation:
            assert generation.mask.hides("P2")


@pytest.mark.parametrize(("listed", "required"), [(True, False), (False, False), (False, True)])
def test_where_the_home_cannot_be_looked_at_for_long_opt_outs_may_be_missed(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, listed: bool, required: bool
) -> None:
    publish(tmp_path, "d", "a")
    if listed:
        (tmp_path / MASK_FILE).write_bytes(b"P1\n")
    kept = Generations(tmp_path, clock=clock, rules=OptOutRules(required=required))
    monkeypatch.setattr(core.generations, "POLL_INTERVAL_S", 1000.0)
    kept.start()
    clock.now = OVERDUE_S
    assert not kept.overdue
    clock.now += 1
    assert kept.overdue
    assert bool(kept.refusal) is (listed or required)
    kept.refresh()
    assert not kept.overdue
    assert bool(kept.refusal) is required
    kept.stop()


def test_a_switch_at_a_malformed_time_is_a_damaged_dataset(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    (tmp_path / MASK_FILE).write_bytes(b"P1\n")
    current = tmp_path / "datasets" / "d" / "current.json"
    current.write_text(current.read_text().replace('Z"', 'X"'))
    kept = Generations(tmp_path)
    with kept.pin() as generation:
        assert "current.json of dataset d cannot be read" in generation.problems[0]
    kept.stop()


def test_opting_out_withdrawing_and_a_new_policy_each_switch(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    kept = Generations(tmp_path)
    (tmp_path / MASK_FILE).write_text("P1\n")
    assert kept.refresh()
    DatasetCatalogue(tmp_path).describe("d", "title = 't'\npolicy.preset = 'open'")
    assert kept.refresh()
    with kept.pin() as generation:
        assert generation.policies["d"].name == "open"
        assert generation.mask.hides("P1")
    DatasetCatalogue(tmp_path).withdraw("d", "")
    assert kept.refresh()
    with kept.pin() as generation:
        assert not generation.datasets
    assert not kept.refresh()
    kept.stop()


def test_stopping_lets_go_of_everything(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    before, threads = open_files(), threading.active_count()
    with generations(tmp_path) as watched:
        publish(tmp_path, "d", "b")
        until(lambda: len(watched._living) == 2)
    assert (open_files(), threading.active_count()) == (before, threads)


def test_a_part_damaged_in_place_takes_only_its_own_dataset_out(tmp_path: Path) -> None:
    """Bytes that changed after the server began are found when they are read; every other dataset goes on answering."""
    clock = [1000.0]
    for dataset_id in ("good", "bad"):
        publish_variants(tmp_path, dataset_id, many_rows(), contig="22")
    watched = Generations(tmp_path, clock=lambda: clock[0])
    try:
        with watched.pin() as generation:
            (part,) = generation.datasets["bad"].parts
            path = DatasetCatalogue(tmp_path).part_file("bad", part.part.file)
            original = path.read_bytes()
            overwrite(path, bytes(byte ^ 0x55 for byte in original[HEADER_BYTES:]), HEADER_BYTES)
            with pytest.raises(ServiceUnavailable), generation.cursor() as cursor:
                cursor.execute(f"SELECT sum(hash(reference_bases)) FROM {part.alias}.main.variants").fetchall()
        assert watched.refresh()
        with watched.pin() as generation:
            assert generation.datasets.keys() == {"good"}
            assert "damaged" in generation.problems[0]
            (part,) = generation.datasets["good"].parts
            with generation.cursor() as cursor:
                assert cursor.execute(f"SELECT count(*) FROM {part.alias}.main.variants").fetchone() == (MANY_ROWS,)
        assert after_a_change(watched, tmp_path, "a title") == {"good"}
        overwrite(path, original, 0)
        assert after_a_change(watched, tmp_path, "another title") == {"good", "bad"}
    finally:
        watched.stop()


def test_sound_data_that_could_not_be_read_once_are_served_on(tmp_path: Path) -> None:
    clock = [1000.0]
    publish_variants(tmp_path, "good", many_rows(), contig="22")
    watched = Generations(tmp_path, clock=lambda: clock[0])
    try:
        with watched.pin() as first:
            first.suspected.set()
        assert watched.refresh()
        with watched.pin() as second:
            assert second is not first
            assert second.id == first.id
            second.suspected.set()
        assert not watched.refresh()
        clock[0] += CHECK_INTERVAL_S
        assert watched.refresh()
        with watched.pin(first.id) as newest:
            assert newest is not second
    finally:
        watched.stop()


def after_a_change(watched: Generations, home: Path, title: str) -> set[str]:
    """The datasets of the generation that follows a change to one of them."""
    DatasetCatalogue(home).describe("good", f'title = "{title}"\n[policy]\npreset = "open"\n')
    assert watched.refresh()
    with watched.pin() as generation:
        return set(generation.datasets)


MANY_ROWS = 60_000
HEADER_BYTES = 3 * 4096
"""What DuckDB reads when it attaches a file."""


def many_rows() -> list[VariantRow]:
    """Enough rows for several blocks."""
    return [
        VariantRow(
            key=position_key("22", 10 + 3 * number),
            end_0based=11 + 3 * number,
            reference_bases="ACGT"[number % 4],
            alternate_bases="ACGT"[(number + 1 + number % 3) % 4],
            anchor="",
            variant_type=VariantType.SNP,
            allele_count=1 + number % 97,
            allele_number=200,
            heterozygous=1 + number % 97,
            homozygous=0,
            hemizygous=0,
        )
        for number in range(MANY_ROWS)
    ]


def overwrite(path: Path, data: bytes, offset: int) -> None:
    """Change bytes in place: the file keeps its name, inode and size."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def test_a_dataset_that_was_left_out_is_tried_again(tmp_path: Path) -> None:
    clock = [1000.0]
    publish_variants(tmp_path, "d", many_rows()[:3], contig="22")
    (part,) = DatasetCatalogue(tmp_path).manifest("d", "1").parts
    path = DatasetCatalogue(tmp_path).part_file("d", part.file)
    path.rename(tmp_path / "elsewhere")
    watched = Generations(tmp_path, clock=lambda: clock[0])
    try:
        (tmp_path / "elsewhere").rename(path)
        assert watched.refresh()
        with watched.pin() as generation:
            assert generation.datasets.keys() == {"d"}
            assert generation.problems == ()
    finally:
        watched.stop()


def test_a_query_that_takes_too_long_is_stopped_and_so_is_one_at_the_end(tmp_path: Path) -> None:
    endless = "SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000000) b"
    watched = Generations(tmp_path)
    failures = []

    def ask() -> None:
        try:
            with watched.pin() as generation, generation.cursor() as cursor:
                cursor.execute(endless).fetchall()
        except ServiceUnavailable as error:
            failures.append(error.message)

    def stop_overdue() -> None:
        with watched.pin() as generation:
            generation.interrupt_overdue(0.1)

    for stop in (stop_overdue, watched.stop):
        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.4)
        stop()
        asking.join(timeout=20)
        assert not asking.is_alive()
    assert failures == ["the question takes too long; narrow it"] * 2
