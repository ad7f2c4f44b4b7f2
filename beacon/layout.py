"""The layout of a generation for Beacon: which parts hold which contig, and what is known of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from beacon.allele_numbers import KnownPart
from beacon.masks import NO_MASKS, MaskTables
from beacon.sql import VariantPart, has_long_variants, holds_masked, holds_others
from core.generations import AttachedPart, DatasetView, Generation
from core.genome import Assembly, contig_order, find_assembly
from core.manifest import PartKind


@dataclass(frozen=True, slots=True)
class DatasetLayout:
    """The parts of one dataset: variants by contig in genome order, aliases of the entity parts.

    ``people_aliases``: one variant part of each batch of people. ``masks``: people who opted out.
    """

    assembly_name: str
    assembly: Assembly | None
    contigs: Mapping[str, tuple[KnownPart, ...]]
    entity_aliases: tuple[str, ...]
    people_aliases: tuple[str, ...] = ()
    masks: MaskTables = NO_MASKS

    def absent_sites(self, mask: str) -> list[str]:
        """What absent sites mean in the parts of which a mask leaves somebody, and in those that never held anybody."""
        parts = (known for parts in self.contigs.values() for known in parts if mask not in known.emptied_by)
        return sorted({str(known.part.absent_site) for known in parts})


def layouts(generation: Generation) -> Mapping[str, DatasetLayout]:
    """The layout of every dataset; for ``generation.once``."""
    return MappingProxyType({name: _layout(generation, view) for name, view in generation.datasets.items()})


def _layout(generation: Generation, view: DatasetView) -> DatasetLayout:
    contigs: dict[str, list[KnownPart]] = {}
    hidden = generation.optouts.of(view.dataset_id)
    masks = MaskTables(hidden.gone_table, hidden.uncounted_table)
    for attached in sorted(view.of_kind(PartKind.VARIANTS), key=lambda each: contig_order(each.part.contig)):
        contigs.setdefault(attached.part.contig, []).append(_known(generation, attached, masks))
    people = {each.part.batch: each.alias for each in view.of_kind(PartKind.VARIANTS) if each.part.people_count}
    assembly = find_assembly(view.manifest.assembly)
    return DatasetLayout(
        assembly.name if assembly else view.manifest.assembly,
        assembly,
        MappingProxyType({contig: tuple(parts) for contig, parts in contigs.items()}),
        tuple(attached.alias for attached in view.of_kind(PartKind.ENTITIES)),
        tuple(people.values()),
        masks,
    )


def _known(generation: Generation, attached: AttachedPart, masks: MaskTables) -> KnownPart:
    """A part names a mask only if somebody of it is in the part: most parts hold nobody who opted out."""
    alias = attached.alias
    with generation.cursor() as cursor:

        def told(text: str) -> bool:
            return bool(cursor.execute(text).fetchall()[0][0])

        tables = {table for table in (masks.gone, masks.uncounted) if table and attached.part.people_count}
        holding = {table: table for table in sorted(tables) if told(holds_masked(alias, table))}
        own = MaskTables(holding.get(masks.gone, ""), holding.get(masks.uncounted, ""))
        emptied = frozenset(table for table in holding if not told(holds_others(alias, table)))
        return KnownPart(attached.part, VariantPart(alias, told(has_long_variants(alias)), own), emptied)
