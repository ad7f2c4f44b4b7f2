import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LoadRefused
from loaders.personal_shapes import personal_data_in
from loaders.pseudonyms import ProjectPseudonyms, PseudonymKey, key_text, new_key, parse_key

KEYS = st.binary(min_size=32, max_size=32).map(PseudonymKey)
NAMES = st.text(max_size=40)
PROJECTS = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,15}", fullmatch=True)


@given(KEYS, PROJECTS, NAMES)
def test_names_are_the_same_every_time_and_short(key: PseudonymKey, project: str, name: str) -> None:
    made = ProjectPseudonyms(key, project).of(name)
    assert made == ProjectPseudonyms(PseudonymKey(key.secret), project).of(name)
    prefix, _, shown = made.rpartition("-")
    assert prefix == project
    assert len(shown) == 26
    assert set(shown) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert personal_data_in(shown) is None


@given(KEYS, PROJECTS, st.sets(NAMES, max_size=200))
def test_no_two_people_share_a_name(key: PseudonymKey, project: str, names: set[str]) -> None:
    table = ProjectPseudonyms(key, project).table(names)
    assert {old for old, _ in table} == names
    assert len({new for _, new in table}) == len(names)
    assert [new for _, new in table] == sorted(new for _, new in table)


@given(KEYS, KEYS, st.sets(PROJECTS, min_size=2, max_size=2), st.sets(NAMES, min_size=1, max_size=20))
def test_two_projects_or_keys_have_no_name_in_common(
    key: PseudonymKey, other: PseudonymKey, projects: set[str], names: set[str]
) -> None:
    first, second = sorted(projects)
    shown = [
        {ProjectPseudonyms(each, project).of(name).rpartition("-")[2] for name in names}
        for each, project in ((key, first), (key, second), *([(other, first)] if other != key else []))
    ]
    assert len(set().union(*shown)) == sum(len(each) for each in shown)


def test_the_definition_is_fixed() -> None:
    """What was released under a key must be found again by any later version."""
    key = PseudonymKey(bytes(range(32)))
    text = b"".join(len(part).to_bytes(8, "big") + part for part in (b"genvej pseudonym 1", b"P1", b"HG00096"))
    digest = base64.b32encode(hmac.new(key.secret, text, hashlib.sha256).digest()).decode().lower()
    assert digest[:26] == ProjectPseudonyms(key, "P1").of("HG00096")[3:]
    assert ProjectPseudonyms(key, "P1").of("HG00096") == "P1-ozprrd4thxfwgrzsii4pcv36hf"


@given(KEYS.filter(lambda key: len(set(key.secret)) >= 16))
def test_key_files_round_trip(key: PseudonymKey) -> None:
    assert parse_key(key_text(key)) == key
    assert key.secret.hex() not in repr(key)


@pytest.mark.parametrize(
    "text", ["", "x", "genvej-pseudonym-key-1\nAAAA\n", "genvej-pseudonym-key-1\n!!\n", "x\n" + "A" * 44 + "\n"]
)
def test_other_files_are_no_keys(text: str) -> None:
    with pytest.raises(LoadRefused, match="not a key file"):
        parse_key(text)


@pytest.mark.parametrize("project", ["", "1a", "a b", "a/b", "-a", "x" * 17, "a--b"])
def test_projects_that_cannot_stand_in_a_name(project: str) -> None:
    with pytest.raises(LoadRefused, match="--project"):
        ProjectPseudonyms(new_key(), project)


def test_keys_are_random() -> None:
    assert new_key() != new_key()


def test_keys_that_are_not_random_are_refused() -> None:
    for secret in (bytes(32), b"ab" * 16, bytes(range(8)) * 4):
        with pytest.raises(LoadRefused, match="not random"):
            parse_key(key_text(PseudonymKey(secret)))
    assert all(parse_key(key_text(key)) == key for key in (new_key() for _ in range(1000)))


def test_a_name_is_the_same_however_its_accents_are_encoded() -> None:
    made = ProjectPseudonyms(new_key(), "ONE")
    assert made.of("\N{LATIN SMALL LETTER E WITH ACUTE}1") == made.of("e\N{COMBINING ACUTE ACCENT}1")
    assert made.of("E1") != made.of("e1")
