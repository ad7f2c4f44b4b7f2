"""Manifests: read back as written, refused when changed."""

import json
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataDamaged
from core.manifest import AbsentSite, Manifest, Part, PartKind, Source, from_json, to_json
from core.strict_json import JsonValue

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
NUMBERS = st.integers(0, 1 << 60)
PARTS = st.builds(
    Part,
    kind=st.sampled_from(PartKind),
    file=st.from_regex(r"[0-9a-z][0-9a-zA-Z._-]{0,4}", fullmatch=True),
    sha256=TEXTS,
    content_digest=TEXTS,
    size_bytes=NUMBERS,
    rows=NUMBERS,
    sources=st.lists(st.builds(Source, TEXTS, TEXTS), max_size=2).map(tuple),
    batch=TEXTS,
    contig=TEXTS,
    people_count=NUMBERS,
    absent_site=st.sampled_from(AbsentSite),
    absent_allele_number=NUMBERS,
    absent_allele_number_par=NUMBERS,
)
MANIFESTS = st.builds(
    Manifest,
    dataset_id=TEXTS,
    version=TEXTS,
    assembly=TEXTS,
    created_at=TEXTS,
    parts=st.lists(PARTS, max_size=3).map(tuple),
    parent=st.none() | TEXTS,
    notes=st.lists(TEXTS, max_size=2).map(tuple),
)
PART = Part(PartKind.FILES, "a.duckdb", "aa", "bb", 1, 2, sources=(Source("f", "s"),))
MANIFEST = Manifest("d", "1", "GRCh38", "2026-01-01T00:00:00Z", (PART,))


@given(MANIFESTS)
def test_what_is_written_is_read_back(manifest: Manifest) -> None:
    assert from_json(to_json(manifest)) == manifest


@given(st.lists(PARTS, max_size=6), st.randoms())
def test_parts_are_kept_once_and_in_one_order(parts: list[Part], random: Random) -> None:
    unique = list({part.file: part for part in parts}.values())
    shuffled = random.sample(unique, len(unique))
    cut = len(unique) // 2

    assert MANIFEST.with_parts(shuffled[:cut]).with_parts(shuffled[cut:]) == MANIFEST.with_parts(unique)
    files = [part.file for part in MANIFEST.with_parts([*unique, *unique]).parts]
    assert sorted(files) == sorted({*(part.file for part in unique), "a.duckdb"})


def test_parts_by_kind_and_sources() -> None:
    other = replace(PART, kind=PartKind.VARIANTS, file="b.duckdb", sources=(Source("g", "t"), Source("f", "s")))
    manifest = MANIFEST.with_parts([other])

    assert manifest.of_kind(PartKind.FILES) == (PART,)
    assert manifest.of_kind(PartKind.VARIANTS) == (other,)


def changed(**members: JsonValue) -> bytes:
    document = json.loads(to_json(MANIFEST))
    part = document["parts"][0]
    for name, value in members.items():
        (part if name in part else document)[name] = value
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def test_the_change_of_the_next_test_is_the_only_one() -> None:
    assert changed() == to_json(MANIFEST)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"7",
        b'"format"',
        b"\xff",
        b"[" * 100_000,
        to_json(MANIFEST)[:-5],
        to_json(MANIFEST).replace(b"\n", b""),
        to_json(MANIFEST) + b" ",
        changed(format=2),
        changed(parts=[7]),
        changed(parts=None),
        changed(kind="other"),
        changed(absent_site="maybe"),
        changed(sources=[{"name": "f"}]),
        changed(size_bytes="1"),
        changed(size_bytes=1.0),
        changed(rows=True),
        changed(version=1),
        changed(notes=[1]),
        changed(file="../../other"),
        changed(file=".hidden"),
        changed(file="a/b"),
        changed(file=""),
        changed(colour="red"),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(DataDamaged):
        from_json(data)


def test_a_changed_byte_is_refused_or_read_as_written() -> None:
    data = to_json(MANIFEST)
    for position in range(len(data)):
        mutated = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        try:
            assert to_json(from_json(mutated)) == mutated
        except DataDamaged:
            continue
