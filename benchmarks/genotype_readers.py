"""``python -m benchmarks.genotype_readers READER FILE [RECORDS]``: read all genotypes of a VCF file in one process.

Prints how many records were read, the seconds that this took without the start of the program, and how many records the
compiled code left to the exact reader (none for other readers).
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of it."""

    records: int
    seconds: float
    cpu_s: float
    exact: int = 0


def main() -> None:
    """Read and print."""
    reader, path = sys.argv[1], Path(sys.argv[2])
    records = int(sys.argv[3]) if len(sys.argv) > 3 else None
    print(json.dumps(asdict(READERS[reader](path, records))))


def with_genvej(path: Path, records: int | None = None) -> Reading:
    """Our parser as a load uses it; always the whole file."""
    from benchmarks.own_reader import OwnReader  # noqa: PLC0415 - no other reader pays for it

    del records
    own = OwnReader(path)
    own.warm_up()
    return _timed(own.read, lambda: own.exact)


def with_cyvcf2_array(path: Path, records: int | None = None, *, threads: int | None = None) -> Reading:
    """cyvcf2's numbers of alleles of every sample as an array."""
    from cyvcf2 import VCF  # noqa: PLC0415 - an optional peer

    file = VCF(str(path)) if threads is None else VCF(str(path), threads=threads)
    return _timed(lambda: _read(islice(file, records), lambda variant: variant.genotype.array()))


def with_cyvcf2_types(path: Path, records: int | None = None) -> Reading:
    """cyvcf2's kind of genotype of every sample."""
    from cyvcf2 import VCF  # noqa: PLC0415 - an optional peer

    file = VCF(str(path))
    return _timed(lambda: _read(islice(file, records), lambda variant: variant.gt_types))


def with_pysam(path: Path, records: int | None = None) -> Reading:
    """The genotype of every sample by pysam."""
    import pysam  # noqa: PLC0415 - no other reader pays for it

    with pysam.VariantFile(str(path)) as file:
        each = islice(file, records)
        return _timed(lambda: _read(each, lambda record: [sample["GT"] for sample in record.samples.values()]))


def _read(records: Iterable[object], genotypes_of: Callable[..., object]) -> int:
    number = 0
    for record in records:
        genotypes_of(record)
        number += 1
    return number


def _timed(reading: Callable[[], int], exact: Callable[[], int] = lambda: 0) -> Reading:
    began, used = time.perf_counter(), time.process_time()
    records = reading()
    return Reading(records, time.perf_counter() - began, time.process_time() - used, exact())


READERS: dict[str, Callable[[Path, int | None], Reading]] = {
    "genvej": with_genvej,
    "cyvcf2 genotype.array()": with_cyvcf2_array,
    "cyvcf2 genotype.array(), 2 threads": lambda path, records: with_cyvcf2_array(path, records, threads=2),
    "cyvcf2 gt_types": with_cyvcf2_types,
    "pysam": with_pysam,
}

if __name__ == "__main__":
    main()
