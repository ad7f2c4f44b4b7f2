"""Bulk resolution: nothing lost, failures grouped, numbers that agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CredentialRequired, DataDamaged, GenvejError, NotFound, PermissionDenied
from drs.bulk import Resolved, resolve_each

STATUS: dict[type[GenvejError], int] = {NotFound: 404, CredentialRequired: 401, PermissionDenied: 403}
FAILURES: dict[str, type[GenvejError]] = {"n": NotFound, "c": CredentialRequired, "p": PermissionDenied}


def answer(item: str) -> str:
    failure = FAILURES.get(item[0])
    if failure is not None:
        raise failure(item)
    return item.upper()


def resolve(items: list[str]) -> Resolved[str]:
    return resolve_each(items, answer, object_id_of=lambda item: item, status_of=lambda error: STATUS[type(error)])


def test_failures_are_grouped_by_code() -> None:
    found = resolve(["a", "p1", "n1", "p2", "a"])
    assert found.answers == ("A", "A")
    assert [(group.error_code, group.object_ids) for group in found.unresolved] == [(403, ("p1", "p2")), (404, ("n1",))]
    assert found.summary.document() == {"requested": 5, "resolved": 2, "unresolved": 3}


def test_a_failure_of_another_kind_is_raised() -> None:
    def damaged(_: str) -> str:
        message = "damaged"
        raise DataDamaged(message)

    with pytest.raises(DataDamaged):
        resolve_each(["a"], damaged, object_id_of=str, status_of=lambda _: 500)


@given(st.lists(st.sampled_from(["a", "b", "n1", "c1", "c2", "p1"])))
def test_every_item_is_in_exactly_one_list(items: list[str]) -> None:
    found = resolve(items)
    failed = [object_id for group in found.unresolved for object_id in group.object_ids]
    assert sorted([*found.answers, *failed]) == sorted(item.upper() if item in "ab" else item for item in items)
    assert found.summary.resolved == len(found.answers)
    assert found.summary.unresolved == len(failed)
    assert len({group.error_code for group in found.unresolved}) == len(found.unresolved)
