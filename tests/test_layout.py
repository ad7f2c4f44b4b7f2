"""The layout of the tree: packages are ours, modules are short and described, importing does nothing."""

import ast
import importlib
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("beacon", "conformance", "core", "drs", "htsget", "loaders", "node", "passports")
SOURCES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
MAXIMUM_LINES = 310

IMPORTS_ALL = """
import importlib, sys
from pathlib import Path

root, packages = Path(sys.argv[1]), sys.argv[2:]
names = sorted(
    ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    for package in packages for path in (root / package).rglob("*.py") if path.name != "__main__.py"
)

def by_the_import_system():
    frame = sys._getframe(2)
    while frame is not None:
        inside, module = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
        if Path(inside).is_relative_to(root) and ".venv" not in inside:
            return False
        if module.startswith(("importlib.", "_frozen_importlib", "zipimport")) or inside.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return True

def hook(event, arguments):
    watched = event == "open" or event.startswith(("socket.", "subprocess.", "os.system", "os.posix_spawn", "os.mkdir"))
    if watched and not by_the_import_system():
        print(event, arguments[:2], file=sys.stderr)

for module in ("duckdb", "fastapi", "starlette.testclient", "pysam", "obstore", "obstore.store", "uvicorn", "httpx2",
               "jwt", "yaml", "jsonschema", "numpy", "click", "prometheus_client", "cryptography.x509", "orjson",
               "distributed"):
    importlib.import_module(module)
sys.addaudithook(hook)
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_ours_and_no_other_distribution_has_its_name(package: str) -> None:
    file = importlib.import_module(package).__file__

    assert file is not None
    assert Path(file).is_relative_to(REPOSITORY / package)
    assert set(importlib.metadata.packages_distributions().get(package, [])) <= {"genvej"}


def test_every_folder_is_a_package() -> None:
    folders = {path.parent for path in (*SOURCES, *TESTS)}

    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_every_public_module_says_what_it_is() -> None:
    silent = [
        module_name(path)
        for path in SOURCES
        if not path.name.startswith("_") and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_no_source_file_is_too_long() -> None:
    lengths = {module_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in lengths.items() if lines > MAXIMUM_LINES} == {}


def test_importing_opens_no_file_and_no_socket() -> None:
    ran = subprocess.run(
        [sys.executable, "-B", "-c", IMPORTS_ALL, str(REPOSITORY), *PACKAGES],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.returncode == 0
    assert int(ran.stdout) > 50


def test_every_source_file_of_core_has_its_test_file() -> None:
    sources = {path.name for path in (REPOSITORY / "core").glob("*.py")} - {"__init__.py"}
    tests = {path.name.removeprefix("test_") for path in (REPOSITORY / "tests" / "core").glob("test_*.py")}

    assert sources - tests == set()
