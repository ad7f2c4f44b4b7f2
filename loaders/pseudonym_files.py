"""Files around project pseudonyms: the key, the table of names, and data files rewritten under new names."""

import csv
import io
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import yaml

from core.errors import LoadRefused, OperatorError
from core.strict_json import JsonValue
from loaders.beacon_kinds import kind_of_file
from loaders.document_files import read_documents
from loaders.personal_data import refuse_personal_names
from loaders.pseudonym_documents import names_any, renamed_beacon_record, renamed_phenopacket
from loaders.pseudonym_optouts import owned_names
from loaders.pseudonym_vcf import VcfTask, rekey_vcf
from loaders.pseudonym_words import WholeWords, places_in_document, rewritten_document
from loaders.pseudonyms import ProjectPseudonyms, PseudonymKey, key_text, parse_key
from loaders.table_columns import TableMapping
from loaders.table_text import Ragged, read_table_text
from loaders.task_pool import Tell
from loaders.text_lines import chunks_of

MAXIMUM_DOCUMENT_BYTES = 512 << 20
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


def write_new_key(path: Path, key: PseudonymKey, home: Path) -> None:
    """Write a key file that only its owner may read; raises ``OperatorError`` inside the home or where one is."""
    _refuse_inside(path, home, "the key")
    _write_private(path, key_text(key).encode())


def read_key(path: Path, home: Path) -> PseudonymKey:
    """Read a key file; raises ``OperatorError`` inside the node's home, or if others may read it."""
    _refuse_inside(path, home, "the key")
    try:
        mode = path.stat().st_mode
        if mode & _OTHERS_MAY:
            message = f"{path}: others may read this key; chmod 600 it, or make a new one if they did"
            raise OperatorError(message)
        return parse_key(path.read_text(encoding="ascii"))
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise OperatorError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: not a key file"
        raise OperatorError(message) from error


def write_map(path: Path, table: tuple[tuple[str, str], ...], home: Path) -> None:
    """Write old and new names as TSV, for its owner alone; raises ``OperatorError`` inside the home or where one is."""
    _refuse_inside(path, home, "the table of names")
    lines = ["pseudonym\tproject_pseudonym", *(f"{old}\t{new}" for old, new in table)]
    _write_private(path, ("\n".join(lines) + "\n").encode())


def names_in_dataset(home: Path, dataset_id: str, without: frozenset[str] = frozenset()) -> frozenset[str]:
    """Every name of a person, sample or record in a dataset: its draft, else the version that answers.

    ``without``: people whose names, and those of their samples and records, are left out.
    """
    found = owned_names(home, dataset_id)
    gone = {name for name, owner in found if owner in without}
    return frozenset(name for name, _ in found if name not in without) - gone


def names_in_file(path: Path) -> frozenset[str]:
    """The pseudonyms of a list, one a line (more cells after a tab are passed over); raises ``LoadRefused``."""
    data = b"".join(chunks_of(path, MAXIMUM_DOCUMENT_BYTES))
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        message = f"{path.name}: not UTF-8 text"
        raise LoadRefused(message) from error
    names = [line.split("\t")[0].strip() for line in lines]
    kept = [name for name in names if name and not name.startswith("#")]
    refuse_personal_names(path.name, "the name in line", kept)
    return frozenset(kept)


@dataclass(frozen=True, slots=True)
class RekeyTask:
    """A file to rewrite. ``mapping``: of a table, which columns hold ids. ``output`` must not exist.

    ``without``: names whose documents and rows are left out; a VCF that has such a sample is refused.
    """

    source: Path
    output: Path
    pseudonyms: ProjectPseudonyms
    mapping: TableMapping | None = None
    without: frozenset[str] = frozenset()
    allow_remaining: bool = False


@dataclass(frozen=True, slots=True)
class RekeyOutcome:
    """What was rewritten: names; VCF header lines left out because they spell one; documents and rows left out."""

    names: int
    left_out: int = 0
    opted_out: int = 0
    remaining: int = 0


def rekey_file(task: RekeyTask, tell: Tell) -> RekeyOutcome:
    """Rewrite a file of documents, a table or a VCF, in a worker process; raises ``LoadRefused``, ``OperatorError``."""
    names = _Names(task.pseudonyms)
    lowered = task.source.name.lower().removesuffix(".gz")
    with _new_file(task.output) as target:
        if lowered.endswith(".vcf"):
            written = rekey_vcf(VcfTask(task.source, task.output, task.without), names, target, tell)
            _check_remaining(task, written.remaining)
            return RekeyOutcome(names.count, written.left_out, remaining=written.remaining)
        if lowered.endswith((".json", ".jsonl", ".ndjson", ".yaml", ".yml")):
            made, opted_out, remaining = _rekeyed_documents(task, names)
        elif lowered.endswith((".csv", ".tsv", ".txt")):
            made, opted_out, remaining = _rekeyed_table(task, names)
        else:
            message = f"{task.source.name}: VCF, JSON, YAML, CSV and TSV are rewritten; convert BCF with bcftools view"
            raise LoadRefused(message)
        _check_remaining(task, remaining)
        target.write(made)
    return RekeyOutcome(names.count, opted_out=opted_out, remaining=remaining)


def _check_remaining(task: RekeyTask, remaining: int) -> None:
    if remaining and not task.allow_remaining:
        message = (
            f"{task.source.name}: an old name would still stand in {remaining:,} places of the output; "
            "remove them from the input, or give --allow-remaining where they mean something else"
        )
        raise LoadRefused(message)


class _Names:
    """New names, each asked for once."""

    def __init__(self, pseudonyms: ProjectPseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """The new name."""
        if name not in self._known:
            self._known[name] = self._pseudonyms.of(name)
        return self._known[name]

    def words(self) -> WholeWords:
        """The names so far, to be found in texts."""
        return WholeWords(self._known, self._pseudonyms.project)

    @property
    def count(self) -> int:
        """How many names were rewritten."""
        return len(self._known)


def _rekeyed_documents(task: RekeyTask, names: _Names) -> tuple[bytes, int, int]:
    name = task.source.name.removesuffix(".gz")
    documents = [
        document for _, document in read_documents(name, b"".join(chunks_of(task.source, MAXIMUM_DOCUMENT_BYTES)))
    ]  # fmt: skip
    first = documents[0] if documents else None
    packets = isinstance(first, dict) and bool({"subject", "proband"} & first.keys() or _is_cohort(first))
    kind = None if packets else kind_of_file(name, documents)
    if kind is None and not packets:
        message = f"{task.source.name}: neither phenopackets nor a kind of Beacon records"
        raise LoadRefused(message)
    staying = [document for document in documents if not names_any(document, task.without)]
    made = [
        renamed_phenopacket(document, names) if kind is None else renamed_beacon_record(document, kind, names)
        for document in staying
    ]
    words = names.words()
    made = [rewritten_document(document, words) for document in made]
    remaining = sum(places_in_document(document, words) for document in made)
    return _written(task, made, packets=packets), len(documents) - len(staying), remaining


def _written(task: RekeyTask, made: list[JsonValue], *, packets: bool) -> bytes:
    if task.output.name.lower().endswith((".yaml", ".yml")):
        return yaml.safe_dump_all(made, allow_unicode=True, sort_keys=False).encode()
    if task.output.name.lower().endswith((".jsonl", ".ndjson")):
        return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in made).encode()
    whole = made[0] if len(made) == 1 and packets else made
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _is_cohort(document: Mapping[str, object]) -> bool:
    members = document.get("members")
    return isinstance(members, list) and bool(members) and isinstance(members[0], dict) and "subject" in members[0]


def _rekeyed_table(task: RekeyTask, names: _Names) -> tuple[bytes, int, int]:
    mapping = task.mapping
    if mapping is None:
        message = f"{task.source.name}: --mapping tells which columns of a table hold ids"
        raise LoadRefused(message)
    data = b"".join(chunks_of(task.source, MAXIMUM_DOCUMENT_BYTES))
    table = read_table_text(task.source.name, data, mapping.form)
    columns = mapping.id_columns() & set(table.columns)
    if not columns:
        message = f"{task.source.name}: none of the columns that {mapping.name} names holds ids"
        raise LoadRefused(message)
    rows: list[list[str]] = []
    opted_out = 0
    for row in table.rows:
        if isinstance(row, Ragged):
            message = f"{task.source.name}: line {row.line}: {row.reason}"
            raise LoadRefused(message)
        if any(row.cells.get(column) in task.without for column in columns):
            opted_out += 1
            continue
        cells = ((column, row.cells.get(column, "")) for column in table.columns)
        rows.append([names(cell) if cell and column in columns else cell for column, cell in cells])
    words = names.words()
    made = [list(table.columns), *([words.rewritten(cell) for cell in row] for row in rows)]
    text = io.StringIO()
    delimiter = "\t" if task.output.name.lower().endswith(".tsv") else ","
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(made)
    return text.getvalue().encode(), opted_out, sum(map(words.count, table.columns))


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there; it goes again if something fails."""
    try:
        target = path.open("xb")
    except FileExistsError as error:
        message = f"{path}: is there already; nothing is overwritten"
        raise OperatorError(message) from error
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise OperatorError(message) from error
    try:
        with target:
            yield target
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _write_private(path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{path}: is there already; nothing is overwritten"
        raise OperatorError(message) from error
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise OperatorError(message) from error
    with os.fdopen(descriptor, "wb") as target:
        os.fchmod(descriptor, 0o600)
        target.write(data)
        target.flush()
        os.fsync(descriptor)


def _refuse_inside(path: Path, home: Path, what: str) -> None:
    resolved = path.resolve()
    if resolved.is_relative_to(home.resolve()):
        message = f"{path}: {what} must not lie in the node's home ({home}), beside the data"
        raise OperatorError(message)
