"""One generation: what is attached, and that nothing else can be reached through it."""

import os
import shutil
import threading
from pathlib import Path

import duckdb
import pytest

import core.generation
from core.datasets import DatasetCatalogue
from core.errors import ServiceUnavailable
from core.generation import CURSORS, Generation, open_generation
from core.manifest import PartKind, from_json
from core.optouts import OptOutRules
from core.people import MASK_FILE, OptOutRegister, write_register
from tests.core.files import load, publish


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the descriptor of the listing itself must be counted alike


def ids_in(generation: Generation, dataset_id: str) -> set[str]:
    with generation.cursor() as cursor:
        return {
            row[0]
            for attached in generation.datasets[dataset_id].parts
            for row in cursor.execute(f"SELECT id FROM {attached.alias}.main.entities").fetchall()
        }


def test_an_empty_home_answers_nothing(tmp_path: Path) -> None:
    generation = open_generation(tmp_path)

    assert dict(generation.datasets) == {}
    assert generation.problems == ()
    generation.close()


def test_what_is_published_is_attached_and_nothing_else(tmp_path: Path) -> None:
    publish(tmp_path, "it.is-d", "a")
    publish(tmp_path, "it.is-d", "b")
    load(tmp_path, "it.is-d", "draft")
    load(tmp_path, "drafted", "c")
    publish(tmp_path, "gone", "d")
    DatasetCatalogue(tmp_path).withdraw("gone", "why")

    generation = open_generation(tmp_path)

    assert set(generation.datasets) == set(generation.policies) == {"it.is-d"}
    assert ids_in(generation, "it.is-d") == {"a", "b"}
    view = generation.datasets["it.is-d"]
    assert (view.version, view.policy, view.of_kind(PartKind.FILES)) == ("2", view.description.policy, ())
    assert view.of_kind(PartKind.ENTITIES) == view.parts
    assert view.published_at == DatasetCatalogue(tmp_path).current("it.is-d").history[-1].at
    generation.close()


def test_two_instances_answer_from_the_same_files(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    first, second = open_generation(tmp_path), open_generation(tmp_path)

    assert ids_in(first, "d") == ids_in(second, "d") == {"a"}
    assert first.id == second.id
    first.close()
    assert ids_in(second, "d") == {"a"}
    second.close()


def test_the_id_depends_on_all_that_answers_depend_on(tmp_path: Path) -> None:
    def current_id() -> str:
        generation = open_generation(tmp_path)
        generation.close()
        return generation.id

    seen = [current_id()]
    publish(tmp_path, "d", "a")
    seen.append(current_id())
    load(tmp_path, "d", "b")
    assert current_id() == seen[-1]
    DatasetCatalogue(tmp_path).publish("d")
    seen.append(current_id())
    DatasetCatalogue(tmp_path).describe("d", 'title = "d"\npolicy.preset = "open"')
    seen.append(current_id())
    (tmp_path / MASK_FILE).write_text("P1\n")
    seen.append(current_id())
    DatasetCatalogue(tmp_path).withdraw("d", "")
    seen.append(current_id())

    assert len(set(seen)) == len(seen)


def test_no_file_is_within_reach_of_a_query(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    other = tmp_path / "other.csv"
    other.write_text("x\n1\n")
    copied = shutil.copy(next((tmp_path / "datasets" / "d" / "parts").iterdir()), tmp_path / "copied.duckdb")
    generation = open_generation(tmp_path)
    alias = generation.datasets["d"].parts[0].alias
    statements = [
        f"SELECT * FROM read_csv('{other}')",
        f"SELECT * FROM '{other}'",
        f"SELECT * FROM read_text('{other}')",
        f"SELECT * FROM glob('{tmp_path}/*')",
        f"ATTACH '{tmp_path}/new.duckdb' AS fresh",
        f"ATTACH '{copied}' AS again (READ_ONLY)",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        f"EXPORT DATABASE '{tmp_path}/out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET threads = 8",
        f"SET temp_directory = '{tmp_path}'",
        f"INSERT INTO {alias}.main.entities VALUES ('x')",
        f"DROP TABLE {alias}.main.entities",
        "SELECT * FROM 'https://example.org/a.csv'",
    ]
    before = sorted(tmp_path.rglob("*"))

    for statement in statements:
        with generation.cursor() as cursor, pytest.raises(duckdb.Error):
            cursor.execute(statement).fetchall()
    with generation.cursor() as cursor:
        assert cursor.execute("SELECT current_setting('threads')").fetchall() == [(1,)]
    assert ids_in(generation, "d") == {"a"}
    assert sorted(tmp_path.rglob("*")) == before
    generation.close()


def test_a_query_beyond_memory_is_for_another_time_and_spills_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(core.generation, "_MEMORY_LIMIT", "60MB")
    generation = open_generation(tmp_path)

    with pytest.raises(ServiceUnavailable) as caught, generation.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT DISTINCT hash(i), i || 'xxxxxxxxxxxxxxxx' FROM range(3000000) t(i))"
        )

    assert caught.value.retry_after_s
    assert list(tmp_path.iterdir()) == []
    with generation.cursor() as cursor:
        assert cursor.execute("SELECT 1").fetchall() == [(1,)]
    generation.close()


def test_cursors_are_usable_after_errors_and_unread_results(tmp_path: Path) -> None:
    generation = open_generation(tmp_path)
    for _ in range(3 * CURSORS):
        with pytest.raises(duckdb.Error), generation.cursor() as cursor:
            cursor.execute("SELECT * FROM nothing")
        with pytest.raises(duckdb.ConversionException), generation.cursor() as cursor:
            cursor.execute("SELECT CAST(range || 'x' AS INTEGER) FROM range(100000)").fetchall()
        with generation.cursor() as cursor:
            assert cursor.execute("SELECT * FROM range(100000)").fetchone() == (0,)
    with generation.cursor() as cursor:
        assert cursor.execute("SELECT 42").fetchall() == [(42,)]
    generation.close()


def test_cursors_answer_many_threads_with_their_own_results(tmp_path: Path) -> None:
    generation = open_generation(tmp_path)
    wrong = []

    def ask(number: int) -> None:
        for _ in range(20):
            with generation.cursor() as cursor:
                if cursor.execute("SELECT $1 + count(*) FROM range(1000)", [number]).fetchall() != [(number + 1000,)]:
                    wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(2 * CURSORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    generation.close()
    assert wrong == []


def test_who_waits_too_long_for_a_cursor_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.generation, "_CURSOR_WAIT_S", 0.01)
    generation = open_generation(tmp_path)
    taken = [generation.cursor() for _ in range(CURSORS)]
    for each in taken:
        each.__enter__()

    with pytest.raises(ServiceUnavailable, match="too many"), generation.cursor():
        pass
    for each in taken:
        each.__exit__(None, None, None)
    with generation.cursor():
        pass
    generation.close()


def test_closing_lets_go_of_every_file_also_where_a_cursor_is_out(tmp_path: Path) -> None:
    publish(tmp_path, "d", "a")
    publish(tmp_path, "d", "b")
    before = open_files()
    generation = open_generation(tmp_path)
    assert open_files() > before
    with generation.cursor() as cursor:
        generation.close()
        assert open_files() == before
        with pytest.raises(duckdb.ConnectionException):
            cursor.execute("SELECT 1")

    assert open_files() == before


def test_derived_values_are_built_once(tmp_path: Path) -> None:
    generation = open_generation(tmp_path)
    built = []

    def outer(given: Generation) -> int:
        built.append("outer")
        return given.once(inner) + 1

    def inner(given: Generation) -> int:
        assert given is generation
        built.append("inner")
        return 1

    threads = [threading.Thread(target=generation.once, args=(outer,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert generation.once(outer) == 2
    assert built == ["outer", "inner"]
    generation.close()


def test_people_who_opted_out_are_a_table_of_each_dataset(tmp_path: Path) -> None:
    people = {f"P{number}" for number in range(20_000)} | {"it's", "\u00e5"}
    publish(tmp_path, "all", *people, "other")
    publish(tmp_path, "few", "P7", "other")
    publish(tmp_path, "none", "other")
    (tmp_path / MASK_FILE).write_text("\n".join(people), encoding="utf-8")
    generation = open_generation(tmp_path)

    assert generation.mask.people == people
    for dataset_id, hidden in (("all", people), ("few", {"P7"}), ("none", set[str]())):
        masks = generation.optouts.of(dataset_id)
        assert masks.gone.people == masks.uncounted.people == masks.known == hidden
        assert bool(masks.gone_table) == bool(hidden)
        if hidden:
            with generation.cursor() as cursor:
                rows = cursor.execute(f"SELECT individual_id FROM {masks.gone_table}").fetchall()
            assert {row[0] for row in rows} == hidden
    generation.close()


def test_what_cannot_be_locked_leaves_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, "d", "a")

    def refuse(_: duckdb.DuckDBPyConnection) -> None:
        raise duckdb.OutOfMemoryException

    monkeypatch.setattr(core.generation, "_lock", refuse)
    before = open_files()

    with pytest.raises(duckdb.OutOfMemoryException):
        open_generation(tmp_path)
    assert open_files() == before


def test_a_dataset_whose_people_cannot_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is in it is not known, so that nobody's opt-out can be kept."""
    publish(tmp_path, "d", "a")
    (tmp_path / MASK_FILE).write_text("\n".join(f"P{number}" for number in range(100_000)))
    monkeypatch.setattr(core.generation, "_MEMORY_LIMIT", "1MB")
    generation = open_generation(tmp_path)

    assert not generation.datasets
    assert len(generation.problems) == 1
    generation.close()


@pytest.mark.parametrize("register", [b"\xff", b"", None])
def test_a_list_that_cannot_be_read_or_is_gone_stops_research(tmp_path: Path, register: bytes | None) -> None:
    publish(tmp_path, "d", "a")
    write_register(tmp_path, OptOutRegister(5))
    (tmp_path / MASK_FILE).unlink()
    if register is not None:
        (tmp_path / MASK_FILE).write_bytes(register)
    generation = open_generation(tmp_path)

    assert generation.optouts.standing.problem
    assert generation.optouts.standing.refusal(OptOutRules(), 0)
    generation.close()


@pytest.mark.parametrize(
    "damage",
    ["gone", "shorter", "scrambled", "manifest", "current", "description", "bytes", "policy", "folder", "name"],
)
def test_a_damaged_dataset_is_left_out_and_named_and_the_others_answer(tmp_path: Path, damage: str) -> None:
    publish(tmp_path, "good", "a")
    publish(tmp_path, "zbad", "b")
    publish(tmp_path, "zbad", "c")
    before = open_files()
    folder = tmp_path / "datasets" / "zbad"
    _damage(folder, damage)

    generation = open_generation(tmp_path)

    assert set(generation.datasets) == {"good"}
    assert [problem.split(":")[0] for problem in generation.problems] == ["not an id" if damage == "name" else "zbad"]
    assert ids_in(generation, "good") == {"a"}
    generation.close()
    assert open_files() == before


def _damage(folder: Path, damage: str) -> None:
    manifest = folder / "versions" / "2" / "manifest.json"
    part = folder / "parts" / from_json(manifest.read_bytes()).parts[-1].file
    if damage == "gone":
        part.unlink()
    elif damage == "shorter":
        part.write_bytes(part.read_bytes()[:-1])
    elif damage == "scrambled":
        part.write_bytes(bytes(reversed(part.read_bytes())))
    elif damage in {"manifest", "current", "description"}:
        path = {"manifest": manifest, "current": folder / "current.json", "description": folder / "dataset.toml"}[
            damage
        ]
        path.write_bytes(path.read_bytes()[:-3])
    elif damage == "bytes":
        (folder / "dataset.toml").write_bytes(b"title = '\xff'")
    elif damage == "policy":
        (folder / "dataset.toml").write_text("title = 't'\npolicy.anonymous = {release = ['count']}")
    elif damage == "folder":
        manifest.unlink()
        manifest.mkdir()
    else:
        folder.rename(folder.with_name("not an id"))
