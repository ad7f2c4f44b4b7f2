"""What lies above and below each term by ``is_a`` (pure): the closure, after the edges are found sound."""

from array import array
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import numpy as np
import numpy.typing as npt

from core.errors import LoadRefused
from core.reference_rows import OntologyTerm, Relation
from loaders.ontology_document import OntologyDocument, prefix_of

MAXIMUM_PAIRS = 30_000_000
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Closure:
    """Pairs (descendant, ancestor, distance) of every term with itself (0) and all above it, as rows of ``ids``.

    ``ids`` are sorted; distance is the shortest number of steps.
    """

    ids: tuple[str, ...]
    descendants: npt.NDArray[np.int32]
    ancestors: npt.NDArray[np.int32]
    distances: npt.NDArray[np.int32]


def complete(document: OntologyDocument, name: str) -> None:
    """Add a bare term for every parent that is defined in another ontology.

    Raises ``LoadRefused`` naming parents of this ontology (by the prefix ``name``) that the file does not define.
    """
    missing: dict[str, str] = {}
    for term in document.terms.values():
        for link in term.links:
            if link.parent_id not in document.terms:
                missing.setdefault(link.parent_id, term.id)
    own = [f"{parent} (parent of {child})" for parent, child in sorted(missing.items()) if prefix_of(parent) == name]
    if own:
        more = f" and {len(own) - _SHOWN:,} more" if len(own) > _SHOWN else ""
        message = f"{document.file}: parents that are not defined in it: {', '.join(own[:_SHOWN])}{more}"
        raise LoadRefused(message)
    for parent in sorted(missing):
        document.add(OntologyTerm(parent), "a parent of another ontology")
    if missing:
        document.notes.append(f"{len(missing):,} parents are terms of other ontologies: taken without label or parents")


def closure_of(terms: Mapping[str, OntologyTerm], file: str) -> Closure:
    """The closure of all terms, whose parents are all among them.

    Raises ``LoadRefused`` for a cycle, naming it, and for an ontology of more than thirty million pairs.
    """
    ids = tuple(sorted(terms))
    row = {term_id: number for number, term_id in enumerate(ids)}
    above = [
        [row[link.parent_id] for link in terms[term_id].links if link.relation is Relation.IS_A] for term_id in ids
    ]
    _refuse_cycles(above, ids, file)
    descendants, ancestors, distances = array("i"), array("i"), array("i")
    for start in range(len(ids)):
        found = _distances(start, above)
        descendants.extend([start] * len(found))
        ancestors.extend(found.keys())
        distances.extend(found.values())
        if len(descendants) > MAXIMUM_PAIRS:
            message = f"{file}: more than {MAXIMUM_PAIRS:,} pairs of a term and one above it"
            raise LoadRefused(message)
    return Closure(
        ids,
        np.frombuffer(descendants, dtype=np.int32),
        np.frombuffer(ancestors, dtype=np.int32),
        np.frombuffer(distances, dtype=np.int32),
    )


def _distances(start: int, above: Sequence[Sequence[int]]) -> dict[int, int]:
    found = {start: 0}
    queue = deque([start])
    while queue:
        term = queue.popleft()
        for parent in above[term]:
            if parent not in found:
                found[parent] = found[term] + 1
                queue.append(parent)
    return found


def _refuse_cycles(above: Sequence[Sequence[int]], ids: Sequence[str], file: str) -> None:
    try:
        TopologicalSorter(dict(enumerate(above))).prepare()
    except CycleError as error:
        circle: list[int] = error.args[1]
        shown = [ids[number] for number in circle[:_SHOWN]] + (["..."] if len(circle) > _SHOWN else [])
        message = f"{file}: terms that are their own ancestors by is_a: {' - '.join(shown)}"
        raise LoadRefused(message) from error
