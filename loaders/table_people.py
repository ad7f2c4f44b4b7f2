"""A row of a table about people as Beacon records of the individual and its biosamples (pure)."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NoReturn

from beacon.rows import EntityType
from core.strict_json import JsonValue
from loaders.beacon_records import BeaconRecord, read_record
from loaders.beacon_shapes import Cleaning, Members, clean_curie
from loaders.personal_shapes import BIRTH_DATE, holds_full_date
from loaders.report import RecordRejected
from loaders.sks_codes import sks_to_icd10
from loaders.table_columns import Coded, Codes, SampleColumns, TableMapping
from loaders.table_text import TableRow

_CURIE = re.compile(r"(?!ICD|SKS)[A-Za-z][A-Za-z0-9._-]+:\S+", re.IGNORECASE)
_HPO = re.compile(r"HP[:_]\d{7}")
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_YEARS = re.compile(r"\d{1,3}")
_DURATION = re.compile(r"P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?")
_SEXES = ("female", "male", "other", "unknown", "f", "m")


class PersonalCell(Exception):
    """A cell that holds personal data; the whole file is refused."""

    def __init__(self, column: str, what: str) -> None:
        """Which column, and what it looks like."""
        super().__init__(f"{column}: {what}")
        self.column = column
        self.what = what


def people_of_rows(
    rows: Sequence[TableRow], mapping: TableMapping, remarks: Counter[str], known_codes: Collection[str] | None = None
) -> Iterator[tuple[int, list[BeaconRecord] | RecordRejected]]:
    """(line, records of the person, or why the row is not taken). ``known_codes``: as ``sks_to_icd10`` takes them.

    Of a mapping that joins rows, all rows of an id are one person; else a repeated id is rejected. Raises
    ``PersonalCell``.
    """
    by_id: dict[str, list[TableRow]] = {}
    for row in rows:
        identifier = row.cells.get(mapping.id, "")
        if not identifier:
            yield row.line, RecordRejected("the id is missing", mapping.id)
        elif identifier in by_id and not mapping.joined:
            first = by_id[identifier][0].line
            yield row.line, RecordRejected(f'the id of line {first} again; use rows = "observation"', mapping.id)
        else:
            by_id.setdefault(identifier, []).append(row)
    reader = _PersonReader(mapping, remarks, known_codes)
    for identifier, own in by_id.items():
        try:
            yield own[0].line, list(reader.records(identifier, own))
        except RecordRejected as error:
            yield own[0].line, error


class _PersonReader:
    """Reads the rows of one person."""

    def __init__(self, mapping: TableMapping, remarks: Counter[str], known_codes: Collection[str] | None) -> None:
        self._mapping, self._remarks, self._known = mapping, remarks, known_codes

    def records(self, identifier: str, rows: Sequence[TableRow]) -> Iterator[BeaconRecord]:
        mapping = self._mapping
        individual: Members = {"id": identifier, "sex": self._sex(rows)}
        diseases = [item for row in rows for codes in mapping.diagnoses for item in self._diagnoses(row, codes)]
        features = [item for row in rows for codes in mapping.phenotypes for item in self._phenotypes(row, codes)]
        individual["diseases"] = _once(diseases)
        individual["phenotypicFeatures"] = _once(features)
        self._check_contradictions(individual["phenotypicFeatures"])
        year = self._birth_year(rows)
        if year is not None:
            individual["info"] = {"yearOfBirth": year}
        yield from self._cleaned(EntityType.INDIVIDUAL, individual)
        seen: set[str] = set()
        for row in rows:
            for sample in mapping.biosamples:
                name = row.cells.get(sample.id, "")
                if name and name not in seen:
                    seen.add(name)
                    yield from self._cleaned(EntityType.BIOSAMPLE, self._sample(row, sample, name, identifier))

    def _cleaned(self, entity: EntityType, document: Members) -> Iterator[BeaconRecord]:
        cleaning = Cleaning()
        yield from read_record(entity, document, cleaning)
        self._remarks.update(cleaning.remarks)

    def _sex(self, rows: Sequence[TableRow]) -> JsonValue:
        coded = self._mapping.sex
        found = {_decoded(row, coded) for row in rows} - {""} if coded else set()
        if len(found) > 1:
            _reject("rows of one person state different sexes", coded.column if coded else "")
        sex = next(iter(found), "unknown")
        if sex.lower() not in _SEXES and not _CURIE.fullmatch(sex):
            reason = "female, male, other or unknown is expected; map other spellings with values"
            raise RecordRejected(reason, coded.column if coded else "")
        return {"id": "NCIT:C45908", "label": "intersex"} if sex.lower() == "other" else sex

    def _birth_year(self, rows: Sequence[TableRow]) -> int | None:
        column = self._mapping.birth_year
        found = {row.cells[column] for row in rows if column in row.cells}
        for text in found:
            if holds_full_date(text):
                raise PersonalCell(column, BIRTH_DATE)
            if not _YEAR.fullmatch(text):
                _reject("a year such as 1956 is expected", column)
        if len(found) > 1:
            _reject("rows of one person state different years", column)
        return int(found.pop()) if found else None

    def _diagnoses(self, row: TableRow, codes: Codes) -> Iterator[Members]:
        for text, excluded in _pieces(row, codes):
            if excluded:
                self._remarks["diagnoses that are excluded, left out"] += 1
                continue
            disease: Members = {"diseaseCode": self._diagnosis(text, codes.column)}
            yield {**disease, **self._onset(row, codes, "ageOfOnset")}

    def _diagnosis(self, text: str, column: str) -> JsonValue:
        if _CURIE.fullmatch(text):
            return {"id": clean_curie(text)}
        mapped = sks_to_icd10(re.sub(r"^ICD-?10[:|]", "", text, flags=re.IGNORECASE), self._known)
        if mapped.curie is None:
            _reject(f"{text[:20]!r}: {mapped.note}", column)
        if mapped.note:
            self._remarks["diagnoses finer than the WHO's ICD-10, or with additional codes: the nearest is taken"] += 1
        return {"id": mapped.curie}

    def _phenotypes(self, row: TableRow, codes: Codes) -> Iterator[Members]:
        cell = row.cells.get(codes.column, "")
        if codes.term:
            if cell and cell not in codes.present | codes.absent:
                _reject("neither one of present nor one of absent", codes.column)
            pieces = [(codes.term, cell in codes.absent)] if cell else []
        else:
            pieces = list(_pieces(row, codes))
        for text, excluded in pieces:
            identifier, _, label = text.partition(" ")
            if not _HPO.fullmatch(identifier) and not _CURIE.fullmatch(identifier):
                _reject(f"{text[:20]!r} is not a term such as HP:0001250", codes.column)
            term: Members = {"id": clean_curie(identifier), **({"label": label.strip()} if label.strip() else {})}
            feature: Members = {"featureType": term, **({"excluded": True} if excluded else {})}
            yield {**feature, **({} if excluded else self._onset(row, codes, "onset"))}

    def _onset(self, row: TableRow, codes: Codes, name: str) -> Members:
        text = row.cells.get(codes.onset, "") if codes.onset else ""
        if not text:
            return {}
        if _YEARS.fullmatch(text):
            text = f"P{int(text)}Y"
        if not _DURATION.fullmatch(text):
            _reject("an age in years, or a duration such as P30Y6M, is expected", codes.onset)
        return {name: {"iso8601duration": text}}

    def _check_contradictions(self, features: JsonValue) -> None:
        """A feature cannot be there and be excluded."""
        seen: dict[str, bool] = {}
        for feature in features if isinstance(features, list) else []:
            term = feature.get("featureType") if isinstance(feature, dict) else None
            identifier = str(term.get("id")) if isinstance(term, dict) else ""
            excluded = isinstance(feature, dict) and bool(feature.get("excluded"))
            if seen.setdefault(identifier, excluded) != excluded:
                column = self._mapping.phenotypes[0].column
                _reject(f"{identifier} is both present and excluded", column)

    def _sample(self, row: TableRow, columns: SampleColumns, name: str, individual: str) -> Members:
        document: Members = {"id": name, "individualId": individual}
        origin = _decoded(row, columns.origin) if columns.origin else ""
        if origin:
            identifier, _, label = origin.partition(" ")
            if not _CURIE.fullmatch(identifier):
                reason = "a term such as UBERON:0000178 is expected; map other spellings with values"
                raise RecordRejected(reason, columns.origin.column if columns.origin else "")
            document["sampleOriginType"] = {"id": identifier, **({"label": label} if label else {})}
        return document


def _reject(reason: str, column: str) -> NoReturn:
    raise RecordRejected(reason, column)


def _decoded(row: TableRow, coded: Coded) -> str:
    cell = row.cells.get(coded.column, "")
    return coded.values.get(cell, cell)


def _pieces(row: TableRow, codes: Codes) -> Iterator[tuple[str, bool]]:
    """(code, whether it is excluded) of a cell."""
    cell = row.cells.get(codes.column, "")
    for piece in cell.split(codes.separator) if codes.separator else [cell]:
        text = piece.strip()
        if text:
            yield text.removeprefix("!").strip(), codes.excluded != text.startswith("!")


def _once(found: Sequence[Members]) -> list[JsonValue]:
    kept: list[JsonValue] = []
    for item in found:
        if item not in kept:
            kept.append(item)
    return kept
