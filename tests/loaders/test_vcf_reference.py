import subprocess
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from beacon.rows import VariantType
from core.errors import LoadRefused
from core.genome import canonical_contig
from loaders.report import RecordRejected
from loaders.vcf_alleles import Allele, trim
from loaders.vcf_lines import open_vcf
from loaders.vcf_record import RecordReader
from loaders.vcf_reference import (
    ReferenceFasta,
    align_allele,
    check_reference_allele,
    left_align,
    read_fasta_index,
)
from tests.support.shared import needs_shared, shared


class Text:
    """A reference of one contig, for tests."""

    def __init__(self, bases: str) -> None:
        self.bases = bases

    def fetch(self, contig: str, start_0based: int, end_0based: int) -> str | None:
        return self.bases[start_0based:end_0based] if contig == "1" else None


def normal(bases: str, position: int, reference: str, alternate: str) -> Allele:
    return align_allele(Text(bases), "1", trim(position, reference, alternate))


@pytest.mark.parametrize(
    ("position", "reference", "alternate", "expected"),
    [
        (6, "AC", "A", (2, 3, "C", "", "G", VariantType.DEL)),
        (4, "CCC", "C", (2, 4, "CC", "", "G", VariantType.DEL)),
        (6, "A", "AC", (6, 6, "", "C", "A", VariantType.INS)),
        (5, "C", "CCC", (2, 2, "", "CC", "G", VariantType.INS)),
        (12, "T", "TGT", (7, 7, "", "TG", "C", VariantType.INS)),
        (2, "GC", "TA", (1, 3, "GC", "TA", "", VariantType.MNP)),
        (14, "AA", "A", (13, 14, "A", "", "C", VariantType.DEL)),
    ],
)
def test_insertions_and_deletions_go_left(
    position: int, reference: str, alternate: str, expected: tuple[object, ...]
) -> None:
    bases = "AGCCCACTGTGTCAAAA" if position != 6 or len(reference) < 2 else "AGCCCCCTGTGTCAAAA"
    assert normal(bases, position, reference, alternate) == expected


def test_what_reaches_the_start_has_no_anchor() -> None:
    assert normal("AAAAC", 3, "AA", "A") == (0, 1, "A", "", "", VariantType.DEL)
    assert normal("A" * 200 + "C", 200, "A", "AA") == (0, 0, "", "A", "", VariantType.INS)


def test_a_contig_that_the_reference_lacks_is_left_alone() -> None:
    assert left_align(Text("AAAA"), "2", 3, "A", "") == (3, "A", "", "")
    check_reference_allele(Text("AAAA"), "2", 3, "C")


def test_an_allele_is_not_rolled_through_a_gap() -> None:
    assert left_align(Text("ANNNN"), "1", 4, "N", "")[0] == 4


@pytest.mark.parametrize(
    ("known", "stated", "agrees"),
    [("ACGT", "CG", True), ("ACGT", "CT", False), ("AMGT", "AG", True), ("AMGT", "NG", True), ("ANGT", "TG", True),
     ("ACGT", "NG", False), ("ARGT", "CG", False), ("AC", "CG", False)],
)  # fmt: skip
def test_ref_must_be_what_the_reference_has(known: str, stated: str, agrees: bool) -> None:
    if agrees:
        check_reference_allele(Text(known), "1", 1, stated)
        return
    with pytest.raises(RecordRejected, match="REF is not what the reference") as error:
        check_reference_allele(Text(known), "1", 1, stated)
    assert error.value.field_name == "REF"


def test_a_placeholder_is_not_compared() -> None:
    check_reference_allele(Text("ACGT"), "1", 1, "N", placeholder=True)
    check_reference_allele(Text("ACGT"), "1", -1, "N")


@given(st.text("AC", min_size=1, max_size=60), st.data())
def test_moving_left_changes_nothing_and_goes_no_further(bases: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(bases)))
    inserted = data.draw(st.text("AC", max_size=5))
    deleted = "" if inserted else bases[start : start + data.draw(st.integers(1, 5))]
    if not inserted and not deleted:
        return
    found, reference, alternate, anchor = left_align(Text(bases), "1", start, deleted, inserted)
    applied = bases[:start] + inserted + bases[start + len(deleted) :]
    assert bases[:found] + alternate + bases[found + len(reference) :] == applied
    assert bases[found : found + len(reference)] == reference
    assert anchor == bases[:found][-1:]
    earlier = [
        place for place in range(found) if any(
            bases[:place] + other + bases[place + len(deleted) :] == applied
            for other in ({applied[place : place + len(inserted)]} if inserted else {""})
        )
    ]  # fmt: skip
    assert earlier == []


def write_fasta(path: Path, contigs: dict[str, str], width: int, end: str = "\n") -> Path:
    text = "".join(
        f">{name} something{end}" + "".join(bases[place : place + width] + end for place in range(0, len(bases), width))
        for name, bases in contigs.items()
    )
    path.write_text(text, encoding="utf-8", newline="")
    return path


BASES = st.text("ACGTacgtN", max_size=70)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.tuples(BASES, BASES), st.integers(1, 20), st.sampled_from(["\n", "\r\n"]), st.data())
def test_a_fasta_file_gives_its_bases(
    tmp_path: Path, both: tuple[str, str], width: int, end: str, data: st.DataObject
) -> None:
    first, second = both
    path = write_fasta(tmp_path / "r.fa", {"chr1": first, "2": second}, width, end)
    (tmp_path / "r.fa.fai").unlink(missing_ok=True)
    made = read_fasta_index(path)
    subprocess.run(["samtools", "faidx", str(path)], check=False, capture_output=True)
    if (tmp_path / "r.fa.fai").is_file():
        assert [entry for entry in read_fasta_index(path) if entry.length] == list(made)
        (tmp_path / "r.fa.fai").unlink()
    start = data.draw(st.integers(0, 80))
    stop = data.draw(st.integers(start, 80))
    with ReferenceFasta(path, made) as reference:
        for contig, bases in (("1", first), ("2", second)):
            if bases:
                assert reference.fetch(contig, start, stop) == bases.upper()[start:stop]
                assert reference.lengths[contig] == len(bases)
        assert reference.fetch("3", 0, 5) is None


@pytest.mark.parametrize(
    ("content", "index", "said"),
    [
        (b"\x1f\x8b\x08", None, "compressed"),
        (b"ACGT", None, "not FASTA"),
        (b"", None, "not FASTA"),
        (b">1\nACGT\nAC\nACGT\n", None, "different lengths"),
        (b">1\nACGT\nACGTT\n", None, "different lengths"),
        (b">1\nACGT\n\nACGT\n", None, "different lengths"),
        (b">1\nACGT\n", "1\t4\t3\n", "line 1"),
        (b">1\nACGT\n", "1\t4\t3\t0\t0\n", "line 1"),
        (b">1\nACGT\n", "1\t4000\t3\t4\t5\n", "does not belong"),
        (b">1\nACGT\n", "1\t4\t3\tx\t5\n", "line 1"),
    ],
)
def test_what_cannot_be_a_reference_is_refused(tmp_path: Path, content: bytes, index: str | None, said: str) -> None:
    path = tmp_path / "r.fa"
    path.write_bytes(content)
    if index is not None:
        (tmp_path / "r.fa.fai").write_text(index)
    with pytest.raises(LoadRefused, match=said):
        ReferenceFasta(path)


def bcftools_norm(vcf: Path, fasta: Path) -> set[tuple[str, int, str, str]]:
    """Trimmed alleles of what ``bcftools norm`` makes of a file."""
    made = subprocess.run(
        ["bcftools", "norm", "-m", "-any", "-f", str(fasta), str(vcf)], capture_output=True, text=True, check=True
    ).stdout
    found = set()
    for line in made.splitlines():
        if line.startswith("#"):
            continue
        contig, position, _, reference, alternate = line.split("\t")[:5]
        if set(alternate.upper()) <= set("ACGTN"):
            allele = trim(int(position), reference.upper(), alternate.upper())
            found.add((canonical_contig(contig), *allele[:1], *allele[2:4]))
    return found


def ours(vcf: Path, fasta: Path) -> set[tuple[str, int, str, str]]:
    found = set()
    with open_vcf(vcf) as text, ReferenceFasta(fasta) as reference:
        reader = RecordReader(None, len(text.header.samples), reference=reference)
        for _, line in text.records:
            record = reader.read(line.decode())
            for counted in record.alleles:
                if counted.structural is None:
                    found.add((record.contig, counted.allele[0], *counted.allele[2:4]))
    return found


@st.composite
def repetitive(draw: st.DrawFn) -> tuple[str, list[tuple[int, str, list[str]]]]:
    """A contig with repeats, and records on it."""
    units = draw(
        st.lists(st.tuples(st.text("ACGT", min_size=1, max_size=3), st.integers(1, 12)), min_size=2, max_size=6)
    )
    bases = "".join(unit * times for unit, times in units)
    records = []
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(bases) - 1))
        reference = bases[start : start + draw(st.integers(1, 6))]
        times = draw(st.integers(2, 3))
        choices: list[st.SearchStrategy[str]] = [
            st.text("ACGT", min_size=1, max_size=6),
            st.sampled_from([reference[:1], reference * times]),
        ]
        alternates = draw(st.lists(st.one_of(choices), min_size=1, max_size=3, unique=True))
        alternates = [text for text in alternates if text != reference] or [reference + "A"]
        records.append((start + 1, reference, alternates))
    return bases, sorted(records, key=lambda record: record[0])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(repetitive())
def test_alleles_equal_bcftools_norm(tmp_path: Path, made: tuple[str, list[tuple[int, str, list[str]]]]) -> None:
    bases, records = made
    (tmp_path / "r.fa.fai").unlink(missing_ok=True)
    fasta = write_fasta(tmp_path / "r.fa", {"1": bases}, 7)
    lines = [
        "##fileformat=VCFv4.3",
        f"##contig=<ID=1,length={len(bases)}>",
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    lines += [f"1\t{place}\t.\t{ref}\t{','.join(alternates)}\t.\t.\t." for place, ref, alternates in records]
    vcf = tmp_path / "a.vcf"
    vcf.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert ours(vcf, fasta) == bcftools_norm(vcf, fasta)


@needs_shared
def test_a_real_index_is_what_is_made_without_it(tmp_path: Path) -> None:
    path = shared("data", "reads", "hts-specs-cram", "ce.fa")
    copy = tmp_path / "ce.fa"
    copy.write_bytes(path.read_bytes())
    assert read_fasta_index(copy) == read_fasta_index(path)
