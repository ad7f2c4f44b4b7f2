"""The store of Beacon: the protocol that answers need, and its DuckDB form over one generation.

Every method takes the caller's access: no data leave without it, and permission is part of each statement.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from beacon import entity_sql
from beacon.allele_numbers import (
    AlleleAt,
    Numbers,
    Place,
    StoredNumber,
    by_place,
    keys_lacking,
    places_to_count,
)
from beacon.entity_sql import EntityScope
from beacon.entry_types import BY_ID
from beacon.found import NO_VARIANTS, Case, EntityMatches, FoundVariant, TermCount, VariantMatches
from beacon.layout import DatasetLayout, layouts
from beacon.number_sql import called_otherwise, copies_of_people, covered_at, rows_at_keys
from beacon.query import EVERY_VARIANT, BeaconQuery, SequenceQuestion, span_of
from beacon.rows import Zygosity
from beacon.sql import (
    ContigScope,
    Statement,
    carriers_of,
    counts_at_place,
    page_at_place,
    page_of_contig,
    people_conditions,
    rows_at_place,
)
from beacon.variant_rows import Row, allele_at, by_dataset, carriers_in, found_variant, places_of, rows_with_cases
from core.access import DatasetAccess, Release
from core.generations import Generation
from core.manifest import AbsentSite

WIDE_SPAN_BASES = 200_000
"""Wider questions count first and then read one page; narrower ones do both in one statement."""

_CACHED_VALUES = 10_000
_WINDOW_GROWTH = 8
_MAXIMUM_ROWS = 1 << 31


@dataclass(frozen=True, slots=True)
class DatasetScope:
    """A dataset in a question: the caller's access to it, and how much of it the answer will hold."""

    access: DatasetAccess
    level: Release


class BeaconStore(Protocol):
    """What answers are made from; each method gives one result a scope, in the same order."""

    def variants(self, query: BeaconQuery, scopes: Sequence[DatasetScope]) -> tuple[VariantMatches, ...]:
        """Variants that match, without those below the threshold; carriers where the level is ``RECORD``."""
        ...

    def entities(self, query: BeaconQuery, scopes: Sequence[DatasetScope]) -> tuple[EntityMatches, ...]:
        """Records of ``query.entry_type`` that match; documents where the level is ``RECORD``."""
        ...

    def terms(self, scopes: Sequence[DatasetScope]) -> tuple[tuple[TermCount, ...], ...]:
        """The terms that records carry, with true numbers of people: to be released before they are told."""
        ...


class _Cache:
    """Values that depend on the generation and a key alone: the oldest go first."""

    def __init__(self) -> None:
        self._values: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> object | None:
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: object) -> None:
        with self._lock:
            self._values[key] = value
            while len(self._values) > _CACHED_VALUES:
                self._values.popitem(last=False)


def _new_cache(_: Generation) -> _Cache:
    return _Cache()


class GenerationStore:
    """``BeaconStore`` over one generation; cheap to make, one a request."""

    def __init__(self, generation: Generation) -> None:
        """The generation must stay pinned for as long as the store is used."""
        self._generation = generation
        self._layouts = generation.once(layouts)
        self._cache = generation.once(_new_cache)

    def variants(self, query: BeaconQuery, scopes: Sequence[DatasetScope]) -> tuple[VariantMatches, ...]:
        """See ``BeaconStore.variants``."""
        question = query.variant or EVERY_VARIANT
        if question.place is None or span_of(question.place) > WIDE_SPAN_BASES:
            return tuple(self._everywhere(query, scope) for scope in scopes)
        contigs = {
            number: contig
            for number, scope in enumerate(scopes)
            if (contig := self._on_contig(query, scope.access, number, str(question.contig))) is not None
        }
        if not contigs:
            return (NO_VARIANTS,) * len(scopes)
        found = self._at_place(query, scopes, contigs)
        return tuple(found.get(number, NO_VARIANTS) for number in range(len(scopes)))

    def entities(self, query: BeaconQuery, scopes: Sequence[DatasetScope]) -> tuple[EntityMatches, ...]:
        """See ``BeaconStore.entities``."""
        return tuple(self._entities_of(query, scope) for scope in scopes)

    def terms(self, scopes: Sequence[DatasetScope]) -> tuple[tuple[TermCount, ...], ...]:
        """See ``BeaconStore.terms``."""
        return tuple(self._terms_of(scope.access) for scope in scopes)

    def _run(self, statement: Statement) -> list[Row]:
        with self._generation.cursor() as cursor:
            return cursor.execute(statement.text, statement.bound).fetchall()

    def _on_contig(self, query: BeaconQuery, access: DatasetAccess, number: int, contig: str) -> ContigScope | None:
        """The parts to ask on a contig; ``None`` where the dataset has none, or belongs to another assembly."""
        layout = self._layouts[access.dataset_id]
        assembly = (query.variant or EVERY_VARIANT).assembly
        parts = layout.contigs.get(contig, ())
        if not parts or (assembly is not None and assembly != layout.assembly_name):
            return None
        if access.regions is not None and all(region.contig != contig for region in access.regions):
            return None
        return ContigScope(number, access, contig, tuple(part.sql for part in parts))

    def _at_place(
        self, query: BeaconQuery, scopes: Sequence[DatasetScope], contigs: Mapping[int, ContigScope]
    ) -> dict[int, VariantMatches]:
        asked = tuple(contigs.values())
        if isinstance((query.variant or EVERY_VARIANT).place, SequenceQuestion):
            page = slice(query.page.offset, query.page.offset + query.page.limit)
            found = by_dataset(self._run(rows_at_place(query, asked)))
            totals = {number: len(rows) for number, rows in found.items()}
            found = {number: rows[page] for number, rows in found.items()}
        elif all(scopes[number].level < Release.FREQUENCY for number in contigs):
            totals, found = dict(self._run(counts_at_place(query, asked))), {}
        else:
            found = by_dataset(self._run(page_at_place(query, asked)))
            totals = {number: int(rows[0][-1]) for number, rows in found.items()}
            beyond = tuple(contig for number, contig in contigs.items() if number not in totals)
            if beyond and query.page.skip:
                totals |= dict(self._run(counts_at_place(query, beyond)))
        return {
            number: VariantMatches(total, self._read(query, scopes[number], contigs[number], found.get(number, [])))
            for number, total in totals.items()
        }

    def _everywhere(self, query: BeaconQuery, scope: DatasetScope) -> VariantMatches:
        """All contigs in genome order; only those that the page touches are read, the others are counted."""
        variants: list[FoundVariant] = []
        total, offset = 0, query.page.offset
        for contig in self._contigs(query, scope.access, 0):
            count = self._count(query, contig)
            wanted = query.page.limit - len(variants)
            if scope.level >= Release.FREQUENCY and wanted and offset < total + count:
                first = max(0, offset - total)
                rows = self._page(query, contig, first, min(wanted, count - first))
                variants.extend(self._read(query, scope, contig, rows))
            total += count
        return VariantMatches(total, tuple(variants))

    def _page(self, query: BeaconQuery, contig: ContigScope, offset: int, limit: int) -> list[Row]:
        """Alleles that are known to be there; the window grows until they are found."""
        window = 2 * (offset + limit)
        while True:
            rows = self._run(page_of_contig(query, contig, offset=offset, limit=limit, window=window))
            if len(rows) >= limit or len(contig.parts) == 1 or window > _MAXIMUM_ROWS:
                return rows
            window *= _WINDOW_GROWTH

    def _contigs(self, query: BeaconQuery, access: DatasetAccess, number: int) -> list[ContigScope]:
        asked = (query.variant or EVERY_VARIANT).contig
        names = self._layouts[access.dataset_id].contigs if asked is None else (asked,)
        found = (self._on_contig(query, access, number, name) for name in names)
        return [contig for contig in found if contig is not None]

    def _count(self, query: BeaconQuery, contig: ContigScope) -> int:
        """The number of matches on a contig; kept, because lists ask for it with every page."""
        key = (query.variant, query.individual_id, query.biosample_id, contig)
        known = cast("int | None", self._cache.get(key))
        if known is None:
            rows = self._run(counts_at_place(query, (contig,)))
            known = int(rows[0][1]) if rows else 0
            self._cache.put(key, known)
        return known

    def _read(
        self, query: BeaconQuery, scope: DatasetScope, contig: ContigScope, rows: Sequence[Row]
    ) -> tuple[FoundVariant, ...]:
        if scope.level < Release.FREQUENCY or not rows:
            return ()
        layout = self._layouts[scope.access.dataset_id]
        chosen = rows_with_cases(rows) if scope.level is Release.RECORD else frozenset()
        cases = self._cases(query, contig, layout, [rows[number] for number in chosen])
        leaves_out = scope.level is Release.RECORD
        alleles = [allele_at(row) for row in rows]
        numbers = self._numbers(query, contig, layout, alleles)
        return tuple(
            found_variant(
                contig,
                layout,
                row,
                numbers.of(allele),
                cases,
                left_out=carriers_in(row) if leaves_out and number not in chosen else 0,
            )
            for number, (row, allele) in enumerate(zip(rows, alleles, strict=True))
        )

    def _numbers(
        self, query: BeaconQuery, contig: ContigScope, layout: DatasetLayout, alleles: Sequence[AlleleAt]
    ) -> Numbers:
        """What allele numbers are made of; where one part tells of everybody nothing has to be read."""
        parts = layout.contigs[contig.contig]
        limited = [part for part in contig.parts if people_conditions(query, contig, part)]
        names = frozenset(part.alias for part in limited)
        neighbours: list[StoredNumber] = []
        keys = keys_lacking(alleles, parts)
        if keys:
            rows = self._run(rows_at_keys(contig, keys))
            neighbours = [StoredNumber((alias, index), key, number) for alias, index, key, number in rows]
        copies: dict[str, tuple[int, int]] = {}
        differences: dict[Place, int] = {}
        if limited:
            rows = self._run(copies_of_people(query, contig, limited))
            copies = {alias: (outside, inside) for alias, outside, inside in rows}
            places = places_to_count(alleles, neighbours, names, layout.assembly, contig.contig)
            if places:
                rows = self._run(called_otherwise(query, contig, places))
                differences = {(alias, index): difference for alias, index, difference in rows}
        covered: dict[tuple[str, int], tuple[int, int]] = {}
        in_blocks = [known.sql for known in parts if known.part.absent_site is AbsentSite.BLOCKS]
        if keys and in_blocks:
            rows = self._run(covered_at(query, contig, in_blocks, keys))
            covered = {(alias, key): (outside, inside) for alias, key, outside, inside in rows}
        return Numbers(parts, layout.assembly, names, by_place(neighbours), copies, differences, covered)

    def _cases(
        self, query: BeaconQuery, contig: ContigScope, layout: DatasetLayout, rows: Sequence[Row]
    ) -> dict[tuple[str, int], list[Case]]:
        with_people = {known.sql.alias for known in layout.contigs[contig.contig] if known.part.people_count}
        indices: dict[str, list[int]] = {}
        for row in rows:
            for alias, index in places_of(row):
                if alias in with_people:
                    indices.setdefault(alias, []).append(index)
        cases: dict[tuple[str, int], list[Case]] = {}
        if indices:
            for alias, index, individual_id, biosample_id, zygosity in self._run(carriers_of(query, contig, indices)):
                case = Case(individual_id, biosample_id, Zygosity(zygosity))
                cases.setdefault((alias, index), []).append(case)
        return cases

    def _entities_of(self, query: BeaconQuery, scope: DatasetScope) -> EntityMatches:
        table = BY_ID[query.entry_type].entity
        entities = self._entity_scope(scope.access, query)
        if table is None or not (entities.aliases or entities.people_aliases):
            return EntityMatches(0, 0, 0)
        total, people, population = self._run(entity_sql.totals(query, table, entities))[0]
        documents: tuple[str, ...] = ()
        if scope.level is Release.RECORD and total > query.page.offset:
            documents = tuple(row[0] for row in self._run(entity_sql.page(query, table, entities)))
        return EntityMatches(total, people, population, documents)

    def _entity_scope(self, access: DatasetAccess, query: BeaconQuery | None = None) -> EntityScope:
        variants: tuple[ContigScope, ...] = ()
        if query is not None and query.variant is not None:
            found = self._contigs(query, access, 0)
            variants = tuple(ContigScope(number, access, each.contig, each.parts) for number, each in enumerate(found))
        layout = self._layouts[access.dataset_id]
        return EntityScope(access, layout.entity_aliases, layout.masks, variants, layout.people_aliases)

    def _terms_of(self, access: DatasetAccess) -> tuple[TermCount, ...]:
        key = ("terms", access.dataset_id, access.people, self._layouts[access.dataset_id].masks.of(access))
        known = cast("tuple[TermCount, ...] | None", self._cache.get(key))
        if known is None:
            scope = self._entity_scope(access)
            known = ()
            if scope.aliases:
                everybody = int(self._run(entity_sql.population(scope))[0][0])
                rows = self._run(entity_sql.term_counts(scope))
                known = tuple(TermCount(term, label, entity, people, everybody) for term, label, entity, people in rows)
            self._cache.put(key, known)
        return known
