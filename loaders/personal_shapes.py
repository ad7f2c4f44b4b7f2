"""The shapes of personal data: CPR numbers, e-mail, telephone numbers, dates of birth, names of fields (pure).

Recognised without knowing any person, so that some values are refused that are nobody's: a number of ten digits that
begins with a date, for instance. Accessions, digests, UUIDs, genomic positions and other dates pass.
"""

import calendar
import re

CPR = "a CPR number"
EMAIL = "an e-mail address"
TELEPHONE = "a telephone number"
BIRTH_DATE = "an exact date of birth"

_LONGEST_MONTH = {month: calendar.monthrange(2000, month)[1] for month in range(1, 13)}
_DIGEST = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{32,128}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?![0-9A-Za-z])"
)
"""Digests and UUIDs: their digits are nobody's number."""
_DASH = "[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}]"
_SPACE = "[ \N{NO-BREAK SPACE}]"
_CPR = (
    re.compile(rf"(?<![\d.])(\d\d)(\d\d)\d\d(?:{_SPACE}?{_DASH}{_SPACE}?|{_SPACE})?\d{{4}}(?!\d)"),
    re.compile(rf"(?<![\d.])(\d\d)([-./ ])(\d\d)\2\d\d{_SPACE}?{_DASH}{_SPACE}?\d{{4}}(?!\d)"),
)
_EMAIL = re.compile(r"(?<![\w.+%'-])(?<!://)[\w.+%'-]{1,64}@[\w.-]{1,255}\.[A-Za-z]{2,}")
"""Not the user of a URL (``ftp://user@host.org``)."""
_DANISH = (
    rf"[2-9]\d(?:[ .\N{{NO-BREAK SPACE}}-]?\d\d){{3}}|[2-9]\d{{3}}{_SPACE}\d{{4}}|[2-9]\d{_SPACE}\d{{3}}{_SPACE}\d{{3}}"
)
_COUNTRY = re.compile(
    rf"(?<![\w+.(])(?:(?:\+|00){_SPACE}?45[ .-]?(?:{_DANISH})|\(\+?45\){_SPACE}?(?:{_DANISH})"
    r"|\+[1-9](?:[ .()\-]{0,2}\d){7,14})(?![\d.]\d|\d)"
)
_SAID = re.compile(
    rf"(?<!\w)(?:tlf|tel|telefon|telefonnr|telephone|phone|mobil|mobile|mob|fax|ring)(?:\.|:|\b)[\s.:#]{{0,3}}"
    rf"(?:nr\.?|no\.?|number)?[\s.:#]{{0,3}}(?:{_DANISH})(?!\d)",
    re.IGNORECASE,
)
_PAIRS = re.compile(
    rf"(?<![\w.,+:/-]{_SPACE})(?<![\w.,+:/-])[2-9]\d(?:{_SPACE}\d\d){{3}}(?!{_SPACE}?\d|[\w.,:/-]\d|\w)"
)
_WHOLE = re.compile(
    rf"[2-9]\d(?:[ .\N{{NO-BREAK SPACE}}-]\d\d){{3}}|[2-9]\d{{3}}{_SPACE}\d{{4}}|[2-9]\d{_SPACE}\d{{3}}{_SPACE}\d{{3}}"
)
_DATE = (
    r"(?:(?:18|19|20)\d\d[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[-./ ]{1,2}(?:0?[1-9]|1[0-2])[-./ ]{1,2}(?:(?:18|19|20)\d\d|\d\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])\.?\s+(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?,?\s+(?:18|19|20)\d\d"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?:0?[1-9]|[12]\d|3[01]),?\s+(?:18|19|20)\d\d)"
)
_FULL_DATE = re.compile(_DATE, re.IGNORECASE)
_BORN = re.compile(
    r"(?<!\w)(?:born|birth\s?dat[eo]|birthday|date\s+of\s+birth|d\.?o\.?b\.?|f(?:ø|oe|o)dt|f(?:ø|oe|o)dselsda(?:to|g(?:en)?)|f\.\s?d\.)"
    rf"[\s:=,;]{{0,3}}(?:(?:on|the|den|d\.|is|er)[\s:]{{1,2}}){{0,2}}{_DATE}(?!\d)",
    re.IGNORECASE,
)
_PERSONS = ("", "patient", "person", "subject", "participant", "proband", "individual", "mother", "father", "relative",
            "donor", "citizen", "borger")  # fmt: skip
_NAMED = (
    "name", "names", "firstname", "lastname", "surname", "givenname", "middlename", "familyname", "fullname",
    "maidenname", "nickname", "navn", "fornavn", "efternavn", "mellemnavn", "fuldenavn",
    "address", "homeaddress", "street", "streetaddress", "streetname", "postalcode", "postcode", "zipcode", "zip",
    "adresse", "vejnavn", "postnr", "postnummer",
    "contact", "contactinfo", "contactperson", "contactdetails", "nextofkin", "kontakt", "kontaktperson",
    "email", "emailaddress", "mail", "phone", "phonenumber", "telephone", "telephonenumber", "mobile", "mobilephone",
    "telefon", "telefonnummer", "telefonnr", "mobil", "tlf",
    "cpr", "cprnumber", "cprnr", "cprnummer", "personnummer", "personnr", "ssn", "socialsecuritynumber", "nationalid",
    "nationalidentitynumber", "passportnumber", "medicalrecordnumber", "mrn", "healthinsurancenumber",
)  # fmt: skip
_BIRTH = (
    "dateofbirth", "birthdate", "birthday", "dob", "born", "foedselsdato", "fødselsdato", "fodselsdato", "foedselsdag",
    "fødselsdag", "birthdatetime",
)  # fmt: skip
_PERSONAL_NAMES = frozenset(person + name for person in _PERSONS for name in (*_NAMED, *_BIRTH))
_ONLY_LETTERS = re.compile(r"[^0-9a-zæøå]")


def personal_data_in(text: str) -> str | None:
    """What personal data a text looks like it holds, such as ``"a CPR number"``; ``None`` for none.

    CPR numbers (with or without a valid control digit), e-mail addresses, telephone numbers with a country code or
    called one, dates that are said to be of birth.
    """
    plain = _DIGEST.sub("", text) if len(text) >= 32 else text
    if _has_cpr(plain):
        return CPR
    if "@" in plain and _EMAIL.search(plain):
        return EMAIL
    if _COUNTRY.search(plain) or _SAID.search(plain):
        return TELEPHONE
    return BIRTH_DATE if _BORN.search(plain) else None


def personal_data_in_free_text(text: str) -> str | None:
    """As ``personal_data_in``, and Danish telephone numbers in their usual groups (``22 33 44 55``).

    For what people write: numbers that stand so in a command line mean something else.
    """
    found = personal_data_in(text)
    if found:
        return found
    return TELEPHONE if _WHOLE.fullmatch(text.strip()) or _PAIRS.search(_DIGEST.sub("", text)) else None


def personal_number(number: int) -> bool:
    """Whether a JSON number is a CPR number without its dash."""
    return 10**9 <= number < 10**10 and _has_cpr(str(number))


def is_personal_name(name: str) -> bool:
    """Whether a field or column is named after something personal: names, addresses, contacts, dates of birth."""
    return _letters(name) in _PERSONAL_NAMES


def says_birth(name: str) -> bool:
    """Whether a field or column is about a birth (``birth_info``, ``fødsel``), whatever it may hold."""
    letters = _letters(name)
    return letters.startswith(("birth", "foedsel", "fødsel", "fodsel")) or letters.endswith(("ofbirth", "birth"))


def holds_full_date(text: str) -> bool:
    """Whether a text holds a date to the day: ISO or Danish (``31-12-1999``, ``31. dec. 1999``)."""
    return _FULL_DATE.search(text) is not None


def _has_cpr(text: str) -> bool:
    joined, apart = _CPR
    dates = [(found[1], found[2]) for found in joined.finditer(text)]
    dates += [(found[1], found[3]) for found in apart.finditer(text)]
    return any(1 <= int(day) <= _LONGEST_MONTH.get(int(month), 0) for day, month in dates)


def _letters(name: str) -> str:
    return _ONLY_LETTERS.sub("", name.lower())
