"""Reading an XML file node by node: no external entity, no entity in an entity, no depth or node beyond its limit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from core.errors import LoadRefused

_MAXIMUM_DEPTH = 128
_MAXIMUM_ELEMENTS = 200_000
_MAXIMUM_NODE_CHARACTERS = 64 << 20
_MAXIMUM_ENTITY_CHARACTERS = 1024


@dataclass(slots=True)
class Element:
    """One element with all that is in it; names are namespace and local name in one (``http://...owl#Class``)."""

    name: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The characters that stand directly in the element, without spaces around them."""
        return "".join(self.pieces).strip()

    def named(self, name: str) -> list["Element"]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]


class _NodeReader:
    """Hands every child of the root to ``take``, with its line, when it is complete."""

    def __init__(self, file: str, take: Callable[[Element, Element, int], None]) -> None:
        self._file = file
        self._take = take
        self._open: list[Element] = []
        self._elements = 0
        self._characters = 0
        self.parser = expat.ParserCreate(namespace_separator="")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity

    def _refuse(self, reason: str) -> NoReturn:
        message = f"{self._file}: line {self.parser.CurrentLineNumber}: {reason}"
        raise LoadRefused(message)

    def _doctype(self, _name: str, system_id: str | None, public_id: str | None, _internal: bool) -> None:
        if system_id or public_id:
            self._refuse("a document type that lies elsewhere is not fetched")

    def _entity(self, *declared: object) -> None:
        _name, is_parameter, value, _base, system_id, public_id, _notation = declared
        if is_parameter or system_id or public_id or not isinstance(value, str):
            self._refuse("external and parameter entities are not taken")
        if "&" in value or len(value) > _MAXIMUM_ENTITY_CHARACTERS:
            self._refuse("an entity that expands to entities, or to more than 1,024 characters, is not taken")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes)
        self._elements += 1
        if len(self._open) >= _MAXIMUM_DEPTH or self._elements > _MAXIMUM_ELEMENTS:
            self._refuse("elements nested too deeply, or too many in one node")
        if len(self._open) > 1:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        if len(self._open) == 1:
            self._take(self._open[0], element, self.parser.CurrentLineNumber)
            self._elements = self._characters = 0

    def _text(self, data: str) -> None:
        self._characters += len(data)
        if self._characters > _MAXIMUM_NODE_CHARACTERS:
            self._refuse("too much text in one node")
        if len(self._open) > 1:
            self._open[-1].pieces.append(data)


def read_nodes(chunks: Iterable[bytes], file: str, take: Callable[[Element, Element, int], None]) -> None:
    """Call ``take(root, node, line)`` for every child of the root element, in order.

    Raises ``LoadRefused`` naming the line for XML that is not well-formed or not safe.
    """
    reader = _NodeReader(file, take)
    try:
        for chunk in chunks:
            reader.parser.Parse(chunk, False)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        message = f"{file}: line {error.lineno}: not well-formed XML: {expat.ErrorString(error.code)}"
        raise LoadRefused(message) from error
