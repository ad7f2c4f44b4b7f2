"""Reference blocks of gVCF files: records without a variant that say where people have the reference (pure).

A record whose only alternate allele is ``<NON_REF>``, ``<*>`` or ``.`` covers POS to END (VCF 4.3 §5.5; in VCF 4.5
§1.6.2 FORMAT/LEN bases from POS). Of a gVCF the variants are stored as of any other file; blocks are not rows: they
are what makes "absent from the file" mean "reference" for this person. A site outside of all blocks was not called.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from loaders.report import RecordRejected
from loaders.vcf_genotypes import GenotypeCounts
from loaders.vcf_structural import stated_end

ANY_OTHER = frozenset({"<NON_REF>", "<*>"})
"""Alternate alleles that mean "any allele that is not named here"."""

_LOOKED_AT = 1000
_NO_ALLELE = frozenset({*ANY_OTHER, "."})


class ReferenceBlock(NamedTuple):
    """Sites ``[start_0based, end_0based)`` at which people have the reference.

    ``copies``: (column, called copies of the reference) of those whose called copies are not the expected ones; 0 for
    somebody who has no call here, or another allele than the reference.
    """

    start_0based: int
    end_0based: int
    copies: tuple[tuple[int, int], ...]


def is_block(alternates: Sequence[str]) -> bool:
    """Whether a record with these alternate alleles names no variant and covers a stretch."""
    return len(alternates) == 1 and alternates[0] in _NO_ALLELE


def block_end(
    position_1based: int, reference: str, info: Mapping[str, str], lengths: Sequence[str], *, length_first: bool = False
) -> int:
    """The 0-based end of a block: by END, or (VCF 4.5) by the shortest FORMAT/LEN; at least the end of REF.

    ``lengths``: FORMAT/LEN of the people. Raises ``RecordRejected`` for an END before POS.
    """
    least = position_1based - 1 + len(reference)
    told = [int(text) for text in lengths if text.isascii() and text.isdigit() and len(text) <= 10]
    end = stated_end(position_1based, info)
    if length_first and told:
        return max(least, position_1based - 1 + min(told))
    return least if end is None else max(least, end)


def reference_copies(genotypes: GenotypeCounts) -> tuple[tuple[int, int], ...]:
    """``ReferenceBlock.copies`` of a block's calls."""
    if not any(allele.allele_count for allele in genotypes.alleles):
        return genotypes.called
    others = {
        column
        for allele in genotypes.alleles
        for column in (*allele.heterozygous, *allele.homozygous, *allele.hemizygous)
    }
    return tuple(sorted({**dict(genotypes.called), **dict.fromkeys(others, 0)}.items()))


def is_gvcf(header: Iterable[str], records: Sequence[str]) -> bool:
    """Whether a file is a gVCF, by its header lines and its first records (a thousand are enough).

    Its records decide: files that were joint-called from gVCFs keep their header lines. Without a record the header
    does.
    """
    seen = records[:_LOOKED_AT]
    if not seen:
        return any(line.startswith(("##GVCFBlock", "##ALT=<ID=NON_REF", "##ALT=<ID=*")) for line in header)
    return any(_covers_a_stretch(line.split("\t", 8)) for line in seen)


def _covers_a_stretch(columns: Sequence[str]) -> bool:
    if len(columns) < 8 or not is_block([columns[4]]):
        return False
    if columns[4] in ANY_OTHER:
        return True
    info = dict(item.partition("=")[::2] for item in columns[7].split(";"))
    try:
        position = int(columns[1])
        end = stated_end(position, info)
    except (ValueError, RecordRejected):
        return False
    return end is not None and end > position - 1 + len(columns[3])
