"""The layout of a generation for Beacon: which parts hold which contig, and what is known of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from beacon.sql import VariantPart, facts_of_part
from core.generations import DatasetView, Generation
from core.genome import Assembly, contig_order, find_assembly
from core.manifest import Part, PartKind


@dataclass(frozen=True, slots=True)
class KnownPart:
    """A variant part, as statements see it, and the people in it who opted out, by sex."""

    part: Part
    sql: VariantPart
    masked_sexes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DatasetLayout:
    """The parts of one dataset: variants by contig in genome order, aliases of the entity parts.

    ``people_aliases``: one variant part of each batch of people.
    """

    assembly_name: str
    assembly: Assembly | None
    contigs: Mapping[str, tuple[KnownPart, ...]]
    entity_aliases: tuple[str, ...]
    people_aliases: tuple[str, ...] = ()


def layouts(generation: Generation) -> Mapping[str, DatasetLayout]:
    """The layout of every dataset; for ``generation.once``."""
    return MappingProxyType({name: _layout(generation, view) for name, view in generation.datasets.items()})


def _layout(generation: Generation, view: DatasetView) -> DatasetLayout:
    contigs: dict[str, list[KnownPart]] = {}
    for attached in sorted(view.of_kind(PartKind.VARIANTS), key=lambda each: contig_order(each.part.contig)):
        has_long, sexes = _facts(generation, attached.alias)
        known = KnownPart(attached.part, VariantPart(attached.alias, has_long, bool(sexes)), sexes)
        contigs.setdefault(attached.part.contig, []).append(known)
    people = {each.part.batch: each.alias for each in view.of_kind(PartKind.VARIANTS) if each.part.people_count}
    assembly = find_assembly(view.manifest.assembly)
    return DatasetLayout(
        assembly.name if assembly else view.manifest.assembly,
        assembly,
        MappingProxyType({contig: tuple(parts) for contig, parts in contigs.items()}),
        tuple(attached.alias for attached in view.of_kind(PartKind.ENTITIES)),
        tuple(people.values()),
    )


def _facts(generation: Generation, alias: str) -> tuple[bool, Mapping[str, int]]:
    long, masked = facts_of_part(alias)
    with generation.cursor() as cursor:
        has_long = bool(cursor.execute(long).fetchall()[0][0])
        if not generation.mask.people:
            return has_long, MappingProxyType({})
        return has_long, MappingProxyType({str(sex): int(count) for sex, count in cursor.execute(masked).fetchall()})
