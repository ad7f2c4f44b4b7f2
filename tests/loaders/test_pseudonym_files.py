import gzip
import json
import stat
from pathlib import Path

import pysam
import pytest
import yaml
from click.testing import CliRunner

from core.datasets import DatasetCatalogue
from core.errors import GenvejError, LoadRefused, OperatorError
from core.strict_json import JsonValue
from loaders.phenopackets import load_phenopackets
from loaders.pseudonym_files import (
    RekeyTask,
    names_in_dataset,
    names_in_file,
    read_key,
    rekey_file,
    write_map,
    write_new_key,
)
from loaders.pseudonyms import ProjectPseudonyms, new_key
from loaders.table_mapping import read_table_mapping
from loaders.vcf import load_vcf
from node.commands.pseudonyms import pseudonyms as command
from tests.loaders.phenopacket_documents import full_packet
from tests.loaders.vcf_texts import vcf_text, write_vcf
from tests.support.shared import needs_shared, shared

ONE = ProjectPseudonyms(new_key(), "ONE")
TWO = ProjectPseudonyms(ONE.key, "TWO")


def rekeyed(source: Path, output: Path, made: ProjectPseudonyms = ONE, mapping: str | None = None) -> int:
    task = RekeyTask(source, output, made, read_table_mapping(mapping) if mapping else None)
    return rekey_file(task, lambda _done, _total: None).names


def write(path: Path, document: JsonValue) -> Path:
    path.write_text(json.dumps(document))
    return path


def test_a_key_is_its_owners_and_not_beside_the_data(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    path, key = tmp_path / "key", new_key()
    write_new_key(path, key, home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path, home) == key
    with pytest.raises(OperatorError, match="nothing is overwritten"):
        write_new_key(path, key, home)
    for inside in (home / "key", tmp_path / "home" / ".." / "home" / "key"):
        with pytest.raises(OperatorError, match="must not lie in the node's home"):
            write_new_key(inside, key, home)
    (tmp_path / "link").symlink_to(home)
    with pytest.raises(OperatorError, match="must not lie in the node's home"):
        read_key(tmp_path / "link" / "key", home)
    with pytest.raises(OperatorError, match="nowhere"):
        write_new_key(tmp_path / "nowhere" / "key", key, home)
    path.chmod(0o640)
    with pytest.raises(OperatorError, match="others may read this key"):
        read_key(path, home)
    with pytest.raises(OperatorError, match="No such file"):
        read_key(tmp_path / "none", home)
    path.write_bytes(b"\xff")
    path.chmod(0o600)
    with pytest.raises(OperatorError, match="not a key file"):
        read_key(path, home)


def test_a_table_of_names_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "map.tsv"
    write_map(path, ONE.table(["a"]), tmp_path / "home")
    assert path.read_text() == f"pseudonym\tproject_pseudonym\na\t{ONE.of('a')}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(OperatorError, match="nothing is overwritten"):
        write_map(path, (), tmp_path / "home")


def test_names_of_a_list(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("# people\nP1\tmore\n\nP2\n")
    assert names_in_file(path) == {"P1", "P2"}
    path.write_text("010190-1234\n")
    with pytest.raises(LoadRefused, match="looks like a CPR number"):
        names_in_file(path)
    path.write_bytes(b"\xff")
    with pytest.raises(LoadRefused, match="not UTF-8"):
        names_in_file(path)


def test_names_of_a_dataset(tmp_path: Path) -> None:
    catalogue = DatasetCatalogue(tmp_path / "home")
    load_phenopackets(catalogue, "d", [write(tmp_path / "a.json", full_packet("P1"))], preset="open")
    load_vcf(catalogue, "d", [write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A . GT 0/1"], ["S9"]))])
    wanted = {"P1", "P1-B1", "P1-B2", "S9"}
    assert names_in_dataset(tmp_path / "home", "d") == wanted
    catalogue.publish("d")
    assert names_in_dataset(tmp_path / "home", "d") == wanted
    catalogue.withdraw("d", "test")
    with pytest.raises(OperatorError, match="neither a draft nor a version"):
        names_in_dataset(tmp_path / "home", "d")


def test_phenopackets_of_two_projects_cannot_be_linked(tmp_path: Path) -> None:
    source = write(tmp_path / "a.json", full_packet("P1", "packet"))
    for made in (ONE, TWO):
        assert rekeyed(source, tmp_path / f"{made.project}.json", made) == 4
    one, two = ((tmp_path / f"{name}.json").read_text() for name in ("ONE", "TWO"))
    assert json.loads(one)["subject"]["id"] == ONE.of("P1")
    assert {word for word in one.split('"') if word.startswith("ONE-")}
    assert "P1" not in one
    assert one.replace("ONE-", "") != two.replace("TWO-", "")
    load_phenopackets(DatasetCatalogue(tmp_path / "home"), "d", [tmp_path / "ONE.json"])


def test_forms_of_documents(tmp_path: Path) -> None:
    packets: JsonValue = [full_packet("P1", "a"), full_packet("P2", "b")]
    source = write(tmp_path / "a.json", packets)
    rekeyed(source, tmp_path / "b.yaml")
    assert len(list(yaml.safe_load_all((tmp_path / "b.yaml").read_text()))) == 2
    rekeyed(source, tmp_path / "b.jsonl")
    assert len((tmp_path / "b.jsonl").read_text().splitlines()) == 2
    packed = tmp_path / "runs.json.gz"
    packed.write_bytes(gzip.compress(b'[{"id": "R", "biosampleId": "B"}]'))
    assert rekeyed(packed, tmp_path / "runs.json") == 2
    assert json.loads((tmp_path / "runs.json").read_text()) == [{"id": ONE.of("R"), "biosampleId": ONE.of("B")}]
    cohort: JsonValue = {"id": "C", "members": [full_packet("P1", "a")]}
    assert rekeyed(write(tmp_path / "cohort.json", cohort), tmp_path / "c.json") == 5


def test_tables(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text('pseudonym;sex;sample;note\nP1;K;B1;"a;b"\n')
    rekeyed(source, tmp_path / "b.csv", mapping="people")
    assert (tmp_path / "b.csv").read_text() == f"pseudonym,sex,sample,note\n{ONE.of('P1')},K,{ONE.of('B1')},a;b\n"
    rekeyed(source, tmp_path / "b.tsv", mapping="people")
    assert "\t" in (tmp_path / "b.tsv").read_text()


@pytest.mark.parametrize(
    ("name", "content", "mapping", "reason"),
    [
        ("a.csv", "a;b\n1;2\n", None, "--mapping tells"), ("a.csv", "a;b\n1;2\n", "people", "none of the columns"),
        ("a.csv", "pseudonym;b\n1\n", "people", "line 2: 1 cells"), ("a.bcf", "x", None, "convert BCF"),
        ("a.json", '[{"x": 1}]', None, "neither phenopackets nor"), ("a.vcf", "##fileformat\nx", None, "no VCF header"),
        ("a.vcf", "#\udcff\n", None, "line 1: not UTF-8"), ("a.json", "{", None, "not a JSON document"),
    ],
)  # fmt: skip
def test_files_that_are_not_rewritten_leave_nothing(
    tmp_path: Path, name: str, content: str, mapping: str | None, reason: str
) -> None:
    source = tmp_path / name
    source.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(GenvejError, match=reason):
        rekeyed(source, tmp_path / "out", mapping=mapping)
    assert not (tmp_path / "out").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    source = write(tmp_path / "a.json", full_packet())
    with pytest.raises(OperatorError, match="nothing is overwritten"):
        rekeyed(source, source)
    with pytest.raises(OperatorError, match="No such file"):
        rekeyed(source, tmp_path / "none" / "b.json")
    assert json.loads(source.read_text())["subject"]


def test_vcf_records_stay_as_they_are(tmp_path: Path) -> None:
    text = vcf_text(["chr1 5 G A . GT 0/1 1/1"], ["S1", "S2"])
    source = write_vcf(tmp_path / "a.vcf", text)
    assert rekeyed(source, tmp_path / "b.vcf.gz") == 2
    made = gzip.decompress((tmp_path / "b.vcf.gz").read_bytes()).decode()
    assert made == text.replace("\tS1\tS2\n", f"\t{ONE.of('S1')}\t{ONE.of('S2')}\n")
    damaged = tmp_path / "c.vcf.gz"
    damaged.write_bytes(gzip.compress(text.encode())[:-12])
    with pytest.raises(LoadRefused, match="damaged or cut off"):
        rekeyed(damaged, tmp_path / "d.vcf")


@needs_shared
def test_a_real_vcf_keeps_all_but_its_names(tmp_path: Path) -> None:
    source = shared("data", "variants", "1000G_NYGC_GRCh38_chr22_100samples.vcf.gz")
    rekeyed(source, tmp_path / "a.vcf.gz")
    with pysam.VariantFile(str(source)) as before:
        wanted = [ONE.of(sample) for sample in before.header.samples]
        records = sum(1 for _ in before)
    pysam.tabix_index(str(tmp_path / "a.vcf.gz"), preset="vcf")
    with pysam.VariantFile(str(tmp_path / "a.vcf.gz")) as after:
        assert list(after.header.samples) == wanted
        assert sum(1 for _ in after) == records


def test_the_commands(tmp_path: Path) -> None:
    home, key, runner = str(tmp_path / "home"), str(tmp_path / "key"), CliRunner()

    def run(*arguments: str) -> int:
        result = runner.invoke(command, [arguments[0], "--home", home, *arguments[1:]])
        assert result.exception is None or isinstance(result.exception, SystemExit | GenvejError)
        return result.exit_code

    assert run("new-key", key) == 0
    names = tmp_path / "names"
    names.write_text("P1\nP2\n")
    project = ("--key", key, "--project", "ONE")
    assert run("map", *project, "--output", str(tmp_path / "map.tsv"), str(names)) == 0
    assert len((tmp_path / "map.tsv").read_text().splitlines()) == 3
    assert run("map", *project, "--output", str(tmp_path / "b.tsv")) == 2
    names.write_text("")
    assert run("map", *project, "--output", str(tmp_path / "c.tsv"), str(names)) == 1
    source = write(tmp_path / "a.json", full_packet())
    assert run("rekey", *project, str(source), str(tmp_path / "b.json")) == 0
    assert json.loads((tmp_path / "b.json").read_text())["subject"]["id"].startswith("ONE-")


def test_people_who_opted_out_are_left_out(tmp_path: Path) -> None:
    home, key = tmp_path / "home", tmp_path / "key"
    catalogue = DatasetCatalogue(home)
    source = write(tmp_path / "a.json", [full_packet("P1", "a"), full_packet("P2", "b")])
    load_phenopackets(catalogue, "d", [source], preset="open")
    variants = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A . GT 0/1"], ["P1-B1"]))
    load_vcf(catalogue, "d", [variants])
    (home / "optouts.tsv").write_text("P1\n")
    write_new_key(key, new_key(), home)
    run = CliRunner()
    common = ["--home", str(home), "--key", str(key), "--project", "ONE"]
    result = run.invoke(command, ["map", *common, "--dataset", "d", "--output", str(tmp_path / "m")])
    assert (result.exit_code, "3 names of people who opted out are left out" in result.output) == (0, True)
    old = {line.split("\t")[0] for line in (tmp_path / "m").read_text().splitlines()[1:]}
    assert old == {"P2", "P2-B1", "P2-B2"}
    run.invoke(command, ["map", *common, "--dataset", "d", "--output", str(tmp_path / "all"), "--with-opted-out"])
    assert "P1-B1" in (tmp_path / "all").read_text()
    listed = tmp_path / "list"
    listed.write_text("P1\nP1-B1\nP2\n")
    run.invoke(command, ["map", *common, "--output", str(tmp_path / "l"), str(listed)])
    assert len((tmp_path / "l").read_text().splitlines()) == 2
    result = run.invoke(command, ["rekey", *common, str(source), str(tmp_path / "b.json")])
    assert (result.exit_code, "1 records that name people who opted out" in result.output) == (0, True)
    assert len(json.loads((tmp_path / "b.json").read_text())) in (1, len(full_packet("P2", "b")))
    result = run.invoke(command, ["rekey", *common, str(variants), str(tmp_path / "b.vcf")])
    assert "1 of its samples are of people who opted out" in str(result.exception)
    assert (
        run.invoke(command, ["rekey", *common, "--with-opted-out", str(variants), str(tmp_path / "b.vcf")]).exit_code
        == 0
    )
    table = tmp_path / "a.csv"
    table.write_text("pseudonym;sex;sample\nP1;K;P1-B1\nP2;K;P2-B1\n")
    run.invoke(command, ["rekey", *common, "--mapping", "people", str(table), str(tmp_path / "b.csv")])
    assert len((tmp_path / "b.csv").read_text().splitlines()) == 2


def test_an_old_name_that_still_stands_somewhere_is_refused(tmp_path: Path) -> None:
    document: JsonValue = {
        "id": "pk", "subject": {"id": "P1", "sex": "MALE"}, "metaData": {"externalReferences": [{"id": "P1-ref"}]},
        "files": [{"uri": "file:///P1.vcf", "individualToFileIdentifiers": {"P1": "P1_sample"}}],
        "phenotypicFeatures": [{"type": {"id": "HP:1", "label": "x"}, "description": "file P1.bam"}],
    }  # fmt: skip
    source = write(tmp_path / "a.json", document)
    rekeyed(source, tmp_path / "b.json")
    assert "P1" not in (tmp_path / "b.json").read_text()
    source = write(tmp_path / "c.json", {**document, "P1": 1})  # type: ignore[dict-item]
    with pytest.raises(LoadRefused, match="an old name would still stand in 1 places"):
        rekeyed(source, tmp_path / "d.json")
    assert not (tmp_path / "d.json").exists()
    task = RekeyTask(source, tmp_path / "d.json", ONE, allow_remaining=True)
    assert rekey_file(task, lambda _done, _total: None).remaining == 1
    variants = write_vcf(tmp_path / "a.vcf", vcf_text(["chr1 5 G A . GT 0/1"], ["P1"]).replace("\t5\t.", "\t5\tP1_x"))
    rekeyed(variants, tmp_path / "b.vcf")
    assert "P1" not in (tmp_path / "b.vcf").read_text()
    with pytest.raises(LoadRefused, match="still stand in 2 places"):
        rekeyed(write_vcf(tmp_path / "c.vcf", vcf_text(["chr1 5 G A . GT 0/1"], ["chr1"])), tmp_path / "e.vcf")
