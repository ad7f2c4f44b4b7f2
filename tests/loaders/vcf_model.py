"""What a VCF record means, in the plainest Python: written apart from the loaders, to compare them with.

It takes valid records of the strategies beside it, on GRCh38.
"""

from dataclasses import dataclass, field

PAR = {"X": ((10000, 2781479), (155701382, 156030895)), "Y": ((10000, 2781479), (56887902, 57217415))}
NO_VARIANT = {".", "*", "<*>", "<NON_REF>"}


@dataclass
class ModelAllele:
    start: int
    end: int
    reference: str
    alternate: str
    count: int = 0
    heterozygous: list[int] | int | None = None
    homozygous: list[int] | int | None = None
    hemizygous: list[int] | int | None = None


@dataclass
class ModelRecord:
    contig: str
    passed: bool
    number: int = 0
    called: list[tuple[int, int]] | None = None
    alleles: list[ModelAllele] = field(default_factory=list)


def read_model(line: str, males: frozenset[int] = frozenset(), *, length_first: bool = False) -> ModelRecord:
    """Read a valid record."""
    chrom, pos, _, ref, alt, _, filters, info_text, *rest = line.split("\t")
    contig = {"chr1": "1", "chrX": "X", "chrY": "Y"}.get(chrom, chrom)
    start, info = int(pos) - 1, {}
    for item in info_text.split(";"):
        key, _, value = item.partition("=")
        info[key] = value
    record = ModelRecord(contig, filters in ("PASS", "."))
    in_par = any(first <= start < last for first, last in PAR.get(contig, ()))
    men = males if contig in PAR and not in_par else frozenset()
    calls = people_calls(rest, men)
    alternates = alt.split(",")
    if calls is None:
        # Where there are people, INFO speaks of others.
        numbers = site_numbers({} if rest else info, len(alternates))
    else:
        record.number = sum(len(call) for call in calls)
        record.called = [(person, len(call)) for person, call in enumerate(calls) if len(call) != 2]
    for place, text in enumerate(alternates):
        if text in NO_VARIANT:
            continue
        end = symbolic_end(start, text, place, info, length_first=length_first)
        allele = place_allele(start, ref.upper(), text, end)
        if calls is None:
            record.number, counts = numbers
            allele.count, allele.heterozygous, allele.homozygous, allele.hemizygous = counts[place]
        else:
            count_calls(allele, calls, place + 1)
        if allele.start >= 0:
            record.alleles.append(allele)
    if calls is None:
        record.number = numbers[0]
    return record


def people_calls(columns: list[str], men: frozenset[int]) -> list[list[int]] | None:
    """Called copies of every person."""
    if not columns or "GT" not in columns[0].split(":"):
        return None
    place = columns[0].split(":").index("GT")
    calls = []
    for person, cell in enumerate(columns[1:]):
        fields = cell.split(":")
        text = fields[place] if place < len(fields) else "."
        copies = [int(copy) for copy in text.replace("|", "/").split("/") if copy not in ("", ".")]
        if person in men and copies and min(copies) == max(copies):
            copies = copies[:1]
        calls.append(copies)
    return calls


def count_calls(allele: ModelAllele, calls: list[list[int]], number: int) -> None:
    groups: dict[str, list[int]] = {"het": [], "hom": [], "hemi": []}
    for person, call in enumerate(calls):
        here = call.count(number)
        allele.count += here
        if here:
            kind = "hemi" if len(call) == 1 else "hom" if here == len(call) else "het"
            groups[kind].append(person)
    allele.heterozygous, allele.homozygous, allele.hemizygous = groups["het"], groups["hom"], groups["hemi"]


def place_allele(start: int, ref: str, text: str, end: int) -> ModelAllele:
    if set(text.upper()) <= set("ACGTNRYSWKMBDHV"):
        text = text.upper()
        while ref and text and ref[-1] == text[-1]:
            ref, text = ref[:-1], text[:-1]
        while ref and text and ref[0] == text[0]:
            ref, text, start = ref[1:], text[1:], start + 1
        return ModelAllele(start, start + len(ref), ref, text)
    if text[0] != "<" or text == "<BND>":
        return ModelAllele(max(0, start), max(0, start) + 1, "", text)
    return ModelAllele(start + 1, end, "", text)


def symbolic_end(start: int, text: str, place: int, info: dict[str, str], *, length_first: bool) -> int:
    sizes = info.get("SVLEN", ".").split(",")
    size = sizes[place] if place < len(sizes) else sizes[0]
    by_size = None if size == "." else start + 1 + abs(int(size))
    by_end = int(info["END"]) if "END" in info else None
    first, second = (by_size, by_end) if length_first else (by_end, by_size)
    end = first if first is not None else second
    if text.startswith("<INS") or end is None:
        end = start + 1
    return end


def site_numbers(
    info: dict[str, str], alternates: int
) -> tuple[int, list[tuple[int, int | None, int | None, int | None]]]:
    """AN, and per allele AC, het, hom, hemi, of a record without genotypes."""
    number = int(info["AN"]) if "AN" in info else None
    counts: list[int | None] = [None] * alternates
    if "AC" in info:
        counts = [int(text) for text in info["AC"].split(",")]
    elif number is not None and len(info.get("AF", "").split(",")) == alternates and info.get("AF"):
        counts = [round(float(text) * number) for text in info["AF"].split(",")]
    het = [int(text) for text in info["AC_Het"].split(",")] if "AC_Het" in info else []
    hom = [int(text) for text in info["nhomalt"].split(",")] if "nhomalt" in info else []
    if not hom and "AC_Hom" in info:
        hom = [int(text) // 2 for text in info["AC_Hom"].split(",")]
    known = number is not None and counts[0] is not None
    return (number or 0) if known else 0, [
        (
            (counts[place] or 0) if known else 0,
            het[place] if len(het) == alternates else None,
            hom[place] if len(hom) == alternates else None,
            None,
        )
        for place in range(alternates)
    ]
