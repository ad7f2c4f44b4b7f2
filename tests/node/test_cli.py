"""The command line as an operator uses it, in process; `tests/system` runs it as a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pysam
import pytest

from core.datasets import DatasetCatalogue
from node.cli import main
from passports.issuer import DevelopmentIssuer

VCF = """##fileformat=VCFv4.3
##contig=<ID=chr22,length=50818468,assembly=GRCh38>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tDK-A1\tDK-B2
chr22\t16050075\t.\tA\tG\t.\t.\t.\tGT\t0/1\t1/1
chr22\t16050115\t.\tG\tA,T\t.\t.\t.\tGT\t1/2\t0/0
"""

PHENOPACKET = {
    "id": "packet-1",
    "subject": {"id": "DK-A1", "sex": "FEMALE"},
    "phenotypicFeatures": [{"type": {"id": "HP:0001250", "label": "Seizure"}}],
    "metaData": {"created": "2026-01-01T00:00:00Z", "createdBy": "test", "phenopacketSchemaVersion": "2.0"},
}


def run(*arguments: str) -> int:
    """Exit code of a command."""
    try:
        main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "two-people.vcf"
    path.write_text(VCF, encoding="utf-8")
    return path


def load(home: Path, *arguments: str) -> int:
    kind, *rest = arguments
    return run("load", kind, "--home", str(home), "--dataset", "d1", *rest)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    for command in ("serve", "check-config", "load", "dataset", "token", "demo"):
        assert command in text


def test_from_files_to_a_published_dataset_and_back(
    home: Path, vcf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packet = tmp_path / "packet.json"
    packet.write_text(json.dumps(PHENOPACKET), encoding="utf-8")
    assert load(home, "phenopackets", "--policy", "open", str(packet)) == 0
    assert load(home, "vcf", "--publish", str(vcf)) == 0
    assert "version 1 answers now" in capsys.readouterr().err
    assert run("dataset", "list", "--home", str(home), "--json") == 0
    (summary,) = json.loads(capsys.readouterr().out)
    assert (summary["dataset"], summary["state"], summary["version"]) == ("d1", "published", "1")
    assert run("dataset", "show", "--home", str(home), "d1") == 0
    shown = capsys.readouterr().out
    assert "contig 22, 2 people, absent sites reference" in shown
    assert "publish version 1" in shown
    assert load(home, "phenopackets", "--fresh", "--publish", str(packet)) == 0
    assert DatasetCatalogue(home).current("d1").version == "2"
    assert run("dataset", "rollback", "--home", str(home), "d1") == 0
    assert DatasetCatalogue(home).current("d1").version == "1"
    assert run("dataset", "withdraw", "--home", str(home), "d1", "--reason", "consent ended") == 0
    capsys.readouterr()
    assert run("dataset", "list", "--home", str(home)) == 0
    assert "withdrawn" in capsys.readouterr().out
    assert run("dataset", "publish", "--home", str(home), "d1") == 1


def test_the_same_file_again_is_no_error(home: Path, vcf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(home, "vcf", str(vcf)) == 0
    capsys.readouterr()
    assert load(home, "vcf", "--json", str(vcf)) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["already_loaded"] is True


def test_reads_are_registered_under_their_stem(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bam = tmp_path / "sample-1.bam"
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "chr1", "LN": 1000}],
        "RG": [{"ID": "a", "SM": "DK-A1"}],
    }
    with pysam.AlignmentFile(str(bam), "wb", header=header) as file:
        record = pysam.AlignedSegment(file.header)
        record.query_name, record.reference_id, record.reference_start = "r1", 0, 100
        record.query_sequence, record.cigarstring, record.mapping_quality = "ACGT", "4M", 60
        file.write(record)
    pysam.index(str(bam))
    assert load(home, "reads", "--policy", "open", "--publish", str(bam)) == 0
    assert "sample-1" in capsys.readouterr().out


def test_a_mistake_is_said_and_nothing_is_made(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("dataset", "show", "--home", str(home), "nothing") == 1
    assert "there is no dataset 'nothing'" in capsys.readouterr().err
    broken = tmp_path / "broken.vcf"
    broken.write_text("this is no VCF\n", encoding="utf-8")
    assert load(home, "vcf", str(broken)) == 1
    assert "broken.vcf" in capsys.readouterr().err
    assert DatasetCatalogue(home).current("d1").version is None
    assert load(home, "vcf", str(tmp_path / "missing.vcf")) == 2
    assert run("load", "vcf", "--home", str(home), "--dataset", "../x", str(broken)) == 1
    assert run("serve", "--port", "0") == 2


def test_describe_puts_a_policy_in_force(
    home: Path, vcf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    description = tmp_path / "dataset.toml"
    description.write_text('title = "People"\n[policy]\npreset = "public"\nlisted = false\n', encoding="utf-8")
    assert run("dataset", "describe", "--home", str(home), "d1", "--file", str(description)) == 0
    assert load(home, "vcf", "--publish", str(vcf)) == 0
    status = DatasetCatalogue(home).status("d1")
    assert status.description.title == "People"
    assert not status.description.policy.listed
    capsys.readouterr()
    description.write_text('title = "People"\n[policy]\npreset = "secret"\n', encoding="utf-8")
    assert run("dataset", "describe", "--home", str(home), "d1", "--file", str(description)) == 1
    assert "presets are open, public, registered, controlled" in capsys.readouterr().err


def test_check_config_explains(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    assert run("check-config", "--home", str(home)) == 0
    assert "absent, defaults are in force" in capsys.readouterr().out
    (home / "genvej.toml").write_text("[server]\nport = 99999\n", encoding="utf-8")
    assert run("check-config", "--home", str(home)) == 1
    assert "server.port = 99999" in capsys.readouterr().err
    (home / "genvej.toml").unlink()
    (home / "keys").mkdir()
    (home / "keys" / "tickets.json").write_text("{}")
    assert run("check-config", "--home", str(home)) == 1
    assert "does not hold ticket keys" in capsys.readouterr().err


def test_tokens_only_where_the_issuer_is_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    arguments = ("token", "--home", str(home), "--user", "alice", "--visa", "registered")
    assert run(*arguments) == 1
    assert "enabled = true" in capsys.readouterr().err
    (home / "genvej.toml").write_text("[issuer]\nenabled = true\n", encoding="utf-8")
    assert run(*arguments) == 0
    token = capsys.readouterr().out.strip()
    assert token.count(".") == 2
    assert DevelopmentIssuer(home, "http://127.0.0.1:8080").issuer == "http://127.0.0.1:8080/passports"
    assert run(*arguments, "--passport") == 0
    assert run("token", "--home", str(home), "--user", "alice", "--visa", "Nonsense") == 1


def test_the_server_loads_nothing_that_reads_foreign_files() -> None:
    code = (
        "import sys, node.cli, node.commands.server;"
        "sys.exit(any(name.split('.')[0] in ('pysam', 'loaders') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
