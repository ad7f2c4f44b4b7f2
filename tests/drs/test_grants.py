"""What was granted once: still there after a new version, gone after a withdrawal, an opt-out, without a list."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.datasets import DatasetCatalogue
from core.errors import NotFound, ServiceUnavailable
from core.generations import Generations
from core.optouts import Change, OptOutRules
from core.people import OptOutRegister, write_register
from core.tickets import Ticket
from drs.grants import granted_object, still_granted
from tests.beacon.node import biosample
from tests.drs.files import Published, file_row, publish
from tests.support.homes import publish_entities, publish_files

NOW = 1_900_000_000
ROW = file_row(b"reads of two", samples=("S-1", "S-2"), individual_ids=("P-1", "P-2"), biosample_ids=("B-1", ""))


@contextmanager
def granting(home: Path, *, required: bool = False) -> Iterator[tuple[Generations, Ticket]]:
    publish(home, {"d": Published([ROW])})
    write_register(home, OptOutRegister(NOW))
    generations = Generations(home, wall_clock=lambda: NOW, rules=OptOutRules(required=required))
    with generations.pin() as generation:
        ticket = Ticket("drs", "d", ROW.object_id, "", "", NOW + 900, generation.id)
    try:
        yield generations, ticket
    finally:
        generations.stop()


def opt_out(home: Path, *names: str) -> None:
    write_register(home, OptOutRegister(NOW, tuple(Change(NOW, name, out=True) for name in names)))


@pytest.mark.parametrize("name", ["P-1", "P-2", "S-2", "B-1", "packet-1"])
def test_an_opt_out_under_any_name_ends_a_grant(tmp_path: Path, name: str) -> None:
    with granting(tmp_path) as (generations, ticket):
        publish_entities(tmp_path, "d", [biosample("packet-1", "P-1", "X:1")[0]])
        generations.refresh()
        stored = granted_object(generations, ticket)
        assert still_granted(generations, stored)
        opt_out(tmp_path, name)
        generations.refresh()
        assert not still_granted(generations, stored)
        with pytest.raises(NotFound):
            granted_object(generations, ticket)
        opt_out(tmp_path, "P-9")
        generations.refresh()
        assert still_granted(generations, stored)


def test_a_file_that_the_current_version_lacks_is_judged_by_its_own_names(tmp_path: Path) -> None:
    with granting(tmp_path) as (generations, ticket):
        with DatasetCatalogue(tmp_path).open_draft("d", fresh=True):
            pass
        publish_files(tmp_path, "d", [file_row(b"others", samples=("S-8",), individual_ids=("P-8",))])
        generations.refresh()
        stored = granted_object(generations, ticket)
        opt_out(tmp_path, "S-1")
        generations.refresh()
        assert not still_granted(generations, stored)


def test_a_withdrawal_and_a_missing_list_end_a_grant(tmp_path: Path) -> None:
    with granting(tmp_path, required=True) as (generations, ticket):
        stored = granted_object(generations, ticket)
        (tmp_path / "optouts.tsv").unlink()
        generations.refresh()
        assert not still_granted(generations, stored)
        with pytest.raises(ServiceUnavailable):
            granted_object(generations, ticket)
        write_register(tmp_path, OptOutRegister(NOW))
        generations.refresh()
        assert still_granted(generations, stored)
        DatasetCatalogue(tmp_path).withdraw("d", "test")
        generations.refresh()
        assert not still_granted(generations, stored)
