"""Messages of Phenopackets v2 that hold people: a phenopacket, a family, a cohort; enumerations by name (pure)."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from core.strict_json import JsonValue
from loaders.phenopacket_values import Members, items, members

_SEXES = ("UNKNOWN_SEX", "FEMALE", "MALE", "OTHER_SEX")
_KARYOTYPES = (
    "UNKNOWN_KARYOTYPE", "XX", "XY", "XO", "XXY", "XXX", "XXYY", "XXXY", "XXXX", "XYY", "OTHER_KARYOTYPE",
)  # fmt: skip
_ENUMERATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({"sex": _SEXES, "karyotypicSex": _KARYOTYPES})


def phenopackets_in(document: JsonValue) -> Iterator[tuple[JsonValue, str]]:
    """The phenopackets of a message with lowerCamelCase names, each with the path that leads to it (empty: itself).

    A family holds a proband and relatives, a cohort members (Phenopackets v2, Family and Cohort). Raises
    ``RecordRejected`` for lists that are none.
    """
    if not isinstance(document, dict) or "subject" in document:
        yield _named(document), ""
    elif "proband" in document:
        yield _named(members(document["proband"], "proband")), "proband"
        for relative, path in items(document.get("relatives"), "relatives"):
            yield _named(relative), path
    elif "members" in document:
        for member, path in items(document["members"], "members"):
            yield _named(member), path
    else:
        yield document, ""


def variants_told(packet: JsonValue) -> int:
    """How many variants the interpretations of a phenopacket name."""
    if not isinstance(packet, dict):
        return 0
    return sum(
        isinstance(found, dict) and "variantInterpretation" in found
        for interpretation in _list(packet.get("interpretations"))
        for found in _list(_member(_member(interpretation, "diagnosis"), "genomicInterpretations"))
    )


def _member(value: JsonValue, name: str) -> JsonValue:
    return value.get(name) if isinstance(value, dict) else None


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _named(packet: JsonValue) -> JsonValue:
    """The phenopacket with the subject's enumerations by name: protobuf's JSON mapping reads numbers as well."""
    if not isinstance(packet, dict) or not isinstance(packet.get("subject"), dict):
        return packet
    subject: Members = dict(members(packet["subject"], "subject"))
    for name, names in _ENUMERATIONS.items():
        value = subject.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
            subject[name] = names[value]
    return {**packet, "subject": subject}
