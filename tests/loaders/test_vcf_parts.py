"""Files read in ranges and built into parts: the same content however the work is cut."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import loaders.vcf_ranges
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused, OperatorError
from core.manifest import AbsentSite, Part, PartKind
from loaders.vcf import load_vcf
from loaders.vcf_parts import storage_named
from loaders.vcf_plan import VcfOptions
from loaders.vcf_ranges import VcfKind, inspect_vcf
from loaders.worker import Tell
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.pools import InProcessPool
from tests.support.proof import proof_volume


def quiet(_done: int, _total: int) -> None:
    """A listener that does not care."""


TELL: Tell = quiet


def load_here(home: Path, paths: Sequence[Path], options: VcfOptions | None = None) -> tuple[Part, ...]:
    """Load in this process, so that what a test changes holds; the parts of the draft."""
    catalogue = DatasetCatalogue(home)
    load_vcf(catalogue, "d", paths, options=options, pool=InProcessPool.made)
    draft = catalogue.status("d").draft
    assert draft is not None
    return draft.of_kind(PartKind.VARIANTS)


def table(home: Path, part: Part, name: str) -> list[tuple[object, ...]]:
    """The rows of a part's table."""
    with duckdb.connect(str(DatasetCatalogue(home).part_file("d", part.file)), read_only=True) as connection:
        return connection.execute(f"SELECT * FROM {name}").fetchall()


def test_inspection_hashes_reads_the_header_and_cuts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [f"chr1 {position} G A . GT 0/1" for position in range(5, 20_000)]
    path = write_vcf(tmp_path / "a.vcf.gz", vcf_text(records, ["S1"]))
    monkeypatch.setattr(loaders.vcf_ranges, "RANGE_BYTES", 10_000)
    told: list[tuple[int, int]] = []
    found = inspect_vcf(path, lambda done, total: told.append((done, total)))
    assert (found.header.samples, found.kind, found.gvcf) == (("S1",), VcfKind.BGZF, False)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert len(found.ranges) > 2
    assert [part.end for part in found.ranges] == [*(part.start for part in found.ranges[1:]), None]


def test_ranges_and_buffers_of_any_size_give_the_same_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random.seed(5)
    records = [
        f"chr{contig} {position} GAC G,TAC,GTT . GT {random.choice(('0/1', './.', '2/3', '1|1'))} 2/3 3/1"
        for contig in ("1", "X")
        for position in range(10, 5000, 3)
    ]
    path = write_vcf(tmp_path / "a.vcf.gz", vcf_text(records, ["A", "B", "C"]))
    digests = set()
    for number, (range_bytes, buffer_bytes) in enumerate(((1 << 30, 1 << 23), (5_000, 1 << 23), (20_000, 30_000))):
        monkeypatch.setattr(loaders.vcf_ranges, "RANGE_BYTES", range_bytes)
        monkeypatch.setattr("loaders.line_buffers.BUFFER_BYTES", buffer_bytes)
        parts = load_here(tmp_path / str(number), [path])
        digests.add(tuple(part.content_digest for part in parts))
        assert sum(part.rows for part in parts) == 3 * len(records)
    assert len(digests) == 1


def test_a_file_out_of_order_is_the_same_as_a_sorted_one(tmp_path: Path) -> None:
    records = [f"{contig} {position} G A . GT 0/1 1/1" for position in range(5, 60) for contig in ("chr1", "chrX")]
    shuffled = random.Random(1).sample(records, len(records))
    first = write_vcf(tmp_path / "a.vcf", vcf_text(sorted(records, key=str.split), ["A", "B"]))
    second = write_vcf(tmp_path / "b.vcf", vcf_text(shuffled, ["A", "B"]))
    one, other = (load_here(tmp_path / path.stem, [path]) for path in (first, second))
    assert {part.content_digest for part in one} == {part.content_digest for part in other}


def test_a_contig_without_variants_says_something_only_where_absence_does(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 G . . GT 0/0 0/0", "chr1 6 G <NON_REF> END=9 GT 0/0 0/0"], ["A", "B"])
    path = write_vcf(tmp_path / "a.vcf", text)
    assert load_here(tmp_path / "1", [path], VcfOptions(absent_site=AbsentSite.UNKNOWN)) == ()
    (part,) = load_here(tmp_path / "2", [path], VcfOptions(absent_site=AbsentSite.REFERENCE))
    assert (part.rows, part.absent_site, part.absent_allele_number) == (0, AbsentSite.REFERENCE, 4)
    (part,) = load_here(tmp_path / "3", [path])
    assert (part.rows, part.absent_site, part.absent_allele_number) == (0, AbsentSite.BLOCKS, 0)


def test_remarks_count_what_an_operator_should_know(tmp_path: Path) -> None:
    contigs = ["##contig=<ID=chr1,length=248956422>", "##contig=<ID=chrM,length=16571>"]
    text = vcf_text(["chr1 5000000 G A . GT 0/1", "chrM 5 G A . GT 0/1", "chr1 9 G * . GT 0/1"], ["A"], contigs)
    path = write_vcf(tmp_path / "a.vcf", text.replace("PASS", "q10"))
    report = load_vcf(DatasetCatalogue(tmp_path / "home"), "d", [path], pool=InProcessPool.made)
    assert set(report.files[0].notes) == {
        "1 records without an alternate allele of their own",
        "3 records whose FILTER is not PASS, taken as well",
        "contig chrM is stored as NC_001807.4, it is not MT",
    }


def test_calls_that_are_not_expected_are_kept(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 G A,T . GT 0/1 ./. 2 ./0 0/0", "chr1 9 G A . GT 0/1 0/0 0/1 0/0 ./."], list("ABCDE"))
    (part,) = load_here(tmp_path / "home", [write_vcf(tmp_path / "a.vcf", text)])
    alleles = table(tmp_path / "home", part, "variants")
    assert [row[7] for row in alleles] == [6, 6, 8]
    uncalled = [(1, 0), (2, 1), (3, 1)]
    assert table(tmp_path / "home", part, "calls") == [
        *((0, person, copies) for person, copies in uncalled),
        *((1, person, copies) for person, copies in uncalled),
        (2, 4, 0),
    ]
    assert {row[5:] for row in table(tmp_path / "home", part, "people")} == {(2, 2)}


def test_files_of_different_people_become_one_part(tmp_path: Path) -> None:
    one = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A . GT 0/1", "chr1 9 G C . GT 1/1"], ["A"]))
    two = write_vcf(tmp_path / "b.vcf", vcf_text(["chr1 5 G T . GT 0/1", "chr1 9 G C . GT 1"], ["B"]))
    (part,) = load_here(tmp_path / "home", [one, two])
    assert (part.people_count, part.absent_site, len(part.sources)) == (2, AbsentSite.UNKNOWN, 2)
    rows = [(row[3], *row[6:11]) for row in table(tmp_path / "home", part, "variants")]
    assert rows == [("A", 1, 4, 1, 0, 0), ("T", 1, 4, 1, 0, 0), ("C", 3, 3, 0, 1, 1)]
    assert table(tmp_path / "home", part, "carriers") == [(0, 0, 1), (1, 1, 1), (2, 0, 2), (2, 1, 3)]
    # B was called at the place of A's allele, and the other way round; carriers are called as their zygosity shows.
    assert table(tmp_path / "home", part, "calls") == [(0, 1, 2), (1, 0, 2)]
    assert {row[5:] for row in table(tmp_path / "home", part, "people")} == {(0, 0)}


def test_blocks_of_gvcf_files_say_who_has_the_reference(tmp_path: Path) -> None:
    records = {
        "A": [
            "chr1 1 G <NON_REF> END=10 GT 0/0",
            "chr1 12 G A,<NON_REF> . GT 0/1",
            "chr1 13 G <NON_REF> END=14 GT 0/0",
        ],
        "B": ["chr1 5 G <NON_REF> END=12 GT 0/0", "chr1 13 G <NON_REF> END=20 GT 0/0"],
        "C": ["chr1 1 G <NON_REF> END=30 GT ./."],
    }
    paths = [write_vcf(tmp_path / f"{name}.g.vcf", vcf_text(lines, [name])) for name, lines in records.items()]
    (part,) = load_here(tmp_path / "home", paths)
    assert (part.absent_site, part.absent_allele_number, part.people_count) == (AbsentSite.BLOCKS, 0, 3)
    assert [row[6:8] for row in table(tmp_path / "home", part, "variants")] == [(1, 4)]
    assert table(tmp_path / "home", part, "calls") == [(0, 2, 0)]
    assert table(tmp_path / "home", part, "covered") == [(0, 0, 10), (0, 11, 14), (1, 4, 20)]


def test_a_failing_disk_is_told_to_the_operator() -> None:
    def fail() -> None:
        with storage_named():
            message = "No space left on device"
            raise OSError(message)

    with pytest.raises(OperatorError, match="cannot be written"):
        fail()


def test_damaged_files_are_refused_and_never_crash(tmp_path: Path) -> None:
    records = [f"chr1 {position} GA G,T . GT 0/1 1|2" for position in range(10, 3000, 7)]
    whole = write_vcf(tmp_path / "a.vcf.gz", vcf_text(records, ["A", "B"])).read_bytes()
    randomly = random.Random(7)
    for number in range(proof_volume(15, 500)):
        data = bytearray(whole)
        for _ in range(randomly.randint(1, 4)):
            data[randomly.randrange(len(data))] = randomly.randrange(256)
        data = data[: randomly.choice((len(data), randomly.randrange(1, len(data))))]
        path = tmp_path / f"damaged-{number}.vcf.gz"
        path.write_bytes(data)
        home = tmp_path / f"home-{number}"
        try:
            parts = load_here(home, [path])
        except (LoadRefused, OperatorError):
            continue
        assert sum(replace(part).rows for part in parts) == 2 * len(records), "a change that nobody noticed"


def test_what_people_have_does_not_depend_on_the_order_of_columns_or_blocks(tmp_path: Path) -> None:
    """Copies of undeclared people and stretches of called reference, whatever the kernel expected at first."""
    calls = ["0/0/1 0"] * 5 + ["0/0 0/1"] * 4 + ["0/0 0"] * 3
    found = []
    for name, turn in (("a", 1), ("b", -1)):
        records = [f"chrX {5_000_000 + n} G A . GT {' '.join(call.split()[::turn])}" for n, call in enumerate(calls)]
        path = write_vcf(tmp_path / f"{name}.vcf", vcf_text(records, ["P", "Q"][::turn]))
        (part,) = load_here(tmp_path / name, [path])
        people = {row[1]: row[5:] for row in table(tmp_path / name, part, "people")}
        found.append((people, part.absent_allele_number, [row[6:] for row in table(tmp_path / name, part, "variants")]))
    assert found[0] == found[1]
    assert found[0][0] == {"P": (2, 2), "Q": (1, 2)}


@pytest.mark.parametrize("par_first", [True, False])
def test_stretches_of_one_x_are_kept_wherever_they_stand(tmp_path: Path, par_first: bool) -> None:
    par = [f"chrX {20_000 + 100 * n} G <NON_REF> END={20_099 + 100 * n} GT 0/0" for n in range(40)]
    one = [f"chrX {5_000_000 + 100 * n} G <NON_REF> END={5_000_099 + 100 * n} GT 0" for n in range(60)]
    records = par + one if par_first else one + par
    (part,) = load_here(tmp_path / "home", [write_vcf(tmp_path / "a.g.vcf", vcf_text(records, ["M"]))])
    assert table(tmp_path / "home", part, "covered") == [(0, 19_999, 23_999), (0, 4_999_999, 5_005_999)]


def test_files_that_were_put_together_are_refused(tmp_path: Path) -> None:
    first = vcf_text([f"chr1 {position} G A . GT 0/1" for position in range(5, 500)], ["A"])
    second = vcf_text(["chr1 900 G A . GT 1/1"], ["B"])
    path = write_vcf(tmp_path / "a.vcf", first + second)
    with pytest.raises(LoadRefused, match=r"a\.vcf: a header line among the records"):
        load_here(tmp_path / "home", [path])


def test_two_spellings_of_a_contig_line_by_line(tmp_path: Path) -> None:
    records = [f"{('chr1', '1')[position % 2]} {position} G A . GT 0/1 ./." for position in range(5, 400)]
    plain = [record.replace("chr1 ", "1 ") for record in records]
    paths = [write_vcf(tmp_path / f"{n}.vcf", vcf_text(text, ["A", "B"])) for n, text in enumerate((records, plain))]
    digests = {load_here(tmp_path / path.stem, [path])[0].content_digest for path in paths}
    assert len(digests) == 1


def test_people_of_a_record_without_genotypes_are_not_called(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 G A AC=1;AN=3 DP 7 8", "chr1 9 G A . GT 0/1 0/0"], ["A", "B"])
    (part,) = load_here(tmp_path / "home", [write_vcf(tmp_path / "a.vcf", text)])
    assert [row[6:8] for row in table(tmp_path / "home", part, "variants")] == [(0, 0), (1, 4)]
    assert table(tmp_path / "home", part, "calls") == [(0, 0, 0), (0, 1, 0)]
