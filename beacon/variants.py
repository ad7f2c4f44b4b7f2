"""The kinds of variant question, read from request parameters (pure).

Beacon v2.2, genomicVariations/requestParameters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from beacon.alleles import Allele, read_bases, trim
from beacon.query import BracketQuestion, RangeQuestion, SequenceQuestion, VariantQuestion
from beacon.values import read_integer, read_integers, read_text, refuse
from beacon.variant_types import read_variant_type
from core.errors import InvalidRange, UnsupportedRequest
from core.genome import MAXIMUM_POSITION, Assembly, canonical_contig, contig_of_accession, find_assembly
from core.strict_json import JsonValue

OFFERED = frozenset(
    {
        "start", "end", "assemblyId", "referenceName", "referenceBases", "alternateBases", "variantType",
        "variantMinLength", "variantMaxLength",
    }
)  # fmt: skip
"""Request parameters about variants that are answered."""

NOT_OFFERED = frozenset(
    {"geneId", "geneid", "aminoacidChange", "genomicAlleleShortForm", "allele", "mateName", "mateStart", "mateEnd"}
)
"""Parameters of the standard that are understood and refused."""

_ACCESSION = re.compile(r"(?:N[CTWG]|AC)_\S+")
_POSITIONAL = ("start", "end", "referenceBases", "alternateBases")

Parameters = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Genome:
    """Assemblies and contigs of the datasets that the caller may know of."""

    assemblies: frozenset[str] = frozenset()
    contigs: frozenset[str] = frozenset()


def read_variant_question(parameters: Parameters, genome: Genome) -> VariantQuestion | None:
    """The question that request parameters ask; ``None`` if there are none.

    Raises ``InvalidRequest`` naming the field, ``InvalidRange`` for positions that contradict each other,
    ``UnsupportedRequest`` for what is not offered. Empty text counts as absent, except for bases (a deletion).
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    for name in given:
        if name in NOT_OFFERED:
            message = f"{name}: questions by {name} are not offered by this beacon"
            raise UnsupportedRequest(message, field=name)
    given = {name: value for name, value in given.items() if value != "" or name.endswith("Bases")}
    if not given:
        return None
    question = _narrowed(given)
    if "referenceName" in given:
        assembly, contig = _place_name(given, genome)
        return _placed(replace(question, assembly=assembly, contig=contig), given)
    for name in _POSITIONAL:
        if name in given:
            refuse("referenceName", f"missing: {name} needs a chromosome")
    if "assemblyId" in given:
        return replace(question, assembly=_assembly(given["assemblyId"], genome)[0])
    return question


def _narrowed(given: Parameters) -> VariantQuestion:
    types = read_variant_type(read_text(given["variantType"], "variantType")) if "variantType" in given else None
    lengths = {
        name: read_integer(given[name], name) for name in ("variantMinLength", "variantMaxLength") if name in given
    }
    minimum, maximum = lengths.get("variantMinLength"), lengths.get("variantMaxLength")
    if minimum is not None and maximum is not None and minimum > maximum:
        refuse("variantMinLength", "larger than variantMaxLength")
    return VariantQuestion(variant_types=types, minimum_length=minimum, maximum_length=maximum)


def _placed(question: VariantQuestion, given: Parameters) -> VariantQuestion:
    bases = {
        name: read_bases(read_text(given[name], name), name)
        for name in ("referenceBases", "alternateBases")
        if name in given
    }
    reference, alternate = bases.get("referenceBases"), bases.get("alternateBases")
    starts = read_integers(given["start"], "start") if "start" in given else ()
    ends = read_integers(given["end"], "end", minimum=1) if "end" in given else ()
    if len(starts) == 1 and not ends:
        if alternate is None:
            refuse("alternateBases", "missing: start without end asks for one allele and needs its bases")
        return replace(question, place=_sequence(starts[0], reference, alternate))
    place = _interval(starts, ends)
    if reference is not None and alternate is not None:
        _, reference, alternate = trim(0, reference, alternate)
    return replace(question, place=place, reference=reference, alternate=alternate)


def _sequence(start: int, reference: str | None, alternate: str) -> SequenceQuestion:
    if start > MAXIMUM_POSITION:
        refuse("start", f"positions end at {MAXIMUM_POSITION}")
    if reference is None:
        return SequenceQuestion(start, None, None, alternate)
    start, reference, alternate = trim(start, reference, alternate)
    if reference == alternate:
        refuse("alternateBases", "the same as referenceBases: not a variant")
    return SequenceQuestion(start, start + len(reference), reference, alternate)


def _interval(starts: tuple[int, ...], ends: tuple[int, ...]) -> RangeQuestion | BracketQuestion | None:
    if not starts and not ends:
        return None
    if len(starts) != len(ends):
        field = "start" if len(starts) < len(ends) else "end"
        message = f"{field}: a range needs one start and one end, a bracket two of each"
        raise InvalidRange(message, field=field)
    if starts[0] >= ends[-1]:
        message = "start: must lie before end"
        raise InvalidRange(message, field="start")
    if len(starts) == 1:
        return RangeQuestion(starts[0], ends[0])
    for field, pair in (("start", starts), ("end", ends)):
        if pair[0] > pair[1]:
            message = f"{field}: the first of two numbers must not be the larger one"
            raise InvalidRange(message, field=field)
    return BracketQuestion(starts[0], starts[1], ends[0], ends[1])


def _place_name(given: Parameters, genome: Genome) -> tuple[str | None, str]:
    """Assembly and contig, from an accession, or from a name and an assembly."""
    name = read_text(given["referenceName"], "referenceName").strip()
    accession = name[7:] if name[:7].lower() == "refseq:" else name
    named, assembly = _assembly(given["assemblyId"], genome) if "assemblyId" in given else (None, None)
    if _ACCESSION.fullmatch(accession):
        return _by_accession(accession, named, assembly)
    if named is None:
        named, assembly = _only_assembly(genome)
    contig = canonical_contig(name)
    known = contig in genome.contigs or (contig in assembly.lengths if assembly else False)
    if not known:
        refuse("referenceName", f"{name[:40]!r} is not a sequence of {named}")
    return named, contig


def _by_accession(accession: str, named: str | None, assembly: Assembly | None) -> tuple[str | None, str]:
    found = contig_of_accession(accession)
    if found is None:
        refuse("referenceName", f"accession {accession[:40]!r} is unknown")
    own, contig = found
    if assembly is not None and assembly.accessions.get(contig) != accession:
        refuse("referenceName", f"{accession} is not a sequence of {assembly.name}, which assemblyId names")
    if named is not None and assembly is None:
        refuse("assemblyId", f"{accession} is not known to be a sequence of {named}")
    return (own.name if own else named), contig


def _assembly(value: JsonValue, genome: Genome) -> tuple[str, Assembly | None]:
    """Name and, where it is a public one, table of an assembly; raises ``InvalidRequest`` for an unknown one."""
    text = read_text(value, "assemblyId").strip()
    assembly = find_assembly(text)
    if assembly is not None:
        return assembly.name, assembly
    own = next((name for name in sorted(genome.assemblies) if name.lower() == text.lower()), None)
    if own is None:
        refuse("assemblyId", f"{text[:40]!r} is not an assembly that is known here")
    return own, None


def _only_assembly(genome: Genome) -> tuple[str, Assembly | None]:
    if len(genome.assemblies) != 1:
        served = ", ".join(sorted(genome.assemblies)) or "none"
        refuse("assemblyId", f"ambiguous without it; served are {served}")
    name = next(iter(genome.assemblies))
    return name, find_assembly(name)


def question_of_allele(assembly: str | None, contig: str, allele: Allele) -> VariantQuestion:
    """The question for one variant by its identifier."""
    place = SequenceQuestion(allele.start_0based, allele.end_0based, allele.reference, allele.alternate)
    return VariantQuestion(assembly, contig, place)
