import pytest

from core.errors import DataDamaged
from htsget.index.csi import parse_index
from htsget.records import walk
from tests.htsget.genomes import Opened, open_file, seeded
from tests.htsget.index.indexed import KINDS
from tests.htsget.index.layouts import bai, bai_bin


@pytest.fixture(scope="module", params=list(KINDS))
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return open_file(*KINDS[request.param](tmp_path_factory.mktemp("indexed")))


def test_the_promises_of_an_index_hold_for_every_record_of_the_file(opened: Opened) -> None:
    """The brute-force oracle: all records of the file, looked at one by one."""
    records = list(walk(opened.file.reader, opened.file.record_format, opened.file.first_record))
    chance = seeded(5)
    numbers = {name: number for number, name in enumerate(opened.index.names)} or opened.header.contigs
    for name, number in numbers.items():
        assert isinstance(number, int)
        key = number if not opened.index.names else name.encode()
        own = [record for record in records if record.contig == key]
        bins = opened.index.reference(number)
        for _ in range(40):
            start = chance.choice(own).start_0based + chance.randrange(-50, 50) if own else 3
            start = max(start, 0)
            end = start + chance.choice((1, 30, 20_000, 1 << 28))
            candidates = bins.query(start, end)
            if candidates is None:
                assert not own
                continue
            for record in own:
                if record.begin < candidates.first:
                    assert record.start_0based < start
                if record.begin < candidates.certain:
                    assert record.start_0based < end
                if record.begin < candidates.first and record.end_0based > start:
                    assert any(low <= record.begin < high for low, high in candidates.spanning)


def test_where_placed_records_end(opened: Opened) -> None:
    records = list(walk(opened.file.reader, opened.file.record_format, opened.file.first_record))
    placed = [record for record in records if record.contig != -1]
    assert opened.index.placed_end() == placed[-1].end
    assert opened.index.unplaced_count == len(records) - len(placed)


def test_a_reference_that_the_index_does_not_have_has_no_bins(opened: Opened) -> None:
    for number in (-1, len(opened.index.slots)):
        assert opened.index.reference(number).query(0, 100) is None


def test_windows_without_an_entry_have_the_one_to_their_left() -> None:
    floors = parse_index(bai(bai_bin(0, (1, 99)), windows=(0, 7, 0, 9))).reference(0).floors
    assert [floors.floor(window << 14) for window in range(6)] == [0, 7, 7, 9, 9, 9]


@pytest.mark.parametrize("bins", [(bai_bin(37449, (1, 2)),), (bai_bin(5, (1, 2)), bai_bin(5, (3, 4)))])
def test_bins_that_cannot_be_are_found_when_they_are_asked(bins: tuple[bytes, ...]) -> None:
    with pytest.raises(DataDamaged):
        parse_index(bai(*bins)).reference(0)
