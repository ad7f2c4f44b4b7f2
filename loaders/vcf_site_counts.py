"""Allele counts of records without genotypes, from INFO where it states them (VCF 4.3 §1.6.1; pure)."""

from collections.abc import Mapping
from typing import NamedTuple

from loaders.report import RecordRejected

_HOMOZYGOUS_PEOPLE = ("nhomalt", "HOM", "Hom")
_MAXIMUM_COUNT = 2**31 - 1


class AlleleSiteCounts(NamedTuple):
    """Counts of one allele; people are ``None`` where INFO does not tell."""

    allele_count: int = 0
    heterozygous: int | None = None
    homozygous: int | None = None
    hemizygous: int | None = None


class SiteCounts(NamedTuple):
    """Counts of one record; ``allele_number`` is 0 where INFO states no counts at all."""

    allele_number: int = 0
    alleles: tuple[AlleleSiteCounts, ...] = ()


def read_site_counts(info: Mapping[str, str], alternates: int) -> SiteCounts:
    """AN with AC, or with AF; and the numbers of people per zygosity.

    Known keys: ``nhomalt`` (people), ``AC_Hom`` (alleles, two a person), ``AC_Het``, ``AC_Hemi`` and ``AC_Hom`` as
    bcftools writes them. Raises ``RecordRejected`` for counts that are not counts.
    """
    total = _whole(info.get("AN", "."), "INFO/AN")
    _check_number(info, alternates)
    if alternates == 1 and total is not None:
        count = _only(info, "AC")
        if count is not None and count <= total:
            only = AlleleSiteCounts(count, _only(info, "AC_Het"), _only_homozygous(info), _only(info, "AC_Hemi"))
            return SiteCounts(total, (only,))
    counts = _counts(info, "AC", alternates)
    if counts is None and total is not None:
        frequencies = _values(info, "AF", alternates)
        counts = None if frequencies is None else tuple(_from_frequency(text, total) for text in frequencies)
    known = counts is not None and total is not None
    if known and sum(count or 0 for count in counts or ()) > (total or 0):
        reason = "more copies of an allele than copies in all"
        raise RecordRejected(reason, "INFO/AC")
    people = [_counts(info, key, alternates) for key in ("AC_Het", "AC_Hemi")]
    homozygous = _homozygous(info, alternates)
    alleles = tuple(
        AlleleSiteCounts(
            allele_count=(_at(counts, number) or 0) if known else 0,
            heterozygous=_at(people[0], number),
            homozygous=_at(homozygous, number),
            hemizygous=_at(people[1], number),
        )
        for number in range(alternates)
    )
    return SiteCounts(total or 0 if known else 0, alleles)


def _check_number(info: Mapping[str, str], alternates: int) -> None:
    """Raise ``RecordRejected`` for a list of allele counts that is not one for each alternate allele."""
    counts = info.get("AC", ".")
    if counts not in ("", ".") and counts.count(",") + 1 != alternates:
        reason = f"{counts.count(',') + 1} counts for {alternates} alternate alleles"
        raise RecordRejected(reason, "INFO/AC")


def _only(info: Mapping[str, str], key: str) -> int | None:
    """The count of the only allele; the common case, made fast."""
    text = info.get(key)
    return _whole(text, f"INFO/{key}") if text and "," not in text else None


def _only_homozygous(info: Mapping[str, str]) -> int | None:
    for key in _HOMOZYGOUS_PEOPLE:
        if key in info:
            people = _only(info, key)
            if people is not None:
                return people
    copies = _only(info, "AC_Hom")
    return None if copies is None else copies // 2


def _homozygous(info: Mapping[str, str], alternates: int) -> tuple[int | None, ...] | None:
    for key in _HOMOZYGOUS_PEOPLE:
        people = _counts(info, key, alternates)
        if people is not None and people != (None,) * alternates:
            return people
    copies = _counts(info, "AC_Hom", alternates)
    return None if copies is None else tuple(None if count is None else count // 2 for count in copies)


def _at(counts: tuple[int | None, ...] | None, number: int) -> int | None:
    return None if counts is None else counts[number]


def _values(info: Mapping[str, str], key: str, alternates: int) -> tuple[str, ...] | None:
    """One value per alternate allele; ``None`` where the key is absent or has another number of values."""
    text = info.get(key)
    if not text:
        return None
    values = text.split(",")
    return tuple(values) if len(values) == alternates else None


def _counts(info: Mapping[str, str], key: str, alternates: int) -> tuple[int | None, ...] | None:
    values = _values(info, key, alternates)
    return None if values is None else tuple(_whole(value, f"INFO/{key}") for value in values)


def _whole(text: str, field_name: str) -> int | None:
    if text == ".":
        return None
    if not text.isascii() or not text.isdigit() or int(text) > _MAXIMUM_COUNT:
        reason = "not a count"
        raise RecordRejected(reason, field_name)
    return int(text)


def _from_frequency(text: str, total: int) -> int | None:
    if text == ".":
        return None
    try:
        frequency = float(text)
    except ValueError:
        frequency = -1.0
    if not 0 <= frequency <= 1:
        reason = "not a frequency"
        raise RecordRejected(reason, "INFO/AF")
    return round(frequency * total)
