"""The chain of BGZF blocks of a file, walked from head to head without inflating (SAM 1.6 §4.1)."""

import io
import os
from typing import IO

from core.errors import LoadRefused
from htsget.index.bgzf import block_size
from loaders.vcf_lines import BGZF_END
from loaders.worker import Tell

_TELL_EVERY = 4096
_USUAL_HEAD_BYTES = 18
_LONGEST_HEAD_BYTES = 12 + (1 << 16)
_LENGTH_BYTES = 4


def check_end_block(name: str, file: IO[bytes]) -> None:
    """Raise ``LoadRefused`` unless the file ends with the empty block that says so."""
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - len(BGZF_END)))
    if file.read() != BGZF_END:
        message = f"{name}: truncated, the BGZF end block is missing; copy the file again"
        raise LoadRefused(message)


def check_chain(name: str, file: IO[bytes], tell: Tell) -> None:
    """Raise ``LoadRefused`` unless blocks follow each other without a gap to the end of the file."""
    size = os.fstat(file.fileno()).st_size
    at = number = 0
    while at < size:
        length = block_bytes(file, at)
        if not length or at + length > size:
            message = f"{name}: damaged at byte {at}: no BGZF block begins there; copy the file again"
            raise LoadRefused(message)
        at += length
        number += 1
        if not number % _TELL_EVERY:
            tell(at, size)


def block_bytes(file: IO[bytes], at: int) -> int:
    """The length of the block that begins at a byte; 0 if none does."""
    for room in (_USUAL_HEAD_BYTES, _LONGEST_HEAD_BYTES):
        file.seek(at)
        length = block_size(file.read(room), 0)
        if length:
            return length
    return 0


def normal_offset(file: IO[bytes], offset: int) -> int:
    """A virtual offset behind the last byte of a block, as the begin of the next block that is not empty.

    Both name the same place; writers of indexes use both.
    """
    block, within = offset >> 16, offset & 0xFFFF
    while length := block_bytes(file, block):
        file.seek(block + length - _LENGTH_BYTES)
        if within != int.from_bytes(file.read(_LENGTH_BYTES), "little"):
            break
        block, within = block + length, 0
    return block << 16 | within
