"""The list of people who opted out: every form of it, every mistake in it, and lists that are cut short."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LoadRefused, OperatorError
from core.optouts import ALWAYS, Change, Period, listed, opted_out
from core.people import MASK_FILE, OptOutRegister, read_register, to_rfc3339, write_register
from loaders.optout_list import parse_list
from loaders.optouts import LOCK_FILE, load_optouts
from tests.core.files import publish

NOW = 1_800_000_000
DAY = 86_400
JANUARY_2026 = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
FOR_EVER = Period(ALWAYS)


def periods(text: str) -> dict[str, tuple[Period, ...]]:
    return dict(parse_list("list.csv", text.encode()).periods)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("P1\nP2\n", {"P1": FOR_EVER, "P2": FOR_EVER}),
        ("\ufeffP1\r\nP2\r\n", {"P1": FOR_EVER, "P2": FOR_EVER}),
        ("# made by the key-holder\n\n#\nP1\n  P2  \n", {"P1": FOR_EVER, "P2": FOR_EVER}),
        ("P1,2026-01-01\nP2,\n", {"P1": Period(JANUARY_2026), "P2": FOR_EVER}),
        ("P1;2026-01-01;2026-01-02\n", {"P1": Period(JANUARY_2026, JANUARY_2026 + DAY)}),
        ("P1\t\t2026-01-02\n", {"P1": Period(ALWAYS, JANUARY_2026 + DAY)}),
        ("pseudonym\nP1\n", {"P1": FOR_EVER}),
        ("Until,Pseudonym\n2026-01-01,P1\n", {"P1": Period(ALWAYS, JANUARY_2026)}),
        ("individual_id\teffective_from\nP1\t2026-01-01T01:00:00+01:00\n", {"P1": Period(JANUARY_2026)}),
        ("P1,2026-01-01t00:00:00.75z\n", {"P1": Period(JANUARY_2026)}),
        ("P1,,2026-01-01T00:00:00.25Z\n", {"P1": Period(ALWAYS, JANUARY_2026 + 1)}),
        ('"P,1",2026-01-01\n', {"P,1": Period(JANUARY_2026)}),
        ('"Æ 1"\n"P\u20282"\n"P|3"\n', {"Æ 1": FOR_EVER, "P\u20282": FOR_EVER, "P|3": FOR_EVER}),
        ('"P ""1""",\n', {'P "1"': FOR_EVER}),
        ("ANNA\nBO\n", {"ANNA": FOR_EVER, "BO": FOR_EVER}),
        ("X\n", {"X": FOR_EVER}),
        ("pseudonym\nX\nP1\n", {"X": FOR_EVER, "P1": FOR_EVER}),
    ],
)
def test_forms_of_a_list(text: str, expected: dict[str, Period]) -> None:
    assert periods(text) == {pseudonym: (period,) for pseudonym, period in expected.items()}


def test_a_pseudonym_may_be_named_again() -> None:
    found = parse_list("list.csv", b"P1,2026-01-01,2026-01-02\nP1,2027-01-01\nP1,2027-01-01", force=True)
    assert len(found.periods["P1"]) == 3
    assert [note.split(":")[0] for note in found.notes] == [
        "2 lines name a pseudonym again", "the last line has no end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"P1\n,2026-01-01\n", 2, "a pseudonym of 1 to 255 signs"),
        (b"P1\n" + b"P" * 256 + b"\n", 2, "a pseudonym of 1 to 255 signs"),
        (b"P1\n#P2\n", 2, "without # at its beginning"),
        (b"P1,2026-02-30\n", 1, "not in the calendar"),
        (b"P1,2026-01-01T25:00:00Z\n", 1, "not in the calendar"),
        (b"P1,2026-01-01T00:00:00\n", 1, "with its zone"),
        (b"P1,01.01.2026\n", 1, "neither a date"),
        (b"P1,20260101\n", 1, "neither a date"),
        (b"P1,0026-01-01\n", 1, "neither a date"),
        (b"P1,2026-W01-1\n", 1, "neither a date"),
        (b"P1,2026-01-02,2026-01-01\n", 1, "is not after"),
        (b"P1,2026-01-02,2026-01-02\n", 1, "is not after"),
        (b"P1,2026-01-01,2026-01-02,asked\n", 1, "4 columns where 3"),
        (b"pseudonym\nP1,2026-01-01\n", 2, "2 columns where 1"),
        (b"P1\nP2;2026-01-01\nP3,2026-01-01\n", 3, "another separator"),
        (b"P1\nP2,P3\n", 2, "neither a date"),
        ("P1\nP2\u200b\n".encode(), 2, "in quotation marks"),
        ("P1\nP\u00a02\n".encode(), 2, "in quotation marks"),
        (b"P1 2026-01-01\n", 1, "in quotation marks"),
        (b"P1|2026-01-01\n", 1, "in quotation marks"),
        (b"'P1'\n", 1, "in quotation marks"),
        (b'P1"\n', 1, "in quotation marks"),
        ("\u201cP1\u201d\n".encode(), 1, "in quotation marks"),
        (b'"P,1";2026-01-01\nP,2;\n', 2, "another separator"),
        (b"PatientID\nP1\n", 1, "a header that is not known"),
        (b"sample_id\n", 1, "a header that is not known"),
        (b"\n# list\nKode\nP1\nP2\n", 3, "a header that is not known"),
        (b"pseudonym,reason\nP1,asked\n", 1, "column 2 is not known"),
        (b"pseudonym,id\nP1,P1\n", 1, "once"),
        (b"from,to\n2026-01-01,\n", 1, "pseudonym among them"),
        (b"P1\n\xc3\n", 2, "not UTF-8"),
        ("P1\n".encode("utf-16"), 1, "not UTF-8"),
        ("P1\n".encode("utf-16-le"), 1, "a control character"),
        (b"P1\rP2\r", 1, "a control character"),
        (b"P1\n\x00\n", 2, "a control character"),
        (b'"P1\nP2"\n', 1, "quotation marks"),
        (b"P1\n010199-1234\n", 2, "looks like a CPR number"),
        (b"P1,,\nP2,0101991234\n", 2, "column 2 looks like a CPR number"),
        (b"anna@example.dk\n", 1, "looks like an e-mail address"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken(tmp_path: Path, data: bytes, line: int, reason: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    write_register(tmp_path, OptOutRegister(5, (Change(5, "P9", out=True),)))
    before = (tmp_path / MASK_FILE).read_bytes()
    with pytest.raises(LoadRefused) as caught:
        load_optouts(tmp_path, file, now=NOW, force=True)
    assert caught.value.message.startswith(f"list.csv: line {line}: ")
    assert reason in caught.value.message
    for secret in ("010199", "anna", "P9"):
        assert secret not in caught.value.message
    assert (tmp_path / MASK_FILE).read_bytes() == before


_NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=9).filter(
    lambda name: name.strip() == name and name[0] != "#" and name.lower() not in ("id", "to", "from", "date", "person")
)
_DAYS = st.integers(0, 3000).map(lambda days: JANUARY_2026 + days * DAY)


@given(st.dictionaries(_NAMES, st.tuples(_DAYS, st.none() | st.integers(1, 99))), st.sampled_from("\t;,"))
def test_what_is_spelled_is_read(entries: dict[str, tuple[int, int | None]], separator: str) -> None:
    text = "pseudonym" + separator + "from" + separator + "until\n"
    wanted = {}
    for name, (start, days) in entries.items():
        end = None if days is None else start + days * DAY
        quoted = '"' + name.replace('"', '""') + '"'
        text += separator.join((quoted, to_rfc3339(start), "" if end is None else to_rfc3339(end)[:10])) + "\n"
        wanted[name] = (Period(start, end),)
    assert periods(text) == wanted


@given(st.binary(max_size=60) | st.text('P1,;\t\n\r#"-20:TZ', max_size=60).map(str.encode))
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    try:
        found = parse_list("list.csv", data)
    except LoadRefused as error:
        found, refused = None, error.message
    if found is None:
        assert refused.startswith("list.csv: line ")
    else:
        assert all(name and own for name, own in found.periods.items())


@pytest.fixture
def drop(tmp_path: Path) -> Callable[..., object]:
    """Load a list of these lines into the home."""

    def load(*lines: str, now: int = NOW, allow_empty: bool = False, force: bool = False) -> object:
        file = tmp_path / "drop.csv"
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return load_optouts(tmp_path, file, now=now, allow_empty=allow_empty, force=force)

    return load


def changes_of(home: Path) -> tuple[Change, ...]:
    register = read_register(home)
    assert register is not None
    return register.changes


def test_a_list_is_all_that_holds_from_now_on(tmp_path: Path, drop: Callable[..., object]) -> None:
    drop(
        "P1", "P2,2026-01-01", f"P3,{to_rfc3339(NOW + 100)}", f"P4,2026-01-01,{to_rfc3339(NOW + 50)}", "P5,,2026-01-01"
    )
    assert opted_out(changes_of(tmp_path), NOW) == {"P1", "P2", "P4"}
    assert opted_out(changes_of(tmp_path), NOW - 1) == frozenset()
    assert opted_out(changes_of(tmp_path), NOW + 100) == {"P1", "P2", "P3"}
    drop("P1", "P2,2025-01-01", "P6", now=NOW + 10)
    register = read_register(tmp_path)
    assert register is not None
    assert register.imported_at == NOW + 10
    assert opted_out(register.changes, NOW) == {"P1", "P2", "P4"}
    for later in (10, 200):
        assert opted_out(register.changes, NOW + later) == {"P1", "P2", "P6"}


def test_what_a_list_changed_is_told(drop: Callable[..., object]) -> None:
    drop("P1", "P2", "P3")
    report = drop("P1", "P2", "P4", f"P5,{to_rfc3339(NOW + 100)}", "P6,,2026-01-01", now=NOW + 1)
    assert report.to_json() == {  # type: ignore[attr-defined]
        "file": "drop.csv", "imported_at": NOW + 1, "pseudonyms": 5, "out_now": 3, "out_later": 1, "ended": 1,
        "added": 2, "dropped": 1, "unknown": None, "notes": [],
    }  # fmt: skip
    text = report.to_text()  # type: ignore[attr-defined]
    assert "5 pseudonyms: 3 opted out now, 1 later, 1 no longer" in text
    assert "P4" not in text


def test_a_list_that_was_cut_short_opts_nobody_in(tmp_path: Path, drop: Callable[..., object]) -> None:
    everybody = [f"P{n}" for n in range(10)]
    drop(*everybody)
    for kept in (0, 1, 3, 4):
        with pytest.raises(LoadRefused, match=r"say --(force|allow-empty)"):
            drop(*everybody[:kept], now=NOW + 1)
    with pytest.raises(LoadRefused, match="--force"):
        drop(now=NOW + 1, allow_empty=True)
    with pytest.raises(LoadRefused, match="--allow-empty"):
        drop(now=NOW + 1, force=True)
    assert opted_out(changes_of(tmp_path), NOW + 2) == set(everybody)
    drop(*everybody[:5], now=NOW + 3)
    assert opted_out(changes_of(tmp_path), NOW + 3) == set(everybody[:5])
    drop(*everybody[:1], now=NOW + 4, force=True)
    drop(now=NOW + 5, force=True, allow_empty=True)
    assert listed(changes_of(tmp_path), NOW + 5) == frozenset()


@pytest.mark.parametrize(("people", "most"), [(3, 1), (10, 5), (40, 5), (100, 10)])
def test_only_few_are_in_again_without_a_word_of_the_operator(
    tmp_path: Path, drop: Callable[..., object], people: int, most: int
) -> None:
    everybody = [f"P{n}" for n in range(people)]
    drop(*everybody)
    with pytest.raises(LoadRefused, match=f"{most + 1} of the {people} people on the list before are missing"):
        drop(*everybody[most + 1 :], now=NOW + 1)
    drop(*everybody[most:], now=NOW + 2)
    drop(*everybody[: people - most - 1], now=NOW + 3, force=True)
    assert len(opted_out(changes_of(tmp_path), NOW + 3)) == people - most - 1


def test_a_last_line_without_an_end_may_be_cut_short(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"P1\nP2")
    with pytest.raises(LoadRefused, match=r"line 2: the last line has no end.*--force"):
        load_optouts(tmp_path, file, now=NOW)
    assert load_optouts(tmp_path, file, now=NOW, force=True).notes


def test_a_list_of_nobody_here_is_the_wrong_list(tmp_path: Path, drop: Callable[..., object]) -> None:
    drop("X1", "X2", "X3")
    publish(tmp_path, "d", "P1", "P2", "P3")
    drop("X1", "X2", "X3", "X4", "X5", now=NOW + 1)
    with pytest.raises(LoadRefused, match=r"3 of the 5 pseudonyms that are new .* --force"):
        drop("X1", "X2", "X3", "X4", "X5", "P1", "P2", "Y1", "Y2", "Y3", now=NOW + 2)
    drop("X1", "X2", "X3", "X4", "X5", "P1", "P2", "P3", "Y1", "Y2", "Y3", now=NOW + 3)
    drop("X1", "X2", "X3", "X4", "X5", "P1", "P2", "P3", "Z1", "Z2", "Z3", now=NOW + 4, force=True)


def test_a_list_that_came_while_the_clock_was_ahead_holds_on(tmp_path: Path, drop: Callable[..., object]) -> None:
    drop("P1", now=NOW)
    drop("P1", "P2", now=NOW + 400 * DAY)
    drop("P1", "P2", "P3", now=NOW + 10)
    assert opted_out(changes_of(tmp_path), NOW + 10) == {"P1", "P2", "P3"}
    assert Change(ALWAYS, "P2", out=True) in changes_of(tmp_path)


def test_a_list_after_one_that_was_lost_cannot_be_compared(tmp_path: Path, drop: Callable[..., object]) -> None:
    drop("P1")
    (tmp_path / MASK_FILE).unlink()
    with pytest.raises(LoadRefused, match="it is gone"):
        drop("P1", "P2")
    drop("P1", "P2", force=True)
    assert set(changes_of(tmp_path)) == {Change(ALWAYS, "P1", out=True), Change(ALWAYS, "P2", out=True)}


def test_who_stood_in_a_plain_list_was_always_out(tmp_path: Path, drop: Callable[..., object]) -> None:
    (tmp_path / MASK_FILE).write_text("P1\nP2\n", encoding="utf-8")
    drop("P1", "P3")
    assert set(changes_of(tmp_path)) == {
        Change(ALWAYS, "P1", out=True), Change(ALWAYS, "P2", out=True), Change(NOW, "P2", out=False),
        Change(NOW, "P3", out=True),
    }  # fmt: skip


def test_a_list_over_one_that_cannot_be_read_holds_as_if_it_always_had(
    tmp_path: Path, drop: Callable[..., object]
) -> None:
    (tmp_path / MASK_FILE).write_bytes(b"\xff")
    with pytest.raises(LoadRefused, match="--force"):
        drop("P1")
    drop("P1", "P2,2026-01-01", f"P3,{to_rfc3339(NOW + 100)}", force=True)
    assert set(changes_of(tmp_path)) == {
        Change(ALWAYS, "P1", out=True), Change(JANUARY_2026, "P2", out=True), Change(NOW + 100, "P3", out=True),
    }  # fmt: skip


def test_a_home_is_made_and_what_is_no_list_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("P1\n", encoding="utf-8")
    load_optouts(tmp_path / "new", file, now=NOW)
    assert opted_out(changes_of(tmp_path / "new"), NOW) == {"P1"}
    with file.open("r+b") as large:
        large.truncate((64 << 20) + 1)
    with pytest.raises(LoadRefused, match="larger than 64 MiB"):
        load_optouts(tmp_path, file, now=NOW)
    with pytest.raises(LoadRefused, match=r"no such file|not a plain file"):
        load_optouts(tmp_path, tmp_path, now=NOW)


def test_two_lists_are_not_loaded_at_once(tmp_path: Path, drop: Callable[..., object]) -> None:
    import fcntl  # noqa: PLC0415 - of this test alone

    with (tmp_path / LOCK_FILE).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(OperatorError, match="another list"):
            drop("P1")
