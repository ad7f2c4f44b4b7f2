"""The shapes of personal data: CPR numbers, e-mail, telephone numbers, dates of birth, names of fields (pure).

Recognised without knowing any person, so that some values are refused that are nobody's: a number of ten digits that
begins with a date, for instance. Accessions, digests, UUIDs, genomic positions and other dates pass.
"""

import re

from loaders.cpr_numbers import has_cpr_number, is_cpr_id, is_cpr_number, plain_text

CPR = "a CPR number"
EMAIL = "an e-mail address"
TELEPHONE = "a telephone number"
BIRTH_DATE = "an exact date of birth"

_SPACE = "[ \N{NO-BREAK SPACE}]"
_EMAIL = re.compile(
    r"(?<![\w.+%'-])(?<!://)[\w.+%'-]{1,64}(?:@|\s?[(\[{]\s?(?:at|snabel-?a)\s?[)\]}]\s?)[\w.-]{1,255}\.[A-Za-z]{2,}",
    re.IGNORECASE,
)
"""Not the user of a URL (``ftp://user@host.org``)."""
_DANISH = (
    rf"[2-9]\d(?:[ .\N{{NO-BREAK SPACE}}-]?\d\d){{3}}|[2-9]\d{{3}}{_SPACE}\d{{4}}|[2-9]\d{_SPACE}\d{{3}}{_SPACE}\d{{3}}"
)
_COUNTRY = re.compile(
    rf"(?<![\w+.(])(?:(?:\+|00){_SPACE}?45[ .-]?(?:{_DANISH})|\(\+?45\){_SPACE}?(?:{_DANISH})"
    r"|\+1(?:[ .()\-]{0,2}\d){10}|\+[2-9](?:[ .()\-]{0,2}\d){8,14})(?![\d.]\d|\d)"
)
_SAID = re.compile(
    r"(?<!\w)(?:(?:(?:mobil|privat|hjemme|arbejds)?(?:tlf|tel|telefon|telefonnr|telefonnummer|mob)|telephone|phone|mobil|mobile|fax)"
    r"(?:\.|:|\b)[\s.:#]{0,3}(?:nr\.?|no\.?|nummer|number)?[\s.:#=]{0,3}"
    r"|(?:kontakt\w{0,8}|contact|ring|call|ringes)\b[^\d\n(+]{0,30})"
    rf"(?:{_DANISH}|\([2-9]\d\)(?:{_SPACE}?\d\d){{3}})(?![\d])",
    re.IGNORECASE,
)
_SPELLED_AT = re.compile(r"[(\[{]\s?(?:at|snabel)", re.IGNORECASE)
_PAIRS = re.compile(
    rf"(?<![\w.,+:/-]{_SPACE})(?<![\w.,+:/-])[2-9]\d(?:{_SPACE}\d\d){{3}}(?!{_SPACE}?\d|[\w.,:/-]\d|\w)"
)
_WHOLE = re.compile(
    rf"[2-9]\d(?:[ .\N{{NO-BREAK SPACE}}-]\d\d){{3}}|[2-9]\d{{3}}{_SPACE}\d{{4}}|[2-9]\d{_SPACE}\d{{3}}{_SPACE}\d{{3}}"
)
_DATE = (
    r"(?:(?:18|19|20)\d\d[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])"
    r"|(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:(?:18|19|20)\d\d|\d\d)(?!\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])[-./ ]{1,2}(?:0?[1-9]|1[0-2])[-./ ]{1,2}(?:(?:18|19|20)\d\d|\d\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])\.?\s+(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?,?\s+(?:18|19|20)\d\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:0?[1-9]|[12]\d|3[01]),?\s+(?:18|19|20)\d\d)"
)
_FULL_DATE = re.compile(_DATE, re.IGNORECASE)
_BORN = re.compile(
    r"(?<![^\W_])(?:born|birth[\s_]?dat[eo]|birthday|date[\s_]?of[\s_]?birth|d\.?o\.?b\.?|f(?:ø|oe|o)dt|f[\s_]?dato"
    r"|f(?:ø|oe|o)dselsda(?:to|g(?:en)?)|f\.\s?d\.|geb(?:oren)?\.?|[fb]\.)"
    rf"[\s:=,;\"']{{0,4}}(?:(?:on|the|den|d\.|is|er|am)[\s:]{{1,2}}){{0,2}}{_DATE}(?!\d)",
    re.IGNORECASE,
)


def personal_data_in(text: str) -> str | None:
    """What personal data a text looks like it holds, such as ``"a CPR number"``; ``None`` for none.

    CPR numbers (with or without a valid control digit), e-mail addresses, telephone numbers with a country code or
    called one, dates that are said to be of birth. For ids and names, which hold no accessions of other things.
    """
    return _found_in(plain_text(text), free_text=False)


def personal_data_in_id(text: str) -> str | None:
    """As ``personal_data_in``, for the id of a person or sample: one that is a number may be a CPR number cut short."""
    return CPR if is_cpr_id(text) else personal_data_in(text)


def personal_data_in_free_text(text: str) -> str | None:
    """As ``personal_data_in``, and Danish telephone numbers in their usual groups (``22 33 44 55``).

    For what people write: numbers that stand so in a command line mean something else.
    """
    plain = plain_text(text)
    found = _found_in(plain, free_text=True)
    if found:
        return found
    return TELEPHONE if _WHOLE.fullmatch(plain.strip()) or _PAIRS.search(plain) else None


def _found_in(plain: str, *, free_text: bool) -> str | None:
    if has_cpr_number(plain, free_text=free_text):
        return CPR
    if ("@" in plain or _SPELLED_AT.search(plain)) and _EMAIL.search(plain):
        return EMAIL
    if _COUNTRY.search(plain) or _SAID.search(plain):
        return TELEPHONE
    return BIRTH_DATE if _BORN.search(plain) else None


def personal_number(number: float) -> bool:
    """Whether a JSON number is a CPR number without its dash, perhaps without its first zero."""
    return is_cpr_number(number)


def holds_full_date(text: str) -> bool:
    """Whether a text holds a date to the day: ISO or Danish (``31-12-1999``, ``31. dec. 1999``)."""
    return _FULL_DATE.search(text) is not None
