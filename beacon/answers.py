"""From a canonical question to its answer: who may be asked, what the store finds, what is released."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import cast

import orjson

from beacon.entry_types import BY_ID, DATASET, VARIANT
from beacon.found import EntityMatches, TermCount, VariantMatches
from beacon.framework import base_url, beacon_id, filtering_terms_document
from beacon.granularity import Matched, ceiling, granularity_of, release, released_people
from beacon.layout import layouts
from beacon.masks import about_one_person
from beacon.query import RELEASE_OF, BeaconQuery, Granularity, Page
from beacon.records import DatasetFacts, FrequencySource, dataset_record, variant_record
from beacon.response import DatasetResult, Document, Envelope, collections_document, results_document
from beacon.rows import EntityType
from beacon.store import BeaconStore, DatasetScope
from beacon.variants import Genome
from core.access import DatasetAccess, Decision, Release
from core.errors import InvalidRequest, NotFound
from core.generations import DatasetView, Generation
from core.genome import find_assembly
from core.manifest import PartKind
from core.service_info import NodeIdentity
from core.strict_json import JsonValue

_SCOPE_OF = {str(entry.entity): entry.id for entry in BY_ID.values() if entry.entity is not None}


@dataclass(frozen=True, slots=True)
class Asked:
    """The datasets of a question as the caller sees them: those that answer, and those that need more rights."""

    answering: tuple[DatasetAccess, ...]
    withheld: tuple[DatasetAccess, ...]


class Answers:
    """Answers questions over one generation with the rights of one caller."""

    def __init__(self, generation: Generation, store: BeaconStore, decision: Decision, identity: NodeIdentity) -> None:
        """The generation must stay pinned for as long as this is used."""
        self._datasets = generation.datasets
        self._genomes = generation.once(genomes)
        self._layouts = generation.once(layouts)
        self._store = store
        self._decision = decision
        self._identity = identity

    def genome(self) -> Genome:
        """Assemblies and contigs of the datasets that the caller may know of."""
        known = [self._genomes[access.dataset_id] for access in self._visible()]
        return Genome(
            frozenset[str]().union(*(genome.assemblies for genome in known)),
            frozenset[str]().union(*(genome.contigs for genome in known)),
        )

    def knows(self, dataset_id: str) -> bool:
        """Whether the caller may know that a dataset exists."""
        return dataset_id in self._datasets and self._decision.of(dataset_id).visible

    def answer(self, query: BeaconQuery) -> Document:
        """The answer; raises ``NotFound`` where one record is asked and may not be told, ``InvalidRequest``."""
        if query.entry_type == DATASET.id:
            return self._datasets_answer(query)
        asked = self._asked(query)
        scopes = [DatasetScope(access, ceiling(access, query)) for access in asked.answering]
        self._check_filters(query)
        results = self._results(query, scopes)
        if query.entry_id is not None and not any(result.released.exists for result in results):
            message = f"{BY_ID[query.entry_type].path}: no such record"
            raise NotFound(message)
        envelope = self._envelope(query, asked, granularity_of(scope.level for scope in scopes))
        if BY_ID[query.entry_type].is_collection:
            records = [record for result in results for record in result.records or ()]
            return collections_document(envelope, sum(result.released.count or 0 for result in results), records)
        return results_document(envelope, results)

    def filtering_terms(self, page: Page | None) -> Document:
        """The terms that the caller can filter by; all of them without a page."""
        scopes: dict[str, set[str]] = {}
        labels: dict[str, str] = {}
        for term in self._known_terms():
            scopes.setdefault(term.term_id, set()).add(_SCOPE_OF[term.entity])
            labels[term.term_id] = labels.get(term.term_id) or term.label
        names = sorted(scopes)
        shown = names if page is None else names[page.offset : page.offset + page.limit]
        terms = [_term_document(name, labels[name], scopes[name]) for name in shown]
        prefixes = sorted({name.partition(":")[0] for name in names})
        return filtering_terms_document(self._identity, terms, prefixes)

    def _visible(self) -> Iterable[DatasetAccess]:
        found = (self._decision.of(dataset_id) for dataset_id in sorted(self._datasets))
        return (access for access in found if access.visible)

    def _asked(self, query: BeaconQuery) -> Asked:
        chosen = [access for access in self._visible() if _is_asked(query, access)]
        return Asked(
            tuple(access for access in chosen if access.release > Release.NONE),
            tuple(access for access in chosen if access.release is Release.NONE and access.listed),
        )

    def _results(self, query: BeaconQuery, scopes: Sequence[DatasetScope]) -> list[DatasetResult]:
        if query.entry_type == VARIANT.id:
            found = self._store.variants(query, scopes)
            return [self._variants_of(query, scope, each) for scope, each in zip(scopes, found, strict=True)]
        matches = self._store.entities(query, scopes)
        return [self._entities_of(query, scope, each) for scope, each in zip(scopes, matches, strict=True)]

    def _variants_of(self, query: BeaconQuery, scope: DatasetScope, found: VariantMatches) -> DatasetResult:
        access, view = scope.access, self._datasets[scope.access.dataset_id]
        released = release(access, scope.level, Matched(found.total))
        records: list[JsonValue] | None = None
        if scope.level >= Release.FREQUENCY:
            address = f"{base_url(self._identity)}/datasets/{access.dataset_id}"
            title = view.description.title or access.dataset_id
            # One person is no population.
            source = None if about_one_person(query) else FrequencySource(title, address)
            records = [variant_record(variant, access, source) for variant in found.variants if released.records]
        layout = self._layouts[access.dataset_id]
        info = {**_set_info(view), **_variants_info(view, layout.absent_sites(layout.masks.of(access, query)))}
        return DatasetResult(access.dataset_id, released, records, info)

    def _entities_of(self, query: BeaconQuery, scope: DatasetScope, found: EntityMatches) -> DatasetResult:
        matched = Matched(found.total)
        if BY_ID[query.entry_type].of_people:
            matched = replace(matched, people=found.people, population=found.population)
        released = release(scope.access, scope.level, matched)
        records: list[JsonValue] | None = None
        if scope.level is Release.RECORD:
            # Loaded documents are JSON already: they go out as they are, unparsed.
            texts = found.documents if released.records else ()
            records = [cast("JsonValue", orjson.Fragment(text)) for text in texts]
        view = self._datasets[scope.access.dataset_id]
        return DatasetResult(scope.access.dataset_id, released, records, _set_info(view))

    def _known_terms(self) -> Iterable[TermCount]:
        """The terms of all datasets that may be told: what is suppressed is not known."""
        scopes = [
            DatasetScope(access, min(access.release, Release.COUNT))
            for access in self._visible()
            if access.release > Release.NONE
        ]
        for scope, terms in zip(scopes, self._store.terms(scopes), strict=True):
            for term in terms:
                told = released_people(scope.access, term.people, term.population)
                if told and term.entity != EntityType.COHORT:
                    yield term

    def _check_filters(self, query: BeaconQuery) -> None:
        if not query.filters:
            return
        known = {term.term_id for term in self._known_terms()}
        for each in query.filters:
            if each.term_id not in known:
                message = f"filters: {each.term_id[:60]!r} is not a term of this beacon; /filtering_terms lists them"
                raise InvalidRequest(message, field="filters")

    def _datasets_answer(self, query: BeaconQuery) -> Document:
        found = [
            access
            for access in self._visible()
            if _is_asked(query, access) and query.entry_id in (None, access.dataset_id)
        ]
        if query.entry_id is not None and not found:
            message = "datasets: no such record"
            raise NotFound(message)
        page = found[query.page.offset : query.page.offset + query.page.limit]
        records = [dataset_record(_facts(self._datasets[access.dataset_id]), access) for access in page]
        envelope = Envelope(beacon_id(self._identity), query, query.granularity)
        return collections_document(envelope, len(found), records)

    def _envelope(self, query: BeaconQuery, asked: Asked, returned: Granularity) -> Envelope:
        return Envelope(beacon_id(self._identity), query, returned, _remarks(query, asked))


def _variants_info(view: DatasetView, meanings: Sequence[str]) -> Mapping[str, JsonValue]:
    """What absent sites mean for people, which may differ by part; whether opt-outs cannot reach some of the counts."""
    parts = [each.part for each in view.of_kind(PartKind.VARIANTS)]
    info: dict[str, JsonValue] = {"absentSites": " or ".join(meanings)} if meanings else {}
    if any(not part.people_count for part in parts):
        info["optOuts"] = "some frequencies are without people: opt-outs cannot be taken out of them"
    return info


def _is_asked(query: BeaconQuery, access: DatasetAccess) -> bool:
    if query.test_mode and not access.synthetic:
        return False
    return query.dataset_ids is None or access.dataset_id in query.dataset_ids


def _remarks(query: BeaconQuery, asked: Asked) -> Mapping[str, JsonValue]:
    """What the answer leaves out: datasets that did not answer or not fully, descendants of terms."""
    withheld: list[JsonValue] = [{"id": access.dataset_id, "needed": access.needed} for access in asked.withheld]
    limited: list[JsonValue] = [
        {"id": access.dataset_id, "level": level.name.lower(), "needed": access.needed}
        for access in asked.answering
        if (level := ceiling(access, query)) < RELEASE_OF[query.granularity]
    ]
    remarks: dict[str, JsonValue] = {}
    if withheld:
        remarks["datasetsNotAnswered"] = withheld
    if limited:
        remarks["datasetsAnsweredInPart"] = limited
    if any(each.include_descendants for each in query.filters):
        remarks["filters"] = "terms are matched as they stand: no ontology is loaded that knows their descendants"
    return remarks


def _set_info(view: DatasetView) -> Mapping[str, JsonValue]:
    assembly: dict[str, JsonValue] = {"assemblyId": view.manifest.assembly} if view.manifest.assembly else {}
    return {**assembly, "datasetVersion": view.version}


def _facts(view: DatasetView) -> DatasetFacts:
    described = view.description
    return DatasetFacts(
        id=view.dataset_id,
        name=described.title,
        description=described.description,
        version=view.version,
        assembly=view.manifest.assembly,
        created_at=described.created_at,
        published_at=view.published_at,
        publisher=described.publisher,
        contact_url=described.contact_url,
        legal_basis=described.legal_basis,
        release_class=described.release_class,
        duo_terms=described.duo_terms,
    )


def _term_document(term_id: str, label: str, scopes: Iterable[str]) -> Document:
    listed_scopes: list[JsonValue] = [*sorted(scopes)]
    document: Document = {"id": term_id, "type": "ontology", "scopes": listed_scopes}
    if label:
        document["label"] = label
    return document


def genomes(generation: Generation) -> Mapping[str, Genome]:
    """Assembly and contigs of every dataset that holds variants; for ``generation.once``."""
    return MappingProxyType({dataset_id: _genome(view) for dataset_id, view in generation.datasets.items()})


def _genome(view: DatasetView) -> Genome:
    contigs = frozenset(attached.part.contig for attached in view.of_kind(PartKind.VARIANTS))
    assembly = find_assembly(view.manifest.assembly)
    name = assembly.name if assembly else view.manifest.assembly
    return Genome(frozenset({name}) if contigs and name else frozenset(), contigs)
