"""Names where they stand as whole words in texts: rewritten, or counted where they must not stand (pure).

A word ends where no letter and no digit follows: ``P1`` stands in ``P1_denovo`` and ``file P1.bam``, not in ``P12``.
"""

import re
from collections.abc import Iterator, Mapping

from core.strict_json import JsonValue

_TOKEN = r"[^\W_]+"  # noqa: S105 - a pattern


class WholeWords:
    """Old names and their new ones; the names that ``project`` made are passed over."""

    def __init__(self, names: Mapping[str, str], project: str) -> None:
        """``names``: old to new."""
        self._names = names
        self._pattern = re.compile(rf"{re.escape(project)}-[a-z2-7]{{26}}(?![^\W_])|{_TOKEN}")
        self._by_first: dict[str, list[str]] = {}
        for name in sorted(names, key=len, reverse=True):
            first = re.search(_TOKEN, name)
            if first:
                self._by_first.setdefault(first[0], []).append(name)

    def rewritten(self, text: str) -> str:
        """The text with every old name under its new one."""
        made: list[str] = []
        end = 0
        for start, name in self._found(text):
            made += [text[end:start], self._names[name]]
            end = start + len(name)
        return "".join([*made, text[end:]]) if made else text

    def count(self, text: str) -> int:
        """How often an old name stands in the text."""
        return sum(1 for _ in self._found(text))

    def _found(self, text: str) -> Iterator[tuple[int, str]]:
        passed = 0
        for token in self._pattern.finditer(text):
            if token.start() < passed:
                continue
            for name in self._by_first.get(token[0], ()):
                start = token.start() - name.index(token[0])
                end = start + len(name)
                if start >= passed and text.startswith(name, start) and not text[end : end + 1].isalnum():
                    yield start, name
                    passed = end
                    break


def rewritten_document(value: JsonValue, words: WholeWords) -> JsonValue:
    """A document with old names in its texts rewritten, and without the addresses of its files; terms stay."""
    if isinstance(value, list):
        return [rewritten_document(item, words) for item in value]
    if isinstance(value, dict):
        file = "individualToFileIdentifiers" in value or "individual_to_file_identifiers" in value
        return {
            name: item if name == "id" and "label" in value else rewritten_document(item, words)
            for name, item in value.items()
            if not (file and name == "uri")
        }
    return words.rewritten(value) if isinstance(value, str) else value


def places_in_document(value: JsonValue, words: WholeWords) -> int:
    """In how many places of a document, names of members included, an old name stands; terms are passed over."""
    if isinstance(value, list):
        return sum(places_in_document(item, words) for item in value)
    if isinstance(value, dict):
        items = sum(
            places_in_document(item, words) for name, item in value.items() if name != "id" or "label" not in value
        )
        return items + sum(map(words.count, value))
    return words.count(value) if isinstance(value, str) else 0


def rewritten_vcf_header(lines: list[str], words: WholeWords) -> tuple[list[str], int]:
    """Header lines with old names in what lines of structure say rewritten; in how many places one still stands."""
    made = [words.rewritten(line) if line.startswith(("##INFO=", "##FORMAT=", "##FILTER=", "##ALT=")) else line
            for line in lines]  # fmt: skip
    return made, sum(map(words.count, made))


def rewritten_vcf_line(line: str, words: WholeWords) -> tuple[str, int]:
    """A record with old names in ID, FILTER and INFO rewritten; in how many other places one still stands.

    Genotype columns are searched where they hold letters.
    """
    cells = line.split("\t", 9)
    for column in (2, 6, 7):
        if column < len(cells):
            cells[column] = words.rewritten(cells[column])
    searched = [*cells[:1], *cells[8:9], *(cell for cell in cells[9:] if re.search("[A-Za-z]", cell))]
    return "\t".join(cells), sum(map(words.count, searched))
