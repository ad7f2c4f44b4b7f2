"""Writing an ontology into a reference part."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

import core.reference
from core.columns import TextColumn
from core.parts import ROW_GROUP_ROWS, FinishedPart, PartWriter, schema_section
from core.reference_rows import OntologyTerm
from loaders.ontology_closure import Closure, closure_of
from loaders.ontology_document import OntologyDocument, tidy

_SLICE_ROWS = 8 * ROW_GROUP_ROWS


def reference_schema(kind: str) -> str:
    """The CREATE TABLE statements of a kind of reference part."""
    path = Path(core.reference.__file__).with_name("reference_schema.sql")
    return schema_section(path.read_text(encoding="utf-8"), kind)


def build_ontology_part(path: Path, name: str, version: str, document: OntologyDocument) -> FinishedPart:
    """Write the ontology; raises ``LoadRefused`` for cycles. All parents must be among the terms."""
    closure = closure_of(document.terms, document.file)
    terms = [tidy(document.terms[term_id]) for term_id in closure.ids]
    with PartWriter(path, reference_schema("ontology")) as writer:
        writer.append("ontology", {"name": [name], "version": [version]})
        _append_terms(writer, terms)
        _append_closure(writer, closure)
        return writer.finish()


def _append_terms(writer: PartWriter, terms: Sequence[OntologyTerm]) -> None:
    writer.append(
        "terms",
        {
            "id": _texts([term.id for term in terms]),
            "label": _texts([term.label for term in terms]),
            "definition": _texts([term.definition for term in terms]),
            "obsolete": np.array([term.obsolete for term in terms], dtype=np.uint8),
        },
    )
    synonyms = [(term.id, synonym.text, synonym.scope.value) for term in terms for synonym in term.synonyms]
    _append_texts(writer, "synonyms", ("term_id", "synonym", "scope"), synonyms)
    links = [(term.id, link.relation.value, link.parent_id) for term in terms for link in term.links]
    _append_texts(writer, "parents", ("term_id", "relation", "parent_id"), links)
    alternatives = sorted((other, term.id) for term in terms for other in term.alternative_ids)
    _append_texts(writer, "alternatives", ("alternative_id", "term_id"), alternatives)
    replacements = [(term.id, other) for term in terms for other in term.replaced_by]
    _append_texts(writer, "replacements", ("obsolete_id", "term_id"), replacements)


def _append_texts(writer: PartWriter, table: str, names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    columns = zip(names, zip(*rows, strict=True), strict=True) if rows else ()
    writer.append(table, {name: _texts(column) for name, column in columns} or dict.fromkeys(names, ()))


def _append_closure(writer: PartWriter, closure: Closure) -> None:
    """Both directions, each sorted by its first id; in slices, since a large ontology has tens of millions of pairs."""
    for table, names, first, second in (
        ("descendants", ("ancestor_id", "descendant_id"), closure.ancestors, closure.descendants),
        ("ancestors", ("descendant_id", "ancestor_id"), closure.descendants, closure.ancestors),
    ):
        order = np.lexsort((second, first))
        for start in range(0, len(order), _SLICE_ROWS):
            rows = order[start : start + _SLICE_ROWS]
            columns = {
                name: _coded(codes[rows], closure.ids) for name, codes in zip(names, (first, second), strict=True)
            }
            writer.append(table, {**columns, "distance": closure.distances[rows]})


def _texts(values: Sequence[str]) -> TextColumn:
    return TextColumn.from_texts(values)


def _coded(codes: npt.NDArray[np.int32], ids: Sequence[str]) -> TextColumn:
    return TextColumn.from_codes(codes, ids)
