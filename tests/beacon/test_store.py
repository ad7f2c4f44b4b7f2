"""The store against the brute-force model, over random parts, opt-outs, grants and thresholds."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from beacon import store
from beacon.found import FoundVariant
from beacon.query import (
    EVERY_VARIANT,
    BeaconQuery,
    BracketQuestion,
    OntologyFilter,
    Page,
    RangeQuestion,
    SequenceQuestion,
    VariantQuestion,
)
from beacon.rows import CallRow, PersonRow, VariantRow, VariantType, Zygosity
from beacon.store import DatasetScope, GenerationStore
from core.access import DatasetAccess, Release, Tier
from core.generations import Generation, open_generation
from core.genome import Region
from core.manifest import AbsentSite
from core.people import MASK_FILE
from tests.beacon.model import ModelCounts, ModelPart, expected
from tests.beacon.node import called, individual, people, variant
from tests.support.homes import publish_entities, publish_variants
from tests.support.proof import proof_volume

_POSITIONS = st.integers(0, 12)
_FIRST = {"X": 9_994, "Y": 9_994}
"""Where positions begin: on X and Y such that some lie in a pseudo-autosomal region and some before it."""
_FAR = 1 << 20


def access_to(
    *,
    minimum_count: int = 1,
    regions: tuple[Region, ...] | None = None,
    people: frozenset[str] | None = None,
) -> DatasetAccess:
    return DatasetAccess(
        "D", Tier.CONTROLLED, Release.RECORD, minimum_count, 1, bytes_allowed=True, listed=True, synthetic=False,
        regions=regions, people=people,
    )  # fmt: skip


@st.composite
def rows(draw: st.DrawFn, contig: str) -> VariantRow:
    """An allele near the start of a contig, or a long one."""
    start = _FIRST.get(contig, 0) + draw(_POSITIONS)
    kind = draw(st.sampled_from(("SNP", "DEL", "INS", "LONG", "CNV")))
    if kind == "SNP":
        return variant(start, draw(st.sampled_from("AC")), draw(st.sampled_from("GT")), contig=contig)
    if kind == "INS":
        return variant(start, "", draw(st.sampled_from(("A", "CG"))), contig=contig, anchor="T", kind=VariantType.INS)
    if kind == "DEL":
        return variant(start, draw(st.sampled_from(("A", "CG"))), "", contig=contig, anchor="T", kind=VariantType.DEL)
    end = start + (draw(st.integers(1001, 3000)) if kind == "LONG" else draw(st.integers(1, 9)))
    name = draw(st.sampled_from(("DEL", "DUP")))
    return variant(start, "", f"<{name}>", contig=contig, end=end, kind=VariantType(name))


@st.composite
def parts(draw: st.DrawFn, number: int) -> ModelPart:
    """A part with genotypes, some people called otherwise than they have copies, or without people."""
    contig = draw(st.sampled_from(("1", "1", "X", "Y", "MT")))
    made = draw(st.lists(rows(contig), min_size=1, max_size=6))
    unique = {(row.key, row.end_0based, row.reference_bases, row.alternate_bases): row for row in made}
    ordered = tuple(unique[key] for key in sorted(unique))
    if draw(st.booleans()):
        return ModelPart(contig, ordered)
    kinds = [Zygosity.HETEROZYGOUS, Zygosity.HOMOZYGOUS] if contig == "1" else [Zygosity.HEMIZYGOUS]
    crowd = people(4, f"P{number}-" if draw(st.booleans()) else "P")
    genotypes = [draw(st.dictionaries(st.integers(0, 3), st.sampled_from(kinds), max_size=4)) for _ in ordered]
    rows_called, carriers = called(ordered, genotypes, 0)
    otherwise = draw(
        st.dictionaries(st.tuples(st.integers(0, len(ordered) - 1), st.integers(0, 3)), st.integers(0, 2), max_size=6)
    )
    made_part = ModelPart(contig, rows_called, carriers, crowd, draw(st.booleans()), otherwise)
    numbered = [replace(row, allele_number=made_part.allele_number(n)) for n, row in enumerate(rows_called)]
    copies = [
        replace(person, copies=made_part.copies(person, _FAR * 40), copies_par=made_part.copies(person, 20_000))
        if made_part.reference_if_absent
        else replace(person, copies=0, copies_par=0)
        for person in crowd
    ]
    return replace(made_part, rows=tuple(numbered), people=tuple(copies))


@st.composite
def questions(draw: st.DrawFn) -> VariantQuestion:
    """Any kind of question, near the data."""
    kind = draw(st.sampled_from(("all", "contig", "sequence", "alternate", "range", "far", "bracket")))
    if kind == "all":
        return draw(
            st.sampled_from((EVERY_VARIANT, VariantQuestion(variant_types=("DEL",)), VariantQuestion(minimum_length=2)))
        )
    contig = draw(st.sampled_from(("1", "X", "Y", "MT")))
    start = _FIRST.get(contig, 0) + draw(_POSITIONS)
    narrow = draw(st.sampled_from((
        VariantQuestion(), VariantQuestion(variant_types=("DEL", "DUP")), VariantQuestion(variant_types=()),
        VariantQuestion(minimum_length=2), VariantQuestion(maximum_length=5), VariantQuestion(alternate="N"),
        VariantQuestion(reference="A", alternate=""),
    )))  # fmt: skip
    place = {
        "contig": st.none(),
        "sequence": st.builds(
            lambda ref, alt: SequenceQuestion(start, start + len(ref), ref, alt),
            st.sampled_from(("A", "C", "N", "", "CG")), st.sampled_from(("G", "T", "N", "A", "")),
        ),
        "alternate": st.builds(
            lambda alt: SequenceQuestion(start, None, None, alt), st.sampled_from(("G", "TA", "TCG", "N", ""))
        ),
        "range": st.sampled_from((1, 3, 9, 1_000_000)).map(lambda length: RangeQuestion(start, start + length)),
        "far": st.just(RangeQuestion(1500, 1501)),
        "bracket": st.just(BracketQuestion(start, start + 5, start, start + 8)),
    }[kind]  # fmt: skip
    return VariantQuestion(
        draw(st.sampled_from((None, "GRCh38"))), contig, draw(place), narrow.variant_types, narrow.minimum_length,
        narrow.maximum_length, narrow.reference, narrow.alternate,
    )  # fmt: skip


accesses = st.builds(
    lambda minimum, regions, chosen: access_to(minimum_count=minimum, regions=regions, people=chosen),
    st.sampled_from((1, 1, 2, 3)),
    st.sampled_from((None, None, (Region("1", 2, 9), Region("X", 9_994, 10_003)), ())),
    st.sampled_from((None, None, frozenset({"P000", "P001"}), frozenset[str]())),
)


@contextmanager
def opened(model: Sequence[ModelPart], hidden: frozenset[str]) -> Iterator[Generation]:
    """A generation over a home with these parts as one dataset."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for number, part in enumerate(model):
            publish_variants(
                home, "D", part.rows, contig=part.contig, people=part.people, carriers=part.carriers,
                batch=f"b{number}",
                absent_site=AbsentSite.REFERENCE if part.reference_if_absent else AbsentSite.UNKNOWN,
                absent_allele_number=part.absent_number(_FAR * 40), absent_allele_number_par=part.absent_number(20_000),
                calls=[CallRow(*at, copies) for at, copies in sorted(part.otherwise.items())],
            )  # fmt: skip
        if hidden:
            (home / MASK_FILE).write_text("".join(f"{person}\n" for person in sorted(hidden)))
        generation = open_generation(home)
        try:
            yield generation
        finally:
            generation.close()


@settings(
    max_examples=proof_volume(10, 400),
    phases=[Phase.explicit, Phase.generate], deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(st.data())
def test_variants_equal_the_model(data: st.DataObject) -> None:
    model = [data.draw(parts(number)) for number in range(data.draw(st.integers(1, 3)))]
    hidden = data.draw(st.sampled_from((frozenset[str](), frozenset({"P001"}), frozenset({"P000", "P002", "nobody"}))))
    with opened(model, hidden) as generation:
        for _ in range(15):
            _compare(generation, model, data.draw(questions()), data.draw(accesses), hidden)


def _compare(
    generation: Generation, model: Sequence[ModelPart], question: VariantQuestion, access: DatasetAccess,
    hidden: frozenset[str],
) -> None:  # fmt: skip
    wanted = expected(model, question, access, hidden)
    pages: list[FoundVariant] = []
    for skip in range(len(wanted) // 3 + 2):
        query = BeaconQuery("genomicVariant", variant=question, page=Page(skip, 3))
        (found,) = GenerationStore(generation).variants(query, [DatasetScope(access, Release.RECORD)])
        assert found.total == len(wanted), (question, access)
        pages += found.variants
    got = {
        (
            each.contig,
            each.allele.start_0based,
            each.allele.end_0based,
            each.allele.reference,
            each.allele.alternate,
        ): each
        for each in pages
    }
    assert list(got) == list(wanted), (question, access)
    for key, each in got.items():
        counts = each.counts
        assert ModelCounts(
            counts.allele_count, counts.allele_number, counts.heterozygous, counts.homozygous, counts.hemizygous
        ) == wanted[key], (key, question, access)  # fmt: skip
        assert hidden.isdisjoint(case.individual_id for case in each.cases)
        assert access.people is None or {case.individual_id for case in each.cases} <= access.people
    counted = BeaconQuery("genomicVariant", variant=question)
    (only_count,) = GenerationStore(generation).variants(counted, [DatasetScope(access, Release.COUNT)])
    assert (only_count.total, only_count.variants) == (len(wanted), ()) or isinstance(question.place, SequenceQuestion)
    assert only_count.total == len(wanted)


def test_another_assembly_is_not_consulted() -> None:
    with opened([ModelPart("1", (variant(5, "A", "G", contig="1"),))], frozenset()) as generation:
        question = VariantQuestion("GRCh37", "1", RangeQuestion(0, 100))
        query = BeaconQuery("genomicVariant", variant=question)
        (found,) = GenerationStore(generation).variants(query, [DatasetScope(access_to(), Release.RECORD)])
        assert found.total == 0


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """Twelve people in two batches of entities (one was loaded twice), ten of them with genotypes."""
    home = tmp_path_factory.mktemp("registry")
    for batch in (range(8), range(7, 12)):
        made = [
            individual(
                f"P{n:03d}", "FEMALE" if n % 2 else "MALE", *(["HP:0001250"] if n % 3 == 0 else []),
                excluded=["HP:0001250"] if n == 1 else (),
            )
            for n in batch
        ]  # fmt: skip
        publish_entities(
            home, "D", [entity for entity, _ in made], [term for _, own in made for term in own], batch=f"e{batch[0]}"
        )
    crowd: tuple[PersonRow, ...] = people(10)
    carried = ({0: Zygosity.HETEROZYGOUS, 3: Zygosity.HOMOZYGOUS, 4: Zygosity.HETEROZYGOUS}, {5: Zygosity.HETEROZYGOUS})
    made_rows, carriers = called((variant(10, "A", "G"), variant(20, "C", "T")), carried, 20)
    publish_variants(home, "D", made_rows, contig="17", people=crowd, carriers=carriers)
    (home / MASK_FILE).write_text("P003\n")
    generation = open_generation(home)
    yield generation
    generation.close()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (BeaconQuery("individual"), "0 1 2 4 5 6 7 8 9 10"),
        (BeaconQuery("individual", filters=(OntologyFilter("HP:0001250"),)), "0 6 9"),
        (BeaconQuery("individual", filters=(OntologyFilter("HP:0001250"), OntologyFilter("NCIT:C16576"))), "9"),
        (BeaconQuery("individual", filters=(OntologyFilter("HP:0001250", scope="individual"),)), "0 6 9"),
        (BeaconQuery("individual", filters=(OntologyFilter("HP:0001250", scope="biosample"),)), ""),
        (BeaconQuery("individual", entry_id="P007"), "7"),
        (BeaconQuery("individual", entry_id="P003"), ""),
        (BeaconQuery("individual", individual_id="P004"), "4"),
        (BeaconQuery("individual", variant=VariantQuestion("GRCh38", "17", RangeQuestion(0, 50))), "0 4 5"),
        (BeaconQuery("individual", variant=VariantQuestion("GRCh38", "17", SequenceQuestion(10, 11, "A", "G"))), "0 4"),
        (BeaconQuery("individual", variant=VariantQuestion("GRCh37", "17", RangeQuestion(0, 50))), ""),
        (BeaconQuery("individual", variant=EVERY_VARIANT, filters=(OntologyFilter("HP:0001250"),)), "0"),
        (BeaconQuery("individual", page=Page(1, 4)), "5 6 7 8"),
        (BeaconQuery("run"), ""),
        (BeaconQuery("genomicVariant"), ""),
    ],
)
def test_entities(registry: Generation, query: BeaconQuery, ids: str) -> None:
    (found,) = GenerationStore(registry).entities(query, [DatasetScope(access_to(), Release.RECORD)])
    documents = [document.split('"')[3] for document in found.documents]
    assert documents == [f"P{int(number):03d}" for number in ids.split()]
    assert found.population == (11 if query.entry_type == "individual" else 0)
    assert found.people == found.total
    if query.page == Page():
        assert found.total == len(documents) or query == BeaconQuery("individual")


def test_entities_of_a_limited_grant(registry: Generation) -> None:
    access = access_to(people=frozenset({"P000", "P003", "P005"}))
    (found,) = GenerationStore(registry).entities(BeaconQuery("individual"), [DatasetScope(access, Release.COUNT)])
    assert (found.total, found.people, found.population, found.documents) == (2, 2, 2, ())


@pytest.mark.parametrize(("minimum_count", "people"), [(1, 3), (2, 2), (3, 0)])
def test_a_variant_below_the_threshold_counts_for_nobody(registry: Generation, minimum_count: int, people: int) -> None:
    """Two ranges that differ by a rare variant must not differ in the number of people."""
    query = BeaconQuery("individual", variant=VariantQuestion("GRCh38", "17", RangeQuestion(0, 50)))
    scope = DatasetScope(access_to(minimum_count=minimum_count), Release.COUNT)
    (found,) = GenerationStore(registry).entities(query, [scope])
    assert found.people == people


def test_terms_count_people(registry: Generation) -> None:
    store = GenerationStore(registry)
    for _ in range(2):
        (terms,) = store.terms([DatasetScope(access_to(), Release.COUNT)])
        assert {term.term_id: term.people for term in terms} == {"HP:0001250": 3, "NCIT:C16576": 5, "NCIT:C20197": 6}
        assert {term.population for term in terms} == {11}


def test_variants_of_one_person_and_one_sample(registry: Generation) -> None:
    store = GenerationStore(registry)
    scope = [DatasetScope(access_to(), Release.RECORD)]
    for query, starts in (
        (BeaconQuery("genomicVariant", individual_id="P004"), [10]),
        (BeaconQuery("genomicVariant", individual_id="P003"), []),
        (BeaconQuery("genomicVariant", biosample_id="B-P005"), [20]),
    ):
        (found,) = store.variants(query, scope)
        assert [each.allele.start_0based for each in found.variants] == starts
        assert all(each.counts.allele_number == 2 for each in found.variants)


def test_pages_of_batches_look_as_far_as_they_must(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threshold drops what the heads of the parts hold: further rows are read, and few values are kept."""
    monkeypatch.setattr(store, "_CACHED_VALUES", 1)
    rare = [variant(start, "A", "G", contig="1", counts=(1, 90, 1, 0, 0)) for start in range(40)]
    common = [variant(90, "A", "G", contig="1", counts=(4, 90, 4, 0, 0))]
    with opened([ModelPart("1", (*rare, *common)), ModelPart("1", tuple(common))], frozenset()) as generation:
        for minimum, starts in ((5, [90]), (4, [90]), (1, [0, 1])):
            query = BeaconQuery("genomicVariant", variant=EVERY_VARIANT, page=Page(0, 2))
            scope = DatasetScope(access_to(minimum_count=minimum), Release.RECORD)
            (found,) = GenerationStore(generation).variants(query, [scope])
            assert [each.allele.start_0based for each in found.variants] == starts
            assert found.total == (41 if minimum == 1 else 1)


def alone(person: str, *rows: VariantRow) -> ModelPart:
    """A part of one person who carries all of the rows, where an absent site says nothing."""
    own, carriers = called(rows, [{0: Zygosity.HETEROZYGOUS}] * len(rows), 2)
    return ModelPart("1", own, carriers, (PersonRow(0, person, person, person, "MALE", copies=0, copies_par=0),))


def test_who_opted_out_leaves_no_trace_in_what_parts_have_together() -> None:
    """A site that a list names without counts, the anchor and type of an allele, and the order of its carriers."""
    listed = ModelPart("1", (variant(10, "A", "G", contig="1", counts=(0, 0, None, None, None)),))
    bare = variant(30, "A", "", contig="1", kind=VariantType.DEL)
    anchored = variant(30, "A", "", contig="1", kind=VariantType.CNV, anchor="T")
    others = [listed, alone("P2", bare), alone("P1", bare)]
    hidden = alone("P0", variant(10, "A", "G", contig="1", anchor="C"), anchored)
    answers = []
    for model in (others, [*others, hidden], [hidden, *others]):
        with opened(model, frozenset({"P0"})) as generation:
            store = GenerationStore(generation)
            query = BeaconQuery("genomicVariant", variant=EVERY_VARIANT)
            answers.append(store.variants(query, [DatasetScope(access_to(), Release.RECORD)]))
            layout = store._layouts["D"]
            assert layout.absent_sites(layout.masks.gone) == ["unknown"]
    (never,) = answers[0]
    assert [(each.allele.start_0based, each.anchor) for each in never.variants] == [(10, ""), (30, "")]
    assert [case.individual_id for case in never.variants[1].cases] == ["P1", "P2"]
    assert answers == [answers[0]] * 3


def test_absent_sites_are_told_of_parts_in_which_somebody_is_left() -> None:
    row = variant(10, "A", "G", contig="1")
    hidden = replace(alone("P0", row), reference_if_absent=True)
    for parts_of_others in ([alone("P1", row)], []):
        with opened([hidden, *parts_of_others], frozenset({"P0"})) as generation:
            layout = GenerationStore(generation)._layouts["D"]
            assert layout.absent_sites(layout.masks.gone) == ["unknown"] * len(parts_of_others)
            assert layout.absent_sites("") == sorted({"reference", *(["unknown"] * len(parts_of_others))})
