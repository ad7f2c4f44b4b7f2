import http.server
import io
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pysam
import pytest

from core.errors import LoadRefused
from loaders.cram_file import DEFINITION_BYTES, CramFile, header_container
from loaders.fasta_md5 import read_reference
from loaders.object_cram import check_cram, looking_nowhere
from loaders.object_found import Content, Reference, Subject
from tests.loaders.read_files import write_bam, write_cram
from tests.support.shared import needs_shared, shared


def tell(done: int, total: int) -> None:
    del done, total


def check(path: Path, scratch: Path, reference: Reference | None = None, *, index: bool = True) -> Content:
    beside = path.with_name(f"{path.name}.crai") if index else None
    return check_cram(Subject(path.name, path, beside, scratch, True, reference), tell)


@dataclass
class Listener:
    """A web server that remembers what it was asked."""

    url: str
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 - the name in the library

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the library
            del format, args

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def write_external(path: Path, listener: Listener) -> Path:
    """A CRAM whose bases are differences to a reference, which its header says is on a web server."""
    fasta = path.with_name("ref.fa")
    fasta.write_text(">chr20\n" + "ACGT" * 2000 + "\n>chr21\n" + "GATC" * 2000 + "\n", encoding="ascii")
    pysam.faidx(str(fasta))
    digests = read_reference(fasta, tell).sequences
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": row.contig, "LN": row.length, "M5": row.md5} for row in digests.values()],
    }
    with pysam.AlignmentFile(str(path), "wc", header=header, reference_filename=str(fasta)) as out:
        for start in range(0, 7000, 70):
            read = pysam.AlignedSegment(out.header)
            read.query_name, read.reference_id, read.reference_start = f"r{start}", start // 3500, start % 3500
            read.query_sequence, read.cigarstring = "ACGT" * 20, "80M"
            read.flag, read.mapping_quality = 0, 60
            out.write(read)
    # htslib writes the path of the reference that it was given.
    data = path.read_bytes()
    cram = CramFile("a.cram", io.BytesIO(data), len(data))
    text = cram.header_text().replace(f"UR:{fasta}", f"UR:{listener.url}/a.fa")
    path.write_bytes(data[:DEFINITION_BYTES] + header_container(text, cram.major) + data[cram.header_end :])
    pysam.index(str(path))
    return path


def test_references_on_other_machines_are_never_asked(
    tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_external(tmp_path / "a.cram", listener)
    monkeypatch.setenv("REF_PATH", f"{listener.url}/%s")
    monkeypatch.setenv("REF_CACHE", str(tmp_path / "cache"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    notes = check(path, scratch).notes
    assert "differences to a reference that is not in the file" in notes[0]
    assert "UR: 1 on other machines, 0 on paths" in notes[1]
    assert listener.asked == []
    assert not (tmp_path / "cache").exists()
    assert list(scratch.iterdir()) == []
    subprocess.run(["samtools", "view", str(path)], capture_output=True, check=False)
    assert listener.asked, "htslib by itself would have asked"


def test_bases_are_compared_with_the_reference(tmp_path: Path, listener: Listener) -> None:
    path = write_external(tmp_path / "a.cram", listener)
    right = read_reference(tmp_path / "ref.fa", tell)
    assert "it is ref.fa" in check(path, tmp_path, right).notes[0]
    other = tmp_path / "other.fa"
    other.write_text((tmp_path / "ref.fa").read_text().replace("GATC", "GATT", 1))
    pysam.faidx(str(other))
    with pytest.raises(LoadRefused, match=r"contig chr21 has M5 \w+ in the header, and its bases in other\.fa"):
        check(path, tmp_path, read_reference(other, tell))
    other.write_text(">chr20\n" + "ACGT" * 2000 + "\n")
    pysam.faidx(str(other))
    with pytest.raises(LoadRefused, match=r"contig chr21 is not in other\.fa"):
        check(path, tmp_path, read_reference(other, tell))
    assert listener.asked == []


def test_files_without_an_index_may_be_unsorted(tmp_path: Path) -> None:
    bam = write_bam(tmp_path / "a.bam")
    pysam.sort("-n", "-o", str(tmp_path / "n.bam"), str(bam))
    text = str(pysam.view("-h", str(tmp_path / "n.bam"))).replace("SO:queryname", "SO:unknown")
    (tmp_path / "n.sam").write_text(text)
    path = tmp_path / "n.cram"
    pysam.view("-C", "--output-fmt-option", "no_ref=1", "-o", str(path), str(tmp_path / "n.sam"), catch_stdout=False)
    assert check(path, tmp_path, index=False).notes == ("not sorted by coordinate",)
    pysam.index(str(write_cram(tmp_path / "a.cram", bam)))
    (tmp_path / "n.cram.crai").write_bytes((tmp_path / "a.cram.crai").read_bytes())
    with pytest.raises(LoadRefused, match=r"n\.cram: "):
        check(path, tmp_path)


def test_of_a_large_file_the_outside_is_checked(tmp_path: Path) -> None:
    path = write_cram(tmp_path / "a.cram", write_bam(tmp_path / "a.bam", reads=500))
    subject = Subject("a.cram", path, tmp_path / "a.cram.crai", tmp_path, whole=False)
    assert "its records were not counted" in check_cram(subject, tell).notes[-1]
    data = path.read_bytes()
    path.write_bytes(data[:2000] + bytes([data[2000] ^ 1]) + data[2001:])
    with pytest.raises(LoadRefused, match=r"a\.cram: damaged: the checksum"):
        check_cram(subject, tell)


def test_the_environment_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REF_PATH", "x")
    monkeypatch.delenv("REF_CACHE", raising=False)
    with looking_nowhere():
        assert os.environ["REF_PATH"] == "/nonexistent"
    assert os.environ["REF_PATH"] == "x"
    assert "REF_CACHE" not in os.environ


@needs_shared
def test_published_files_with_their_references(tmp_path: Path) -> None:
    folder = shared("data", "reads")
    pairs = {
        "external-reference/mitoAlignmentStartTest.cram": "external-reference/mitoAlignmentStartTest.fa",
        "external-reference/NA12878.20.21.1-100.100-SeqsPerSlice.500-unMapped.cram": (
            "external-reference/human_g1k_v37.20.21.1-100.fasta"
        ),
        "htslib/range.cram": "hts-specs-cram/ce.fa",
        "hts-specs-cram/1402_index_3ref.cram": "hts-specs-cram/ce.fa",
    }
    for cram, fasta in pairs.items():
        notes = check(folder / cram, tmp_path, read_reference(folder / fasta, tell)).notes
        assert any("that is not in the file: it is" in note for note in notes), cram
