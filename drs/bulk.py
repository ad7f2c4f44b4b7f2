"""Bulk requests: every item on its own, what failed grouped by status code (DRS 1.5, unresolved)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import CredentialRequired, GenvejError, NotFound, PermissionDenied
from drs.models import Summary, Unresolved

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Resolved(Generic[Answer]):
    """What a bulk request came to: the numbers agree with the lists."""

    summary: Summary
    unresolved: tuple[Unresolved, ...]
    answers: tuple[Answer, ...]


def resolve_each(
    items: Sequence[Item],
    resolve: Callable[[Item], Answer],
    *,
    object_id_of: Callable[[Item], str],
    status_of: Callable[[GenvejError], int],
) -> Resolved[Answer]:
    """Resolve every item, in order; an item that is absent or forbidden does not spoil the others.

    An item that is asked twice is answered twice. Any other failure of ``resolve`` is raised.
    """
    answers: list[Answer] = []
    failures: dict[int, list[str]] = {}
    for item in items:
        try:
            answers.append(resolve(item))
        except (NotFound, CredentialRequired, PermissionDenied) as error:
            failures.setdefault(status_of(error), []).append(object_id_of(item))
    unresolved = tuple(Unresolved(code, tuple(ids)) for code, ids in sorted(failures.items()))
    summary = Summary(len(items), len(answers), len(items) - len(answers))
    return Resolved(summary, unresolved, tuple(answers))
