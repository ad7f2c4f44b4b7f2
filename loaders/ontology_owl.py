"""OWL 2 ontologies as RDF/XML (pure: chunks in, terms out): named classes, their labels and superclasses."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urljoin

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from loaders.ontology_document import PART_OF, OntologyDocument, curie_of
from loaders.ontology_xml import Element, read_nodes

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_OBO = "http://purl.obolibrary.org/obo/"
_OIO = "http://www.geneontology.org/formats/oboInOwl#"
_NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl#"
_XML = "http://www.w3.org/XML/1998/namespace"

_ABOUT, _ID, _RESOURCE = f"{_RDF}about", f"{_RDF}ID", f"{_RDF}resource"
_LANGUAGE, _BASE = f"{_XML}lang", f"{_XML}base"
_CLASS, _RESTRICTION = f"{_OWL}Class", f"{_OWL}Restriction"
_DEFINITIONS = (f"{_OBO}IAO_0000115", f"{_NCIT}P97")
_SYNONYMS = {
    f"{_OIO}hasExactSynonym": SynonymScope.EXACT,
    f"{_OIO}hasNarrowSynonym": SynonymScope.NARROW,
    f"{_OIO}hasBroadSynonym": SynonymScope.BROAD,
    f"{_OIO}hasRelatedSynonym": SynonymScope.RELATED,
    f"{_NCIT}P90": SynonymScope.EXACT,
}
_OBSOLETE_CLASS = f"{_OIO}ObsoleteClass"


class _Classes:
    """Classes by IRI, since references are by IRI and an id of its own may be stated for each."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.header: Element | None = None
        self.terms: dict[str, OntologyTerm] = {}
        self.parents: dict[str, list[tuple[str, Relation]]] = {}
        self._base = ""

    def take(self, root: Element, node: Element, line: int) -> None:
        if root.name != f"{_RDF}RDF":
            message = f"{self.file}: line {line}: not OWL as RDF/XML; save the ontology as RDF/XML, OBO or OBO graph"
            raise LoadRefused(message)
        self._base = root.attributes.get(_BASE, "")
        if node.name == f"{_OWL}Ontology":
            self.header = self.header or node
        elif node.name in (_CLASS, f"{_RDF}Description") and self._is_class(node):
            self._add(self._iri(node), node)

    def _is_class(self, node: Element) -> bool:
        """A description of anything else (a property, a person) says so, or has no superclass."""
        if not (_ABOUT in node.attributes or _ID in node.attributes):
            return False
        types = [element.attributes.get(_RESOURCE, "") for element in node.named(f"{_RDF}type")]
        return node.name == _CLASS or _CLASS in types or (not types and bool(node.named(f"{_RDFS}subClassOf")))

    def _iri(self, node: Element) -> str:
        if _ID in node.attributes:
            return f"{self._base}#{node.attributes[_ID]}"
        return self._whole(node.attributes[_ABOUT])

    def _whole(self, reference: str) -> str:
        return reference if "://" in reference else urljoin(self._base, reference)

    def _add(self, iri: str, node: Element) -> None:
        term_id = next((element.text for element in node.named(f"{_OIO}id")), "")
        found = _term(curie_of(term_id) or curie_of(iri) or "", node)
        known = self.terms.get(iri)
        self.terms[iri] = _united(known, found) if known else found
        for element in node.named(f"{_RDFS}subClassOf"):
            parent = self._parent(element)
            if parent and parent[0] == _OBSOLETE_CLASS:
                self.terms[iri] = replace(self.terms[iri], obsolete=True)
            elif parent:
                self.parents.setdefault(iri, []).append(parent)

    def _parent(self, element: Element) -> tuple[str, Relation] | None:
        """What a ``subClassOf`` names: a class, or by a restriction a whole that it is part of."""
        if _RESOURCE in element.attributes:
            return self._whole(element.attributes[_RESOURCE]), Relation.IS_A
        for child in element.children:
            if child.name == _CLASS and _ABOUT in child.attributes:
                return self._whole(child.attributes[_ABOUT]), Relation.IS_A
            if child.name == _RESTRICTION:
                return self._whole_of(child)
        return None

    def _whole_of(self, restriction: Element) -> tuple[str, Relation] | None:
        properties = [element.attributes.get(_RESOURCE, "") for element in restriction.named(f"{_OWL}onProperty")]
        wholes = [element.attributes.get(_RESOURCE, "") for element in restriction.named(f"{_OWL}someValuesFrom")]
        if not wholes or not wholes[0] or not PART_OF & {self._whole(name) for name in properties}:
            return None
        return self._whole(wholes[0]), Relation.PART_OF


def parse_owl(chunks: Iterable[bytes], file: str) -> OntologyDocument:
    """Read an ontology; raises ``LoadRefused`` naming file, line and reason.

    Named classes with a CURIE are taken; imports are not fetched. Statements about one class in several places are
    united, as RDF means them. Two classes that claim one id are refused.
    """
    classes = _Classes(file)
    read_nodes(chunks, file, classes.take)
    if classes.header is None and not classes.terms:
        message = f"{file}: there is no ontology in it (owl:Ontology or owl:Class is expected)"
        raise LoadRefused(message)
    document = OntologyDocument(file, *_header(classes.header))
    ids = {iri: term.id for iri, term in classes.terms.items() if term.id}
    for iri, term in classes.terms.items():
        if term.id:
            named = (
                (ids.get(parent) or curie_of(parent), relation) for parent, relation in classes.parents.get(iri, ())
            )
            links = tuple(Link(parent, relation) for parent, relation in named if parent)
            document.add(replace(term, links=links), f"class {iri}")
    return document


def _header(node: Element | None) -> tuple[str, str]:
    """Id and version of the ontology."""
    if node is None:
        return "", ""
    info = [element.text for element in node.named(f"{_OWL}versionInfo") if element.text]
    iris = [element.attributes.get(_RESOURCE, "") for element in node.named(f"{_OWL}versionIRI")]
    return node.attributes.get(_ABOUT, ""), next(iter([*info, *iris]), "")


def _term(term_id: str, node: Element) -> OntologyTerm:
    by_name: dict[str, list[Element]] = {}
    for child in node.children:
        by_name.setdefault(child.name, []).append(child)
    deprecated = [element.text for element in by_name.get(f"{_OWL}deprecated", ())]
    replaced = (
        curie_of(element.attributes.get(_RESOURCE) or element.text) for element in by_name.get(f"{_OBO}IAO_0100001", ())
    )
    alternatives = (curie_of(element.text) for element in by_name.get(f"{_OIO}hasAlternativeId", ()))
    return OntologyTerm(
        term_id,
        label=_preferred(by_name.get(f"{_RDFS}label", [])),
        definition=_preferred([element for name in _DEFINITIONS for element in by_name.get(name, ())]),
        obsolete="true" in deprecated or "1" in deprecated,
        synonyms=tuple(
            Synonym(element.text, scope)
            for name, scope in _SYNONYMS.items()
            for element in by_name.get(name, ())
            if element.text
        ),
        alternative_ids=tuple(curie for curie in alternatives if curie),
        replaced_by=tuple(curie for curie in replaced if curie),
    )


def _preferred(elements: list[Element]) -> str:
    """The text without a language or in English, else the first."""
    texts = [(element.attributes.get(_LANGUAGE, ""), element.text) for element in elements if element.text]
    english = [text for language, text in texts if language in ("", "en") or language.startswith("en-")]
    return next(iter([*english, *(text for _, text in texts)]), "")


def _united(known: OntologyTerm, more: OntologyTerm) -> OntologyTerm:
    return OntologyTerm(
        known.id or more.id,
        label=known.label or more.label,
        definition=known.definition or more.definition,
        obsolete=known.obsolete or more.obsolete,
        synonyms=(*known.synonyms, *more.synonyms),
        alternative_ids=(*known.alternative_ids, *more.alternative_ids),
        replaced_by=(*known.replaced_by, *more.replaced_by),
    )
