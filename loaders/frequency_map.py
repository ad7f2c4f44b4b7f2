"""Which INFO keys hold the counts of which population: a small TOML file, or a preset (pure but for reading it).

::

    allele_count = "AC_{population}"          # one value an alternate allele
    allele_number = "AN_{population}"         # one value, or one an alternate allele
    allele_frequency = "AF_{population}"      # used where allele_count is not there, with allele_number
    heterozygous = "AC_Het_{population}"      # people
    homozygous = "nhomalt_{population}"       # people
    homozygous_alleles = "AC_Hom_{population}"  # copies, two a person
    hemizygous = "AC_Hemi_{population}"       # people
    discover = true                           # every population whose keys the header declares

    [populations]
    NFE = "nfe"                               # name in Genvej = what stands for {population}
    DK = { allele_count = "AC_dk", allele_number = "AN_dk" }

Each key may be left out. A population is read only where its file declares the keys.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Self

from core.errors import LoadRefused

PRESETS = ("gnomad", "1000genomes", "fill-tags", "gdi")
"""Maps that come with Genvej: ``loaders/populations/<name>.toml``."""

_MAXIMUM_BYTES = 1 << 20
_PLACE = "{population}"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class PopulationKeys:
    """The INFO keys of one population, or patterns of them; empty where there is none."""

    allele_count: str = ""
    allele_number: str = ""
    allele_frequency: str = ""
    heterozygous: str = ""
    homozygous: str = ""
    homozygous_alleles: str = ""
    hemizygous: str = ""

    def filled(self, text: str) -> Self:
        """The keys with ``{population}`` replaced."""
        return replace(self, **{item.name: getattr(self, item.name).replace(_PLACE, text) for item in fields(self)})

    def declared(self, known: frozenset[str]) -> Self:
        """Only those keys that are known."""
        kept = {item.name: key if (key := getattr(self, item.name)) in known else "" for item in fields(self)}
        return replace(self, **kept)

    def named(self) -> tuple[str, ...]:
        """Every key, each once."""
        return tuple(dict.fromkeys(key for item in fields(self) if (key := getattr(self, item.name))))


@dataclass(frozen=True, slots=True)
class FrequencyMap:
    """Populations by name with their keys; ``patterns``: for those that are discovered in a header."""

    populations: tuple[tuple[str, PopulationKeys], ...] = ()
    patterns: PopulationKeys = PopulationKeys()
    discover: bool = False

    def of_header(self, info_ids: Sequence[str]) -> tuple[tuple[str, PopulationKeys], ...]:
        """The populations of a file that declares these INFO IDs, with the keys that it has."""
        known = frozenset(info_ids)
        found = dict(self.populations)
        for name in self._discovered(info_ids) if self.discover else ():
            found.setdefault(name, self.patterns.filled(name))
        declared = ((name, keys.declared(known)) for name, keys in found.items())
        return tuple((name, keys) for name, keys in declared if keys.allele_count or keys.allele_frequency)

    def undeclared(self, info_ids: Sequence[str]) -> tuple[str, ...]:
        """Populations that the map names and the file does not declare."""
        declared = {name for name, _ in self.of_header(info_ids)}
        return tuple(name for name, _ in self.populations if name not in declared)

    def _discovered(self, info_ids: Sequence[str]) -> list[str]:
        """Names that stand for the population in declared allele numbers: without one nothing is counted.

        A name that only makes a longer kind of count (``Het_EUR`` by ``AC_Het_EUR``) has no allele number of its own.
        """
        pattern = re.escape(self.patterns.allele_number).replace(re.escape(_PLACE), "(.+)")
        found = (re.fullmatch(pattern, key) for key in info_ids)
        names = [match.group(1) for match in found if match]
        return [name for name in names if _NAME.fullmatch(name)]


def read_frequency_map(path_or_preset: str | Path) -> FrequencyMap:
    """The map of a preset or of a TOML file; raises ``LoadRefused`` naming what is wrong with it."""
    name = str(path_or_preset)
    if name in PRESETS:
        text = resources.files("loaders").joinpath("populations", f"{name}.toml").read_text(encoding="utf-8")
        return parse_frequency_map(name, text)
    path = Path(path_or_preset)
    if not path.is_file():
        message = f"{name}: neither a file nor one of the presets {', '.join(PRESETS)}"
        raise LoadRefused(message)
    if path.stat().st_size > _MAXIMUM_BYTES:
        message = f"{path.name}: larger than a map of populations"
        raise LoadRefused(message)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"{path.name}: not UTF-8 text"
        raise LoadRefused(message) from error
    return parse_frequency_map(path.name, text)


def parse_frequency_map(name: str, text: str) -> FrequencyMap:
    """The map that a TOML text holds; raises ``LoadRefused``."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{name}: not TOML ({error})"
        raise LoadRefused(message) from error
    discover, populations = table.pop("discover", False), table.pop("populations", {})
    if not isinstance(discover, bool) or not isinstance(populations, dict):
        message = f"{name}: discover is true or false, populations is a table"
        raise LoadRefused(message)
    patterns = _keys(name, "the file", table)
    if discover and _PLACE not in patterns.allele_number:
        message = f"{name}: to discover populations, allele_number needs {_PLACE}"
        raise LoadRefused(message)
    named = tuple((label, _population(name, label, value, patterns)) for label, value in populations.items())
    if not named and not discover:
        message = f"{name}: names no population"
        raise LoadRefused(message)
    return FrequencyMap(named, patterns, discover)


def _population(name: str, label: str, value: object, patterns: PopulationKeys) -> PopulationKeys:
    if not _NAME.fullmatch(label):
        message = f"{name}: the name of a population has letters, digits, '_', '.' and '-'"
        raise LoadRefused(message)
    if isinstance(value, str):
        return patterns.filled(value)
    if isinstance(value, dict):
        return _keys(name, label, value)
    message = f"{name}: {label}: a text for {_PLACE}, or a table of keys, is expected"
    raise LoadRefused(message)


def _keys(name: str, place: str, table: Mapping[str, object]) -> PopulationKeys:
    known = [item.name for item in fields(PopulationKeys)]
    strange = next((key for key in table if key not in known), None)
    wrong = next(
        (key for key, value in table.items() if not isinstance(value, str) or re.search(r"[\s;=,]", value)), None
    )
    if strange or wrong:
        what = f"{strange} is not known; known are {', '.join(known)}" if strange else f"{wrong} is not an INFO key"
        message = f"{name}: {place}: {what}"
        raise LoadRefused(message)
    return PopulationKeys(**{key: str(value) for key, value in table.items()})
