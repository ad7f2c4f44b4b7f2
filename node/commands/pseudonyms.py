"""``genvej pseudonyms``: other names of people for every project, so that two projects cannot be linked."""

from pathlib import Path

import click

from core.errors import OperatorError
from loaders.progress import progress_for
from loaders.pseudonym_files import (
    RekeyTask,
    names_in_dataset,
    names_in_file,
    read_key,
    rekey_file,
    write_map,
    write_new_key,
)
from loaders.pseudonym_optouts import names_out, people_out
from loaders.pseudonyms import ProjectPseudonyms, new_key
from loaders.table_mapping import read_table_mapping
from loaders.worker import WorkerPool
from node.commands.options import home_option

_INPUT = click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path)
_PATH = click.Path(dir_okay=False, path_type=Path)
_key_option = click.option("--key", "key_file", required=True, type=_INPUT, help="Made by `new-key`.")
_opted_out_option = click.option(
    "--with-opted-out", is_flag=True, help="Keep people who opted out of research: for their treatment only."
)
_project_option = click.option("--project", required=True, metavar="ID", help="Stands before every new name.")


@click.group()
def pseudonyms() -> None:
    """Give people names of their own in every project.

    A keyed hash makes them: who lacks the key can neither link two projects nor go back. Keep the key away from the
    data.
    """


@pseudonyms.command("new-key")
@home_option
@click.argument("file", type=_PATH)
def new_key_file(*, home: Path, file: Path) -> None:
    """Write a new random key to FILE, for its owner alone to read. FILE lies outside of the home."""
    write_new_key(file, new_key(), home)
    click.echo(f"{file}: a new key; without it no name can be found again", err=True)


@pseudonyms.command("map")
@home_option
@_key_option
@_project_option
@_opted_out_option
@click.option("--dataset", "dataset_id", metavar="ID", help="All people, samples and records of this dataset.")
@click.option("--output", required=True, type=_PATH, help="Where the table goes; nothing is overwritten.")
@click.argument("file", required=False, type=_INPUT)
def map_names(
    *,
    home: Path,
    key_file: Path,
    project: str,
    with_opted_out: bool,
    dataset_id: str | None,
    output: Path,
    file: Path | None,
) -> None:
    """Write a table of old and new names (TSV), of a dataset or of a FILE with one pseudonym a line."""
    if (dataset_id is None) == (file is None):
        message = "give --dataset or a FILE"
        raise click.UsageError(message)
    every = names_in_file(file) if file else names_in_dataset(home, dataset_id or "")
    out = frozenset[str]() if with_opted_out else people_out(home)
    names = every - names_out(home, out) if file else names_in_dataset(home, dataset_id or "", out)
    if len(names) < len(every):
        click.echo(f"{len(every) - len(names):,} names of people who opted out are left out", err=True)
    if not names:
        message = "there are no names to map"
        raise OperatorError(message)
    table = ProjectPseudonyms(read_key(key_file, home), project).table(names)
    write_map(output, table, home)
    click.echo(f"{output}: {len(table):,} names; whoever has this table can link the project", err=True)


@pseudonyms.command("rekey")
@home_option
@_key_option
@_project_option
@_opted_out_option
@click.option("--allow-remaining", is_flag=True, help="Write what still spells an old name somewhere.")
@click.option("--mapping", metavar="NAME|FILE", help="Of a table: which columns hold ids, as for `genvej load table`.")
@click.argument("source", metavar="INPUT", type=_INPUT)
@click.argument("output", type=_PATH)
def rekey(
    *,
    home: Path,
    key_file: Path,
    project: str,
    with_opted_out: bool,
    allow_remaining: bool,
    mapping: str | None,
    source: Path,
    output: Path,
) -> None:
    """Rewrite INPUT under the project's names to OUTPUT: phenopackets, Beacon records, tables, VCF.

    A VCF is written as BGZF where OUTPUT ends with .gz. Names are rewritten in texts too, where they stand as whole
    words; addresses of files are left out.
    """
    made = ProjectPseudonyms(read_key(key_file, home), project)
    without = frozenset[str]() if with_opted_out else names_out(home, people_out(home))
    columns = read_table_mapping(mapping) if mapping else None
    task = RekeyTask(source, output.absolute(), made, columns, without, allow_remaining)
    with WorkerPool(1, progress=progress_for()) as pool:
        (outcome,) = pool.run(rekey_file, [(f"rewriting {source.name}", task)])
    left_out = f"; {outcome.left_out:,} header lines that name samples left out" if outcome.left_out else ""
    if outcome.remaining:
        click.echo(f"{outcome.remaining:,} places still spell an old name", err=True)
    if outcome.opted_out:
        click.echo(f"{outcome.opted_out:,} records that name people who opted out are left out", err=True)
    click.echo(f"{output}: {outcome.names:,} names rewritten{left_out}", err=True)
