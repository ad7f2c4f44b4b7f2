"""The outside of a Crypt4GH file: header packets and data blocks, counted and measured without a key (pure on a file).

GA4GH File Encryption Standard 1.0: magic, version, packet count; packets of a length of their own; blocks of a nonce,
64 KiB of data and a MAC.
"""

import struct
from dataclasses import dataclass
from typing import IO, NoReturn

from core.errors import LoadRefused

MAGIC = b"crypt4gh"
BLOCK_BYTES = 65536 + 28
"""An encrypted data block: nonce of 12 bytes, data, MAC of 16 bytes; only the last may be shorter."""

PLAIN_BLOCK_BYTES = 65536
_EXTRA_BYTES = BLOCK_BYTES - PLAIN_BLOCK_BYTES
_VERSION = 1
_HEAD = struct.Struct("<8sII")
_LENGTH = struct.Struct("<I")
_LEAST_PACKET_BYTES = 4 + 4 + 32 + 12 + 4 + 16
"""Length, method, writer's key, nonce, at least a packet type, MAC."""

_MAXIMUM_PACKETS = 10_000
_MAXIMUM_PACKET_BYTES = 16 << 20
_METHOD_AT = 4
_METHOD = 0
"""X25519 with ChaCha20-Poly1305."""


@dataclass(frozen=True, slots=True)
class Crypt4ghLayout:
    """How a file is laid out: bytes of its header, number of packets, bytes of its content when decrypted."""

    header_bytes: int
    packets: int
    plain_bytes: int


def read_layout(name: str, file: IO[bytes], size_bytes: int) -> Crypt4ghLayout:
    """Read the header; raises ``LoadRefused`` for what cannot be a whole Crypt4GH file.

    A file that was cut between two blocks cannot be told from a whole one without its key or its checksum.
    """
    file.seek(0)
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size or not head.startswith(MAGIC):
        _refuse(name, "not a Crypt4GH file")
    _, version, packets = _HEAD.unpack(head)
    if version != _VERSION:
        _refuse(name, f"Crypt4GH of version {version}; version 1 is known")
    if not 1 <= packets <= _MAXIMUM_PACKETS:
        _refuse(name, f"its header promises {packets} packets; 1 to {_MAXIMUM_PACKETS:,} are taken")
    at, methods = _HEAD.size, set()
    for number in range(1, packets + 1):
        at, method = _packet(name, file, at, number, size_bytes)
        methods.add(method)
    if _METHOD not in methods:
        _refuse(name, f"its header is encrypted by method {min(methods)}; method {_METHOD} is known")
    whole, rest = divmod(size_bytes - at, BLOCK_BYTES)
    if not whole and not rest:
        _refuse(name, "it has a header and no content; copy the file again")
    if 0 < rest <= _EXTRA_BYTES:
        _refuse(name, "truncated, its last data block is too short; copy the file again")
    return Crypt4ghLayout(at, packets, whole * PLAIN_BLOCK_BYTES + max(0, rest - _EXTRA_BYTES))


def _packet(name: str, file: IO[bytes], at: int, number: int, size_bytes: int) -> tuple[int, int]:
    """Where a header packet ends, and its method; packets of unknown methods are passed over, as the standard wants."""
    file.seek(at)
    data = file.read(2 * _LENGTH.size)
    if len(data) < 2 * _LENGTH.size:
        _refuse(name, f"truncated in packet {number} of its header; copy the file again")
    length, method = (_LENGTH.unpack_from(data, place)[0] for place in (0, _METHOD_AT))
    if not _LEAST_PACKET_BYTES <= length <= _MAXIMUM_PACKET_BYTES:
        _refuse(name, f"packet {number} of its header is {length:,} bytes long, which cannot be")
    if at + length > size_bytes:
        _refuse(name, f"truncated in packet {number} of its header; copy the file again")
    return at + int(length), int(method)


def _refuse(name: str, reason: str) -> NoReturn:
    message = f"{name}: {reason}"
    raise LoadRefused(message)
