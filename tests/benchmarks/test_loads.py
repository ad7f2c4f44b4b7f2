"""The benchmarks of loads at a small volume: what they load is whole, and what they print is complete."""

from pathlib import Path

import pytest

from benchmarks import carrier_sets, genotype_rate, growth, load_rate
from benchmarks.generate import sites
from benchmarks.generate_genotypes import Fields
from benchmarks.results import Measurement


def _said(_: str) -> None:
    """Nobody listens."""


def _by_name(lines: list[Measurement]) -> dict[str, Measurement]:
    return {line.name: line for line in lines}


def test_sites_are_loaded_once_and_remembered(tmp_path: Path) -> None:
    generated = sites(tmp_path, 500)
    home, lines = load_rate.loaded_home(tmp_path, generated, again=False, command="c")
    assert load_rate.rows_and_bytes(home, load_rate.DATASET)[0] == 500
    load = _by_name(lines)["load"]
    assert {"records_per_s", "seconds", "cpu_s", "peak_mb", "bytes_per_variant"} <= set(load.figures)
    assert load_rate.loaded_home(tmp_path, generated, again=False, command="c") == (home, lines)


def test_genotypes_are_read_by_all_and_loaded(tmp_path: Path) -> None:
    lines = _by_name(
        list(genotype_rate.measure(tmp_path, 150, command="c", progress=_said, people=40, kinds=[(Fields.GENOTYPE, 1)]))
    )
    load = lines["genotypes, load: GT"].figures
    assert load["times_cyvcf2"] > 0
    assert load["bytes_per_carrier"] > 0
    assert lines["genotypes, GT: our parser (one process)"].figures["fast_share"] == 1
    assert "genotypes, GT: pysam (one process)" in lines


def test_growth_shares_what_was_there(tmp_path: Path) -> None:
    lines = _by_name(list(growth.measure(tmp_path, 100, command="c", progress=_said, sizes=(20, 40))))
    assert "times_half_the_people" in lines["growth, 40 people"].figures
    second = lines["growth, 20 further people"].figures
    assert second["parts_shared"] == second["parts_new"] == 5


def test_both_forms_of_carriers_give_the_same_answers(tmp_path: Path) -> None:
    lines = list(carrier_sets.measure(tmp_path, 1500, command="c", progress=_said, sizes=(300,), questions=8))
    assert lines[0].figures["rare_beacon_p50_ms"] > 0
    assert all(line.figures["bytes_per_carrier"] > 0 for line in lines)


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="status 2"):
        genotype_rate.load(tmp_path / "home", "d", tmp_path / "absent.vcf.gz", tmp_path / "log")
