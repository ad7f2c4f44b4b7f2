"""The object store over the parts of a generation."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import DatasetAccess, Decision, Release, Tier
from core.datasets import DatasetCatalogue
from core.errors import CredentialRequired, DataDamaged, GenvejError, NotFound, PermissionDenied
from core.generations import Generation, open_generation
from core.genome import Region
from drs.objects import GenerationObjects, ObjectStore, Totals, check_bytes
from drs.part_builder import build_file_part
from tests.drs.files import SUBJECT, Published, file_row, indexed_pair, publish
from tests.drs.object_store_contract import HIDDEN, ObjectStoreContract, one


@contextmanager
def generation_of(home: Path, datasets: Mapping[str, Published], opted_out: Sequence[str] = ()) -> Iterator[Generation]:
    publish(home, datasets, opted_out)
    generation = open_generation(home)
    try:
        assert not generation.problems
        yield generation
    finally:
        generation.close()


class TestGenerationObjects(ObjectStoreContract):
    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path) -> None:
        self.home = tmp_path

    @contextmanager
    def open_store(self, datasets: Mapping[str, Published], opted_out: Sequence[str] = ()) -> Iterator[ObjectStore]:
        with generation_of(self.home, datasets, opted_out) as generation:
            yield GenerationObjects(generation)


def test_totals_count_what_anybody_may_know_of_once(tmp_path: Path) -> None:
    shared = file_row(b"in two datasets")
    secret = file_row(b"also in a secret one")
    opted_out = file_row(b"gone", individual_ids=("P-9",))
    datasets = {
        "d1": Published([shared, secret, opted_out]),
        "d2": Published([shared], 'preset = "controlled"'),
        "d3": Published([secret, file_row(b"secret")], HIDDEN),
    }
    with generation_of(tmp_path, datasets, ["P-9"]) as generation:
        assert GenerationObjects(generation).totals() == Totals(2, len(b"in two datasets" + b"gone"))
    with generation_of(tmp_path, datasets) as generation:
        assert GenerationObjects(generation).totals() == Totals(2, len(b"in two datasets" + b"gone"))


def test_the_tables_are_read_once_per_generation(tmp_path: Path) -> None:
    with generation_of(tmp_path, one()) as generation:
        first, second = GenerationObjects(generation), GenerationObjects(generation)
        assert first._catalogue is second._catalogue


def test_parts_of_several_batches_are_one_store(tmp_path: Path) -> None:
    data, index = indexed_pair(b"reads", "sample-1")
    publish(tmp_path, {"d1": Published([data])})
    catalogue = DatasetCatalogue(tmp_path)
    with catalogue.open_draft("d1") as draft:
        path = draft.staging / "files"
        draft.add([(build_file_part(path, [index]), path)])
    catalogue.publish("d1")
    generation = open_generation(tmp_path)
    decision = Decision({"d1": generation.policies["d1"].access("d1", Tier.ANONYMOUS)})
    assert GenerationObjects(generation).get(data.object_id, decision).index == index
    generation.close()


def test_sample_columns_that_cannot_be_read_are_said_to_be_damaged(tmp_path: Path) -> None:
    publish(tmp_path, {"d1": Published([file_row(b"reads")])})
    (part,) = (tmp_path / "datasets" / "d1" / "parts").iterdir()
    with duckdb.connect(str(part)) as connection:
        connection.execute("UPDATE file_objects SET samples = '[1]'")
    manifest = tmp_path / "datasets" / "d1" / "versions" / "1" / "manifest.json"
    text = manifest.read_text()
    before = text.split('"size_bytes": ')[1].split(",")[0]
    manifest.write_text(text.replace(f'"size_bytes": {before}', f'"size_bytes": {part.stat().st_size}'))
    generation = open_generation(tmp_path)
    assert not generation.problems
    with pytest.raises(DataDamaged, match="sample columns"):
        GenerationObjects(generation)
    generation.close()


ACCESSES = st.builds(
    DatasetAccess,
    dataset_id=st.just("d1"),
    tier=st.sampled_from(Tier),
    release=st.sampled_from(Release),
    minimum_count=st.just(1),
    rounding=st.just(1),
    bytes_allowed=st.booleans(),
    listed=st.booleans(),
    synthetic=st.booleans(),
    regions=st.none() | st.just((Region("1", 0, 1),)),
    people=st.none() | st.just(frozenset({"P-1"})),
    needed=st.sampled_from(["", "a visa"]),
)


@given(ACCESSES, st.booleans())
def test_bytes_are_given_only_whole_and_allowed_and_nothing_hidden_is_told(
    access: DatasetAccess, anonymous: bool
) -> None:
    decision = Decision({"d1": access}, None if anonymous else SUBJECT)
    refused: type[GenvejError] | None = None
    try:
        check_bytes(access, decision, "object x")
    except GenvejError as error:
        refused = type(error)
    if not access.visible:
        assert refused is NotFound
    elif not access.bytes_allowed:
        assert refused is (CredentialRequired if anonymous else PermissionDenied)
    else:
        assert refused is (None if access.whole else PermissionDenied)
