import gzip
from collections import Counter
from pathlib import Path

import pytest

from core.errors import LoadRefused, OperatorError
from core.genome import Region
from core.reference import ReferenceCatalogue
from core.reference_genes import GeneTable
from core.reference_inventory import ReferenceInventory, ReferencePart
from core.reference_rows import GeneRow
from loaders.gene_lookup import GeneHit
from loaders.gene_reference import load_gene_lookup
from loaders.genes import load_genes
from tests.loaders import gene_texts
from tests.support.shared import needs_shared, shared


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def table_of(home: Path, assembly: str) -> GeneTable:
    catalogue = ReferenceCatalogue(home)
    part = catalogue.current().genes(assembly)
    assert isinstance(part, ReferencePart)
    return GeneTable(catalogue.part_file(part))


def test_files_of_several_kinds_become_the_genes_of_an_assembly(tmp_path: Path) -> None:
    files = [
        write(tmp_path / "gencode.gtf.gz", gene_texts.GENCODE),
        write(tmp_path / "hgnc.tsv", gene_texts.HGNC),
        write(tmp_path / "bands.txt", gene_texts.BANDS),
    ]
    report = load_genes(tmp_path / "home", files, "hg38")
    (part,) = report.parts
    assert (part.name, part.assembly, part.version, part.rows) == ("gencode.gtf.gz", "GRCh38", "44 (Ensembl 110)", 1)
    assert [source.name for source in part.sources] == ["gencode.gtf.gz", "hgnc.tsv", "bands.txt"]
    assert report.notes == (
        "gencode.gtf.gz: GTF or GFF3, 1 genes",
        "hgnc.tsv: HGNC, 3 entries of names",
        "bands.txt: cytobands, 2 cytobands",
        "2 of 3 entries of name tables have no gene with a place",
    )
    with table_of(tmp_path / "home", "GRCh38") as table:
        assert [gene.symbol for gene in table.by_symbol("p53")] == ["TP53"]
        assert [band.name for band in table.bands(Region("17", 0, 10))] == ["p13.3"]
    lookup = load_gene_lookup(tmp_path / "home", "GRCh38")
    assert lookup is not None
    assert lookup.symbols_at("17", 7661777, 7661778) == ()
    assert lookup.symbols_at("17", 7661778, 7661779) == (GeneHit("TP53", "ENSG00000141510.18"),)


def test_the_same_files_make_the_same_content_and_replace_what_was_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gtf", gene_texts.GENCODE)
    digests = [load_genes(tmp_path / "home", [path], "GRCh38").parts[0].content_digest for _ in range(2)]
    assert digests[0] == digests[1]
    load_genes(tmp_path / "home", [write(tmp_path / "b.txt", gene_texts.SHORT)], "GRCh38", name="RefSeq Select")
    (part,) = ReferenceCatalogue(tmp_path / "home").current().parts
    assert part.name == "RefSeq Select"


def test_what_is_refused_leaves_everything_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    good, bad = write(tmp_path / "a.gtf", gene_texts.GENCODE), write(tmp_path / "b.txt", "nonsense")
    with pytest.raises(LoadRefused, match=r"b\.txt: not a file of genes"):
        load_genes(home, [good, bad], "GRCh38")
    with pytest.raises(LoadRefused, match="it says that it is of GRCh38, not of GRCh37"):
        load_genes(home, [good], "GRCh37")
    with pytest.raises(OperatorError, match="'hg16' is no assembly that is known here"):
        load_genes(home, [good], "hg16")
    with pytest.raises(OperatorError, match="--name says where"):
        load_genes(home, [good], "GRCh38", name="a\nb")
    assert ReferenceCatalogue(home).current() == ReferenceInventory()


@needs_shared
@pytest.mark.parametrize(
    ("assembly", "files", "genes"),
    [
        (
            "GRCh38",
            ("genes_grch38.tsv", "cytoBandIdeo_grch38.txt"),
            (
                GeneRow("17", 43044294, 43170245, "", "BRCA1", "ENSG00000012048.23", "", "protein_coding"),
                GeneRow("13", 32315085, 32400268, "", "BRCA2", "ENSG00000139618.17", "", "protein_coding"),
                GeneRow("17", 7661778, 7687538, "", "TP53", "ENSG00000141510.18", "", "protein_coding"),
            ),
        ),
        (
            "GRCh38",
            ("ncbiRefSeqSelect.hg38.txt",),
            (
                GeneRow("17", 43044294, 43125364, "", "BRCA1", "", "NM_007294.4"),
                GeneRow("13", 32315507, 32400268, "", "BRCA2", "", "NM_000059.4"),
                GeneRow("17", 7668420, 7687490, "", "TP53", "", "NM_000546.6"),
            ),
        ),
        (
            "GRCh37",
            ("ncbiRefSeqSelect.hg37.txt", "cytoBandIdeo_hg19.txt"),
            (
                GeneRow("17", 41196311, 41277381, "", "BRCA1", "", "NM_007294.4"),
                GeneRow("13", 32889644, 32974405, "", "BRCA2", "", "NM_000059.4"),
                GeneRow("17", 7571738, 7590808, "", "TP53", "", "NM_000546.6"),
            ),
        ),
    ],
)
def test_known_genes_of_published_tables(
    tmp_path: Path, assembly: str, files: tuple[str, ...], genes: tuple[GeneRow, ...]
) -> None:
    load_genes(tmp_path, [shared("data", "genes") / name for name in files], assembly)
    with table_of(tmp_path, assembly) as table:
        for gene in genes:
            assert table.by_symbol(gene.symbol) == (gene,)
            assert gene in table.overlapping(Region(gene.contig, gene.start_0based, gene.start_0based + 1))
            assert gene not in table.overlapping(Region(gene.contig, gene.start_0based - 1, gene.start_0based))
        if len(files) == 2:
            tp53 = genes[2]
            bands = table.bands(Region("17", tp53.start_0based, tp53.end_0based))
            assert [band.name for band in bands] == ["p13.1"]


@needs_shared
def test_published_tables_agree_about_where_genes_are(tmp_path: Path) -> None:
    """Both count from 0: where starts differ at all, they hardly ever differ by one."""
    folder = shared("data", "genes")
    placed: list[dict[str, GeneRow]] = []
    for number, name in enumerate(("genes_grch38.tsv", "ncbiRefSeqSelect.hg38.txt")):
        load_genes(tmp_path / str(number), [folder / name], "GRCh38")
        with table_of(tmp_path / str(number), "GRCh38") as table:
            rows = [row for row in table.rows() if len(row.contig) < 3]
        counts = Counter(row.symbol for row in rows)
        placed.append({row.symbol: row for row in rows if counts[row.symbol] == 1})
    both = placed[0].keys() & placed[1].keys()
    starts = [placed[1][symbol].start_0based - placed[0][symbol].start_0based for symbol in both]
    assert len(both) > 17_000
    assert starts.count(0) > 20 * max(starts.count(1), starts.count(-1))
    with pytest.raises(LoadRefused, match=r"ncbiRefSeqSelect\.hg37\.txt: line \d+: .* another assembly"):
        load_genes(tmp_path / "x", [folder / "ncbiRefSeqSelect.hg37.txt"], "GRCh38")
