"""Danish CPR numbers in every spelling that people and programs give them (pure).

A date of birth (ddmmyy, ddmmyyyy or yyyymmdd), at most two separators, four digits. Replacement numbers have 60 added
to the day. Control digits are not judged: numbers given since 2007 may fail them. Recognised without knowing any
person, so that some values are refused that are nobody's. Accessions, digests, UUIDs, DOIs and genomic positions pass.
"""

import calendar
import re
import unicodedata
from datetime import date

_LONGEST_MONTH = {month: calendar.monthrange(2000, month)[1] for month in range(1, 13)}
_REPLACEMENT = 60
_SEQUENCING_SINCE = 2007
"""Since then a date with four digits that read as hours and minutes is mostly the time of a run."""
_DIGEST = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{32,128}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?![0-9A-Za-z])"
)
"""Digests and UUIDs: their digits are nobody's number."""
_PREFIXES = (
    "SNOMED", "SNOMEDCT", "SNOMED_CT", "SNOMEDCT_US", "SCTID", "SCT", "UMLS", "OMIM", "OMIMPS", "MIM", "HP", "HPO",
    "MONDO", "ORPHA", "ORPHANET", "LOINC", "LNC", "NCIT", "NCBIGENE", "HGNC", "ENSEMBL", "DBSNP", "CLINVAR", "COSMIC",
    "RXNORM", "RXCUI", "DRUGBANK", "CHEBI", "PUBCHEM", "CHEMBL", "ICD10", "ICD10CM", "ICD11", "ICD-10", "PMID",
    "PMCID", "PUBMED", "UNIPROT", "REFSEQ", "BIOSAMPLE", "SRA", "ENA", "EGA", "GEO", "MESH", "EFO", "UBERON", "CL",
    "GO", "SO", "DUO", "OBI", "DOID", "MEDGEN", "GTR", "CIVIC", "CAID", "CLINGEN", "NCBITAXON", "CELLOSAURUS",
)  # fmt: skip
_ACCESSION = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"(?:rs|ss|nsv|esv|nssv|dbVar|[SED]R[APRSXZ]|SAM(?:N|D|EA|EG)|PRJ(?:NA|EB|DB)|EGA[A-Z]|GS[EM]|PMC|ENS[A-Z]{0,6}[GTPER]"
    r"|COS[VMNT]|[RSV]CV|CA|LRG_|UMLS_C|chr[0-9A-Z]{1,2}:|1?[0-9XYM]T?:g\.|g\.)\d+(?:\.\d{1,3}(?!\d))?"
    rf"|(?:{'|'.join(map(re.escape, _PREFIXES))}):[A-Z]{{0,2}}\d+"
    r"|(?:doi:\s?)?10\.\d{4,9}/\S+)",
    re.IGNORECASE,
)
_IN_LETTERS = re.compile(
    r"(?<![0-9A-Za-z])(?!(?:cpr|pnr|nr|no|id|pt|patient|person|dk|borger)\d)[A-Za-z]{2,}\d{10,}(?!\d)", re.IGNORECASE
)
_SIGNED = re.compile(r"(?<![\w)])[-+]\d+\.\d+")
"""Numbers with a sign and decimals (``-101109.5512``)."""
_SEPARATOR = r" ?[-_./:~]{0,2} ?"
_DAY, _MONTH, _INNER, _CENTURY = r"(?P<day>\d\d)", r"(?P<month>\d\d)", r"(?P<inner>[-_./ ]?)", "(?:18|19|20)"
_REST = rf"(?P<outer>{_SEPARATOR})(?P<serial>\d{{4}})(?!\d)"
_BEFORE = r"(?<!\d)(?<!\d\.)"
_DAY_FIRST = re.compile(rf"{_BEFORE}(?={_DAY}{_INNER}{_MONTH}(?P=inner)(?P<year>{_CENTURY}\d\d){_REST})")
_SHORT_YEAR = re.compile(rf"{_BEFORE}(?={_DAY}{_INNER}{_MONTH}(?P=inner)(?P<year>\d\d){_REST})")
_YEAR_FIRST = re.compile(rf"{_BEFORE}(?=(?P<year>{_CENTURY}\d\d){_INNER}{_MONTH}(?P=inner){_DAY}{_REST})")
_ESCAPED = re.compile(r"%(2[0DEF]|3A|5F|7E|09)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"\d{9,10}(?:[.,]0*)?|\d[.,]\d{1,9}[eE]\+?0?[89]")


def plain_text(text: str) -> str:
    """A text as it looks: NFKC, without format characters, with one kind of dash and single spaces.

    Digests and UUIDs are left out.
    """
    if not text.isascii():
        spelled = unicodedata.normalize("NFKC", text)
        text = "".join(map(_plain_character, spelled))
    if "%" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    text = _SPACES.sub(" ", text)
    return _DIGEST.sub("", text) if len(text) >= 32 else text


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return "-" if category == "Pd" or character == "\N{MINUS SIGN}" else character


def has_cpr_number(plain: str, *, free_text: bool = False) -> bool:
    """Whether a text that went through ``plain_text`` holds a CPR number.

    ``free_text``: digits that belong to a word of two letters or more (``AB0101701234``) pass as well.
    """
    if sum(map(str.isdigit, plain)) < 10:
        return False
    plain = _SIGNED.sub("", _ACCESSION.sub("", plain))
    if free_text:
        plain = _IN_LETTERS.sub("", plain)
    return (
        any(_is_number(found) for found in _DAY_FIRST.finditer(plain))
        or any(_is_number(found) for found in _SHORT_YEAR.finditer(plain))
        or any(_is_number(found) for found in _YEAR_FIRST.finditer(plain))
    )


def is_cpr_number(value: float) -> bool:
    """Whether a number of JSON is a CPR number, perhaps without its first zero."""
    if value != value or not 10**8 <= value < 10**10 or int(value) != value:  # noqa: PLR0124 - not a number
        return False
    return has_cpr_number(f"{int(value):010d}")


def is_cpr_id(text: str) -> bool:
    """Whether an id is nothing but a CPR number as a spreadsheet spells it: no first zero, ``.0``, ``1.5E9``."""
    plain = plain_text(text).strip().strip("'\"")
    return bool(_NUMBER.fullmatch(plain)) and is_cpr_number(float(plain.replace(",", ".")))


def _is_number(found: re.Match[str]) -> bool:
    inner, outer = found["inner"], found["outer"]
    day, month, year = found["day"], found["month"], found["year"]
    if inner == " " and not outer.strip():
        return False  # four numbers in a row, as in a command line
    number = int(day) - _REPLACEMENT if int(day) > _REPLACEMENT else int(day)
    if not 1 <= number <= _LONGEST_MONTH.get(int(month), 0):
        return False
    if len(year) == 2:
        return True
    if found.re is _YEAR_FIRST and int(year) >= _SEQUENCING_SINCE and outer == "_":
        return False  # a release and the number of its samples: 20201028_3202
    return not _is_time_of_a_run(int(year), inner, outer, found["serial"])


def _is_time_of_a_run(year: int, inner: str, outer: str, serial: str) -> bool:
    clock = int(serial[:2]) < 24 and int(serial[2:]) < 60
    return _SEQUENCING_SINCE <= year <= date.max.year and clock and (bool(inner) or outer.strip() != "-")
