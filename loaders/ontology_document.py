"""What an ontology file holds, whatever its format (pure): terms by CURIE, and how IRIs become CURIEs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm

MAXIMUM_TERMS = 2_000_000

PART_OF = frozenset({"part_of", "BFO:0000050", "http://purl.obolibrary.org/obo/BFO_0000050"})
"""The spellings of the relation part_of."""

_CURIE = re.compile(r"[A-Za-z][\w.-]*:[^\s:/][^\s]*")
_OBO_IRI = re.compile(r"https?://\S*[/#]([A-Za-z][A-Za-z0-9]*)_([A-Za-z0-9]+)")
_NCIT_IRI = re.compile(r"http://ncicb\.nci\.nih\.gov/xml/owl/EVS/Thesaurus\.owl#(C[0-9]+)")
_ONTOLOGY_FILE = re.compile(r"(?:.*[/#])?([A-Za-z][A-Za-z0-9]*?)(?:[-_.](?:base|full|simple))?(?:\.(?:owl|obo|json))?")
_RELEASE = re.compile(r"(?:^|/)releases/([^/\s]+)")


@dataclass(slots=True)
class OntologyDocument:
    """A file's terms under construction. ``stated_id`` and ``version`` are what the file says of itself, or empty."""

    file: str
    stated_id: str = ""
    version: str = ""
    terms: dict[str, OntologyTerm] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, term: OntologyTerm, place: str) -> None:
        """Take a term in; raises ``LoadRefused`` if its id was there before, or there are too many."""
        if term.id in self.terms:
            message = f"{self.file}: {place}: the id {term.id} is given twice"
            raise LoadRefused(message)
        if len(self.terms) >= MAXIMUM_TERMS:
            message = f"{self.file}: more than {MAXIMUM_TERMS:,} terms"
            raise LoadRefused(message)
        self.terms[term.id] = term


def is_curie(text: str) -> bool:
    """Whether a text is a CURIE: a prefix, a colon, an id without spaces (and no ``//`` of a URL)."""
    return bool(_CURIE.fullmatch(text))


def curie_of(identifier: str) -> str | None:
    """The CURIE that an id or IRI of an ontology means; ``None`` if there is none.

    OBO Foundry IRIs (``.../obo/HP_0001250``) and those built alike (EFO, Orphanet), and the NCI Thesaurus' own.
    """
    if is_curie(identifier):
        return identifier
    ncit = _NCIT_IRI.fullmatch(identifier)
    if ncit:
        return f"NCIT:{ncit.group(1)}"
    found = _OBO_IRI.fullmatch(identifier)
    return f"{found.group(1)}:{found.group(2)}" if found else None


def prefix_of(curie: str) -> str:
    """What stands before the colon."""
    return curie.partition(":")[0]


def ontology_name(document: OntologyDocument, asked: str | None) -> str:
    """The prefix that the document is the ontology of: as asked, else as its own id says, else the most frequent one.

    Raises ``LoadRefused`` if no term of the document has the prefix, and for a document without terms.
    """
    counts: dict[str, int] = {}
    for term_id in document.terms:
        prefix = prefix_of(term_id)
        counts[prefix] = counts.get(prefix, 0) + 1
    if not counts:
        message = f"{document.file}: there is no term in it"
        raise LoadRefused(message)
    if asked:
        if asked not in counts:
            known = ", ".join(sorted(counts, key=lambda prefix: (-counts[prefix], prefix))[:5])
            message = f"{document.file}: no id in it begins with {asked}: (there are {known})"
            raise LoadRefused(message)
        return asked
    stated = _ONTOLOGY_FILE.fullmatch(document.stated_id)
    wanted = stated.group(1).upper() if stated else ""
    by_upper = {prefix.upper(): prefix for prefix in counts}
    return by_upper.get(wanted) or max(sorted(counts), key=lambda prefix: counts[prefix])


def plain_version(stated: str) -> str:
    """A version as people write it: of ``hp/releases/2025-01-16`` and of such an IRI what follows ``releases/``."""
    found = _RELEASE.search(stated)
    return found.group(1) if found else stated.strip()


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Each text once, sorted."""
    return tuple(sorted(set(values)))


def tidy(term: OntologyTerm) -> OntologyTerm:
    """The term with its edges, synonyms and ids each once and sorted: equal content, equal rows."""
    links = sorted(set(term.links), key=lambda link: (link.relation, link.parent_id))
    synonyms = sorted(set(term.synonyms), key=lambda synonym: (synonym.text, synonym.scope))
    alternatives = unique(other for other in term.alternative_ids if other != term.id)
    return replace(
        term,
        links=tuple(Link(link.parent_id, link.relation) for link in links),
        synonyms=tuple(synonyms),
        alternative_ids=alternatives,
        replaced_by=unique(term.replaced_by),
    )
