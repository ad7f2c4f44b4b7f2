import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.changes import CHANGED_FILE
from core.durable import exclusive_lock
from core.errors import DataDamaged, OperatorError
from core.reference import ReferenceCatalogue
from core.reference_inventory import ReferenceInventory, inventory_to_json
from core.reference_ontology import Ontology
from tests.core.reference_parts import gene_part, install, ontology_part

REPOSITORY = Path(__file__).parents[2]


def files(home: Path) -> set[str]:
    return {path.name for path in (home / "reference").iterdir()}


def stop_half_way(home: Path) -> None:
    with ReferenceCatalogue(home).open_installation() as installation:
        (installation.staging / "half").write_text("x")
        raise KeyboardInterrupt


def test_a_home_without_reference_data_has_an_empty_list(tmp_path: Path) -> None:
    assert ReferenceCatalogue(tmp_path).current() == ReferenceInventory()
    assert not (tmp_path / "reference").exists()


def test_installed_parts_are_listed_and_announced_and_open(tmp_path: Path) -> None:
    installed = install(tmp_path, ontology_part(tmp_path / "o"), gene_part(tmp_path / "g"))
    catalogue = ReferenceCatalogue(tmp_path)
    assert set(catalogue.current().parts) == set(installed)
    assert (tmp_path / CHANGED_FILE).is_file()
    catalogue.verify()
    found = catalogue.current().ontology("X")
    assert found is not None
    with Ontology(catalogue.part_file(found)) as ontology:
        assert ontology.name == "X"


def test_a_replaced_part_stays_until_the_next_installation(tmp_path: Path) -> None:
    (first,) = install(tmp_path, ontology_part(tmp_path / "a"))
    (genes,) = install(tmp_path, gene_part(tmp_path / "g"))
    announced = (tmp_path / CHANGED_FILE).read_bytes()
    (second,) = install(tmp_path, ontology_part(tmp_path / "b"))
    assert ReferenceCatalogue(tmp_path).current().parts == (genes, second)
    assert (tmp_path / CHANGED_FILE).read_bytes() != announced
    assert {first.file, second.file} <= files(tmp_path)
    with ReferenceCatalogue(tmp_path).open_installation():
        assert first.file not in files(tmp_path)
    assert {second.file, genes.file} <= files(tmp_path)


def test_an_installation_that_fails_leaves_what_was_and_nothing_else(tmp_path: Path) -> None:
    (first,) = install(tmp_path, ontology_part(tmp_path / "a"))
    before = files(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        stop_half_way(tmp_path)
    assert files(tmp_path) - {"staging"} == before - {"staging"}
    assert list((tmp_path / "reference" / "staging").iterdir()) == []
    (tmp_path / "reference" / f"{'0' * 64}.duckdb").write_text("left by a killed command")
    (tmp_path / "reference" / ".current.json.abc.new").write_text("left by a killed command")
    install(tmp_path, gene_part(tmp_path / "g"))
    assert not {f"{'0' * 64}.duckdb", ".current.json.abc.new"} & files(tmp_path)
    assert first in ReferenceCatalogue(tmp_path).current().parts


def test_one_installation_at_a_time(tmp_path: Path) -> None:
    catalogue = ReferenceCatalogue(tmp_path)
    with (
        exclusive_lock(tmp_path / "reference" / "lock", "busy"),
        pytest.raises(OperatorError, match="another command is installing"),
        catalogue.open_installation(),
    ):
        pass


def test_damage_is_found(tmp_path: Path) -> None:
    (part,) = install(tmp_path, gene_part(tmp_path / "g"))
    catalogue = ReferenceCatalogue(tmp_path)
    path = catalogue.part_file(part)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataDamaged, match=r"genes of GRCh38 .* load it again with `genvej load genes`"):
        catalogue.verify()
    path.write_bytes(data[:-1])
    with pytest.raises(DataDamaged):
        catalogue.part_file(part)
    path.unlink()
    with pytest.raises(DataDamaged):
        catalogue.verify()
    (tmp_path / "reference" / "current.json").write_text("{}")
    with pytest.raises(DataDamaged):
        catalogue.current()


def test_an_installation_killed_at_any_moment_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    template, incoming = tmp_path / "template", tmp_path / "template" / "incoming"
    incoming.mkdir(parents=True)
    old = set(install(template, ontology_part(tmp_path / "a"), ontology_part(tmp_path / "b", "Y")))
    built = [ontology_part(tmp_path / "c"), gene_part(tmp_path / "d")]
    new_parts = [replace(part, file=f"{part.sha256}.duckdb") for part, _ in built]
    for part, path in zip(new_parts, (path for _, path in built), strict=True):
        path.rename(incoming / part.file)
    (incoming / "list.json").write_bytes(inventory_to_json(ReferenceInventory().with_parts(new_parts)))
    new = {part for part in old if part.name == "Y"} | set(new_parts)
    subprocess.run(
        [sys.executable, "-m", "tests.core.killed_installation", template, tmp_path / "out"], cwd=REPOSITORY, check=True
    )
    homes = sorted((tmp_path / "out").iterdir(), key=lambda path: int(path.name))
    states = []
    for home in homes:
        catalogue = ReferenceCatalogue(home)
        catalogue.verify()
        states.append(set(catalogue.current().parts))
        with catalogue.open_installation():
            left = {name for name in files(home) if name not in ("lock", "current.json", "staging")}
            assert left == {part.file for part in states[-1]}
    assert len(homes) > 5
    assert states[0] == old
    assert states[-1] == new
    assert states == sorted(states, key=lambda state: state == new)
