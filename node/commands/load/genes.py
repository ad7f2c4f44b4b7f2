"""``genvej load genes``: genes, their names and cytobands of an assembly, into the node's reference data."""

from collections.abc import Sequence
from pathlib import Path

import click

from loaders.genes import load_genes
from loaders.progress import progress_for
from node.commands.load.ontology import show
from node.commands.options import home_option

_FILES = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


@click.command("genes")
@home_option
@click.option("--assembly", required=True, help="GRCh37, GRCh38 or T2T-CHM13v2.0.")
@click.option("--name", metavar="NAME", help="Where the genes come from.  [default: the first file's name]")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@click.argument("files", nargs=-1, required=True, type=_FILES)
def genes(*, home: Path, assembly: str, name: str | None, as_json: bool, files: Sequence[Path]) -> None:
    """Install the genes of an assembly, for all datasets of the node.

    FILES with places: GTF, GFF3, refFlat and other UCSC gene tables, MANE summary, or columns named gene_symbol, chrom,
    start, end (from 0). To them may be added HGNC tables of names and UCSC cytobands. Plain or gzip.
    """
    show(load_genes(home, files, assembly, name=name, progress=progress_for()), as_json=as_json)
