"""Whom pseudonyms mean in the datasets: ids of individuals, samples and biosamples that belong together.

The order in which files were loaded must not matter, so all parts are asked: people of variant parts, individuals and
biosamples, samples of files. A name that stands beside one individual only is another name of that individual. One that
stands beside several (``TUMOR``) makes them not one person, but an opt-out under it reaches them all. What one dataset
knows of the names of a person holds in all of them: pseudonyms are those of the node.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

import duckdb

from core.dataset_view import AttachedPart, DatasetView
from core.manifest import PartKind

_TEXTS_AT_ONCE = 50
_PEOPLE = ("SELECT individual_id AS a, unnest([sample, biosample_id]) AS b FROM {alias}.main.people",)
_ENTITIES = (
    "SELECT CASE WHEN individual_id = '' THEN id ELSE individual_id END AS a, id AS b FROM {alias}.main.entities "
    "WHERE entity IN ('individuals', 'biosamples')",
    # Beside biosamples, records of other kinds may be the only ones of a person.
    "SELECT individual_id AS a, individual_id AS b FROM {alias}.main.entities",
    # People whose files had another id for them: several had the same.
    "SELECT id AS a, json_extract_string(document, '$.info.subjectId') AS b FROM {alias}.main.entities "
    "WHERE entity = 'individuals' AND contains(document, '\"subjectId\"')",
)
_FILES = (
    "SELECT a, unnest([b, c]) AS b FROM (SELECT unnest(from_json(individual_ids, '[\"VARCHAR\"]')) AS a, "
    "unnest(from_json(samples, '[\"VARCHAR\"]')) AS b, unnest(from_json(biosample_ids, '[\"VARCHAR\"]')) AS c "
    "FROM {alias}.main.file_objects)",
)
_TEXTS = MappingProxyType({PartKind.VARIANTS: _PEOPLE, PartKind.ENTITIES: _ENTITIES, PartKind.FILES: _FILES})
"""Pairs of an individual and another name, of each kind of part."""


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """People of a dataset: all names of each, and who is meant by each pseudonym that was asked for.

    A person is called by the first of the names. Pseudonyms that mean nobody here are absent.
    """

    names: Mapping[str, frozenset[str]]
    persons_of: Mapping[str, frozenset[str]]


NOBODY = NamedPeople(MappingProxyType({}), MappingProxyType({}))


def people_named(
    connection: duckdb.DuckDBPyConnection, views: Iterable[DatasetView], pseudonyms: Sequence[str]
) -> dict[str, NamedPeople]:
    """Who is meant by the pseudonyms in each dataset, and all names of these people; raises ``duckdb.Error``."""
    asked = {view.dataset_id: view for view in views}
    with names_collected(connection):
        for view in asked.values():
            collect_names(connection, view)
        return resolve_names(connection, asked, pseudonyms)


@contextmanager
def names_collected(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A place in memory for the names that datasets hold, for as long as the block lasts."""
    try:
        connection.execute("CREATE TABLE memory.main.name_pairs (dataset VARCHAR, a VARCHAR, b VARCHAR)")
        yield
    finally:
        for table in ("name_pairs", "name_links"):
            connection.execute(f"DROP TABLE IF EXISTS memory.main.{table}")


def collect_names(connection: duckdb.DuckDBPyConnection, view: DatasetView) -> None:
    """Add the names that a dataset holds; raises ``duckdb.Error``."""
    texts = [text for attached in view.parts for text in _pairs(attached)]
    for first in range(0, len(texts), _TEXTS_AT_ONCE):
        batch = " UNION ALL ".join(texts[first : first + _TEXTS_AT_ONCE])
        connection.execute(
            "INSERT INTO memory.main.name_pairs SELECT DISTINCT $1::VARCHAR, a, "  # noqa: S608 - own text
            f"CASE WHEN b IS NULL OR b = '' THEN a ELSE b END FROM ({batch}) WHERE a <> ''",
            [view.dataset_id],
        )


def resolve_names(
    connection: duckdb.DuckDBPyConnection, dataset_ids: Iterable[str], pseudonyms: Sequence[str]
) -> dict[str, NamedPeople]:
    """Who is meant by the pseudonyms in each of the datasets whose names were collected; raises ``duckdb.Error``."""
    if not pseudonyms:
        return dict.fromkeys(dataset_ids, NOBODY)
    connection.execute("DROP TABLE IF EXISTS memory.main.name_links")
    connection.execute(_LINKS)
    meant = connection.execute(_MEANT, [list(pseudonyms)]).fetchall()
    links = connection.execute(_REACHED, [[individual for individual, _ in meant]]).fetchall()
    people = _grouped(links, meant)
    reached = sorted(frozenset[str]().union(*people.names.values()))
    held: defaultdict[str, set[str]] = defaultdict(set)
    for dataset_id, name in connection.execute(_HELD, [reached]).fetchall():
        held[dataset_id].add(name)
    return {dataset_id: _within(people, held[dataset_id]) for dataset_id in dataset_ids}


_LINKS = """
CREATE TABLE memory.main.name_links AS
WITH shared AS (
    SELECT dataset, b FROM memory.main.name_pairs WHERE a <> b GROUP BY ALL HAVING count(DISTINCT a) > 1
),
own AS (SELECT DISTINCT a, b FROM memory.main.name_pairs ANTI JOIN shared USING (dataset, b))
SELECT a, b FROM own UNION SELECT b, a FROM own UNION SELECT a, a FROM memory.main.name_pairs
"""
_MEANT = """
SELECT a, b FROM memory.main.name_pairs WHERE b IN (SELECT unnest($1::VARCHAR[]))
UNION SELECT a, a FROM memory.main.name_pairs WHERE a IN (SELECT unnest($1::VARCHAR[]))
"""
_REACHED = """
WITH RECURSIVE reached(name) AS (
    SELECT DISTINCT unnest($1::VARCHAR[])
    UNION
    SELECT links.b FROM reached JOIN memory.main.name_links links ON links.a = reached.name
)
SELECT a, b FROM memory.main.name_links SEMI JOIN reached ON a = name
"""
_HELD = """
SELECT DISTINCT dataset, unnest([a, b]) FROM memory.main.name_pairs
WHERE a IN (SELECT unnest($1::VARCHAR[])) OR b IN (SELECT unnest($1::VARCHAR[]))
"""


def _within(people: NamedPeople, held: AbstractSet[str]) -> NamedPeople:
    """Those of the people whom a dataset holds, and the names under which it does."""
    here = {person: names & held for person, names in people.names.items() if not names.isdisjoint(held)}
    meant = {pseudonym: persons & here.keys() for pseudonym, persons in people.persons_of.items()}
    return NamedPeople(here, {pseudonym: frozenset(persons) for pseudonym, persons in meant.items() if persons})


def present_in(connection: duckdb.DuckDBPyConnection, attached: AttachedPart, names: Sequence[str]) -> frozenset[str]:
    """Which of the names one part holds."""
    found: set[str] = set()
    for text in _pairs(attached):
        rows = connection.execute(
            f"SELECT DISTINCT unnest([a, b]) FROM ({text}) "  # noqa: S608 - own text
            "WHERE a IN (SELECT unnest($1::VARCHAR[])) OR b IN (SELECT unnest($1::VARCHAR[]))",
            [list(names)],
        ).fetchall()
        found.update(str(row[0]) for row in rows)
    return frozenset(found).intersection(names)


def _pairs(attached: AttachedPart) -> list[str]:
    """The statements that give the pairs of names of a part; none where it holds nobody."""
    part = attached.part
    if part.kind is PartKind.VARIANTS and not part.people_count:
        return []
    return [text.format(alias=attached.alias) for text in _TEXTS.get(part.kind, ())]


def _grouped(links: Iterable[tuple[str, str]], meant: Iterable[tuple[str, str]]) -> NamedPeople:
    """Names that are linked are one person's. ``meant``: individuals with the pseudonym that means them."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for first, second in links:
        one, other = sorted((root(first), root(second)))
        parent[other] = one
    names: defaultdict[str, set[str]] = defaultdict(set)
    for name in list(parent):
        names[root(name)].add(name)
    persons_of: defaultdict[str, set[str]] = defaultdict(set)
    for individual, pseudonym in meant:
        persons_of[pseudonym].add(root(individual))
    return NamedPeople(
        {person: frozenset(own) for person, own in names.items()},
        {pseudonym: frozenset(persons) for pseudonym, persons in persons_of.items()},
    )
