"""``kill -9`` of a load at random moments: the published version stays, the next load succeeds, nothing is left over."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

from core.datasets import DatasetCatalogue
from core.generations import open_generation
from core.manifest import PartKind
from tests.support.proof import proof_volume
from tests.support.servers import genvej

KILLS = proof_volume(6, 40)
SITES = 4000
LONGEST_LOAD_S = 6.0


def write_vcf(path: Path, sample: str) -> None:
    lines = [
        "##fileformat=VCFv4.3",
        *(f"##contig=<ID={contig},length=248956422,assembly=GRCh38>" for contig in ("chr1",)),
        *(f"##contig=<ID={contig},length=50818468,assembly=GRCh38>" for contig in ("chr22",)),
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}-1\t{sample}-2",
        *(
            f"{contig}\t{20_000_000 + 7 * site}\t.\tA\tG\t.\t.\t.\tGT\t0/1\t1/1"
            for contig in ("chr1", "chr22")
            for site in range(SITES)
        ),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def published_facts(home: Path) -> tuple[str, ...]:
    """Version, and content of every part, as a server that starts now would answer from."""
    generation = open_generation(home)
    try:
        view = generation.datasets["d1"]
        assert generation.problems == ()
        with generation.cursor() as cursor:
            for attached in view.of_kind(PartKind.VARIANTS):
                found = cursor.execute(f"SELECT count(*) FROM {attached.alias}.main.variants").fetchone()
                assert found == (SITES,)
        return (view.version, *(attached.part.content_digest for attached in view.parts))
    finally:
        generation.close()


def test_a_killed_load_leaves_the_published_version_and_the_next_one_succeeds(tmp_path: Path) -> None:
    chance = random.Random(20261125)
    home = tmp_path / "home"
    first, second = tmp_path / "first.vcf", tmp_path / "second.vcf"
    write_vcf(first, "A")
    write_vcf(second, "B")
    load = genvej("load", "vcf", "--home", str(home), "--dataset", "d1", "--publish")
    subprocess.run([*load, str(first)], check=True, capture_output=True)
    before = published_facts(home)
    command = genvej("load", "vcf", "--home", str(home), "--dataset", "d1")
    for round_number in range(KILLS):
        process = subprocess.Popen(
            [*command, str(second)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(chance.uniform(0.05, LONGEST_LOAD_S * (round_number + 1) / KILLS))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert published_facts(home) == before
    wait_for_workers_to_end()
    subprocess.run([*load, str(second)], check=True, capture_output=True)
    version, *digests = published_facts(home)
    assert version == "2"
    assert set(before[1:]) < set(digests)
    assert len(digests) == 4
    folder = DatasetCatalogue(home).folder("d1")
    manifest = DatasetCatalogue(home).manifest("d1", "2")
    assert {path.name for path in (folder / "parts").iterdir()} == {part.file for part in manifest.parts}
    assert not any((folder / "staging").glob("*"))


def wait_for_workers_to_end() -> None:
    """Workers of a killed load end with it: no process of this test's sessions may stay."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and orphans():
        time.sleep(0.1)
    assert orphans() == []


def orphans() -> list[str]:
    """Worker processes whose parent is gone."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if parent == 1 and "spawn_main" in command and entry.stat().st_uid == os.getuid():
            found.append(command)
    return found
