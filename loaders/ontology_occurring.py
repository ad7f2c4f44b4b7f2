"""Ontologies of the terms that occur in a node's datasets: labels and no parents, where no file is there."""

from collections import Counter
from collections.abc import Iterator, Mapping

import duckdb

from core.datasets import DatasetCatalogue
from core.manifest import Manifest, PartKind
from core.reference_rows import OntologyTerm
from loaders.ontology_document import OntologyDocument, is_curie, prefix_of
from loaders.ontology_own_terms import OWN_TERMS

VERSION = "terms that occur"
"""Stands for the version of such an ontology."""

_TERMS = "SELECT term_id, label, count(*) FROM terms GROUP BY ALL"


def occurring_terms(catalogue: DatasetCatalogue) -> Counter[tuple[str, str]]:
    """How often each (id, label) occurs in the published versions and drafts of all datasets."""
    counts: Counter[tuple[str, str]] = Counter()
    for dataset_id in catalogue.list_ids():
        files = {
            part.file for manifest in _manifests(catalogue, dataset_id) for part in manifest.of_kind(PartKind.ENTITIES)
        }
        for file in sorted(files):
            with duckdb.connect(str(catalogue.part_file(dataset_id, file)), read_only=True) as connection:
                for term_id, label, count in connection.execute(_TERMS).fetchall():
                    counts[term_id, label] += count
    return counts


def _manifests(catalogue: DatasetCatalogue, dataset_id: str) -> Iterator[Manifest]:
    status = catalogue.status(dataset_id)
    if status.current.version is not None:
        yield catalogue.manifest(dataset_id, status.current.version)
    if status.draft is not None:
        yield status.draft


def gathered(counts: Mapping[tuple[str, str], int]) -> dict[str, OntologyDocument]:
    """One ontology a prefix: the terms that occur, under the label that is used most, and our own table.

    Ids that are not CURIEs are left out.
    """
    terms = {term.id: term for term in OWN_TERMS}
    ranked = sorted(counts, key=lambda item: (item[1] == "", -counts[item], item))
    for term_id, label in ranked:
        if is_curie(term_id) and term_id not in terms:
            terms[term_id] = OntologyTerm(term_id, label)
    documents: dict[str, OntologyDocument] = {}
    for term in terms.values():
        prefix = prefix_of(term.id)
        documents.setdefault(prefix, OntologyDocument(f"{prefix} terms of the datasets")).add(term, term.id)
    return documents
