"""``genvej load reads``: files as objects to stream and to download."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from core.datasets import DatasetCatalogue
from core.storage import S3Storage
from loaders.input_files import S3_SCHEME
from loaders.object_admission import Names
from loaders.object_inspections import Checks
from loaders.object_links import Stated
from loaders.progress import progress_for
from loaders.reads import ReadsOptions, load_reads
from node.commands.load.shared import FILES, finish, load_options
from node.settings import read_settings

_FILE = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)


class _ObjectFile(click.ParamType[Path | str]):
    """A file of this machine, or an object of an S3 store."""

    name = "file or s3://bucket/key"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:  # noqa: ANN401
        """A path that is there, or an address as it is."""
        if "://" in str(value):
            return str(value)
        path: Path = FILES.convert(value, param, ctx)
        return path


def _options(command: Callable[..., None]) -> Callable[..., None]:
    return load_options(command, files=_ObjectFile())


@click.command("reads")
@_options
@click.option("--id", "alias", metavar="ID", help="htsget id for all the files.  [default: each file's stem]")
@click.option("--copy", is_flag=True, help="Copy the files into the home instead of registering them where they are.")
@click.option("--sample", "samples", multiple=True, metavar="ID", help="Whose the files are, where they do not say it.")
@click.option("--of-nobody", is_flag=True, help="Take files of reads without a sample: no opt-out reaches them.")
@click.option("--run", "runs", multiple=True, metavar="ID", help="Sequencing runs the files are of.")
@click.option("--assembly", help="GRCh37, GRCh38 or T2T-CHM13v2.0.  [default: what the contig lengths say]")
@click.option("--reference", type=_FILE, metavar="FASTA", help="Compare contigs and bases with this reference.")
@click.option("--key", type=_FILE, metavar="SECRET_KEY", help="Look into Crypt4GH files with this key; they stay so.")
@click.option("--without-index", is_flag=True, help="Take files without an index too, for plain download only.")
@click.option("--every-record", is_flag=True, help="Read every record of large files too, which takes long.")
@click.option("--strict/--lenient", default=True, help="Refuse all files, or only the wrong ones.  [default: strict]")
@click.option("--processes", type=click.IntRange(1, 64), help="Worker processes.  [default: one a core]")
def reads(
    *,
    home: Path,
    dataset_id: str,
    policy: str | None,
    files: Sequence[Path | str],
    alias: str | None,
    copy: bool,
    samples: Sequence[str],
    of_nobody: bool,
    runs: Sequence[str],
    assembly: str | None,
    reference: Path | None,
    key: Path | None,
    without_index: bool,
    every_record: bool,
    strict: bool,
    processes: int | None,
    fresh: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Register BAM, CRAM, VCF, BCF and Crypt4GH files, with their indexes, as objects to stream.

    FILES are paths or s3://bucket/key.
    """
    options = ReadsOptions(
        names=Names(alias, assembly),
        stated=Stated(tuple(samples), tuple(runs), of_nobody),
        checks=Checks(without_index=without_index, key=key, reference=reference, every_record=every_record),
        copy=copy,
        lenient=not strict,
    )
    report = load_reads(
        DatasetCatalogue(home),
        dataset_id,
        files,
        options,
        preset=policy,
        fresh=fresh,
        storage=_object_store(home, files),
        processes=processes,
        progress=progress_for(),
    )
    finish(home, dataset_id, report, publish=publish, as_json=as_json)


def _object_store(home: Path, files: Sequence[Path | str]) -> S3Storage | None:
    """The store of the settings, where one of the files lies there."""
    if not any(str(file).startswith(S3_SCHEME) for file in files):
        return None
    settings = read_settings(home).storage
    return S3Storage(endpoint_url=settings.s3_endpoint_url or None, region=settings.s3_region)
