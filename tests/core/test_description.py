"""``dataset.toml``: read, written, every mistake named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import Release, Tier
from core.description import (
    DatasetDescription,
    check_dataset_id,
    description_to_toml,
    new_description,
    parse_description,
)
from core.errors import OperatorError
from core.policy import PRESETS, DatasetPolicy, TierRule

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
RULES = st.builds(TierRule, st.sampled_from(Release), st.integers(1, 1 << 31), st.integers(1, 9)).filter(
    lambda rule: rule.minimum_count < 1 << 31
)
POLICIES = st.builds(
    DatasetPolicy,
    name=st.sampled_from(list(PRESETS)),
    anonymous=RULES,
    registered=RULES,
    controlled=RULES,
    bytes_from=st.sampled_from(Tier),
    listed=st.booleans(),
    synthetic=st.booleans(),
).filter(lambda policy: not policy.contradictions) | st.sampled_from(list(PRESETS.values()))
DESCRIPTIONS = st.builds(
    DatasetDescription,
    title=TEXTS.filter(bool),
    policy=POLICIES,
    description=TEXTS,
    publisher=TEXTS,
    contact_url=TEXTS,
    legal_basis=TEXTS,
    release_class=TEXTS,
    created_at=st.sampled_from(["", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.25+01:00"]),
    duo_terms=st.lists(
        st.sampled_from(["DUO:0000042", "DUO:0000007 MONDO:0005015", 'DUO:0000024 "x\\']), max_size=3
    ).map(tuple),
)


@given(DESCRIPTIONS)
def test_what_is_written_is_read_back(described: DatasetDescription) -> None:
    assert parse_description(description_to_toml(described)) == described


@pytest.mark.parametrize("dataset_id", ["a", "A1", "1000G.v3_x~y-z", "a" * 128, "a.."])
def test_ids_stand_in_urls_and_paths(dataset_id: str) -> None:
    assert check_dataset_id(dataset_id) == dataset_id


@pytest.mark.parametrize(
    "dataset_id", ["", ".", "..", ".a", "-a", "_a", "a/b", "a\\b", "a b", "a\n", "å", "a%2f", "a" * 129, "a\0", "a?b"]
)
def test_other_ids_are_refused(dataset_id: str) -> None:
    with pytest.raises(OperatorError, match="dataset id"):
        check_dataset_id(dataset_id)


def test_of_a_new_dataset_nothing_is_known_and_the_strictest_preset_holds() -> None:
    described = new_description("d", None, "2026-01-01T00:00:00Z")

    assert (described.title, described.policy, described.created_at) == (
        "d",
        PRESETS["controlled"],
        "2026-01-01T00:00:00Z",
    )
    assert new_description("d", "open", "").policy == PRESETS["open"]
    with pytest.raises(OperatorError, match="presets are"):
        new_description("d", "secret", "")


def test_single_cells_are_overridden() -> None:
    described = parse_description("""
        title = "T"
        [policy]
        preset = "registered"
        registered = { minimum_count = 20 }
        bytes = "registered"
        listed = false
        synthetic = true
    """)

    assert described.policy == replace(
        PRESETS["registered"],
        registered=TierRule(Release.COUNT, 20, 10),
        bytes_from=Tier.REGISTERED,
        listed=False,
        synthetic=True,
    )


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("titel = 'x'", "titel"),
        ("publisher = 3", "publisher"),
        ("created_at = 2026-01-01T00:00:00Z", "created_at"),
        ("created_at = 'yesterday'", "created_at"),
        ("created_at = '2026-01-01'", "created_at"),
        ("created_at = '2026-13-01T00:00:00Z'", "created_at"),
        ("created_at = '2026-01-01T00:00:00'", "created_at"),
        ("duo_terms = 'DUO:0000042'", "duo_terms"),
        ("duo_terms = ['DUO:42']", "duo_terms"),
        ("duo_terms = ['DUO:٠٠٠٠٠٤٢']", "duo_terms"),
        ("duo_terms = [7]", "duo_terms"),
        ("policy = 'open'", "policy"),
        ("policy.preset = 'secret'", "policy.preset"),
        ("policy.preset = ['open']", "policy.preset"),
        ("policy.threshold = 5", "policy.threshold"),
        ("policy.bytes = 'nobody'", "policy.bytes"),
        ("policy.bytes = ['anonymous']", "policy.bytes"),
        ("policy.listed = 'yes'", "policy.listed"),
        ("policy.synthetic = 1", "policy.synthetic"),
        ("policy.anonymous = 'count'", "policy.anonymous"),
        ("policy.anonymous = {release = 'all'}", "policy.anonymous"),
        ("policy.anonymous = {release = ['count']}", "policy.anonymous"),
        ("policy.anonymous = {minimum = 3}", "policy.anonymous"),
        ("policy.controlled = {minimum_count = 0}", "policy.controlled"),
        ("policy.controlled = {minimum_count = true}", "policy.controlled"),
        ("policy.controlled = {minimum_count = 2.0}", "policy.controlled"),
        ("policy.controlled = {rounding = 2147483648}", "policy.controlled"),
        ("policy.anonymous = {release = 'count'}", "policy: registered gives less than anonymous"),
        ("policy.registered = {release = 'record', minimum_count = 1}", ""),
    ],
)
def test_a_mistake_is_named_with_its_key(line: str, named: str) -> None:
    text = f"title = 'T'\n{line}\n"
    if not named:
        parse_description(text)
        return
    with pytest.raises(OperatorError) as caught:
        parse_description(text)
    assert caught.value.message.startswith(named)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(OperatorError) as caught:
        parse_description("publisher = 1\nfoo = 2\n[policy]\nbytes = 3\nbar = 4")

    assert len(caught.value.message.splitlines()) == 5


@pytest.mark.parametrize("text", ["title = ", "title = 'a'\ntitle = 'b'", "\x00"])
def test_what_is_not_toml_is_refused(text: str) -> None:
    with pytest.raises(OperatorError, match="not TOML"):
        parse_description(text)
