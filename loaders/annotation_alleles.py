"""Which alternate allele an annotation means: annotators spell alleles in their own ways (pure).

SnpEff writes ALT as it stands. VEP writes what is left after the first base is taken off, where REF and all ALT begin
with the same base and one of them has another length; with ``--minimal`` what is left after everything common is taken
off; a deletion is then ``-``. A file may have been split or joined after it was annotated, so that annotations of
alleles that the record does not have are met as well.
"""

from collections.abc import Callable, Sequence

from loaders.vcf_structural import SYMBOLIC, symbolic_type

_SYMBOLIC_WORDS = {
    "DEL": "deletion",
    "DUP": "duplication",
    "INS": "insertion",
    "INV": "inversion",
    "CNV": "copy_number_variation",
    "BND": "chromosome_breakpoint",
}
_WITHOUT_BASES = frozenset({"*", "<*>", "<NON_REF>"})


class AlleleSpellings:
    """The spellings of the alternate alleles of one record."""

    def __init__(self, reference: str, alternates: Sequence[str]) -> None:
        """``reference``, ``alternates``: REF and ALT as they stand."""
        self._count = len(alternates)
        reference, upper = reference.upper(), [alternate.upper() for alternate in alternates]
        convention = _without_first if _vep_takes_first(reference, upper) else _unchanged
        levels = (convention, _unchanged, _without_first, _minimal_left, _minimal_right)
        self._levels = tuple([_spell(level, reference, alternate) for alternate in upper] for level in levels)

    def find(self, spelling: str, number: int | None = None, *, strict: bool = False) -> int | None:
        """The 0-based place among ALT of the allele that is spelled so; ``None`` for none, or for several.

        ``number``: the 1-based ALLELE_NUM, believed where it fits the spelling, or where there is no spelling.
        ``strict``: only as VEP spells it by default, or as it stands. In a split record the other spellings may be
        those of an allele that is not there any more.
        """
        levels = self._levels[:2] if strict else self._levels
        named = number - 1 if number is not None and 0 < number <= self._count else None
        if not spelling:
            return named if named is not None else (0 if self._count == 1 and number is None else None)
        wanted = spelling.upper()
        if named is not None and any(level[named] == wanted for level in levels):
            return named
        found = [{place for place, text in enumerate(level) if text == wanted} for level in levels]
        meant = next((places for places in found[:2] if len(places) == 1), set().union(*found))
        return meant.pop() if len(meant) == 1 else None


def _vep_takes_first(reference: str, alternates: Sequence[str]) -> bool:
    """Whether VEP takes the first base off REF and all ALT."""
    bases = [alternate for alternate in alternates if alternate not in _WITHOUT_BASES]
    changed = any(len(alternate) != len(reference) for alternate in bases)
    return changed and all(alternate[:1] == reference[:1] for alternate in bases)


def _spell(level: Callable[[str, str], str], reference: str, alternate: str) -> str:
    if not SYMBOLIC.fullmatch(alternate):
        return level(reference, alternate)
    if level is _unchanged or alternate in _WITHOUT_BASES:
        return alternate
    return _SYMBOLIC_WORDS.get(symbolic_type(alternate).value, alternate.strip("<>")).upper()


def _unchanged(_reference: str, alternate: str) -> str:
    return alternate


def _without_first(reference: str, alternate: str) -> str:
    return (alternate[1:] or "-") if alternate[:1] == reference[:1] else alternate


def _minimal_left(reference: str, alternate: str) -> str:
    first = _common(reference, alternate)
    rest, other = alternate[first:], reference[first:]
    last = _common(rest[::-1], other[::-1])
    return rest[: len(rest) - last] or "-"


def _minimal_right(reference: str, alternate: str) -> str:
    last = _common(reference[::-1], alternate[::-1])
    rest, other = alternate[: len(alternate) - last], reference[: len(reference) - last]
    return rest[_common(rest, other) :] or "-"


def _common(first: str, second: str) -> int:
    """How many letters both begin with."""
    return next(
        (place for place, (one, other) in enumerate(zip(first, second, strict=False)) if one != other),
        min(len(first), len(second)),
    )
