"""Files of different people made one part, against a plain model of who was called where."""

from dataclasses import dataclass
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from core.manifest import AbsentSite
from loaders.vcf_plan import VcfOptions
from tests.loaders.test_vcf_parts import load_here, table
from tests.loaders.vcf_texts import vcf_text, write_vcf

GENOTYPES = ("0/0", "0/1", "1/1", "./.", "./1", "1", "0")
CALLED = {"0/0": 2, "0/1": 2, "1/1": 2, "./.": 0, "./1": 1, "1": 1, "0": 1}
COPIES = {"0/0": 0, "0/1": 1, "1/1": 2, "./.": 0, "./1": 1, "1": 1, "0": 0}
ZYGOSITY = {"0/1": 1, "1/1": 2, "./1": 3, "1": 3}


@dataclass(frozen=True)
class File:
    """People and, by (position, alternate), their genotypes; some genotypes 0/0 elsewhere keep everybody diploid."""

    people: tuple[str, ...]
    records: dict[tuple[int, str], tuple[str, ...]]


@st.composite
def files(draw: st.DrawFn) -> list[File]:
    found = []
    for number in range(draw(st.integers(2, 3))):
        people = tuple(f"F{number}P{person}" for person in range(draw(st.integers(1, 3))))
        sites = draw(st.sets(st.tuples(st.integers(5, 8), st.sampled_from("ACT")), min_size=1, max_size=6))
        calls = st.tuples(*(st.sampled_from(GENOTYPES) for _ in people))
        found.append(File(people, {site: draw(calls) for site in sorted(sites)}))
    return found


def text_of(file: File) -> str:
    """Enough plain calls before the rest that everybody is seen to have two copies."""
    plain = [f"chr1 {position} G GA . GT {' '.join(['0/0'] * len(file.people))}" for position in range(100, 120)]
    records = [f"chr1 {pos} G {alternate} . GT {' '.join(calls)}" for (pos, alternate), calls in file.records.items()]
    return vcf_text([*records, *plain], file.people)


def called(file: File, site: tuple[int, str], meaning: AbsentSite) -> dict[str, int]:
    """Called copies of each person of a file at the site of an allele."""
    if site in file.records:
        return {person: CALLED[call] for person, call in zip(file.people, file.records[site], strict=True)}
    others = [calls for (position, _), calls in file.records.items() if position == site[0]]
    if others:
        most = max(others, key=lambda calls: sum(CALLED[call] for call in calls))
        return {person: CALLED[call] for person, call in zip(file.people, most, strict=True)}
    return dict.fromkeys(file.people, 2 if meaning is AbsentSite.REFERENCE else 0)


@settings(max_examples=30, deadline=None)
@given(files(), st.sampled_from(AbsentSite))
def test_counts_carriers_and_calls_are_those_of_the_model(
    tmp_path_factory: pytest.TempPathFactory, given_files: list[File], meaning: AbsentSite
) -> None:
    folder: Path = tmp_path_factory.mktemp("merge")
    paths = [write_vcf(folder / f"{number}.vcf", text_of(file)) for number, file in enumerate(given_files)]
    (part,) = load_here(folder / "home", paths, VcfOptions(absent_site=meaning))
    people = table(folder / "home", part, "people")
    names = [str(row[1]) for row in people]
    assert names == [person for file in given_files for person in file.people]
    variants = [row for row in table(folder / "home", part, "variants") if row[3] != "A" or row[2] != ""]
    sites = sorted({site for file in given_files for site in file.records})
    assert [((int(str(row[0])) & 0xFFFFFFFF) + 1, row[3]) for row in variants] == sites
    carriers = {(row[0], row[1]): row[2] for row in table(folder / "home", part, "carriers")}
    calls = {(row[0], row[1]): row[2] for row in table(folder / "home", part, "calls")}
    for number, (site, row) in enumerate(zip(sites, variants, strict=True)):
        holding = {
            person: call
            for file in given_files
            if site in file.records
            for person, call in zip(file.people, file.records[site], strict=True)
        }
        assert row[6] == sum(COPIES[call] for call in holding.values())
        zygosities = {person: ZYGOSITY[call] for person, call in holding.items() if call in ZYGOSITY}
        assert [row[8], row[9], row[10]] == [list(zygosities.values()).count(each) for each in (1, 2, 3)]
        assert {
            names[int(str(person))]: kind for (variant, person), kind in carriers.items() if variant == number
        } == zygosities
        if not _settled(given_files, site):
            continue
        expected = {person: copies for file in given_files for person, copies in called(file, site, meaning).items()}
        assert row[7] == sum(expected.values())
        for index, person in enumerate(names):
            base = int(str(people[index][5]))
            shown = base or {1: 2, 2: 2, 3: 1}.get(int(str(carriers.get((number, index), 0))), 0)
            assert calls.get((number, index), shown) == expected[person], (site, person)


def _settled(given_files: list[File], site: tuple[int, str]) -> bool:
    """Whether it is clear which of a file's records at a place stands for it: not where two have equally many calls."""
    for file in given_files:
        totals = [
            sum(CALLED[call] for call in calls) for (position, _), calls in file.records.items() if position == site[0]
        ]
        if site not in file.records and len(totals) > 1 and totals.count(max(totals)) > 1:
            return False
    return True
