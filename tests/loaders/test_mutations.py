"""Five hundred damaged files of each other format: taken or refused with one message that names the file."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from loaders.frequency_map import read_frequency_map
from loaders.frequency_table import InspectedTable, TableTask, build_frequency_part, inspect_table
from loaders.optout_list import parse_list
from loaders.phenopackets import load_phenopackets
from loaders.report import RecordRejected
from loaders.table_mapping import EXAMPLES, read_table_mapping
from loaders.vcf_reference import ReferenceFasta, check_reference_allele, left_align
from tests.loaders.mutated import damaged
from tests.loaders.phenopacket_documents import full_packet
from tests.loaders.text_mutations import mutated
from tests.support.proof import proof_volume

VOLUME = proof_volume(25, 500)


def outcome(take: Callable[[Path], object], path: Path, data: bytes) -> bool:
    """Whether the file is taken; a refusal is one line that names it. Any other error fails the test."""
    path.write_bytes(data)
    said = ""
    try:
        take(path)
    except LoadRefused as error:
        said = error.message
    assert not said or (path.name in said and "\n" not in said), repr(said)
    return not said


def quiet(_done: int, _total: int) -> None:
    """Nobody listens."""


def test_damaged_phenopackets(tmp_path: Path) -> None:
    one, other = full_packet(), full_packet("P2", "packet-2")
    texts = [json.dumps(one, indent=1), json.dumps([one, other]), f"{json.dumps(one)}\n{json.dumps(other)}\n"]
    taken = 0
    for number in range(VOLUME):
        catalogue = DatasetCatalogue(tmp_path / f"home-{number}")

        def load(path: Path, catalogue: DatasetCatalogue = catalogue) -> None:
            load_phenopackets(catalogue, "d", [path])

        data = mutated(texts[number % 3].encode(), number, "phenopackets")
        taken += outcome(load, tmp_path / f"{number}.json", data)
    assert taken < VOLUME


@pytest.mark.parametrize("example", EXAMPLES)
def test_damaged_mappings(tmp_path: Path, example: str) -> None:
    whole = (Path("loaders/mappings") / f"{example}.toml").read_bytes()
    for number in range(VOLUME):
        outcome(read_table_mapping, tmp_path / "m.toml", mutated(whole, number, example))


def test_damaged_maps_of_populations(tmp_path: Path) -> None:
    wholes = [path.read_bytes() for path in sorted(Path("loaders/populations").glob("*.toml"))]
    for number in range(VOLUME):
        whole = wholes[number % len(wholes)]
        outcome(read_frequency_map, tmp_path / "m.toml", mutated(whole, number, "populations"))


def test_damaged_lists_of_opt_outs(tmp_path: Path) -> None:
    """What is taken holds no more pseudonyms than lines; of most damage that is all that can be said."""
    whole = "pseudonym;effective_from;until\n" + "".join(
        f"P{number};2026-01-{1 + number % 28:02d};{'2027-01-01' if number % 3 else ''}\n" for number in range(40)
    )
    for number in range(VOLUME):
        data = mutated(whole.encode(), number, "optouts")

        def take(path: Path) -> None:
            found = parse_list(path.name, path.read_bytes())
            assert len(found.periods) <= path.read_bytes().count(b"\n") + 1

        outcome(take, tmp_path / "list.csv", data)


def frequencies(path: Path) -> bytes:
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "CREATE TABLE rows AS SELECT (1000 + range)::INTEGER AS POS, 'A' AS REF, 'G' AS ALT,"
            " ['Total', 'EUR'][1 + range % 2] AS POPULATION, (range % 7)::INTEGER AS AC, 20::INTEGER AS AN FROM range(400)"
        )
        connection.execute(f"COPY rows TO '{path}' (FORMAT PARQUET)")
    return path.read_bytes()


def test_damaged_tables_of_frequencies(tmp_path: Path) -> None:
    whole, chance = frequencies(tmp_path / "whole.parquet"), random.Random(20270306)
    taken = 0
    for number in range(VOLUME):
        staging = tmp_path / f"staging-{number}"
        staging.mkdir()

        def take(path: Path, staging: Path = staging) -> None:
            found: InspectedTable = inspect_table(path, quiet)
            build_frequency_part(TableTask(path, found.sha256, staging, "GRCh38", "1", "Total", 0.01), quiet)

        taken += outcome(take, tmp_path / "f.parquet", damaged(whole, chance))
    assert taken < VOLUME


FASTA = b"".join(
    b">%s extra words\n" % name + b"".join(b"ACGTNacgtnRYK"[:10] * 6 + b"\n" for _ in range(30)) + b"ACGT\n"
    for name in (b"chr1", b"chrX", b"chr22")
)
INDEX = b"chr1\t1804\t18\t60\t61\nchrX\t1804\t1871\t60\t61\nchr22\t1804\t3724\t60\t61\n"


@pytest.mark.parametrize("indexed", [False, True])
def test_damaged_references(tmp_path: Path, indexed: bool) -> None:
    """What is fetched lies within the file, and the reading of a record ends."""

    def take(path: Path) -> None:
        with ReferenceFasta(path) as reference:
            for contig, start in (("1", 0), ("1", 1790), ("X", 900), ("22", 1803), ("2", 5), ("1", 10**9)):
                assert len(reference.fetch(contig, start, start + 200) or "") <= 200
                left_align(reference, contig, start, "", "A")
                try:
                    check_reference_allele(reference, contig, start, "ACG")
                except RecordRejected:
                    continue

    for number in range(VOLUME):
        data = FASTA
        if indexed:
            (tmp_path / "r.fa.fai").write_bytes(mutated(INDEX, number, "index"))
        else:
            data = mutated(FASTA, number, "fasta")
        outcome(take, tmp_path / "r.fa", data)


@pytest.mark.parametrize(
    "index",
    [
        b"chr1\t1804\t19\t60\t61\n",
        b"chr1\t1804\t18\t50\t51\n",
        b"chr1\t1804\t18\t60\t62\n",
        b"chr1\t1804\t999999999\t60\t61\n",
        b"chr1\t1804\t0\t60\t61\n",
        b"chr1\t999999\t18\t60\t61\n",
    ],
)
def test_an_index_of_another_file_is_refused(tmp_path: Path, index: bytes) -> None:
    (tmp_path / "r.fa").write_bytes(FASTA)
    (tmp_path / "r.fa.fai").write_bytes(index)
    with pytest.raises(LoadRefused, match="the index does not belong to this file"):
        ReferenceFasta(tmp_path / "r.fa")
