"""What the demonstration prints: lines to paste that try every tier and every API (pure).

The reads and variants need nothing but samtools and bcftools with libcurl. Over plain http htslib sends a token only
where ``HTS_ALLOW_UNENCRYPTED_AUTHORIZATION_HEADER`` says exactly ``I understand the risks``.
"""

import shlex
from dataclasses import dataclass
from urllib.parse import urlencode

from node.demo.genotypes import KnownVariant
from node.demo.phenotypes import KnownTerm

UNENCRYPTED = "HTS_ALLOW_UNENCRYPTED_AUTHORIZATION_HEADER='I understand the risks'"
_FLANK_BASES = 2_000
_JSON_FIELD = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"url\"])'"


@dataclass(frozen=True, slots=True)
class DemoCaller:
    """Somebody who asks: ``variable`` names the token in the shell, ``token_file`` holds nothing but the token."""

    variable: str
    token: str
    token_file: str

    @property
    def header(self) -> str:
        """The argument of curl that presents the token."""
        return f'-H "Authorization: Bearer ${self.variable}"'

    @property
    def environment(self) -> str:
        """The variables by which htslib presents the token over plain http."""
        return f"HTS_AUTH_LOCATION={shlex.quote(self.token_file)} {UNENCRYPTED}"


@dataclass(frozen=True, slots=True)
class DatasetExample:
    """What to ask a dataset for; ``reads_contig`` and ``reads_end`` give the region ``[0, reads_end)`` of the reads."""

    dataset_id: str
    common: KnownVariant
    common_term: KnownTerm
    rare_term: KnownTerm
    variants_alias: str
    reads_alias: str
    reads_contig: str
    reads_end: int


@dataclass(frozen=True, slots=True)
class DemoExamples:
    """One example for each preset of policy."""

    open: DatasetExample
    public: DatasetExample
    registered: DatasetExample
    controlled: DatasetExample


@dataclass(frozen=True, slots=True)
class ObjectExample:
    """A file of the open dataset as a DRS object; ``access_id`` is that of its signed bytes."""

    object_id: str
    name: str
    sha256: str
    access_id: str


def demo_hints(
    public_url: str, examples: DemoExamples, registered: DemoCaller, controlled: DemoCaller, drs_object: ObjectExample
) -> str:
    """All lines to paste; the tokens appear once, as variables of the shell."""
    lines = [
        "# Tokens of this demonstration, from its own issuer; they expire.",
        *(f"export {caller.variable}={shlex.quote(caller.token)}" for caller in (registered, controlled)),
        "",
        *_beacon_lines(public_url, examples, registered, controlled),
        "",
        *_reads_lines(public_url, examples, controlled),
        "",
        *_variants_lines(public_url, examples, controlled),
        "",
        *_drs_lines(public_url, drs_object),
    ]
    return "\n".join(lines) + "\n"


def _beacon_lines(public_url: str, examples: DemoExamples, registered: DemoCaller, controlled: DemoCaller) -> list[str]:
    public, counted, recorded = examples.public, examples.registered, examples.controlled
    term, rare = public.common_term, public.rare_term
    return [
        f"# Beacon, anybody: does {public.dataset_id} have {public.common.name}? Yes or no, then how many.",
        _curl(_variant_url(public_url, public, "boolean")),
        _curl(_variant_url(public_url, public, "count")),
        f"# People with {term.label}: {len(term.individual_ids)}. With {rare.label}: too few: an unknown term.",
        _curl(_people_url(public_url, public, term)),
        _curl(_people_url(public_url, public, rare)),
        f"# A registered researcher: counts of {counted.dataset_id}, rounded to ten; a stranger gets none.",
        _curl(_people_url(public_url, counted, counted.common_term), registered),
        f"# A researcher with a grant: records of {recorded.dataset_id}.",
        _curl(_variant_url(public_url, recorded, "record"), controlled),
        "# A token that is not valid is an error, never a stranger: 401.",
        f"curl -sS -i -H 'Authorization: Bearer not-a-token' {shlex.quote(public_url + '/beacon/datasets')}",
    ]


def _reads_lines(public_url: str, examples: DemoExamples, controlled: DemoCaller) -> list[str]:
    return [
        "# htsget with samtools, anybody: reads of a region.",
        f"samtools view -c {shlex.quote(_reads_url(public_url, examples.open))}",
        "# With a grant; over plain http htslib wants to be told that the token travels in clear.",
        f"{controlled.environment} samtools view -c {shlex.quote(_reads_url(public_url, examples.controlled))}",
    ]


def _variants_lines(public_url: str, examples: DemoExamples, controlled: DemoCaller) -> list[str]:
    return [
        "# htsget with bcftools: variants around a known one, anybody and with a grant.",
        f"bcftools view -G {shlex.quote(_region_url(public_url, examples.open))}",
        f"{controlled.environment} bcftools view -G {shlex.quote(_region_url(public_url, examples.controlled))}",
    ]


def _drs_lines(public_url: str, drs_object: ObjectExample) -> list[str]:
    url = f"{public_url}/ga4gh/drs/v1/objects/{drs_object.object_id}"
    access_url = f"{url}/access/{drs_object.access_id}"
    check = shlex.quote(f"{drs_object.sha256}  {drs_object.name}")
    name = shlex.quote(drs_object.name)
    return [
        f"# DRS: what {drs_object.name} is, its bytes, and whether they are those of its checksum.",
        _curl(url),
        f'curl -sS -o {name} "$(curl -sS {shlex.quote(access_url)} | {_JSON_FIELD})"',
        f"echo {check} | sha256sum -c",
    ]


def _curl(url: str, caller: DemoCaller | None = None) -> str:
    return f"curl -sS {caller.header + ' ' if caller else ''}{shlex.quote(url)}"


def _variant_url(public_url: str, example: DatasetExample, granularity: str) -> str:
    variant = example.common
    parameters = {
        "assemblyId": variant.assembly,
        "referenceName": variant.contig,
        "start": variant.start_0based,
        "referenceBases": variant.reference_bases,
        "alternateBases": variant.alternate_bases,
        "datasetIds": example.dataset_id,
        "requestedGranularity": granularity,
    }
    return f"{public_url}/beacon/g_variants?{urlencode(parameters)}"


def _people_url(public_url: str, example: DatasetExample, term: KnownTerm) -> str:
    parameters = {"filters": term.id, "datasetIds": example.dataset_id, "requestedGranularity": "count"}
    return f"{public_url}/beacon/individuals?{urlencode(parameters, safe=':')}"


def _reads_url(public_url: str, example: DatasetExample) -> str:
    region = urlencode({"referenceName": example.reads_contig, "start": 0, "end": example.reads_end})
    return f"{public_url}/htsget/reads/{example.reads_alias}?{region}"


def _region_url(public_url: str, example: DatasetExample) -> str:
    variant = example.common
    start = max(0, variant.start_0based - _FLANK_BASES)
    end = variant.start_0based + _FLANK_BASES
    region = urlencode({"referenceName": variant.contig_in_file, "start": start, "end": end})
    return f"{public_url}/htsget/variants/{example.variants_alias}?{region}"
