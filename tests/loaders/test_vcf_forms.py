"""Every form in which the same records come: line ends, compression, blocks cut anywhere, order; one content."""

import gzip
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from loaders.report import Report
from loaders.vcf import load_vcf
from loaders.vcf_plan import VcfOptions
from tests.loaders.bgzf_files import END, bgzf, block, cut
from tests.loaders.plain_load import expected_of, loaded_rows
from tests.loaders.test_vcf_mutations import WITH_GENOTYPES, WITHOUT
from tests.loaders.vcf_texts import vcf_text
from tests.support.pools import InProcessPool
from tests.support.proof import proof_volume


def load(home: Path, path: Path, **options: float) -> Report:
    return load_vcf(
        DatasetCatalogue(home),
        "d",
        [path],
        pool=InProcessPool.made,
        options=VcfOptions(**options),  # type: ignore[arg-type]
    )


def digests(home: Path) -> dict[str | None, str]:
    draft = DatasetCatalogue(home).status("d").draft
    return {} if draft is None else {part.contig: part.content_digest for part in draft.parts}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str | None, str]:
    """What the plain text becomes."""
    folder = tmp_path_factory.mktemp("wanted")
    (folder / "a.vcf").write_bytes(WITH_GENOTYPES)
    load(folder / "home", folder / "a.vcf")
    return digests(folder / "home")


def mixed(data: bytes) -> bytes:
    """Every other line with the line end of another system."""
    lines = data.split(b"\n")
    return b"\n".join(line + b"\r" * (number % 2) if line else line for number, line in enumerate(lines))


FORMS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "windows": ("a.vcf", lambda data: data.replace(b"\n", b"\r\n")),
    "mixed": ("a.vcf", mixed),
    "mixed, compressed": ("a.vcf.gz", lambda data: bgzf(cut(mixed(data), [777]))),
    "no line end at the end": ("a.vcf", lambda data: data.removesuffix(b"\n")),
    "no line end at the end, compressed": ("a.vcf.gz", lambda data: bgzf(cut(data.removesuffix(b"\n"), [997]))),
    "gzip": ("a.vcf.gz", gzip.compress),
    "gzip under another name": ("a.vcf", gzip.compress),
    "gzip of several members": (
        "a.vcf.gz", lambda data: b"".join(gzip.compress(piece) for piece in cut(data, [100, 4000]))
    ),
    "gzip padded with zeros": ("a.vcf.gz", lambda data: gzip.compress(data) + bytes(512)),
    "one block": ("a.vcf.gz", lambda data: bgzf([data])),
    "empty blocks in the middle": ("a.vcf.gz", lambda data: bgzf(cut(data, [5000, 0, 0, 1]))),
    "end blocks in the middle": (
        "a.vcf.gz", lambda data: END + b"".join(block(piece) + END for piece in cut(data, [3000])) + END
    ),
    "blocks with another subfield": ("a.vcf.gz", lambda data: bgzf(cut(data, [5000]), before=b"XY\x01\x00z")),
    "stored blocks": ("a.vcf.gz", lambda data: b"".join(block(piece, level=0) for piece in cut(data, [999])) + END),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_have_the_same_content(
    tmp_path: Path, form: str, wanted: dict[str | None, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", 1500)
    name, made = FORMS[form]
    (tmp_path / name).write_bytes(made(WITH_GENOTYPES))
    report = load(tmp_path / "home", tmp_path / name)
    assert report.rejected == 0
    assert digests(tmp_path / "home") == wanted


def test_blocks_that_cut_lines_anywhere(
    tmp_path: Path, wanted: dict[str | None, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of 1 to 100 bytes, and ranges down to a single block: shorter than a line."""
    for size in range(1, 101, proof_volume(33, 1)):
        range_bytes = random.Random(size).choice((1, 60, 400, 5000))
        monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", range_bytes if size > 40 else 400 * range_bytes)
        path = tmp_path / f"{size}.vcf.gz"
        path.write_bytes(bgzf(cut(WITH_GENOTYPES, [size])))
        load(tmp_path / f"home-{size}", path)
        assert digests(tmp_path / f"home-{size}") == wanted


def test_order_of_records_makes_no_difference(
    tmp_path: Path, wanted: dict[str | None, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", 700)
    lines = WITH_GENOTYPES.splitlines(keepends=True)
    header, records = lines[:-270], lines[-270:]
    for number, order in enumerate((sorted(records, reverse=True), random.Random(1).sample(records, 270))):
        path = tmp_path / f"{number}.vcf.gz"
        path.write_bytes(bgzf(cut(b"".join([*header, *order]), [400])))
        load(tmp_path / f"home-{number}", path)
        assert digests(tmp_path / f"home-{number}") == wanted


def test_repeats_are_found_across_ranges_and_reported_with_their_lines(
    tmp_path: Path, wanted: dict[str | None, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", 300)
    lines = WITH_GENOTYPES.splitlines(keepends=True)
    first = len(lines) - 270
    text = b"".join([*lines, lines[first], lines[first]])
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(bgzf(cut(text, [500])))
    report = load(tmp_path / "home", path)
    assert digests(tmp_path / "home") == wanted
    assert report.rejected == 6
    assert {item.line for item in report.files[0].rejections} == {len(lines) + 1, len(lines) + 2}
    assert loaded_rows(DatasetCatalogue(tmp_path / "home")) == expected_of("a", text).rows


def test_two_spellings_of_a_contig_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contigs = ["##contig=<ID=chr1,length=248956422>", "##contig=<ID=1,length=248956422>"]
    records = [f"{'chr1' if number % 3 else '1'} {5 + number} G A,T . GT 0/1 1/2" for number in range(400)]
    text = vcf_text(records, ["A", "B"], contigs).encode()
    one = vcf_text([f"chr1 {5 + number} G A,T . GT 0/1 1/2" for number in range(400)], ["A", "B"], contigs)
    monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", 300)
    (tmp_path / "a.vcf.gz").write_bytes(bgzf(cut(text, [150])))
    (tmp_path / "b.vcf").write_text(one)
    for name in ("a.vcf.gz", "b.vcf"):
        load(tmp_path / name[:1], tmp_path / name)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert list(digests(tmp_path / "a")) == ["1"]


@pytest.mark.parametrize(
    "made", [lambda data: data, gzip.compress, lambda data: bgzf([data])], ids=["text", "gzip", "bgzf"]
)
def test_files_without_records(tmp_path: Path, made: Callable[[bytes], bytes]) -> None:
    """A header alone is a file: nothing was found."""
    header = b"".join(line for line in WITHOUT.splitlines(keepends=True) if line.startswith(b"#"))
    for number, text in enumerate((header, header.removesuffix(b"\n"))):
        path = tmp_path / f"{number}.vcf"
        path.write_bytes(made(text))
        report = load(tmp_path / f"home-{number}", path)
        assert (report.accepted, report.rejected) == (0, 0)
    path = tmp_path / "empty.vcf"
    path.write_bytes(made(b""))
    with pytest.raises(LoadRefused, match=r"empty\.vcf: "):
        load(tmp_path / "home", path)
    path.write_bytes(made(header[:-200]))
    with pytest.raises(LoadRefused, match=r"empty\.vcf: "):
        load(tmp_path / "home", path)


def test_blank_lines_are_rejected_with_their_numbers(tmp_path: Path, wanted: dict[str | None, str]) -> None:
    lines = WITH_GENOTYPES.splitlines(keepends=True)
    lines.insert(-100, b"\n")
    lines.append(b"\r\n")
    path = tmp_path / "a.vcf"
    path.write_bytes(b"".join(lines))
    report = load(tmp_path / "home", path)
    assert [item.line for item in report.files[0].rejections] == [len(lines) - 101, len(lines)]
    assert digests(tmp_path / "home") == wanted
    with pytest.raises(LoadRefused, match="2 of 272 records rejected"):
        load(tmp_path / "home2", path, tolerance=0.001)


@pytest.mark.parametrize("size", [300, 301, 5000])
def test_lines_that_begin_with_a_hash_are_no_header_once_records_began(
    tmp_path: Path, wanted: dict[str | None, str], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Wherever ranges begin: left out silently in one cut and reported in another would be two truths."""
    monkeypatch.setattr("loaders.vcf_ranges.RANGE_BYTES", 1)
    lines = WITH_GENOTYPES.splitlines(keepends=True)
    lines[-40:-40] = [b"#a comment\n", b"#\n"]
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(bgzf(cut(b"".join(lines), [size])))
    report = load(tmp_path / "home", path)
    assert [item.line for item in report.files[0].rejections] == [len(lines) - 41, len(lines) - 40]
    assert digests(tmp_path / "home") == wanted
    lines[-40:-40] = [b"##fileformat=VCFv4.3\n"]
    path.write_bytes(bgzf(cut(b"".join(lines), [size])))
    with pytest.raises(LoadRefused, match=r"a\.vcf\.gz: a header line among the records"):
        load(tmp_path / "home2", path)


def test_a_wrong_index_beside_a_file_is_not_looked_at(tmp_path: Path, wanted: dict[str | None, str]) -> None:
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(bgzf(cut(WITH_GENOTYPES, [5000])))
    for suffix in (".tbi", ".csi", ".gzi"):
        path.with_name(path.name + suffix).write_bytes(b"rubbish")
    load(tmp_path / "home", path)
    assert digests(tmp_path / "home") == wanted


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(WITH_GENOTYPES)
    path = tmp_path / "a.vcf.gz"
    half = len(whole) // 2
    for damaged in (whole[:-4], whole[:half], whole[:half] + b"\xff\xff" + whole[half + 2 :], whole + b"rubbish"):
        path.write_bytes(damaged)
        with pytest.raises(LoadRefused, match=r"^a\.vcf\.gz: damaged or truncated"):
            load(tmp_path / "home", path)


def test_bgzf_joined_with_gzip_is_refused_or_whole(tmp_path: Path, wanted: dict[str | None, str]) -> None:
    half = len(WITH_GENOTYPES) // 2
    first, second = WITH_GENOTYPES[:half], WITH_GENOTYPES[half:]
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(block(first) + gzip.compress(second) + END)
    with pytest.raises(LoadRefused, match="BGZF block begins there"):
        load(tmp_path / "home", path)
    path.write_bytes(gzip.compress(first) + block(second) + END)
    load(tmp_path / "home", path)
    assert digests(tmp_path / "home") == wanted
