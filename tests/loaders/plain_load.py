"""What a load of one VCF file must store, by the plainest means: each line as Python splits it, read exactly."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from core.datasets import DatasetCatalogue
from core.errors import LoadRefused
from core.genome import GRCH38, in_pseudo_autosomal, position_key
from core.manifest import PartKind
from loaders.report import RecordRejected
from loaders.vcf_header import VcfHeader, parse_header
from loaders.vcf_record import CountedAllele, RecordReader, VcfRecord

Row = tuple[object, ...]


@dataclass(slots=True)
class Expected:
    """Rows by contig, in order of identity; how many records there are, and how many are not taken."""

    header: VcfHeader
    rows: dict[str, list[Row]] = field(default_factory=dict)
    records: int = 0
    rejected: int = 0

    @property
    def tolerated(self) -> bool:
        """Whether so many rejections are taken."""
        return self.rejected <= 0.01 * self.records


def expected_of(name: str, data: bytes) -> Expected:
    """Read the bytes of a text file; raises ``LoadRefused`` for a header that is refused."""
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    header = _header(name, lines)
    found = Expected(header)
    reader = RecordReader(GRCH38, len(header.samples), renamed=header.renamed_contigs, length_first=header.length_first)
    best: dict[tuple[str, tuple[int, int, str, str]], Row] = {}
    for line in lines[header.lines :]:
        if line.startswith((b"##", b"#CHROM")):
            message = f"{name}: a header among the records"
            raise LoadRefused(message)
        found.records += 1
        try:
            record = reader.read(line.rstrip(b"\r").decode())
        except (RecordRejected, UnicodeDecodeError):
            found.rejected += 1
            continue
        for counted in record.alleles:
            place, row = _row(record, counted, len(header.samples))
            known = best.get(place)
            if known is None or int(str(row[3])) > int(str(known[3])):
                best[place] = row
    for contig, identity in sorted(best, key=lambda place: place[1]):
        found.rows.setdefault(contig, []).append((identity, *best[contig, identity]))
    return found


def _header(name: str, lines: list[bytes]) -> VcfHeader:
    texts: list[str] = []
    for line in lines:
        if not line.startswith(b"#"):
            message = f"{name}: line {len(texts) + 1}: no header"
            raise LoadRefused(message)
        texts.append(line.rstrip(b"\r").decode(errors="replace"))
        if line.startswith(b"#CHROM"):
            return parse_header(name, texts)
    message = f"{name}: no header"
    raise LoadRefused(message)


def _row(record: VcfRecord, counted: CountedAllele, samples: int) -> tuple[tuple[str, tuple[int, int, str, str]], Row]:
    allele = counted.allele
    identity = position_key(record.contig, allele.start_0based), allele.end_0based, *allele[2:4]
    carriers = counted.carriers
    zygosity: dict[int, int] = {}
    if carriers is not None:
        for number, people in enumerate((carriers.heterozygous, carriers.homozygous, carriers.hemizygous), 1):
            zygosity |= dict.fromkeys(people, number)
    called: tuple[int, ...] | None = None
    if record.genotypes is not None:
        unusual = dict(record.genotypes.called)
        called = tuple(unusual.get(person, 2) for person in range(samples))
    row = (
        allele.anchor, allele.variant_type.value if hasattr(allele.variant_type, "value") else allele.variant_type,
        counted.allele_count, record.allele_number, *counted[2:5], tuple(sorted(zygosity.items())), called,
    )  # fmt: skip
    return (record.contig, identity), row


def loaded_rows(catalogue: DatasetCatalogue, dataset_id: str = "d") -> dict[str, list[Row]]:
    """The rows of the variant parts of a draft, by contig, as ``expected_of`` spells them."""
    draft = catalogue.status(dataset_id).draft
    assert draft is not None
    return {
        part.contig or "": rows
        for part in draft.of_kind(PartKind.VARIANTS)
        if (rows := _rows_of(catalogue.part_file(dataset_id, part.file), part.contig or ""))
    }


def _rows_of(path: Path, contig: str) -> list[Row]:
    with duckdb.connect(str(path), read_only=True) as connection:
        variants = connection.execute("FROM variants").fetchall()
        people = connection.execute("SELECT copies, copies_par FROM people ORDER BY person_index").fetchall()
        carriers: dict[int, list[tuple[int, int]]] = {}
        for row, person, zygosity in connection.execute("FROM carriers ORDER BY ALL").fetchall():
            carriers.setdefault(row, []).append((person, zygosity))
        calls: dict[int, dict[int, int]] = {}
        for row, person, copies in connection.execute("FROM calls").fetchall():
            calls.setdefault(row, {})[person] = copies
    rows: list[Row] = []
    for number, (key, end, reference, alternate, anchor, kind, *counts) in enumerate(variants):
        start = key - position_key(contig, 0)
        side = int(contig in ("X", "Y") and in_pseudo_autosomal(GRCH38, contig, start))
        genotypes = counts[2] is not None and bool(people)
        own = calls.get(number, {})
        called = tuple(own.get(person, copies[side]) for person, copies in enumerate(people)) if genotypes else None
        rows.append(((key, end, reference, alternate), anchor, kind, *counts, tuple(carriers.get(number, ())), called))
    return rows
