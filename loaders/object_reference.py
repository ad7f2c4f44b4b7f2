"""Whether the contigs of a file are those of a reference, and those that other files of the dataset name (pure)."""

from collections.abc import Iterable, Mapping

from core.errors import LoadRefused
from drs.rows import ReferenceSequenceRow
from loaders.object_found import Reference
from loaders.sam_header import SamHeader


def reference_notes(name: str, header: SamHeader, reference: Reference | None) -> tuple[str, ...]:
    """Compare lengths (LN) and digests (M5) with the sequences of a reference; remarks on what it does not have.

    Raises ``LoadRefused`` naming the first contig that differs.
    """
    if reference is None:
        return ()
    stated = {row.contig: row for row in header.sequences}
    absent = 0
    for contig in header.contigs:
        known = reference.sequences.get(contig.name)
        if known is None:
            absent += 1
        elif contig.length is not None and contig.length != known.length:
            message = (
                f"{name}: contig {contig.name} has {contig.length:,} bases in the header, "
                f"{known.length:,} in {reference.path.name}: another reference"
            )
            raise LoadRefused(message)
        elif contig.name in stated and stated[contig.name].md5 != known.md5:
            message = (
                f"{name}: contig {contig.name} has M5 {stated[contig.name].md5} in the header, and its bases in "
                f"{reference.path.name} have {known.md5}: another reference"
            )
            raise LoadRefused(message)
    return (f"{absent:,} of its {len(header.contigs):,} contigs are not in {reference.path.name}",) if absent else ()


def refuse_other_sequences(
    name: str, sequences: Iterable[ReferenceSequenceRow], known: Mapping[str, tuple[str, str]]
) -> None:
    """Raise ``LoadRefused`` if a contig has other bases than in a file of the dataset.

    ``known``: contig -> MD5 and the file that states it.
    """
    for row in sequences:
        md5, other = known.get(row.contig, (row.md5, ""))
        if md5 != row.md5:
            message = (
                f"{name}: contig {row.contig} has M5 {row.md5}, and {md5} in {other}: the files are aligned to "
                "different references; load them into different datasets"
            )
            raise LoadRefused(message)
