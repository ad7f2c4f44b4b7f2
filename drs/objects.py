"""The object store: which files the node holds, and who may have their bytes."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from typing import Protocol

from core.access import DatasetAccess, Decision, Tier
from core.errors import CredentialRequired, DataDamaged, NotFound, PermissionDenied
from core.generations import DatasetView, Generation
from core.manifest import PartKind
from core.policy import strictest, visas_for
from core.tickets import Ticket
from drs.rows import LIST_FIELDS, FileFormat, FileRow

ABSENT = "no such object"
"""One message for an object that is absent and for one that the caller may not know of."""

MAXIMUM_PAGE = 1000

_COLUMNS = tuple(FileRow.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A file of a published dataset version, with the file that indexes it.

    ``bytes_from``: the tier from which on bytes are given out, the strictest of all datasets that hold the object; it
    says which credentials help, and nothing about one caller.
    """

    row: FileRow
    dataset_id: str
    version: str
    assembly: str
    index: FileRow | None
    bytes_from: Tier = Tier.CONTROLLED


@dataclass(frozen=True, slots=True)
class Totals:
    """What anybody may know of the whole store: the number of publicly listed objects and their bytes."""

    count: int
    size_bytes: int


class ObjectStore(Protocol):
    """The files of one generation; every method is answered for one caller (``Decision``) or one signed grant."""

    def get(self, object_id: str, decision: Decision) -> StoredObject:
        """An object whose bytes the caller may have (DRS 1.5, ``/objects/{object_id}/access/{access_id}``).

        Raises ``NotFound`` if it is absent or of a hidden dataset, ``CredentialRequired`` or ``PermissionDenied`` if it
        may be known and not be read. Where somebody in it opted out, callers who may have the bytes of its dataset meet
        ``NotFound``; all others meet what they met before: who polls must not learn of an opt-out.
        """
        ...

    def describe(self, object_id: str, decision: Decision) -> StoredObject:
        """An object that the caller may know of (DRS 1.5, ``/objects/{object_id}``); raises ``NotFound``."""
        ...

    def by_alias(self, alias: str, formats: tuple[FileFormat, ...], decision: Decision) -> StoredObject:
        """The object behind an htsget id, in the first of the formats that is there; raises as ``get`` does."""
        ...

    def page(self, decision: Decision, *, after: str, limit: int) -> tuple[StoredObject, ...]:
        """Objects that the caller may know of, by ascending id, beginning behind ``after`` (empty: from the start)."""
        ...

    def granted(self, ticket: Ticket) -> StoredObject:
        """The object of a verified ticket, if its dataset still holds it and nobody in it opted out since.

        Raises ``NotFound`` otherwise.
        """
        ...


def check_bytes(access: DatasetAccess, decision: Decision, what: str) -> None:
    """Refuse bytes that the caller may not have: the one place where this is decided.

    Raises ``NotFound`` if the dataset is not to be known, ``CredentialRequired`` for strangers, ``PermissionDenied``
    for callers without the grant and for grants of some people or regions only. ``what`` names the thing in messages.
    """
    if not access.visible:
        raise NotFound(ABSENT)
    if not access.bytes_allowed:
        needed = f"{what}: bytes need {access.needed or 'a grant that nobody can be given here'}"
        raise CredentialRequired(needed) if decision.anonymous else PermissionDenied(needed)
    if not access.whole:
        message = f"{what}: a record-level restriction cannot be served as plain bytes yet"
        raise PermissionDenied(message)


@dataclass(frozen=True, slots=True)
class _Holding:
    """One row of one dataset."""

    row: FileRow
    view: DatasetView
    index: FileRow | None


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """All objects of a generation: by id, and by alias; and the ids of those that an opt-out hides."""

    by_id: Mapping[str, tuple[_Holding, ...]]
    by_alias: Mapping[str, tuple[str, ...]]
    ids: tuple[str, ...]
    hidden: frozenset[str]

    def shown(self, object_id: str, decision: Decision) -> bool:
        """Whether the caller may know of an object; of a hidden one whoever could not have had its bytes either way."""
        holdings = self.by_id.get(object_id, ())
        if not holdings:
            return False
        access = _access(holdings, decision)
        return access.visible and not (object_id in self.hidden and access.bytes_allowed and access.whole)


class GenerationObjects:
    """The object store over the parts of one generation; the tables are read once per generation."""

    def __init__(self, generation: Generation) -> None:
        """Cheap to make for each request: the catalogue belongs to the generation."""
        self._generation = generation
        self._catalogue = _catalogue(generation)

    def get(self, object_id: str, decision: Decision) -> StoredObject:
        """See ``ObjectStore.get``."""
        holdings = self._visible(object_id, decision)
        access = _access(holdings, decision)
        check_bytes(access, decision, f"object {holdings[0].row.name} of dataset {access.dataset_id}")
        return _stored(holdings)

    def describe(self, object_id: str, decision: Decision) -> StoredObject:
        """See ``ObjectStore.describe``."""
        return _stored(self._visible(object_id, decision))

    def by_alias(self, alias: str, formats: tuple[FileFormat, ...], decision: Decision) -> StoredObject:
        """See ``ObjectStore.by_alias``."""
        candidates = self._catalogue.by_alias.get(alias, ())
        shown = [self._catalogue.by_id[each][0].row for each in candidates if self._catalogue.shown(each, decision)]
        for file_format in formats:
            same = [row for row in shown if row.format == file_format]
            if same:
                newest = max(same, key=lambda row: (row.created_at, row.object_id))
                return self.get(newest.object_id, decision)
        raise NotFound(ABSENT)

    def page(self, decision: Decision, *, after: str, limit: int) -> tuple[StoredObject, ...]:
        """See ``ObjectStore.page``."""
        ids = self._catalogue.ids
        later = (ids[place] for place in range(bisect_right(ids, after), len(ids)))
        shown = (_stored(self._catalogue.by_id[each]) for each in later if self._catalogue.shown(each, decision))
        return tuple(islice(shown, min(limit, MAXIMUM_PAGE)))

    def granted(self, ticket: Ticket) -> StoredObject:
        """See ``ObjectStore.granted``."""
        holdings = self._catalogue.by_id.get(ticket.object_id, ())
        same = tuple(holding for holding in holdings if holding.view.dataset_id == ticket.dataset_id)
        if not same or ticket.object_id in self._catalogue.hidden:
            raise NotFound(ABSENT)
        return _stored(same)

    def totals(self) -> Totals:
        """Number and bytes of the objects that anybody may know of (DRS 1.5, service-info ``drs``)."""
        return self._generation.once(_public_totals)

    def _visible(self, object_id: str, decision: Decision) -> tuple[_Holding, ...]:
        if not self._catalogue.shown(object_id, decision):
            raise NotFound(ABSENT)
        return self._catalogue.by_id[object_id]


def hidden_now(generation: Generation, stored: StoredObject) -> bool:
    """Whether an object holds somebody who opted out, as the generation knows it; it may be of another generation."""
    catalogue = _catalogue(generation)
    if stored.row.object_id in catalogue.by_id:
        return stored.row.object_id in catalogue.hidden
    return _hides(generation, stored.dataset_id, stored.row)


def _hides(generation: Generation, dataset_id: str, row: FileRow) -> bool:
    """Whether a file holds somebody who opted out, under any name that the dataset or the file knows."""
    names = (*row.individual_ids, *row.samples, *row.biosample_ids)
    return generation.optouts.of(dataset_id).gone.hides_any(names) or generation.mask.hides_any(names)


def _access(holdings: tuple[_Holding, ...], decision: Decision) -> DatasetAccess:
    """The access that all datasets of the object allow; id and ``needed`` are those of one that refuses bytes."""
    pairs = [(decision.of(holding.view.dataset_id), holding.view.policy) for holding in holdings]
    pairs.sort(key=lambda pair: pair[0].bytes_allowed)
    first, policy = pairs[0]
    if not first.bytes_allowed:
        first = replace(first, needed=visas_for(policy.bytes_from) or first.needed)
    return reduce(strictest, (access for access, _ in pairs[1:]), first)


def _stored(holdings: tuple[_Holding, ...]) -> StoredObject:
    first = holdings[0]
    return StoredObject(
        row=first.row,
        dataset_id=first.view.dataset_id,
        version=first.view.version,
        assembly=first.view.manifest.assembly,
        index=first.index,
        bytes_from=max(holding.view.policy.bytes_from for holding in holdings),
    )


def _public_totals(generation: Generation) -> Totals:
    """Of all objects, also those that an opt-out hides: one less would tell when somebody opted out."""
    public = [
        holdings[0].row.size_bytes
        for holdings in _catalogue(generation).by_id.values()
        if all(holding.view.policy.listed for holding in holdings)
    ]
    return Totals(len(public), sum(public))


def _catalogue(generation: Generation) -> _Catalogue:
    return generation.once(_read_catalogue)


def _read_catalogue(generation: Generation) -> _Catalogue:
    """Read every file table once, and find what the opt-outs hide."""
    by_id: defaultdict[str, list[_Holding]] = defaultdict(list)
    for dataset_id in sorted(generation.datasets):
        view = generation.datasets[dataset_id]
        rows = {row.object_id: row for row in _rows(generation, view)}
        for row in rows.values():
            by_id[row.object_id].append(_Holding(row, view, rows.get(row.index_object_id)))
    objects = {object_id: tuple(by_id[object_id]) for object_id in sorted(by_id)}
    by_alias: defaultdict[str, list[str]] = defaultdict(list)
    for object_id, holdings in objects.items():
        for alias in sorted({holding.row.alias for holding in holdings if holding.row.alias}):
            by_alias[alias].append(object_id)
    aliases = {alias: tuple(ids) for alias, ids in by_alias.items()}
    return _Catalogue(objects, aliases, tuple(objects), _hidden(generation, by_id))


def _hidden(generation: Generation, by_id: Mapping[str, Iterable[_Holding]]) -> frozenset[str]:
    """Objects with a person who opted out, and the indexes that serve no other object."""
    hidden: set[str] = set()
    needed: set[str] = set()
    indexed: set[str] = set()
    for object_id, holdings in by_id.items():
        masked = any(_hides(generation, holding.view.dataset_id, holding.row) for holding in holdings)
        indexes = {holding.row.index_object_id for holding in holdings}
        if masked:
            hidden.add(object_id)
        (indexed if masked else needed).update(indexes)
    return frozenset(hidden | (indexed - needed))


def _rows(generation: Generation, view: DatasetView) -> list[FileRow]:
    rows: list[FileRow] = []
    names = ", ".join(_COLUMNS)
    with generation.cursor() as cursor:
        for attached in view.of_kind(PartKind.FILES):
            query = f"SELECT {names} FROM {attached.alias}.main.file_objects"  # noqa: S608 - own names
            rows += [_row(dict(zip(_COLUMNS, values, strict=True))) for values in cursor.execute(query).fetchall()]
    return rows


def _row(values: dict[str, object]) -> FileRow:
    file_format = FileFormat(str(values.pop("format")))
    lists = {name: _texts(values.pop(name)) for name in LIST_FIELDS}
    return FileRow(format=file_format, **lists, **values)  # type: ignore[arg-type] # the table has its fields


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts, stored as a JSON array."""
    items = json.loads(str(value))
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        message = "a file part whose sample columns cannot be read"
        raise DataDamaged(message)
    return tuple(items)
