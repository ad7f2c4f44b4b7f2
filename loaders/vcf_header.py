"""The header of a VCF file: samples, contigs, and which assembly they belong to (VCF 4.3 §1.2, §1.4, §1.5; pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import LoadRefused
from core.genome import ASSEMBLIES, GRCH37, Assembly, canonical_contig, find_assembly
from loaders.vcf_meta import check_meta_lines, read_attributes

_FIXED = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
_DEFINITIONS = ("##INFO=", "##FORMAT=", "##ALT=", "##GVCFBlock")
_UNSUPPORTED = re.compile(r"(?i)ncbi36|ncbi35|hg1[0-8](?!\d)|\bb36\b|NCBI_Build_36")
_NAMED = re.compile(r"(?i)(grch3[78]|hg19|hg38|hs37d5|hs38dh|\bb3[78]\b|hs37|hs38|chm13|1000g_v37|human_g1k_v37)")
_SPELLINGS = {"1000g_v37": "b37", "human_g1k_v37": "b37"}
_UCSC_MITOCHONDRION_BASES = 16571
UCSC_MITOCHONDRION = "NC_001807.4"


@dataclass(frozen=True, slots=True)
class Contig:
    """A ``##contig`` line."""

    name: str
    length: int | None
    assembly: str


@dataclass(frozen=True, slots=True)
class VcfHeader:
    """What the header states; ``lines`` is its number of lines.

    ``definitions``: the lines that tell what INFO, FORMAT and ALT mean, for ``loaders.vcf_annotations``,
    ``loaders.vcf_sample_fields`` and ``loaders.vcf_blocks``.
    """

    version: str
    samples: tuple[str, ...]
    contigs: tuple[Contig, ...]
    reference: str
    lines: int
    definitions: tuple[str, ...] = ()

    @property
    def length_first(self) -> bool:
        """Whether SVLEN tells where symbolic alleles end, rather than END (VCF 4.4 and later)."""
        return self.version >= "VCFv4.4"

    @property
    def renamed_contigs(self) -> dict[str, str]:
        """Contigs whose usual name would mislead: chrM of UCSC hg19 is not the mitochondrion of GRCh37."""
        return {
            contig.name: UCSC_MITOCHONDRION
            for contig in self.contigs
            if canonical_contig(contig.name) == "MT" and contig.length == _UCSC_MITOCHONDRION_BASES
        }


@dataclass(frozen=True, slots=True)
class AssemblyChoice:
    """The assembly that positions are on, and remarks for the report."""

    assembly: Assembly
    notes: tuple[str, ...] = field(default=())


def parse_header(name: str, lines: Sequence[str]) -> VcfHeader:
    """Read the header lines, the #CHROM line included; raises ``LoadRefused`` naming file and line."""
    version = lines[0].removeprefix("##fileformat=") if lines else ""
    if not re.fullmatch(r"VCFv4\.[0-9]", version):
        message = f"{name}: line 1: ##fileformat=VCFv4.x is expected"
        raise LoadRefused(message)
    columns = lines[-1].split("\t")
    if columns[: len(_FIXED)] != _FIXED or columns[len(_FIXED) : len(_FIXED) + 1] not in ([], ["FORMAT"]):
        message = f"{name}: line {len(lines)}: the columns #CHROM to INFO, then FORMAT and samples, are expected"
        raise LoadRefused(message)
    check_meta_lines(name, lines, version)
    samples = tuple(columns[len(_FIXED) + 1 :])
    if len(columns) > len(_FIXED) and not samples:
        message = f"{name}: line {len(lines)}: FORMAT without a sample"
        raise LoadRefused(message)
    if len(set(samples)) < len(samples) or "" in samples:
        message = f"{name}: line {len(lines)}: sample names must be there once each"
        raise LoadRefused(message)
    reference = next((line.removeprefix("##reference=") for line in lines if line.startswith("##reference=")), "")
    contigs = tuple(_contig(line) for line in lines if line.startswith("##contig="))
    definitions = tuple(line for line in lines if line.startswith(_DEFINITIONS))
    return VcfHeader(version, samples, contigs, reference, len(lines), definitions)


def _contig(line: str) -> Contig:
    """A line that ``check_meta_lines`` has passed."""
    found = read_attributes(line.partition("=")[2]) or {}
    attributes = {key: value.strip('"') for key, value in found.items()}
    length = attributes.get("length", "")
    return Contig(attributes["ID"], int(length) if length else None, attributes.get("assembly", ""))


def choose_assembly(
    name: str, contigs: Sequence[Contig], reference: str, stated: str | None, loaded: str | None = None
) -> AssemblyChoice:
    """The assembly by contig lengths, else as the operator stated, else by name in the header, else what is loaded.

    ``loaded``: the dataset's, for headers that say nothing. Raises ``LoadRefused`` where the lengths are those of
    another assembly than the one stated, or none can be told.
    """
    wanted = stated_assembly(stated)
    by_length, strange = assembly_by_length(name, contigs)
    named = _by_name(contigs, reference)
    if by_length is None and named == "unsupported":
        message = f"{name}: the header names an assembly before GRCh37; lift the file over first"
        raise LoadRefused(message)
    found = by_length or wanted or find_assembly(named) or find_assembly(loaded or "")
    if found is None:
        message = f"{name}: the header does not tell the assembly; state it with --assembly GRCh37, GRCh38 or T2T"
        raise LoadRefused(message)
    if wanted and found is not wanted:
        message = f"{name}: its contig lengths are those of {found.name}, not of {wanted.name}"
        raise LoadRefused(message)
    notes = [f"contig {contig} has a length that {found.name} does not know" for contig in strange[:3]]
    if named not in ("", "unsupported") and find_assembly(named) is not found:
        notes.append(f"the header names {named}; taken as {found.name}")
    return AssemblyChoice(found, tuple(notes))


def stated_assembly(stated: str | None) -> Assembly | None:
    """The assembly that the operator named; ``None`` for none, ``LoadRefused`` for an unknown one."""
    if not stated:
        return None
    assembly = find_assembly(stated)
    if assembly is None:
        known = ", ".join(known.name for known in ASSEMBLIES)
        message = f"assembly {stated!r} is unknown; known are {known}"
        raise LoadRefused(message)
    return assembly


def assembly_by_length(name: str, contigs: Sequence[Contig]) -> tuple[Assembly | None, list[str]]:
    """The assembly all known lengths agree on, and primary contigs whose length no assembly knows.

    Raises ``LoadRefused`` if the lengths are those of different assemblies.
    """
    candidates = list(ASSEMBLIES)
    strange = []
    recognised = False
    for contig in contigs:
        canonical = canonical_contig(contig.name)
        if contig.length is None or canonical == "MT" or canonical not in GRCH37.lengths:
            continue
        matching = [assembly for assembly in ASSEMBLIES if assembly.lengths[canonical] == contig.length]
        if not matching:
            strange.append(contig.name)
            continue
        recognised = True
        candidates = [assembly for assembly in candidates if assembly in matching]
    if not candidates:
        message = f"{name}: its contig lengths are those of different assemblies"
        raise LoadRefused(message)
    return (candidates[0] if recognised and len(candidates) == 1 else None), strange


def _by_name(contigs: Sequence[Contig], reference: str) -> str:
    """An assembly named in the header: its spelling, ``unsupported``, or empty."""
    texts = [*dict.fromkeys(contig.assembly for contig in contigs if contig.assembly), reference]
    for text in texts:
        if _UNSUPPORTED.search(text):
            return "unsupported"
        found = _NAMED.search(text)
        if found:
            spelling = found.group(1).lower()
            return _SPELLINGS.get(spelling, spelling)
    return ""
