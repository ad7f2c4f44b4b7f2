"""Which rows a question about variants means, as SQL conditions over the columns of ``variants`` (pure).

Texts are constants, values are parameters with a cast. The key range comes first: DuckDB skips all blocks outside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from beacon.alleles import bases_pattern
from beacon.query import BracketQuestion, RangeQuestion, SequenceQuestion, VariantQuestion
from core.access import DatasetAccess
from core.genome import MAXIMUM_POSITION, position_key

Parameters = Mapping[str, object]

LONG_SPAN_BASES = 1000
"""Variants that span more lie in ``long_variants`` too (see ``schema.sql``)."""

_START = "(key & 4294967295)"
_LENGTH = (
    f"CASE WHEN starts_with(alternate_bases, '<') THEN end_0based - {_START} WHEN variant_type = 'BND' THEN 0 "
    "ELSE greatest(length(reference_bases), length(alternate_bases)) END"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """``near``: by key. ``narrow``: everything else. ``long``: long variants further left, empty if none can match."""

    near: str = "TRUE"
    narrow: str = "TRUE"
    long: str = ""
    parameters: Parameters = field(default_factory=dict)

    @property
    def everything(self) -> bool:
        """Whether the place is not limited."""
        return self.near == "TRUE"


def condition_of(question: VariantQuestion, number: int, contig: str, access: DatasetAccess) -> Condition:
    """The condition on one contig of dataset ``number``; regions that the access is limited to are part of it."""
    place = _place(question, contig)
    narrow, parameters = _narrow(question)
    regions, region_parameters = _regions(number, contig, access)
    texts = [text for text in (place.narrow, *narrow, regions) if text != "TRUE"]
    return Condition(
        place.near,
        " AND ".join(texts) or "TRUE",
        place.long,
        {**place.parameters, **parameters, **region_parameters},
    )


def _place(question: VariantQuestion, contig: str) -> Condition:
    place = question.place
    if isinstance(place, SequenceQuestion):
        return _sequence(place, contig)
    if isinstance(place, RangeQuestion):
        return _range(place, contig)
    if isinstance(place, BracketQuestion):
        return _bracket(place, contig)
    return Condition()


def _sequence(place: SequenceQuestion, contig: str) -> Condition:
    key = position_key(contig, place.start_0based)
    alternate, alternate_value = _bases("alternate_bases", "alternate", place.alternate)
    if place.reference is None:
        return _without_reference(key, alternate, alternate_value)
    reference, reference_value = _bases("reference_bases", "reference", place.reference)
    return Condition(
        "key = $key::BIGINT",
        f"end_0based = $end::INTEGER AND {reference} AND {alternate}",
        parameters={"key": key, "end": place.end_0based, "reference": reference_value, "alternate": alternate_value},
    )


def _without_reference(key: int, alternate: str, value: str) -> Condition:
    """An alternate alone: as it stands at the start, or an insertion spelled with the base before it."""
    same = f"key = $key::BIGINT AND {alternate}"
    anchored = "key = $next_key::BIGINT AND reference_bases = '' AND anchor || alternate_bases = $alternate::VARCHAR"
    if len(value) < 2 or bases_pattern(value) is not None or value == "":
        return Condition("key = $key::BIGINT", alternate, parameters={"key": key, "alternate": value})
    return Condition(
        "key BETWEEN $key::BIGINT AND $next_key::BIGINT",
        f"({same} OR {anchored})",
        parameters={"key": key, "next_key": key + 1, "alternate": value},
    )


def _range(place: RangeQuestion, contig: str) -> Condition:
    """Overlap with at least one base; an insertion lies on the base before it (at 0: on the first base)."""
    left = max(0, place.start_0based - LONG_SPAN_BASES)
    right = min(place.end_0based, MAXIMUM_POSITION)
    return Condition(
        "key BETWEEN $left::BIGINT AND $right::BIGINT",
        "(key < $right::BIGINT OR end_0based = $end::INTEGER) AND end_0based > $start::INTEGER",
        "key >= $contig::BIGINT AND key < $left::BIGINT AND end_0based > $start::INTEGER",
        {
            "contig": position_key(contig, 0),
            "left": position_key(contig, left),
            "right": position_key(contig, right),
            "start": place.start_0based if place.start_0based > 0 else -1,
            "end": right,
        },
    )


def _bracket(place: BracketQuestion, contig: str) -> Condition:
    return Condition(
        "key >= $left::BIGINT AND key < $right::BIGINT",
        "end_0based >= $first_end::BIGINT AND end_0based < $end_limit::BIGINT",
        parameters={
            "left": position_key(contig, place.first_start),
            "right": position_key(contig, place.start_limit),
            "first_end": place.first_end,
            "end_limit": place.end_limit,
        },
    )


def _narrow(question: VariantQuestion) -> tuple[list[str], dict[str, object]]:
    texts: list[str] = []
    parameters: dict[str, object] = {}
    if question.variant_types is not None:
        texts.append("variant_type IN (SELECT unnest($types::VARCHAR[]))")
        parameters["types"] = list(question.variant_types)
    if question.minimum_length is not None:
        texts.append(f"{_LENGTH} >= $minimum_length::BIGINT")
        parameters["minimum_length"] = question.minimum_length
    if question.maximum_length is not None:
        texts.append(f"{_LENGTH} <= $maximum_length::BIGINT")
        parameters["maximum_length"] = question.maximum_length
    for column, bases in (("reference_bases", question.reference), ("alternate_bases", question.alternate)):
        if bases is not None:
            text, parameters[f"narrow_{column}"] = _bases(column, f"narrow_{column}", bases)
            texts.append(text)
    return texts, parameters


def _bases(column: str, name: str, bases: str) -> tuple[str, str]:
    """Equality, or a pattern where the bases hold wildcards; and the value of the parameter."""
    pattern = bases_pattern(bases)
    if pattern is None:
        return f"{column} = ${name}::VARCHAR", bases
    return f"regexp_full_match({column}, ${name}::VARCHAR)", pattern


def _regions(number: int, contig: str, access: DatasetAccess) -> tuple[str, dict[str, object]]:
    """Variants that lie wholly inside a region that was granted."""
    if access.regions is None:
        return "TRUE", {}
    texts: list[str] = []
    parameters: dict[str, object] = {}
    for index, region in enumerate(region for region in access.regions if region.contig == contig):
        low, high, end = (f"{name}_{number:d}_{index:d}" for name in ("low", "high", "region_end"))
        texts.append(f"(key >= ${low}::BIGINT AND key <= ${high}::BIGINT AND end_0based <= ${end}::BIGINT)")
        parameters[low] = position_key(contig, region.start_0based)
        parameters[high] = position_key(contig, region.end_0based)
        parameters[end] = region.end_0based
    return (f"({' OR '.join(texts)})" if texts else "FALSE"), parameters
