"""One file with the index beside it: checked and hashed; runs in a worker process."""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import LoadRefused
from drs.rows import FileFormat
from loaders.cram_slices import read_crai
from loaders.crypt4gh_contents import decrypted
from loaders.crypt4gh_file import read_layout
from loaders.object_bam import check_bam
from loaders.object_cram import check_cram
from loaders.object_formats import file_format, format_by_name, index_names, missing_index, plain_name
from loaders.object_found import Content, HashedFile, InspectedObject, InspectionTask, Refusal, Subject
from loaders.object_index import check_extent, read_binned
from loaders.object_sam import check_sam
from loaders.object_variants import check_variants
from loaders.worker import Tell

WHOLE_CHECK_BYTES = 64 << 20
"""Up to this size every record is read and compared with the index; beyond it the outside of the file is checked."""

_HASH_BYTES = 1 << 20


def inspect_or_refuse(task: InspectionTask, tell: Tell) -> InspectedObject | Refusal:
    """As ``inspect_object``; what is wrong with the file is an outcome, so that other files are still looked at."""
    try:
        return inspect_object(task, tell)
    except LoadRefused as error:
        return Refusal(task.path.name, error.message)
    except OSError as error:
        return Refusal(task.path.name, f"{task.path.name}: {error.strerror or error}")


def inspect_object(task: InspectionTask, tell: Tell) -> InspectedObject:
    """Check and hash a file and the index beside it; raises ``LoadRefused`` with the remedy."""
    kind = file_format(task.path)
    index = _index_beside(task, kind)
    inner = None
    readable = True
    if kind is FileFormat.CRYPT4GH:
        content, inner = _check_encrypted(task, index, tell)
        readable = task.key is not None
    else:
        content = check_content(_subject(task, index), kind, tell)
    hashed = _hashed(task.path, kind, tell)
    hashed_index = _hashed(index, FileFormat(index.suffix[1:].upper()), tell) if index else None
    notes = content.notes
    if index and index.stat().st_mtime < task.path.stat().st_mtime:
        notes = ("the index is older than the file", *notes)
    return InspectedObject(hashed, hashed_index, replace(content, notes=notes), inner, readable)


def check_content(subject: Subject, kind: FileFormat, tell: Tell) -> Content:
    """Check what a file holds that is not encrypted; raises ``LoadRefused``."""
    if kind is FileFormat.CRAM:
        return check_cram(subject, tell)
    if kind is FileFormat.BAM:
        return check_bam(subject, tell)
    if kind is FileFormat.SAM:
        return check_sam(subject, tell)
    return check_variants(subject, kind, tell)


def _subject(task: InspectionTask, index: Path | None) -> Subject:
    whole = task.every_record or task.path.stat().st_size <= WHOLE_CHECK_BYTES
    return Subject(task.path.name, task.path, index, task.scratch, whole, task.reference)


def _index_beside(task: InspectionTask, kind: FileFormat) -> Path | None:
    """The first index that is there; raises ``LoadRefused`` if there must be one."""
    name = task.path.name
    inner = format_by_name(name) if kind is FileFormat.CRYPT4GH else kind
    for candidate in index_names(name, inner) if inner else ():
        if task.path.with_name(candidate).is_file():
            return task.path.with_name(candidate)
    if task.without_index:
        return None
    raise missing_index(name, inner)


def _check_encrypted(task: InspectionTask, index: Path | None, tell: Tell) -> tuple[Content, FileFormat | None]:
    """The outside of a Crypt4GH file and, with a key, the inside."""
    path, name = task.path, task.path.name
    with path.open("rb") as file:
        layout = read_layout(name, file, path.stat().st_size)
    inner = format_by_name(name)
    if index is not None and inner is FileFormat.CRAM:
        rows = read_crai(name, index.read_bytes())
        if any(not 0 < row.container < layout.plain_bytes for row in rows):
            message = f"{name}: the index belongs to another file or state of it; make it again"
            raise LoadRefused(message)
    elif index is not None:
        check_extent(name, read_binned(name, index), layout.plain_bytes)
    if task.key is None:
        return Content(notes=("its content was not looked at: no key was given",)), inner
    with decrypted(path, name, task.key, task.scratch, tell) as plain:
        found = file_format(plain, name)
        if inner is not None and found is not inner:
            message = f"{name}: it holds {found}, and its name says {inner}; rename it"
            raise LoadRefused(message)
        subject = Subject(plain_name(name), plain, index, task.scratch, True, task.reference)
        return check_content(subject, found, tell), found


def _hashed(path: Path, kind: FileFormat, tell: Tell) -> HashedFile:
    """Both digests in one pass; raises ``LoadRefused`` if the file changes meanwhile."""
    before = path.stat()
    sha256, md5, done = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as file:
        while chunk := file.read(_HASH_BYTES):
            sha256.update(chunk)
            md5.update(chunk)
            done += len(chunk)
            tell(done, before.st_size)
    after = path.stat()
    if _state(before) != _state(after) or done != before.st_size:
        message = f"{path.name}: changed while it was read"
        raise LoadRefused(message)
    created_at = datetime.fromtimestamp(int(before.st_mtime), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return HashedFile(path, kind, done, sha256.hexdigest(), md5.hexdigest(), created_at)


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino
