"""Which column of a table means what: a small TOML file, or an example that comes with Genvej.

::

    kind = "people"                        # people, individuals, biosamples, runs, analyses or segments
    rows = "person"                        # or "observation": rows of one id are joined
    delimiter = ";"                        # default: what the first line shows
    columns = ["id", "code"]               # only for files without a usable first line
    skip_lines = 1
    comment = "#"
    empty = ["", "NA"]
    ignore = ["visit"]                     # columns that are left out without a remark

People (``kind = "people"``)::

    id = "pseudonym"
    birth_year = "year_of_birth"
    sex = { column = "sex", values = { K = "female", M = "male" } }
    [[diagnoses]]                          # ICD-10, WHO (C18.2) or Danish SKS (DC182, DC18.2); or any CURIE
    column = "diagnoses"
    separator = ";"
    onset = "age"                          # years, or an ISO 8601 duration
    [[phenotypes]]                         # terms in the cells; a ! before one means excluded
    column = "hpo"
    separator = ";"
    excluded = false
    [[phenotypes]]                         # or one term a column
    column = "seizures"
    term = "HP:0001250 Seizure"
    present = ["yes"]
    absent = ["no"]
    [[biosamples]]
    id = "sample"
    origin = { column = "tissue", values = { blood = "UBERON:0000178 blood" } }

Records (``individuals``, ``biosamples``, ``runs``, ``analyses``): members of Beacon's records by column::

    [fields]
    id = "analysis_id"
    "platformModel.id" = "platform_id"

Copy number segments (``kind = "segments"``)::

    assembly = "GRCh38"                    # or --assembly
    sample = "sample"
    contig = "chromosome"
    start = "start"
    end = "end"
    first_position = 1                     # what the file calls the first base: 0 (half-open) or 1 (closed)
    value = "log2"                         # with gain_above and loss_below; or type, with values DUP and DEL
    gain_above = 0.15
    loss_below = -0.15
"""

import tomllib
from importlib import resources
from pathlib import Path
from typing import NoReturn

from core.errors import LoadRefused
from loaders.table_columns import RECORD_KINDS, Coded, Codes, SampleColumns, Segments, TableMapping
from loaders.table_text import TableForm

EXAMPLES = ("people", "gdi-individuals", "progenetix-analyses", "progenetix-segments")
"""Mappings that come with Genvej: ``loaders/mappings/<name>.toml``."""

_MAXIMUM_BYTES = 1 << 20


def read_table_mapping(path_or_example: str | Path) -> TableMapping:
    """The mapping of an example or of a TOML file; raises ``LoadRefused`` naming what is wrong with it."""
    name = str(path_or_example)
    if name in EXAMPLES:
        text = resources.files("loaders").joinpath("mappings", f"{name}.toml").read_text(encoding="utf-8")
        return parse_table_mapping(name, text)
    path = Path(path_or_example)
    if not path.is_file():
        message = f"{name}: neither a file nor one of the examples {', '.join(EXAMPLES)}"
        raise LoadRefused(message)
    if path.stat().st_size > _MAXIMUM_BYTES:
        message = f"{path.name}: larger than a mapping"
        raise LoadRefused(message)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"{path.name}: not UTF-8 text"
        raise LoadRefused(message) from error
    return parse_table_mapping(path.name, text)


def parse_table_mapping(name: str, text: str) -> TableMapping:
    """The mapping that a TOML text holds; raises ``LoadRefused``."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"{name}: not TOML ({error})"
        raise LoadRefused(message) from error
    return _Reader(name, table).mapping()


class _Reader:
    """Takes keys out of a table; what is left over at the end is unknown."""

    def __init__(self, name: str, table: dict[str, object], place: str = "") -> None:
        self._name, self._table, self._place = name, dict(table), place

    def mapping(self) -> TableMapping:
        kind = self.text("kind", "people")
        form = TableForm(
            delimiter=self.text("delimiter"),
            columns=tuple(self.texts("columns")),
            skip_lines=self.number("skip_lines"),
            comment=self.text("comment", "#"),
            empty=frozenset(self.texts("empty")) or TableForm().empty,
        )
        if kind not in ("people", "segments", *RECORD_KINDS):
            self.refuse("kind", f"people, segments, {', '.join(RECORD_KINDS)} are known")
        rows = self.text("rows", "person")
        if rows not in ("person", "observation"):
            self.refuse("rows", 'it is "person" or "observation"')
        made = TableMapping(
            name=self._name,
            kind=kind,
            form=form,
            joined=rows == "observation",
            ignore=frozenset(self.texts("ignore")),
            assembly=self.text("assembly"),
            id=self.text("id") if kind != "people" else self.required("id"),
            birth_year=self.text("birth_year"),
            sex=self.coded("sex"),
            diagnoses=tuple(reader.codes() for reader in self.tables("diagnoses")),
            phenotypes=tuple(reader.codes() for reader in self.tables("phenotypes")),
            biosamples=tuple(reader.sample() for reader in self.tables("biosamples")),
            fields=self.fields(needed=kind in RECORD_KINDS),
            segments=self.segments() if kind == "segments" else None,
        )
        self.done()
        return made

    def codes(self) -> Codes:
        made = Codes(
            self.required("column"),
            self.text("separator", ";"),
            self.text("onset"),
            self.truth("excluded"),
            self.text("term"),
            frozenset(self.texts("present")),
            frozenset(self.texts("absent")),
        )
        if bool(made.term) != bool(made.present | made.absent):
            self.refuse("term", "a column about one term needs term, and present or absent")
        self.done()
        return made

    def sample(self) -> SampleColumns:
        made = SampleColumns(self.required("id"), self.coded("origin"))
        self.done()
        return made

    def segments(self) -> Segments:
        made = Segments(
            sample=self.required("sample"),
            contig=self.required("contig"),
            start=self.required("start"),
            end=self.required("end"),
            first_position=self.number("first_position", default=-1),
            value=self.text("value"),
            gain_above=self.real("gain_above"),
            loss_below=self.real("loss_below"),
            type=self.coded("type"),
        )
        if made.first_position not in (0, 1):
            self.refuse("first_position", "it must say whether the file calls the first base 0 or 1")
        if bool(made.value) == bool(made.type) or (made.value and not made.loss_below < made.gain_above):
            self.refuse("value", "give value with loss_below < gain_above, or type")
        return made

    def fields(self, *, needed: bool) -> tuple[tuple[str, str], ...]:
        found = self._table.pop("fields", {})
        if not isinstance(found, dict) or not all(isinstance(column, str) and column for column in found.values()):
            self.refuse("fields", "a table of columns is expected")
        if needed and "id" not in found:
            self.refuse("fields", "id is needed")
        return tuple((str(path), str(column)) for path, column in found.items())

    def coded(self, key: str) -> Coded | None:
        found = self._table.pop(key, None)
        if found is None:
            return None
        if isinstance(found, str) and found:
            return Coded(found)
        values = found.get("values", {}) if isinstance(found, dict) else None
        column = found.get("column") if isinstance(found, dict) else None
        strange = set(found) - {"column", "values"} if isinstance(found, dict) else set()
        if not isinstance(column, str) or not isinstance(values, dict) or strange:
            self.refuse(key, "a column, or a table with column and values, is expected")
        if not all(isinstance(value, str) for value in values.values()):
            self.refuse(key, "values are texts")
        return Coded(column, {str(cell): str(value) for cell, value in values.items()})

    def tables(self, key: str) -> list["_Reader"]:
        found = self._table.pop(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self.refuse(key, f"tables [[{key}]] are expected")
        return [_Reader(self._name, item, f"{key} {number}: ") for number, item in enumerate(found, start=1)]

    def text(self, key: str, default: str = "") -> str:
        found = self._table.pop(key, default)
        if not isinstance(found, str):
            self.refuse(key, "a text is expected")
        return found

    def required(self, key: str) -> str:
        return self.text(key) or self.refuse(key, "is needed")

    def texts(self, key: str) -> list[str]:
        found = self._table.pop(key, [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            self.refuse(key, "a list of texts is expected")
        return found

    def number(self, key: str, *, default: int = 0) -> int:
        found = self._table.pop(key, default)
        if not isinstance(found, int) or isinstance(found, bool):
            self.refuse(key, "a whole number is expected")
        return found

    def real(self, key: str) -> float:
        found = self._table.pop(key, 0.0)
        if not isinstance(found, int | float) or isinstance(found, bool):
            self.refuse(key, "a number is expected")
        return float(found)

    def truth(self, key: str) -> bool:
        found = self._table.pop(key, False)
        if not isinstance(found, bool):
            self.refuse(key, "true or false is expected")
        return found

    def done(self) -> None:
        if self._table:
            self.refuse(next(iter(self._table)), "is not known")

    def refuse(self, key: str, reason: str) -> NoReturn:
        message = f"{self._name}: {self._place}{key}: {reason}"
        raise LoadRefused(message)
