import shlex
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest

from node.demo.genotypes import KnownVariant
from node.demo.hints import DatasetExample, DemoCaller, DemoExamples, ObjectExample, demo_hints
from node.demo.phenotypes import KnownTerm

URL = "http://127.0.0.1:8080"
COMMON = KnownVariant("GRCh38", "6", "chr6", 26092912, "G", "A", "HFE", "HFE C282Y", 30, 500, ("a", "b"))
TERM, RARE = KnownTerm("HP:0002099", "Asthma", ("a",) * 20), KnownTerm("HP:0001297", "Stroke", ("b",))
REGISTERED = DemoCaller("REGISTERED", "ey.registered", "/home/demo/registered.token")
CONTROLLED = DemoCaller("CONTROLLED", "ey.controlled", "/home/my demo/controlled.token")
OBJECT = ObjectExample("ab12", "dk-demo-open-variants.vcf.gz", "ab" * 32, "https")


def example(name: str) -> DatasetExample:
    return DatasetExample(
        f"dk-demo-{name}", COMMON, TERM, RARE, f"dk-demo-{name}-variants", f"{name}-reads", "demo1", 20_000
    )


def hints() -> list[str]:
    examples = DemoExamples(*(example(name) for name in ("open", "public", "registered", "controlled")))
    return demo_hints(URL, examples, REGISTERED, CONTROLLED, OBJECT).splitlines()


def words_of(start: str) -> list[list[str]]:
    return [shlex.split(line) for line in hints() if start in line and not line.startswith("#")]


def test_tokens_stand_once_as_variables_of_the_shell() -> None:
    text = "\n".join(hints())
    assert text.count("ey.registered") == text.count("ey.controlled") == 1
    assert "export CONTROLLED=ey.controlled" in text
    assert text.count('"Authorization: Bearer $REGISTERED"') == 1
    assert text.count('"Authorization: Bearer $CONTROLLED"') == 1


def test_beacon_lines_ask_for_the_known_variant_at_each_granularity() -> None:
    queries = [parse_qs(urlsplit(words[-1]).query) for words in words_of("/beacon/g_variants")]
    assert [query["requestedGranularity"] for query in queries] == [["boolean"], ["count"], ["record"]]
    assert [query["datasetIds"] for query in queries] == [["dk-demo-public"]] * 2 + [["dk-demo-controlled"]]
    for query in queries:
        assert (query["referenceName"], query["start"]) == (["6"], ["26092912"])
        assert (query["referenceBases"], query["alternateBases"]) == (["G"], ["A"])


def test_people_are_counted_by_a_common_and_a_rare_finding() -> None:
    queries = [parse_qs(urlsplit(words[-1]).query) for words in words_of("/beacon/individuals")]
    assert [query["filters"] for query in queries] == [["HP:0002099"], ["HP:0001297"], ["HP:0002099"]]


def test_htslib_gets_its_two_variables_spelled_exactly() -> None:
    guarded = words_of("HTS_AUTH_LOCATION")
    assert [words[2] for words in guarded] == ["samtools", "bcftools"]
    for words in guarded:
        assert words[0] == "HTS_AUTH_LOCATION=/home/my demo/controlled.token"
        assert words[1] == "HTS_ALLOW_UNENCRYPTED_AUTHORIZATION_HEADER=I understand the risks"
    assert words_of("/htsget/reads/open-reads")[0][:3] == ["samtools", "view", "-c"]
    region = parse_qs(urlsplit(words_of("/htsget/variants/dk-demo-open")[0][-1]).query)
    assert region == {"referenceName": ["chr6"], "start": ["26090912"], "end": ["26094912"]}


def test_drs_lines_fetch_an_object_and_check_its_bytes() -> None:
    lines = "\n".join(hints())
    assert f"curl -sS {URL}/ga4gh/drs/v1/objects/ab12\n" in lines
    assert f"{URL}/ga4gh/drs/v1/objects/ab12/access/https" in lines
    assert f"echo '{'ab' * 32}  dk-demo-open-variants.vcf.gz' | sha256sum -c" in lines


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_every_line_is_shell() -> None:
    checked = subprocess.run(["bash", "-n"], input="\n".join(hints()), text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
