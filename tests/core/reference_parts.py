"""Small reference parts, written by hand."""

import shutil
from pathlib import Path

import core.reference
from core.manifest import Source
from core.parts import PartWriter, schema_section
from core.reference import ReferenceCatalogue
from core.reference_inventory import ReferenceKind, ReferencePart


def schema(kind: str) -> str:
    return schema_section(Path(core.reference.__file__).with_name("reference_schema.sql").read_text(), kind)


def ontology_part(path: Path, name: str = "X") -> tuple[ReferencePart, Path]:
    """X:1 above X:2 above X:3; X:9 was merged into X:2; X:7, X:8, X:6 are obsolete."""
    closure = [("X:1", "X:2", 1), ("X:1", "X:3", 2), ("X:2", "X:3", 1), *((f"X:{n}", f"X:{n}", 0) for n in range(1, 9))]
    below = sorted(closure)
    above = sorted((low, high, steps) for high, low, steps in closure)
    labels = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    tables: dict[str, dict[str, list[object]]] = {
        "ontology": {"name": [name], "version": ["v1"]},
        "terms": {
            "id": [f"X:{n}" for n in range(1, 9)],
            "label": list(labels),
            "definition": [f"Number {label}." for label in labels],
            "obsolete": [n > 5 for n in range(1, 9)],
        },
        "synonyms": {"term_id": ["X:2"], "synonym": ["pair"], "scope": ["EXACT"]},
        "parents": {
            "term_id": ["X:2", "X:3", "X:3"],
            "relation": ["is_a", "is_a", "part_of"],
            "parent_id": ["X:1", "X:2", "X:4"],
        },
        "descendants": {
            "ancestor_id": [row[0] for row in below],
            "descendant_id": [row[1] for row in below],
            "distance": [row[2] for row in below],
        },
        "ancestors": {
            "descendant_id": [row[0] for row in above],
            "ancestor_id": [row[1] for row in above],
            "distance": [row[2] for row in above],
        },
        "alternatives": {"alternative_id": ["X:9"], "term_id": ["X:2"]},
        "replacements": {"obsolete_id": ["X:6", "X:7", "X:8", "X:8"], "term_id": ["X:7", "X:9", "X:1", "X:2"]},
    }
    return write(path, ReferenceKind.ONTOLOGY, name, "", tables)


def gene_part(path: Path, assembly: str = "GRCh38") -> tuple[ReferencePart, Path]:
    names = ["ALIAS", "ALIAS", "HGNC:1", "NEW", "OLD"]
    tables: dict[str, dict[str, list[object]]] = {
        "genes": {
            "contig": ["1", "1", "2"],
            "start_0based": [10, 15, 5],
            "end_0based": [20, 30, 6],
            "strand": ["+", "-", ""],
            "symbol": ["A", "B", "C1orf1"],
            "gene_id": ["ENSG1", "", ""],
            "transcript_id": ["NM_1", "", ""],
            "biotype": ["protein_coding", "", ""],
        },
        "aliases": {
            "alias_upper": list(names),
            "alias": [name.lower() for name in names],
            "symbol": ["A", "B", "A", "B", "A"],
            "kind": ["alias", "alias", "identifier", "approved", "previous"],
        },
        "bands": {
            "contig": ["1", "1"],
            "start_0based": [0, 12],
            "end_0based": [12, 40],
            "band": ["p2", "p1"],
            "stain": ["gneg", "gpos50"],
        },
    }
    return write(path, ReferenceKind.GENES, "test", assembly, tables)


def write(
    path: Path, kind: ReferenceKind, name: str, assembly: str, tables: dict[str, dict[str, list[object]]]
) -> tuple[ReferencePart, Path]:
    with PartWriter(path, schema(kind.value)) as writer:
        for table, columns in tables.items():
            writer.append(table, columns)
        done = writer.finish()
    rows = done.rows["terms" if kind is ReferenceKind.ONTOLOGY else "genes"]
    source = (Source("file.obo", "0" * 64),)
    part = ReferencePart(
        kind,
        name,
        assembly,
        "v1",
        "",
        done.sha256,
        done.content_digest,
        done.size_bytes,
        rows,
        source,
        "2026-01-01T00:00:00Z",
    )
    return part, path


def install(home: Path, *built: tuple[ReferencePart, Path]) -> tuple[ReferencePart, ...]:
    with ReferenceCatalogue(home).open_installation() as installation:
        moved = [(part, Path(shutil.move(path, installation.staging))) for part, path in built]
        return installation.install(moved)
