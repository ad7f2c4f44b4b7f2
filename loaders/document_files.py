"""The documents in a JSON, JSON lines or YAML file, each with its place (pure: bytes in, values out)."""

import re
from collections.abc import Iterator

import yaml

from core.errors import InvalidRequest, LoadRefused
from core.strict_json import JsonValue, parse_json


class _PlainLoader(yaml.SafeLoader):
    """YAML as far as JSON goes: no aliases (they multiply), no dates (they would change their spelling).

    Numbers are those of JSON: what YAML 1.1 reads as octal (``0101701234``), sexagesimal or with underscores
    stays text.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases."""
        if self.check_event(yaml.AliasEvent):
            message = "aliases are not read here"
            raise yaml.YAMLError(message)
        return super().compose_node(parent, index)


_NUMBERS = {
    "tag:yaml.org,2002:int": re.compile(r"-?(?:0|[1-9][0-9]*)"),
    "tag:yaml.org,2002:float": re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)"),
}
_PlainLoader.yaml_implicit_resolvers = {
    first: [
        (tag, re.compile(rf"(?:{_NUMBERS[tag].pattern})$") if tag in _NUMBERS else pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:timestamp"
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_documents(name: str, data: bytes) -> Iterator[tuple[int, JsonValue]]:
    """All documents of a file: (line of a JSON lines file, else the number of the document; from 1), document.

    A JSON file holds one document, a list of them, or one a line; a YAML file (``.yaml``, ``.yml``) one or more.
    Raises ``LoadRefused`` naming the file and the place.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    if name.lower().endswith((".yaml", ".yml")):
        yield from enumerate(_yaml(name, data), 1)
        return
    if _is_lines(data):
        for number, line in enumerate(data.splitlines(), 1):
            if line.strip():
                yield number, _json(f"{name}: line {number}", line)
        return
    document = _json(name, data)
    yield from enumerate(document if isinstance(document, list) else [document], 1)


def _is_lines(data: bytes) -> bool:
    """Whether the first line is a whole object and another follows."""
    first, _, rest = data.strip().partition(b"\n")
    return first.lstrip().startswith(b"{") and first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")


def _json(place: str, data: bytes) -> JsonValue:
    try:
        return parse_json(data)
    except InvalidRequest as error:
        message = f"{place}: {error.message}"
        raise LoadRefused(message) from error


def _yaml(name: str, data: bytes) -> list[JsonValue]:
    try:
        found: list[JsonValue] = list(yaml.load_all(data, Loader=_PlainLoader))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        message = f"{name}: not YAML: {str(error).splitlines()[0]}"
        raise LoadRefused(message) from error
    return [item for document in found for item in (document if isinstance(document, list) else [document])]
