"""Generated VCF records for property tests: valid ones of every kind, and texts that are nearly so."""

import hypothesis.strategies as st

CONTIGS = ("chr1", "1", "chrX", "X", "chrY", "MT", "GL000220.1")
POSITIONS = st.one_of(st.integers(1, 60), st.integers(2_781_470, 2_781_490), st.just(0))
"""Few places, so that records meet; some around the end of a pseudo-autosomal region of GRCh38."""

BASES = st.text("ACGT", min_size=1, max_size=6)
ODD_BASES = st.text("ACGTNacgtnRY", min_size=1, max_size=4)
SYMBOLS = st.sampled_from(
    ["<DEL>", "<DUP>", "<DUP:TANDEM>", "<INV>", "<CNV>", "<CN0>", "<CN3>", "<INS>", "<INS:ME:ALU>", "<DEL:ME>", "<UNK>"]
)
BREAKENDS = st.sampled_from(
    ["N[chr2:321681[", "]13:123456]T", "[chrX:100[G", "GAC]1:5]", "G.", ".TC", "A[<ctg1>:7[", "<BND>"]
)
NOT_ALLELES = st.sampled_from(["*", "<*>", "<NON_REF>"])
ALTERNATE = st.one_of(BASES, BASES, BASES, ODD_BASES, SYMBOLS, BREAKENDS, NOT_ALLELES)
FORMATS = st.sampled_from(["GT", "GT:DP", "GT:AD:DP", "DP:GT", "AD:DP:GT:GQ", "DP", "LAA:LEC"])
NOISE = st.lists(
    st.sampled_from(["DB", "DP=12", "MQ=.", "AF=0.5", "NOTE=a%3Bb", "CIPOS=-5,7", "CIEND=0,0", "CN=2", ""]), max_size=3
)


@st.composite
def genotypes(draw: st.DrawFn, alleles: int) -> str:
    """One GT: missing, half-missing, haploid, polyploid, phased or not, also with VCF 4.4's leading sign."""
    common = st.sampled_from(["0/0", "0/1", "1/1", "0|1", "1|0", "./.", ".", "0", "1"])
    if draw(st.booleans()):
        return draw(common)
    copies = draw(
        st.lists(st.sampled_from([".", *(str(number) for number in range(alleles + 1))]), min_size=1, max_size=4)
    )
    text = copies[0]
    for copy in copies[1:]:
        text += draw(st.sampled_from("/|")) + copy
    return draw(st.sampled_from(["", "", "", "/", "|"])) + text


@st.composite
def cells(draw: st.DrawFn, form: str, alleles: int) -> str:
    """One sample column; trailing sub-fields may be dropped."""
    keys = form.split(":")
    values = {"GT": draw(genotypes(alleles)), "AD": "3,4", "DP": "7", "GQ": ".", "LAA": "", "LEC": "1"}
    found = [values[key] for key in keys]
    last = draw(st.integers(1, len(keys)))
    return draw(st.sampled_from([":".join(found), ":".join(found[:last]), "." if "GT" not in keys[:1] else found[0]]))


@st.composite
def infos(draw: st.DrawFn, position: int, alternates: list[str]) -> str:
    """INFO with END and SVLEN as callers write them, counts, and keys that mean nothing here."""
    items = draw(NOISE)
    if any(text.startswith("<") for text in alternates) and draw(st.booleans()):
        items.append(f"END={max(position, 1) + draw(st.integers(0, 5000))}")
    if draw(st.booleans()):
        sizes = [str(draw(st.integers(-900, 900))) if text.startswith("<") else "." for text in alternates]
        items.append("SVLEN=" + (",".join(sizes) if draw(st.booleans()) else sizes[0]))
    if draw(st.booleans()):
        counts = [draw(st.integers(0, 20)) for _ in alternates]
        number = sum(counts) + draw(st.integers(0, 50))
        items += [f"AN={number}", "AC=" + ",".join(str(count) for count in counts)]
        items += draw(
            st.sampled_from([[], [f"nhomalt={','.join('0' for _ in alternates)}"], ["AC_Het=1"], ["AC_Hom=5"]])
        )
    return ";".join(draw(st.permutations(items))) or "."


@st.composite
def record_lines(draw: st.DrawFn, samples: int) -> str:
    """A line without its end that is a valid record of a file with so many samples."""
    contig = draw(st.sampled_from(CONTIGS))
    position = draw(POSITIONS) % 10_000 if contig == "MT" else draw(POSITIONS)
    reference = draw(st.one_of(BASES, BASES, ODD_BASES))
    alternates = draw(
        st.one_of(
            st.lists(ALTERNATE, min_size=1, max_size=3, unique_by=str.upper).filter(
                lambda texts: reference.upper() not in [text.upper() for text in texts]
            ),
            st.just(["."]),
        )
    )
    columns = [
        contig,
        str(position),
        draw(st.sampled_from([".", "rs1", "rs1;rs2"])),
        reference,
        ",".join(alternates),
        draw(st.sampled_from([".", "30", "1e3"])),
        draw(st.sampled_from(["PASS", ".", "q10", "q10;s50"])),
        draw(infos(position, alternates)),
    ]
    if samples:
        form = draw(FORMATS)
        alleles = 0 if alternates == ["."] else len(alternates)
        columns += [
            form,
            *(draw(cells(form, alleles)).replace("1", "0" if alternates == ["."] else "1") for _ in range(samples)),
        ]
    return "\t".join(columns)


@st.composite
def nearly_lines(draw: st.DrawFn, samples: int) -> str:
    """A record with one place changed: valid or not."""
    line = draw(record_lines(samples))
    place = draw(st.integers(0, len(line)))
    inserted = draw(st.text("\t01.,;:=/|<>[]*N-ACEDSVL", max_size=3))
    return line[:place] + inserted + line[min(len(line), place + draw(st.integers(0, 3))) :]
