"""Kernels: compiled at the first call, and compiled again when any kernel beside them changes."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from core.compiled import Kernel, fingerprint

HELPER = """
from core.compiled import inner

@inner
def step(value):
    return value + {step}
"""
ENTRY = """
from core.compiled import Kernel
from {helper} import step

@Kernel
def twice(value):
    return step(step(value))
"""


def load(folder: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "entry_kernels.py").write_text(ENTRY.format(helper="helper_kernels"))
    yield tmp_path
    for name in ("entry_kernels", "helper_kernels"):
        sys.modules.pop(name, None)


def run(folder: Path, step: int) -> tuple[int, int]:
    """(Result, compiled anew) of the entry in what is, for it, a new process."""
    (folder / "helper_kernels.py").write_text(HELPER.format(step=step))
    fingerprint.cache_clear()
    load(folder, "helper_kernels")
    kernel = load(folder, "entry_kernels").twice
    assert isinstance(kernel, Kernel)
    return kernel(1), sum(kernel._compiled.stats.cache_misses.values())


def test_a_kernel_is_kept_until_one_beside_it_changes(folder: Path) -> None:
    assert run(folder, 1) == (3, 1)
    assert run(folder, 1) == (3, 0)
    assert run(folder, 10) == (21, 1)


def test_the_plain_function_is_there_too(folder: Path) -> None:
    (folder / "helper_kernels.py").write_text(HELPER.format(step=2))
    load(folder, "helper_kernels")
    assert load(folder, "entry_kernels").twice.function(1) == 5
