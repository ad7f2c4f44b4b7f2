"""The vocabulary of ``variantType``: VCF words, EFO copy number terms and SO terms, with their hierarchy (pure).

Beacon v2.2 leaves the vocabulary open and expects query expansion. Deletion terms match deletions of any size (small
ones and copy number losses); length limits narrow them. Copy numbers are not stored yet: a loss counts as low-level
(EFO:0030068), a duplication as high-level gain (EFO:0030072), the other levels are known terms without members.
"""

from core.errors import InvalidRequest

_SV = ("BND", "CNV", "DEL", "DUP", "INS", "INV", "SV")
_SNP = ("SNP",)
_DEL = ("DEL",)
_INS = ("INS",)
_DUP = ("DUP",)
_CNV = ("CNV", "DEL", "DUP")
_SMALL_INDELS = ("DEL", "INDEL", "INS")

_MEANING: dict[str, tuple[str, ...]] = {
    "SNP": _SNP, "SNV": _SNP, "SO:0001483": _SNP,
    "MNP": ("MNP",), "MNV": ("MNP",), "SO:0002007": ("MNP",),
    "INS": _INS, "SO:0000667": _INS,
    "DEL": _DEL, "SO:0000159": _DEL, "SO:0001743": _DEL, "EFO:0030067": _DEL, "EFO:0030068": _DEL,
    "EFO:0020073": (), "EFO:0030069": (),
    "INDEL": _SMALL_INDELS, "SO:1000032": ("INDEL",), "DELINS": ("INDEL",),
    "DUP": _DUP, "SO:1000035": _DUP, "SO:0001742": _DUP, "EFO:0030070": _DUP, "EFO:0030071": (), "EFO:0030072": _DUP,
    "INV": ("INV",), "SO:1000036": ("INV",),
    "CNV": _CNV, "SO:0001019": _CNV, "EFO:0030063": _CNV,
    "BND": ("BND",),
    "SV": _SV, "SO:0001537": _SV,
}  # fmt: skip

SUPPORTED = tuple(sorted(_MEANING))
"""Every value that is understood, in upper case."""


def read_variant_type(text: str) -> tuple[str, ...]:
    """The stored kinds that a value means, sorted; raises ``InvalidRequest`` listing the supported ones."""
    meaning = _MEANING.get(text.strip().upper())
    if meaning is None:
        message = f"variantType: {text[:40]!r} is unknown; supported are {', '.join(SUPPORTED)}"
        raise InvalidRequest(message, field="variantType")
    return meaning
