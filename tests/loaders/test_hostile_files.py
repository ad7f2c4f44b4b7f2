"""Files that are no files, names that play tricks, bombs, and files that change: refused at once, in bounded memory."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import loaders.vcf_ranges
from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from loaders.vcf import load_vcf
from loaders.vcf_plan import VcfOptions
from loaders.worker import Tell
from node.cli import main
from tests.loaders.bgzf_files import END, block
from tests.loaders.test_vcf_mutations import WITHOUT
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.pools import InProcessPool
from tests.support.servers import genvej

COMMANDS: dict[str, tuple[str, ...]] = {
    "vcf": ("--dataset", "d"),
    "phenopackets": ("--dataset", "d"),
    "beacon": ("--dataset", "d"),
    "table": ("--dataset", "d", "--mapping", "people"),
    "reads": ("--dataset", "d"),
    "frequencies": ("--dataset", "d", "--assembly", "GRCh38", "--contig", "1"),
    "ontology": (),
    "genes": ("--assembly", "GRCh38"),
    "optouts": (),
}


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command says that refuses; it must not answer with a traceback, which pytest would show."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code in (1, 2)
    assert "Traceback" not in said
    assert all(line.isprintable() for line in said.splitlines())
    return said


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe.vcf")
    return str(folder / "pipe.vcf")


def loop(folder: Path) -> str:
    (folder / "loop.vcf").symlink_to(folder / "loop.vcf")
    return str(folder / "loop.vcf")


def link_to_device(folder: Path) -> str:
    (folder / "link.vcf").symlink_to("/dev/zero")
    return str(folder / "link.vcf")


def named(name: bytes) -> Callable[[Path], str]:
    def made(folder: Path) -> str:
        path = os.fsencode(folder) + b"/" + name
        Path(os.fsdecode(path)).write_bytes(WITHOUT)
        return os.fsdecode(path)

    return made


TRICKS: dict[str, Callable[[Path], str]] = {
    "pipe": pipe,
    "device": lambda _: "/dev/zero",
    "link to a device": link_to_device,
    "terminal": lambda _: "/dev/stdin",
    "folder": str,
    "dash": lambda _: "-",
    "loop": loop,
    "nothing": lambda folder: str(folder / ".." / "nothing"),
    "process": lambda _: "/proc/self/mem/x",
    "long": lambda folder: str(folder / ("a" * 5000)),
    "newline": named(b"a\nb.vcf"),
    "escape": named(b"\x1b[2Ja.vcf"),
    "not UTF-8": named(b"\xff\xfe.vcf"),
    "right to left": named("a\u202efcv.exe".encode()),
}


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_plain_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, trick: str
) -> None:
    place = TRICKS[trick](tmp_path)
    home = tmp_path / "home"
    refusal(capsys, "load", command, "--home", str(home), *COMMANDS[command], place)
    assert not (home / "datasets" / "d").exists()


@pytest.mark.parametrize("option", ["--reference", "--populations"])
@pytest.mark.parametrize("trick", ["pipe", "device", "folder", "dash", "loop", "long", "newline"])
def test_files_named_by_options_are_plain_files_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, trick: str
) -> None:
    path = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A AC=1;AN=4"]))
    home = tmp_path / "home"
    arguments = ("load", "vcf", "--home", str(home), "--dataset", "d", option, TRICKS[trick](tmp_path), str(path))
    refusal(capsys, *arguments)
    assert not (home / "datasets" / "d").exists()


@pytest.mark.parametrize("trick", ["pipe", "device", "folder", "dash", "loop", "long", "newline"])
def test_mappings_are_plain_files_too(tmp_path: Path, capsys: pytest.CaptureFixture[str], trick: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id\nP1\n")
    place = TRICKS[trick](tmp_path)
    home = ("--home", str(tmp_path / "home"))
    refusal(capsys, "load", "table", *home, "--dataset", "d", "--mapping", place, str(path))


def test_links_to_files_and_ways_round_are_followed(tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A AC=1;AN=4"]))
    (tmp_path / "link.vcf").symlink_to(path)
    for number, place in enumerate((tmp_path / "link.vcf", tmp_path / "x" / ".." / "a.vcf")):
        (tmp_path / "x").mkdir(exist_ok=True)
        report = load_vcf(DatasetCatalogue(tmp_path / f"{number}"), "d", [place], pool=InProcessPool.made)
        assert report.accepted == 1


class ChangingPool(InProcessPool):
    """Changes a file between two steps of a load."""

    def __init__(self, change: Callable[[], object]) -> None:
        self.change = change

    def run(self, function: Callable[[Any, Tell], Any], tasks: Sequence[tuple[str, Any]]) -> list[Any]:
        found = super().run(function, tasks)
        self.change()
        return found


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Else its SHA-256 would be told of another content."""
    path = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A AC=1;AN=4"]))
    other = vcf_text(["chr1 5 G A AC=2;AN=4"])
    catalogue = DatasetCatalogue(tmp_path / "home")
    for change in (
        lambda: path.write_text(other),
        lambda: write_vcf(tmp_path / "b.vcf", other).rename(path),
        path.touch,
    ):
        with pytest.raises(LoadRefused, match=r"a\.vcf: it was changed while it was read"):
            load_vcf(catalogue, "d", [path], pool=lambda *_, change=change: ChangingPool(change))
    with pytest.raises(LoadRefused, match=r"a\.vcf: cannot be read: No such file"):
        load_vcf(catalogue, "d", [path], pool=lambda *_: ChangingPool(lambda: path.unlink(missing_ok=True)))
    fasta = tmp_path / "r.fa"
    fasta.write_text(">chr1\nAAAAGAAAA\n")
    path.write_text(other)
    with pytest.raises(LoadRefused, match=r"r\.fa: it was changed"):
        load_vcf(catalogue, "d", [path], pool=lambda *_: ChangingPool(fasta.touch), options=VcfOptions(reference=fasta))
    assert not catalogue.folder("d").exists()


def test_what_is_mostly_no_vcf_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders.vcf_ranges, "HOPELESS_RECORDS", 1000)
    monkeypatch.setattr("loaders.line_buffers.BUFFER_BYTES", 5000)
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(gzip.compress(WITHOUT + b"\n" * 200_000))
    with pytest.raises(LoadRefused, match=r"rejected; this is not read to its end"):
        load_vcf(
            DatasetCatalogue(tmp_path / "home"), "d", [path], pool=InProcessPool.made, options=VcfOptions(tolerance=1)
        )


MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10, done.stderr.splitlines()[-1])
"""

RECORDS = WITHOUT + WITHOUT[WITHOUT.index(b"chr1\t") :] * 4
HEADER = WITHOUT[: WITHOUT.index(b"chr1\t")]
MEGABYTE = 1 << 20


def in_gzip(start: bytes, repeated: bytes, megabytes: int) -> bytes:
    """A small file of so much text."""
    once = gzip.compress(repeated * (MEGABYTE // len(repeated)), 9)
    return gzip.compress(start) + once * megabytes


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a line in gzip": (lambda: in_gzip(RECORDS + b"chr1\t", b"A", 2000), "a line is longer than 128 MiB"),
    "the first line": (lambda: in_gzip(HEADER + b"chr1\t", b"A", 2000), "line 11 is longer than 128 MiB"),
    "a line in BGZF": (
        lambda: block(RECORDS + b"chr1\t") + block(b"A" * 65_000, level=9) * 30_000 + END, "a line is longer than 128 MiB"
    ),
    "a header": (lambda: in_gzip(HEADER[: HEADER.index(b"#CHROM")], b"##x=" + b"y" * 1000 + b"\n", 2000), "the header is larger than 64 MiB"),
    "a line of a header": (lambda: in_gzip(b"##fileformat=VCFv4.3\n##", b"A", 2000), "the header is larger than 64 MiB"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_in_bounded_memory(tmp_path: Path, bomb: str) -> None:
    made, reason = BOMBS[bomb]
    path = tmp_path / "a.vcf.gz"
    path.write_bytes(made())
    assert path.stat().st_size < 8 * MEGABYTE
    command = genvej("load", "vcf", "--home", str(tmp_path / "home"), "--dataset", "d", str(path))
    done = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True)
    code, megabytes, said = done.stdout.split(" ", 2)
    assert code == "1"
    assert reason in said
    assert int(megabytes) < 1200
