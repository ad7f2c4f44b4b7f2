"""A call set as the lines of a VCF file (pure; VCF 4.3)."""

from collections.abc import Iterable, Iterator

from node.demo.genes import ASSEMBLY, file_contig
from node.demo.genotypes import ABSENT, MISSING, CallSet
from node.demo.variants import Site

SYNTHETIC_NOTICE = "synthetic data of the Genvej demonstration: no real person, no real genome"

_INFO = (
    ("AC", "A", "Integer", "Allele count of each alternate allele"),
    ("AN", "1", "Integer", "Number of alleles read"),
    ("AF", "A", "Float", "Allele frequency of each alternate allele"),
    ("END", "1", "Integer", "Last base of a symbolic allele"),
    ("SVTYPE", "1", "String", "Type of structural variant"),
    ("SVLEN", "A", "Integer", "Difference in length between alternate and reference allele"),
    ("GENE", "1", "String", "Gene symbol"),
)


def header_lines(samples: Iterable[str]) -> Iterator[str]:
    """The header: all contigs of the assembly with their lengths, and that the data are synthetic."""
    yield "##fileformat=VCFv4.3"
    yield f"##reference={ASSEMBLY.name}"
    yield f'##genvejDemo=<ID=synthetic,Description="{SYNTHETIC_NOTICE}">'
    yield '##FILTER=<ID=PASS,Description="All filters passed">'
    for contig, length in ASSEMBLY.lengths.items():
        yield f"##contig=<ID={file_contig(contig)},length={length},assembly={ASSEMBLY.name}>"
    yield '##ALT=<ID=DEL,Description="Deletion">'
    yield '##ALT=<ID=DUP,Description="Duplication">'
    for key, number, kind, description in _INFO:
        yield f'##INFO=<ID={key},Number={number},Type={kind},Description="{description}">'
    yield '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">'
    yield "\t".join(("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples))


def record_lines(call_set: CallSet) -> Iterator[str]:
    """One line a site."""
    texts = _genotype_texts()
    for index, site in enumerate(call_set.sites):
        info = _info(site, call_set.allele_counts(index), call_set.allele_number(index))
        genotypes = [texts[first, second] for first, second in call_set.copies[index].tolist()]
        fixed = (file_contig(site.contig), str(site.start_0based + 1), site.rs_id, site.reference)
        yield "\t".join((*fixed, ",".join(site.alternates), ".", "PASS", info, "GT", *genotypes))


def _info(site: Site, counts: tuple[int, ...], number: int) -> str:
    frequencies = ",".join(f"{count / number:.6g}" for count in counts)
    fields = [f"AC={','.join(map(str, counts))}", f"AN={number}", f"AF={frequencies}", f"GENE={site.gene}"]
    if site.symbolic:
        kind = site.alternates[0].strip("<>")
        length = site.end_0based - site.start_0based - 1
        fields += [f"END={site.end_0based}", f"SVTYPE={kind}", f"SVLEN={-length if kind == 'DEL' else length}"]
    return ";".join(fields)


def _genotype_texts() -> dict[tuple[int, int], str]:
    """Two sorted copies as GT writes them: ``0/1``, ``./.``; ``1`` or ``.`` where there is one copy or none."""
    texts = {(ABSENT, ABSENT): ".", (ABSENT, MISSING): ".", (MISSING, MISSING): "./."}
    alleles = range(4)
    texts |= {(ABSENT, allele): str(allele) for allele in alleles}
    return texts | {(first, second): f"{first}/{second}" for first in alleles for second in alleles}
