from core.manifest import Source
from core.reference_inventory import ReferenceKind, ReferencePart
from loaders.reference_report import ReferenceReport

HP = ReferencePart(
    ReferenceKind.ONTOLOGY, "HP", "", "2025", "a.duckdb", "a" * 64, "d", 1234, 19484, (Source("hp.obo", "b"),), "t"
)
GENES = ReferencePart(ReferenceKind.GENES, "gencode", "GRCh38", "", "a.duckdb", "a" * 64, "d", 1, 60000, (), "t")


def test_reports_say_what_is_installed() -> None:
    report = ReferenceReport((HP, GENES), ("a remark",))
    assert report.to_text().splitlines() == [
        "note: a remark",
        "installed ontology HP (2025): 19,484 terms, 1,234 bytes",
        "installed genes gencode: 60,000 genes of GRCh38, 1 bytes",
    ]
    assert report.to_json()["notes"] == ["a remark"]
    installed = report.to_json()["installed"]
    assert isinstance(installed, list)
    first = installed[0]
    assert isinstance(first, dict)
    assert (first["kind"], first["rows"], first["sources"]) == ("ontology", 19484, [{"name": "hp.obo", "sha256": "b"}])
    assert ReferenceReport(()).to_text() == "nothing was installed"
