"""Danish SKS diagnosis codes and the WHO's ICD-10 (pure): ``DC182`` means ``ICD10:C18.2``.

The Danish classification (Sundhedsvæsenets Klassifikationssystem, SKS) writes a diagnosis as ``D``, then the WHO's
code without its dot, then perhaps characters of its own; additional codes follow ``+`` or ``:`` (``DC509+TUL1``).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

PREFIX = "ICD10"

_SYSTEM = re.compile(r"(?:SKS|ICD-?10-?DK)[:|]", re.IGNORECASE)
_ADDITIONAL = re.compile(r"\s*[+:(]\s*")
_SKS = re.compile(r"D([A-Z][0-9]{2})\.?([0-9A-Z]*)")
_WHO = re.compile(r"([A-Z][0-9]{2})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class MappedCode:
    """What an SKS code means; ``note`` says what is left out, or why nothing was found (``curie`` is ``None``)."""

    curie: str | None
    note: str = ""


def sks_to_icd10(code: str, known: Collection[str] | None = None) -> MappedCode:
    """The term of the WHO's ICD-10 that an SKS diagnosis code means, or the nearest one above it.

    ``known``: the WHO's codes (``C18.2``) of the installed ICD-10; without them the digits of the code decide: of a
    sub-code one digit after the dot is the WHO's. A code of the WHO itself (``C18.2``, with its dot or three
    characters long) is taken as it is. Dagger and asterisk, ``†`` and ``*``, do not change the code.
    """
    stated, *additional = _ADDITIONAL.split(_SYSTEM.sub("", code.strip(), count=1), maxsplit=1)
    plain = re.sub(r"[*†\s]", "", stated).upper()
    note = "additional codes are not mapped" if additional and additional[0] else ""
    who = _WHO.fullmatch(plain)
    danish = _SKS.fullmatch(plain)
    found = who or danish
    if found is None:
        return MappedCode(None, "not a diagnosis code of SKS (a D, a letter, two digits, then sub-codes)")
    category, rest = found.group(1), found.group(2) or ""
    nearest = _nearest(category, rest, known)
    if nearest is None:
        return MappedCode(None, f"the WHO's ICD-10 has no category {category}")
    if len(nearest.replace(".", "")) < len(category + rest):
        note = "; ".join(
            filter(None, (f"{category}{'.' if rest else ''}{rest} is finer than the WHO's {nearest}", note))
        )
    return MappedCode(f"{PREFIX}:{nearest}", note)


def _nearest(category: str, rest: str, known: Collection[str] | None) -> str | None:
    """The longest code of the WHO that the category and its sub-codes begin with."""
    if known is None:
        return f"{category}.{rest[0]}" if rest[:1].isdigit() else category
    candidates = [f"{category}.{rest[:length]}" for length in range(len(rest), 0, -1)]
    return next((candidate for candidate in (*candidates, category) if candidate in known), None)


def icd10_to_sks(curie: str) -> str | None:
    """How SKS writes a term of the WHO's ICD-10: ``ICD10:C18.2`` is ``DC182``; ``None`` for chapters and blocks."""
    found = _WHO.fullmatch(curie.removeprefix(f"{PREFIX}:"))
    return f"D{found.group(1)}{found.group(2) or ''}" if found else None
