"""Texts inside INFO values: percent-encoding, and protein changes in one-letter codes (VCF 4.3 §1.0.2; pure)."""

import re
from types import MappingProxyType

_ENCODED = re.compile(r"%(?:3[ABDabd]|2[5Cc]|0[9ADad]|20)")
_AMINO_ACIDS = MappingProxyType(
    {
        "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
        "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
        "Tyr": "Y", "Val": "V", "Ter": "*", "Sec": "U", "Pyl": "O", "Xaa": "X", "Asx": "B", "Glx": "Z", "Xle": "J",
    }
)  # fmt: skip
_CODE = re.compile("|".join(_AMINO_ACIDS))
_CHANGE = re.compile(r"[A-Z*][A-Za-z0-9*_]*")


def decoded(text: str) -> str:
    """A text without the percent-encoding of the characters that VCF reserves (and of blanks, which VEP encodes)."""
    return _ENCODED.sub(lambda found: chr(int(found.group()[1:], 16)), text) if "%" in text else text


def amino_acid_change(hgvs_protein: str) -> str:
    """``V600E`` of ``NP_004324.2:p.Val600Glu``; empty where nothing changes or nothing is known."""
    change = hgvs_protein.rpartition("p.")[2].strip("()[]") if "p." in hgvs_protein else ""
    short = _CODE.sub(lambda found: _AMINO_ACIDS[found.group()], change)
    return short if _CHANGE.fullmatch(short) and re.search(r"\d", short) else ""


def simple_change(amino_acids: str, position: str) -> str:
    """``V600E`` of VEP's Amino_acids ``V/E`` and Protein_position ``600`` or ``600/766``; empty for anything else."""
    pair = re.fullmatch(r"([A-Z*])/([A-Z*])", amino_acids)
    place = re.fullmatch(r"(\d{1,6})(?:/\d+)?", position)
    return f"{pair.group(1)}{place.group(1)}{pair.group(2)}" if pair and place else ""
