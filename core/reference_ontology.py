"""Reading an ontology part: labels, synonyms, what lies above and below a term."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from core.errors import DataDamaged
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope

_TERM = "SELECT label, definition, obsolete FROM terms WHERE id = $1"
_SYNONYMS = "SELECT synonym, scope FROM synonyms WHERE term_id = $1"
_LINKS = "SELECT parent_id, relation FROM parents WHERE term_id = $1"
_DESCENDANTS = "SELECT descendant_id FROM descendants WHERE ancestor_id = $1 ORDER BY distance, descendant_id"
_ANCESTORS = "SELECT ancestor_id FROM ancestors WHERE descendant_id = $1 ORDER BY distance, ancestor_id"
_ALTERNATIVE = "SELECT term_id FROM alternatives WHERE alternative_id = $1"
_ALTERNATIVES = "SELECT alternative_id FROM alternatives WHERE term_id = $1 ORDER BY 1"
_REPLACEMENTS = "SELECT term_id FROM replacements WHERE obsolete_id = $1 ORDER BY term_id"


class Ontology:
    """One installed ontology, open for reading; ids are CURIEs (``HP:0001250``). Threads may ask at once."""

    def __init__(self, path: Path) -> None:
        """Open the part; raises ``DataDamaged`` if it cannot be read."""
        try:
            self._connection = duckdb.connect(str(path), read_only=True)
            found = self._connection.execute("SELECT name, version FROM ontology").fetchone()
        except duckdb.Error as error:
            message = "an ontology part cannot be read; load the ontology again"
            raise DataDamaged(message) from error
        self.name, self.version = found or ("", "")

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def term(self, term_id: str) -> OntologyTerm | None:
        """Everything about a term that stands in the ontology under this very id."""
        found = self._rows(_TERM, term_id)
        if not found:
            return None
        label, definition, obsolete = found[0]
        synonyms = tuple(Synonym(text, SynonymScope(scope)) for text, scope in self._rows(_SYNONYMS, term_id))
        links = tuple(Link(parent, Relation(relation)) for parent, relation in self._rows(_LINKS, term_id))
        alternatives = self._ids(_ALTERNATIVES, term_id)
        return OntologyTerm(
            term_id, label, definition, obsolete, synonyms, links, alternatives, self._ids(_REPLACEMENTS, term_id)
        )

    def label(self, term_id: str) -> str | None:
        """The label of a term, ``None`` for an id that is not in the ontology."""
        found = self._rows(_TERM, term_id)
        return str(found[0][0]) if found else None

    def synonyms(self, term_id: str) -> tuple[Synonym, ...]:
        """Other texts for a term."""
        found = self.term(term_id)
        return found.synonyms if found else ()

    def descendants(self, term_id: str) -> tuple[str, ...]:
        """A term and all below it by ``is_a``, nearest first; empty for an id that is not in the ontology."""
        return self._ids(_DESCENDANTS, term_id)

    def ancestors(self, term_id: str) -> tuple[str, ...]:
        """A term and all above it by ``is_a``, nearest first; empty for an id that is not in the ontology."""
        return self._ids(_ANCESTORS, term_id)

    def replacements(self, term_id: str) -> tuple[str, ...]:
        """What its makers say stands for an obsolete term now: none, one, or several of which a person must choose."""
        return self._ids(_REPLACEMENTS, term_id)

    def resolve(self, term_id: str) -> str | None:
        """The id of the term in use that an id means: itself, the term it was merged into, or its one replacement.

        Obsolete terms without a replacement, or with several, mean themselves. ``None`` for an id that is not known.
        """
        seen: set[str] = set()
        while term_id not in seen:
            seen.add(term_id)
            found = self._rows(_TERM, term_id)
            if not found:
                merged = self._ids(_ALTERNATIVE, term_id)
                if len(merged) != 1:
                    return None
                term_id = merged[0]
                continue
            replacements = self.replacements(term_id) if found[0][2] else ()
            if len(replacements) != 1 or not self._is_known(replacements[0]):
                return term_id
            term_id = replacements[0]
        return term_id

    def _is_known(self, term_id: str) -> bool:
        return bool(self._rows(_TERM, term_id) or self._ids(_ALTERNATIVE, term_id))

    def _ids(self, query: str, term_id: str) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in self._rows(query, term_id))

    def _rows(self, query: str, value: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            rows: list[tuple[Any, ...]] = cursor.execute(query, [value]).fetchall()
        return rows
