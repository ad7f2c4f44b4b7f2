"""Beacon variants (genomicVariations) and tables of genotypes (caseLevelData) as stated alleles with carriers (pure).

Where ``variantInternalId`` is written like a VCF record (``chr22_16050075_A_G``) and names the same place and the same
two alleles as ``variation`` in the other order, the id is followed: it is the name by which others know the record. Any
other contradiction between the two, or between ``variation`` and a substitution in ``identifiers.genomicHGVSId``,
rejects the record.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.genome import MAXIMUM_POSITION, canonical_contig, contig_of_accession, find_assembly, start_from_1based
from core.strict_json import JsonValue
from loaders.beacon_hgvs import GenomicChange, parse_genomic_name
from loaders.beacon_shapes import Members, clean_curie
from loaders.beacon_variant_details import Details, read_details
from loaders.report import RecordRejected

HETEROZYGOUS, HOMOZYGOUS, HEMIZYGOUS, UNSTATED = "heterozygous", "homozygous", "hemizygous", "unstated"
_ZYGOSITIES: Mapping[str, str] = MappingProxyType(
    {
        "GENO:0000135": HETEROZYGOUS, "GENO:0000458": HETEROZYGOUS, "GENO:0000402": HETEROZYGOUS,
        "GENO:0000136": HOMOZYGOUS,
        "GENO:0000134": HEMIZYGOUS, "GENO:0000604": HEMIZYGOUS, "GENO:0000605": HEMIZYGOUS, "GENO:0000606": HEMIZYGOUS,
        "GENO:0000602": HEMIZYGOUS, "GENO:0000603": HEMIZYGOUS,
        "GENO:0000137": UNSTATED,
    }
)  # fmt: skip
_CALLS: Mapping[str, str] = MappingProxyType(
    {"01": HETEROZYGOUS, "10": HETEROZYGOUS, "11": HOMOZYGOUS, "1": HEMIZYGOUS, "1.": UNSTATED, ".1": UNSTATED}
)
_ABSENT_CALLS = frozenset({"00", "0", "..", ".", "0.", ".0", ""})
_LIKE_VCF = re.compile(r"(?:chr)?([0-9A-Za-z]{1,16})[_:-](\d{1,10})[_:-]([ACGTN]+)[_:-]([ACGTN]+)", re.IGNORECASE)
_BASES = re.compile(r"[ACGTUNRYSWKMBDHV]*")
_SYMBOL = re.compile(r"<([A-Z]+)(?::[^\s<>]+)?>")
_SYMBOLS: Mapping[str, str] = MappingProxyType(
    {
        "DEL": "<DEL>", "DUP": "<DUP>", "INV": "<INV>", "CNV": "<CNV>", "INS": "<INS>",
        "efo:0030067": "<DEL>", "efo:0030068": "<DEL>", "efo:0020073": "<DEL>", "efo:0030069": "<DEL>",
        "efo:0030070": "<DUP>", "efo:0030071": "<DUP>", "efo:0030072": "<DUP>",
    }
)  # fmt: skip

SWAPPED = "REF and ALT are the other way round in variantInternalId, which is followed"
OTHER_ALLELES = "sequence_id spells other alleles than variation, which is followed"
WITHOUT_ZYGOSITY = "carriers without zygosity, counted with one copy as half-missing calls are"


@dataclass(frozen=True, slots=True)
class StatedVariant:
    """An allele as a file states it. ``sequence``: accession or contig name. ``reference``: ``None`` if not spelled.

    ``carriers``: (biosample, zygosity); of a table of genotypes (number of the target sample, zygosity), until
    ``on_targets``. ``line``: where it was stated.
    """

    line: int
    sequence: str
    start_0based: int
    end_0based: int
    reference: str | None
    alternate: str
    carriers: tuple[tuple[str, str], ...] = ()
    details: Details = field(default_factory=Details)

    @property
    def assembly(self) -> str | None:
        """The assembly that the accession belongs to; ``None`` where the sequence does not say."""
        found = contig_of_accession(self.sequence)
        return found[0].name if found and found[0] else None


def read_variation(line: int, record: JsonValue, remarks: Counter[str]) -> StatedVariant:
    """One record of ``genomicVariations``; raises ``RecordRejected``."""
    members = _object(record, "genomicVariations")
    variation = _object(members.get("variation"), "variation")
    change = _change(variation)
    named = _genomic_name(members)
    if _spells_others(_object(variation.get("location", {}), "variation.location").get("sequence_id"), change):
        remarks[OTHER_ALLELES] += 1
    change = _settled(change, members, named, remarks)
    if named:
        change = replace(change, sequence=_one_sequence(change.sequence, named.sequence, remarks))
    carriers = tuple(_carriers(members.get("caseLevelData"), remarks))
    return replace(_stated(line, change, carriers), details=read_details(members, remarks))


def _one_sequence(located: str, named: str, remarks: Counter[str]) -> str:
    """The accession, where one is known; raises ``RecordRejected`` if the two are different contigs."""
    accession = contig_of_accession(named)
    if accession is None:
        if named.startswith("NC_"):
            remarks[f"accession {named} is of no assembly that is known here; the contig's name is taken"] += 1
        return located
    other = contig_of_accession(located)
    if (other[1] if other else canonical_contig(located)) != accession[1]:
        reason = "another contig than variation states"
        raise RecordRejected(reason, "identifiers.genomicHGVSId")
    return named


def read_case_levels(line: int, record: JsonValue) -> StatedVariant:
    """One record of ``caseLevelData``: the variant's genomic name, and calls by the number of the target sample.

    Raises ``RecordRejected``.
    """
    members = _object(record, "caseLevelData")
    name = members.get("id")
    change = parse_genomic_name(name) if isinstance(name, str) else None
    if change is None:
        reason = "a genomic name such as NC_000022.11:g.16050075A>G is expected"
        raise RecordRejected(reason, "id")
    calls = ((key, _call(key, call)) for key, call in members.items() if key.isdigit())
    carriers = tuple((key, zygosity) for key, zygosity in calls if zygosity)
    return _stated(line, change, carriers)


def on_targets(variant: StatedVariant, targets: Sequence[str]) -> StatedVariant:
    """A variant of a table with the names of its samples; raises ``RecordRejected`` for a number without a name."""
    for number, _ in variant.carriers:
        if int(number) >= len(targets):
            reason = f"there is no target sample of this number, there are {len(targets):,}"
            raise RecordRejected(reason, number)
    return replace(variant, carriers=tuple((targets[int(number)], zygosity) for number, zygosity in variant.carriers))


def _call(key: str, call: JsonValue) -> str:
    """The zygosity of a call; empty where the allele is not carried."""
    spelling = re.sub(r"[/|]", "", call) if isinstance(call, str) else None
    if spelling in _ABSENT_CALLS:
        return ""
    if spelling not in _CALLS:
        reason = "a call such as 01 or 11 is expected"
        raise RecordRejected(reason, key)
    return _CALLS[spelling or ""]


def _stated(line: int, change: GenomicChange, carriers: tuple[tuple[str, str], ...]) -> StatedVariant:
    return StatedVariant(
        line, change.sequence, change.start_0based, change.end_0based, change.reference, change.alternate, carriers
    )


def _change(variation: Members) -> GenomicChange:
    """Place and alleles that ``variation`` states (LegacyVariation, or a VRS 1.3 copy number change)."""
    subject = variation.get("subject", variation)
    location = _object(_object(subject, "variation.subject").get("location", subject), "variation.location")
    start, end = _interval(location)
    sequence = _sequence(location)
    alternate = _alternate(variation)
    reference = variation.get("referenceBases", "")
    if alternate.startswith("<"):
        return GenomicChange(sequence, start, end, "", alternate)
    if not isinstance(reference, str) or not _BASES.fullmatch(reference.strip().upper()):
        reason = "bases are expected"
        raise RecordRejected(reason, "variation.referenceBases")
    reference = reference.strip().upper()
    if not reference and end > start:
        return GenomicChange(sequence, start, end, None, alternate)
    return GenomicChange(sequence, start, start + len(reference), reference, alternate)


def _alternate(variation: Members) -> str:
    given = variation.get("alternateBases")
    kind = variation.get("variantType") or variation.get("copy_change") or ""
    text = given.strip().upper() if isinstance(given, str) else ""
    if _SYMBOL.fullmatch(text):
        return text
    if given is None or (text == "" and not variation.get("referenceBases")):
        spelled = kind.strip() if isinstance(kind, str) else ""
        symbol = _SYMBOLS.get(spelled.upper()) or _SYMBOLS.get(spelled.lower())
        if symbol:
            return symbol
    if given is None or not _BASES.fullmatch(text):
        reason = "bases, or a variantType that says what happened, are expected"
        raise RecordRejected(reason, "variation.alternateBases")
    return text


def _interval(location: Members) -> tuple[int, int]:
    interval = _object(location.get("interval"), "variation.location.interval")
    found = []
    for name in ("start", "end"):
        bound = interval.get(name)
        value = bound.get("value") if isinstance(bound, dict) else bound
        whole = isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
        if not whole or not 0 <= int(value) <= MAXIMUM_POSITION:  # type: ignore[arg-type]  # a number, as just seen
            reason = "a position from 0 is expected"
            raise RecordRejected(reason, f"variation.location.interval.{name}")
        found.append(int(value))  # type: ignore[arg-type]  # a number, as just seen
    if found[1] < found[0]:
        reason = "the end lies before the start"
        raise RecordRejected(reason, "variation.location.interval.end")
    return found[0], found[1]


def _sequence(location: Members) -> str:
    """The sequence's name. What else an ``HGVSid:`` says is not asked: its position is often one off."""
    given = location.get("sequence_id") or location.get("sequenceId")
    pieces = given.split(":") if isinstance(given, str) else []
    if len(pieces) > 1 and (pieces[0] in ("HGVSid", "refseq") or find_assembly(pieces[0])):
        pieces = pieces[1:]
    if not pieces or not re.fullmatch(r"[A-Za-z0-9._*-]{1,64}", pieces[0]) or pieces[0] in ("ga4gh", "SQ"):
        reason = "a contig or RefSeq accession is expected"
        raise RecordRejected(reason, "variation.location.sequence_id")
    return pieces[0]


def _spells_others(sequence: JsonValue, change: GenomicChange) -> bool:
    spelled = parse_genomic_name(sequence) if isinstance(sequence, str) else None
    if spelled is None or not spelled.reference or not change.reference:
        return False
    return (spelled.reference, spelled.alternate) != (change.reference, change.alternate)


def _genomic_name(members: Members) -> GenomicChange | None:
    identifiers = members.get("identifiers")
    name = identifiers.get("genomicHGVSId") if isinstance(identifiers, dict) else None
    return parse_genomic_name(name) if isinstance(name, str) else None


def _settled(
    change: GenomicChange, members: Members, named: GenomicChange | None, remarks: Counter[str]
) -> GenomicChange:
    """The change after what else names it was heard; raises ``RecordRejected`` for contradictions."""
    if named and len(named.reference or "") == len(named.alternate) == len(change.reference or "") == 1:
        same = (change.start_0based, change.reference, change.alternate) == (
            named.start_0based, named.reference, named.alternate,
        )  # fmt: skip
        if not same:
            reason = "another substitution than variation states"
            raise RecordRejected(reason, "identifiers.genomicHGVSId")
    identifier = members.get("variantInternalId")
    internal = _LIKE_VCF.fullmatch(identifier) if isinstance(identifier, str) else None
    if internal is None:
        return change
    start, first, second = start_from_1based(int(internal[2])), internal[3].upper(), internal[4].upper()
    stated = (change.reference, change.alternate)
    if (first, second) == stated and start == change.start_0based:
        return change
    if (second, first) == stated and start == change.start_0based:
        remarks[SWAPPED] += 1
        return replace(change, end_0based=start + len(first), reference=first, alternate=second)
    reason = "another variant than variation states"
    raise RecordRejected(reason, "variantInternalId")


def _carriers(value: JsonValue, remarks: Counter[str]) -> Iterator[tuple[str, str]]:
    for place, item in enumerate(value if isinstance(value, list) else []):
        case = _object(item, f"caseLevelData[{place}]")
        sample = case.get("biosampleId") or case.get("individualId")
        if not isinstance(sample, str) or not sample.strip():
            reason = "missing"
            raise RecordRejected(reason, f"caseLevelData[{place}].biosampleId")
        for name in sorted(case.keys() - {"biosampleId", "individualId", "zygosity", "id"}):
            remarks[f"caseLevelData: {name} is not loaded"] += 1
        zygosity = _zygosity(case.get("zygosity"))
        if zygosity is UNSTATED:
            remarks[WITHOUT_ZYGOSITY] += 1
        if zygosity:
            yield sample.strip(), zygosity


def _zygosity(value: JsonValue) -> str:
    """By term, else by a label that is a genotype; empty for a call without the allele."""
    identifier = value.get("id") if isinstance(value, dict) else value
    known = _ZYGOSITIES.get(clean_curie(identifier)) if isinstance(identifier, str) else None
    if known:
        return known
    label = value.get("label") if isinstance(value, dict) else None
    call = re.sub(r"[/|]", "", label) if isinstance(label, str) else ""
    if call in _ABSENT_CALLS and call:
        return ""
    return _CALLS.get(call, UNSTATED)


def _object(value: JsonValue, path: str) -> Members:
    if not isinstance(value, dict):
        reason = "an object is expected"
        raise RecordRejected(reason, path)
    return value
