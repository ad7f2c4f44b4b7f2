"""Damaged VCF files: refused with one message, or loaded as the exact reader reads their lines; never in between."""

import random
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from loaders.report import RecordRejected
from loaders.vcf import load_vcf
from loaders.vcf_header import VcfHeader
from loaders.vcf_sample_fields import SampleFieldCheck
from tests.loaders.bgzf_files import bgzf, random_pieces
from tests.loaders.plain_load import Expected, expected_of, loaded_rows
from tests.loaders.text_mutations import mutated
from tests.loaders.vcf_texts import vcf_text
from tests.support.pools import InProcessPool
from tests.support.proof import proof_volume

VOLUME = proof_volume(25, 500)

SHAPES = (
    "{c} {p} GAC G,TAC,GACT . GT 0/1 2/3 3|1",
    "{c} {p} G A,* . GT:DP 0/1:3 ./.:. 1|2:5",
    "{c} {p} A T AC=1;AN=6 DP:GT 3:0/1 4:0 5:.",
    "{c} {p} N <DEL> END={q} GT 0/1 0/0 1/1",
    "{c} {p} T TTTT,C . GT 1|2 ./1 0/0",
    "{c} {p} C G . DP 1 2 3",
    "{c} {p} acg a,R . GT 1 0 2",
)
SITES = (
    "{c} {p} GAC G,TAC AC=1,2;AN=10",
    "{c} {p} G A AN=7;AC=3",
    "{c} {p} G A,<DUP> END={q};AF=0.5,0.25;AN=8",
    "{c} {p} G T .",
)


def text_of(shapes: tuple[str, ...], samples: int) -> bytes:
    """Records of all shapes on several contigs, in order."""
    chance = random.Random(20270301)
    records = [
        shape.format(c=contig, p=position, q=position + 1500)
        for contig in ("chr1", "chrX", "chrY")
        for position, shape in zip(sorted(chance.sample(range(5000, 9000), 90)), shapes * 90, strict=False)
    ]
    return vcf_text(records, [f"S{number}" for number in range(samples)]).encode()


WITH_GENOTYPES, WITHOUT = text_of(SHAPES, 3), text_of(SITES, 0)


def load(home: Path, path: Path) -> DatasetCatalogue | str:
    """Load a file; what refuses it, if something does. Any other error fails the test."""
    catalogue = DatasetCatalogue(home)
    try:
        load_vcf(catalogue, "d", [path], pool=InProcessPool.made)
    except OperatorError as error:
        assert not catalogue.folder("d").exists()
        return error.message
    return catalogue


def check(home: Path, path: Path, text: bytes | None) -> bool:
    """Whether the file is loaded, and then as its lines say; ``text``: these lines, ``None``: they cannot be had."""
    outcome = load(home, path)
    try:
        expected = None if text is None else expected_of(path.name, text)
    except LoadRefused:
        expected = None
    if isinstance(outcome, str):
        assert outcome.startswith(path.name) or "contig lengths" in outcome
        assert outcome.isprintable()
        assert expected is None or not acceptable(expected, text or b""), outcome
        return False
    assert expected is not None
    assert expected.tolerated
    assert loaded_rows(outcome) == expected.rows
    return True


def acceptable(expected: Expected, text: bytes) -> bool:
    """Whether nothing is wrong with the file beyond what is tolerated."""
    lines = text.split(b"\n")[expected.header.lines :]
    return expected.tolerated and expected.header.contigs == CONTIGS and fields_fit(expected.header, lines)


def fields_fit(header: VcfHeader, lines: list[bytes]) -> bool:
    check_fields = SampleFieldCheck(header.definitions)
    try:
        for line in lines:
            check_fields.check(line.rstrip(b"\r").decode(errors="replace"))
    except RecordRejected:
        return False
    return True


CONTIGS = expected_of("a", WITHOUT).header.contigs


@pytest.mark.parametrize("whole", [WITH_GENOTYPES, WITHOUT], ids=["genotypes", "sites"])
def test_the_sound_file_is_what_the_exact_reader_says(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "a.vcf"
    path.write_bytes(whole)
    assert check(tmp_path / "home", path, whole)
    assert expected_of("a", whole).rejected == 0


@pytest.mark.parametrize("whole", [WITH_GENOTYPES, WITHOUT], ids=["genotypes", "sites"])
def test_damaged_texts(tmp_path: Path, whole: bytes) -> None:
    loaded = 0
    for number in range(VOLUME):
        path = tmp_path / f"{number}.vcf"
        path.write_bytes(mutated(whole, number))
        loaded += check(tmp_path / f"home-{number}", path, path.read_bytes())
    assert VOLUME // 10 < loaded < VOLUME


def test_damaged_texts_in_blocks_that_are_cut_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = 0
    for number in range(VOLUME):
        chance = random.Random(number)
        monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", chance.choice((1000, 5000, 20_000)))
        monkeypatch.setattr("loaders.line_buffers.BUFFER_BYTES", chance.choice((50, 2000, 1 << 23)))
        whole = (WITH_GENOTYPES, WITHOUT)[number % 2]
        text = mutated(whole, number, "blocks")
        path = tmp_path / f"{number}.vcf.gz"
        path.write_bytes(bgzf(random_pieces(text, chance, chance.choice((100, 1000, 60_000)))))
        loaded += check(tmp_path / f"home-{number}", path, text)
    assert VOLUME // 10 < loaded < VOLUME


@pytest.mark.parametrize("length", [999, 1000, 1001, 1024, 100_000])
def test_names_of_contigs_have_a_longest_length(tmp_path: Path, length: int) -> None:
    lines = WITHOUT.splitlines(keepends=True)
    lines.insert(-50, b"c" * length + lines[-1][4:])
    path = tmp_path / "a.vcf"
    path.write_bytes(b"".join(lines))
    assert check(tmp_path / "home", path, path.read_bytes())
    assert expected_of("a", path.read_bytes()).rejected == (length > 1000)


@pytest.mark.parametrize("filler", [b"\n", b"\r\n", b"x\n", b"#\n"])
def test_the_time_for_lines_that_are_no_records_grows_with_their_number(tmp_path: Path, filler: bytes) -> None:
    """Eight megabytes of them would take a day if each were looked for in all that follows."""
    path = tmp_path / "a.vcf"
    path.write_bytes(WITHOUT + filler * 200_000)
    assert "200,000 of 200,270 records rejected" in str(load(tmp_path / "home", path))
