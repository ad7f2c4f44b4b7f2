"""Counts of populations from INFO, by the keys that a ``FrequencyMap`` names (pure)."""

import re
from collections.abc import Mapping, Sequence

from beacon.annotation_rows import FrequencyRow
from loaders.frequency_map import PopulationKeys

WITHOUT_NUMBER = "frequencies of populations without an allele number, left out"
NOT_COUNTS = "counts of populations that are no counts, left out"

_LARGEST = 2**31 - 1


class _NotACountError(Exception):
    """A value that cannot be a count."""


def read_frequencies(
    info: Mapping[str, str], populations: Sequence[tuple[str, PopulationKeys]], alternates: int, notes: list[str]
) -> tuple[tuple[FrequencyRow, ...], ...]:
    """The rows of every alternate allele; populations that the record says nothing of have none.

    An allele count is made from a frequency only where the allele number is stated: counts are never invented.
    """
    found: list[list[FrequencyRow]] = [[] for _ in range(alternates)]
    for name, keys in populations:
        if not any(key in info for key in (keys.allele_count, keys.allele_frequency) if key):
            continue
        for number in range(alternates):
            try:
                row = _row(info, name, keys, number, alternates)
            except _NotACountError:
                notes.append(NOT_COUNTS)
                continue
            if row is None:
                notes.append(WITHOUT_NUMBER)
            else:
                found[number].append(row)
    return tuple(tuple(rows) for rows in found)


def _row(info: Mapping[str, str], name: str, keys: PopulationKeys, number: int, alternates: int) -> FrequencyRow | None:
    total = _number(info, keys.allele_number, number, alternates)
    if total is None:
        return None
    count = _count(info, keys.allele_count, number, alternates)
    if count is None:
        count = _from_frequency(_value(info, keys.allele_frequency, number, alternates), total)
    if count is None or count > total:
        raise _NotACountError
    copies = _count(info, keys.homozygous_alleles, number, alternates)
    people = _count(info, keys.homozygous, number, alternates)
    return FrequencyRow(
        name,
        count,
        total,
        _count(info, keys.heterozygous, number, alternates),
        people if people is not None or copies is None else copies // 2,
        _count(info, keys.hemizygous, number, alternates),
    )


def _value(info: Mapping[str, str], key: str, number: int, alternates: int) -> str:
    """The value of one allele; empty where the key is not there or says nothing."""
    values = info.get(key, "").split(",") if key else [""]
    if len(values) != alternates and values not in ([""], ["."]):
        raise _NotACountError
    text = values[number] if len(values) == alternates else ""
    return "" if text == "." else text


def _count(info: Mapping[str, str], key: str, number: int, alternates: int) -> int | None:
    text = _value(info, key, number, alternates)
    return _whole(text) if text else None


def _number(info: Mapping[str, str], key: str, number: int, alternates: int) -> int | None:
    """An allele number: one for the site, or one an allele."""
    text = info.get(key, "") if key else ""
    if "," in text:
        return _count(info, key, number, alternates)
    return None if text in ("", ".") else _whole(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > _LARGEST:
        raise _NotACountError
    return int(text)


def _from_frequency(text: str, total: int) -> int | None:
    if not text:
        return None
    try:
        frequency = float(text)
    except ValueError:
        frequency = -1.0
    if not 0 <= frequency <= 1:
        raise _NotACountError
    return round(frequency * total)
