"""The ``##`` lines of a VCF header: syntax, and definitions that contradict each other (VCF 4.3 §1.2, §1.4; pure).

What defines how records are read is held to the specification: INFO, FORMAT, FILTER, ALT, contig, META, SAMPLE and
PEDIGREE. What only describes the file (other keys, order of attributes, quotation marks of a Description, reserved
Number and Type) is taken as htslib takes it.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from core.errors import LoadRefused

_ATTRIBUTE = re.compile(r'\s*([A-Za-z0-9_.:/#+-]+)=("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^",][^,]*|)(?:,|$)')
_ID = re.compile(r"[^\s,<>]+")
_NUMBERS = re.compile(r"[0-9]{1,9}|-1|[ARG.]|L[ARG]|P|M")
_TYPES = frozenset({"Integer", "Float", "Character", "String"})
_NEEDED = MappingProxyType(
    {
        "INFO": ("ID", "Number", "Type", "Description"),
        "FORMAT": ("ID", "Number", "Type", "Description"),
        "FILTER": ("ID", "Description"),
        "ALT": ("ID", "Description"),
        "contig": ("ID",),
        "META": ("ID", "Number", "Type", "Values"),
        "SAMPLE": ("ID",),
        "PEDIGREE": ("ID",),
    }
)
_WITHOUT_ID_BEFORE_4_3 = frozenset({"META", "SAMPLE", "PEDIGREE"})


def check_meta_lines(name: str, lines: Sequence[str], version: str) -> None:
    """Raise ``LoadRefused`` naming file and line for the first meta line that is broken.

    ``lines``: all header lines; the first (``##fileformat``) and the last (``#CHROM``) are checked elsewhere.
    ``version``: such as ``VCFv4.3``.
    """
    seen: dict[tuple[str, str], tuple[int, tuple[str, str]]] = {}
    for number, line in enumerate(lines[1:-1], 2):
        reason = _fault(line, version, number, seen)
        if reason:
            message = f"{name}: line {number}: {reason}"
            raise LoadRefused(message)


def _fault(
    line: str, version: str, number: int, seen: dict[tuple[str, str], tuple[int, tuple[str, str]]]
) -> str | None:
    """What is wrong with one meta line; remembers what it defines."""
    key, equals, value = line[2:].partition("=")
    if not line.startswith("##") or not key or not equals or not value:
        return "a header line is ##key=value"
    if key not in _NEEDED or (key in _WITHOUT_ID_BEFORE_4_3 and version < "VCFv4.3"):
        return "##pedigreeDB names no database" if key == "pedigreeDB" and value == "<>" else None
    attributes = read_attributes(value)
    if attributes is None:
        return f"##{key}=<key=value,...> is expected"
    wrong = _attribute_fault(key, attributes)
    if wrong:
        return wrong
    meaning = (attributes.get("Number", ""), attributes.get("Type", "") + attributes.get("length", ""))
    first, known = seen.setdefault((key, attributes["ID"]), (number, meaning))
    return None if known == meaning else f"##{key} {attributes['ID']} contradicts line {first}"


def read_attributes(value: str) -> dict[str, str] | None:
    """The attributes of ``<key=value,...>``, quotes kept; ``None`` if it is not of this form."""
    text = value.rstrip()
    if not (text.startswith("<") and text.endswith(">")):
        return None
    text, place = text[1:-1], 0
    found: dict[str, str] = {}
    while place < len(text):
        match = _ATTRIBUTE.match(text, place)
        if match is None:
            return None
        found.setdefault(match.group(1), match.group(2))
        place = match.end()
    return found


def _attribute_fault(key: str, attributes: Mapping[str, str]) -> str | None:
    missing = next((needed for needed in _NEEDED[key] if needed not in attributes), None)
    if missing:
        return f"##{key} without {missing}"
    checks = (
        (not _ID.fullmatch(attributes["ID"]), f"##{key}: the ID has blanks, commas or angle brackets"),
        (not _NUMBERS.fullmatch(attributes.get("Number", ".")) and key != "ALT", f"##{key}: no such Number"),
        (not _known_type(key, attributes), f"##{key}: no such Type"),
        (key == "META" and not attributes["Values"].startswith("["), "##META: Values=[...] is expected"),
        (
            not re.fullmatch(r"[0-9]{0,12}", attributes.get("length", "")) and key == "contig",
            "##contig: no such length",
        ),
        (_is_strange_genotype(key, attributes), "##FORMAT: GT is Number=1, Type=String"),
    )
    return next((reason for wrong, reason in checks if wrong), None)


def _known_type(key: str, attributes: Mapping[str, str]) -> bool:
    kind = attributes.get("Type", "String")
    return key not in ("INFO", "FORMAT", "META") or kind in _TYPES or (kind == "Flag" and key == "INFO")


def _is_strange_genotype(key: str, attributes: Mapping[str, str]) -> bool:
    if key != "FORMAT" or attributes["ID"] != "GT":
        return False
    return (attributes["Number"], attributes["Type"]) != ("1", "String")
