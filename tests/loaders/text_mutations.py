"""Damage to texts: what broken disks, editors, exports and hostile people make of a file of lines."""

import random
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

GIANT_NUMBERS = (
    b"9" * 10, b"9" * 20, b"9" * 400, b"2147483648", b"4294967296", b"18446744073709551616", b"-1", b"-9223372036854775809",
    b"1e400", b"-0", b"+5", b"0x10", b"1_000", "\u0665".encode(), b"nan", b"inf", b"00000000005", b" 5", b"5 ",
)  # fmt: skip
NOT_UTF8 = (b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\x80", b"\xc0\xaf")
STRANGE = (
    b"\0",
    b"\r",
    b"\n",
    b"\t",
    b"\x1b[2J",
    b"\x0b",
    b"\x0c",
    b"\x1c",
    b"\x85",
    "\u2028".encode(),
    "\ufeff".encode(),
)


def flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def overwrite(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    new = chance.randbytes(chance.randint(1, 8))
    return data[:at] + new + data[at + len(new) :]


def cut_off(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def cut_out(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randint(1, 200) :]


def insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    new = chance.choice((*GIANT_NUMBERS, *NOT_UTF8, *STRANGE, chance.randbytes(3), b"A" * 300))
    return data[:at] + new + data[at:]


def of_lines(change: Callable[[list[bytes], random.Random], object]) -> Mutation:
    """A change of the list of lines."""

    def mutate(data: bytes, chance: random.Random) -> bytes:
        lines = data.split(b"\n")
        change(lines, chance)
        return b"\n".join(lines)

    return mutate


def _duplicate(lines: list[bytes], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))


def _swap(lines: list[bytes], chance: random.Random) -> None:
    one, other = (chance.randrange(len(lines)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]


def _blank(lines: list[bytes], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines)), chance.choice((b"", b"\r", b" ", b"\t", b"#", b"##", b"#CHROM")))


def _mix_line_ends(lines: list[bytes], chance: random.Random) -> None:
    ends = chance.choice(((b"\r",), (b"", b"\r"), (b"", b"", b"\r\r", b" ")))
    lines[:] = [line + chance.choice(ends) for line in lines]


def _field(change: Callable[[bytes, random.Random], bytes]) -> Callable[[list[bytes], random.Random], None]:
    def mutate(lines: list[bytes], chance: random.Random) -> None:
        number = chance.randrange(len(lines))
        separator = b"\t" if b"\t" in lines[number] else b","
        fields = lines[number].split(separator)
        place = chance.randrange(len(fields))
        fields[place] = change(fields[place], chance)
        lines[number] = separator.join(fields)

    return mutate


def _giant(_field: bytes, chance: random.Random) -> bytes:
    return chance.choice(GIANT_NUMBERS)


def _huge(field: bytes, chance: random.Random) -> bytes:
    return (field or b"A") * chance.choice((1000, 20_000))


def _hurt(field: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"", b".", field + chance.choice(NOT_UTF8), field + chance.choice(STRANGE), field[::-1]))


def _swap_fields(lines: list[bytes], chance: random.Random) -> None:
    one, other = chance.choice(lines).split(b"\t"), chance.randrange(len(lines))
    fields = lines[other].split(b"\t")
    fields[chance.randrange(len(fields))] = chance.choice(one)
    lines[other] = b"\t".join(fields)


MUTATIONS: tuple[Mutation, ...] = (
    flip, overwrite, cut_off, cut_out, insert, of_lines(_duplicate), of_lines(_swap), of_lines(_blank),
    of_lines(_mix_line_ends), of_lines(_field(_giant)), of_lines(_field(_huge)), of_lines(_field(_hurt)),
    of_lines(_swap_fields),
)  # fmt: skip


def mutated(data: bytes, number: int, salt: str = "") -> bytes:
    """Damage number ``number`` of these bytes: always the same; some are damaged twice."""
    chance = random.Random(f"{number} {salt}")
    for _ in range(chance.choice((1, 1, 1, 2))):
        data = MUTATIONS[number % len(MUTATIONS)](data, chance) if data else data
        number = chance.randrange(len(MUTATIONS))
    return data
