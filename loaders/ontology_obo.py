"""The OBO flat file format 1.2 and 1.4 (pure: lines in, terms out)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation, Synonym, SynonymScope
from loaders.ontology_document import PART_OF, OntologyDocument, curie_of

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"\s*+([A-Za-z]*+)')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "W": " "}
_OLD_SYNONYMS = {
    "exact_synonym": SynonymScope.EXACT,
    "narrow_synonym": SynonymScope.NARROW,
    "broad_synonym": SynonymScope.BROAD,
    "related_synonym": SynonymScope.RELATED,
}
"""Tags of OBO 1.0, still met."""


@dataclass(slots=True)
class _Frame:
    """One stanza: (line, tag, value) of its tags."""

    kind: str
    line: int
    tags: list[tuple[int, str, str]] = field(default_factory=list)

    def values(self, tag: str) -> list[str]:
        return [value for _, name, value in self.tags if name == tag]

    def first(self, tag: str) -> str:
        return next(iter(self.values(tag)), "")


def parse_obo(lines: Iterable[tuple[int, str]], file: str) -> OntologyDocument:
    """Read (line number, line); raises ``LoadRefused`` naming file, line and reason.

    ``[Term]`` stanzas are taken; ids that are not CURIEs are passed over with a note. Logical definitions and xrefs
    are not read.
    """
    document = OntologyDocument(file)
    passed_over = 0
    for frame in _frames(lines, file):
        if frame.kind == "":
            document.stated_id = frame.first("ontology").strip()
            document.version = (frame.first("data-version") or frame.first("date")).strip()
        elif frame.kind == "Term":
            term = _term(frame, file)
            if term is None:
                passed_over += 1
            else:
                document.add(term, f"line {frame.line}")
    if passed_over:
        document.notes.append(f"{passed_over:,} terms whose ids are not CURIEs were passed over")
    return document


def _frames(lines: Iterable[tuple[int, str]], file: str) -> Iterator[_Frame]:
    """The header (kind empty), then every stanza."""
    frame = _Frame("", 1)
    for number, line in _joined(lines):
        text = line.strip()
        if not text or text.startswith("!"):
            continue
        if text.startswith("[") and text.endswith("]"):
            yield frame
            frame = _Frame(text[1:-1], number)
            continue
        tag, colon, value = text.partition(":")
        if not colon or not tag.strip():
            message = f"{file}: line {number}: not a line of an OBO file (a tag and a colon are expected)"
            raise LoadRefused(message)
        frame.tags.append((number, tag.strip(), value.strip()))
    yield frame


def _joined(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines that end with a backslash go on in the next (OBO 1.2, section "Line breaks")."""
    held = ""
    first = 0
    for number, line in lines:
        first = first or number
        if line.endswith("\\") and not line.endswith("\\\\"):
            held += line[:-1]
            continue
        yield first, held + line
        held, first = "", 0
    if held:
        yield first, held


def _term(frame: _Frame, file: str) -> OntologyTerm | None:
    identifiers = frame.values("id")
    if len(identifiers) != 1:
        message = f"{file}: line {frame.line}: a term needs one id"
        raise LoadRefused(message)
    term_id = curie_of(_identifier(identifiers[0]))
    if term_id is None:
        return None
    return OntologyTerm(
        term_id,
        label=_unescaped(_uncommented(frame.first("name"))),
        definition=_quoted(frame.first("def"))[0],
        obsolete=_uncommented(frame.first("is_obsolete")).lower() == "true",
        synonyms=tuple(_synonyms(frame)),
        links=tuple(_links(frame, file)),
        alternative_ids=_curies(frame, "alt_id"),
        replaced_by=_curies(frame, "replaced_by"),
    )


def _links(frame: _Frame, file: str) -> Iterator[Link]:
    for line, tag, value in frame.tags:
        words = _uncommented(value).split()
        if tag == "is_a":
            parent = curie_of(words[0]) if words else None
            if parent is None:
                message = f"{file}: line {line}: is_a needs the id of a term"
                raise LoadRefused(message)
            yield Link(parent, Relation.IS_A)
        elif tag == "relationship" and len(words) > 1 and words[0] in PART_OF:
            whole = curie_of(words[1])
            if whole:
                yield Link(whole, Relation.PART_OF)


def _synonyms(frame: _Frame) -> Iterator[Synonym]:
    for _, tag, value in frame.tags:
        if tag == "synonym":
            text, scope = _quoted(value)
            known = scope in SynonymScope.__members__
            yield Synonym(text, SynonymScope[scope] if known else SynonymScope.RELATED)
        elif tag in _OLD_SYNONYMS:
            yield Synonym(_quoted(value)[0], _OLD_SYNONYMS[tag])


def _curies(frame: _Frame, tag: str) -> tuple[str, ...]:
    found = (curie_of(_identifier(value)) for value in frame.values(tag))
    return tuple(curie for curie in found if curie)


def _identifier(value: str) -> str:
    """The id at the start of a value, before comment and qualifiers."""
    return _unescaped(next(iter(_uncommented(value).split()), ""))


def _uncommented(value: str) -> str:
    """The value before `` ! comment`` and before ``{qualifiers}`` at its end."""
    text = value.split(" ! ", 1)[0].rstrip()
    if text.endswith("}"):
        text = text[: text.rfind(" {")] if " {" in text else text
    return text.rstrip()


def _quoted(value: str) -> tuple[str, str]:
    """The text in quotes at the start of a value and the word after it; a value without quotes is taken as it is."""
    found = _QUOTED.match(value)
    return (_unescaped(found.group(1)), found.group(2)) if found else (_unescaped(_uncommented(value)), "")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match.group(1), match.group(1)), text)
