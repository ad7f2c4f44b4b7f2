"""Names of fields, columns and header lines that are named after something personal (pure).

A name is split into words at signs, digits and changes of case (``mobilTlf_2`` is ``mobil``, ``tlf``). Some words are
personal wherever they stand, others only if nothing but words about persons stands beside them: ``contact`` and
``contact_info`` are, ``contact_lens`` is not.
"""

import re

_PERSONS = frozenset(
    {
        "patient", "person", "subject", "participant", "proband", "individual", "mother", "father",
        "relative", "donor", "citizen", "borger", "parent", "sister", "brother", "child", "spouse", "partner",
        "guardian", "family", "mor", "far", "barn", "moder", "fader", "pige", "dreng", "soester", "søster",
        "bror", "familie", "doctor", "physician", "clinician", "laege", "læge", "paaroerende", "pårørende",
        "patients", "mothers", "fathers", "persons",
    }
)  # fmt: skip
_BESIDE = _PERSONS | frozenset(
    {
        "s", "of", "the", "his", "her", "their", "af", "for", "til", "den", "first", "last", "given",
        "middle", "maiden", "full", "nick", "sur", "legal", "pre", "home", "work", "private", "privat",
        "hjemme", "arbejde", "arbejds", "primary", "secondary", "emergency", "current", "info", "information",
        "details", "detail", "data", "nr", "no", "num", "number", "nummer", "id", "line", "text", "value",
        "name", "names", "navn", "address", "mail", "e", "next", "kin", "residence", "living", "bopael",
        "bopæl", "contact", "kontakt", "code", "kode", "zip", "city", "mobile", "mobil",
    }
)  # fmt: skip
_OF_BIRTH = frozenset({"date", "dato", "day", "dag", "time", "datetime", "timestamp", "place", "town", "sted"})
_ALWAYS = frozenset(
    {
        "firstname", "lastname", "surname", "givenname", "middlename", "familyname", "fullname", "maidenname",
        "nickname", "fname", "lname", "navn", "fornavn", "efternavn", "mellemnavn", "fuldenavn", "pigenavn",
        "patientname", "patientnavn", "initialer", "initials", "homeaddress", "streetaddress", "streetname",
        "street", "gade", "gadenavn", "vej", "vejnavn", "adresse", "bopael", "bopæl", "kommune",
        "kommunekode", "kommunenr", "municipality", "postalcode", "postcode", "zipcode", "postnr",
        "postnummer", "husnr", "contactinfo", "contactperson", "contactdetails", "nextofkin", "kontaktperson",
        "paaroerende", "pårørende", "email", "emailaddress", "phone", "phonenumber", "phoneno", "telephone",
        "telephonenumber", "mobilephone", "telefon", "telefonnummer", "telefonnr", "mobilnr", "mobilnummer",
        "mobiltlf", "mobiltelefon", "tlf", "tlfnr", "cpr", "cprno", "cprnumber", "cprnr", "cprnummer",
        "cprid", "pnr", "personnummer", "personnr", "ssn", "socialsecuritynumber", "nationalid",
        "nationalidentitynumber", "passportnumber", "passport", "journalnr", "journalnummer",
        "medicalrecordnumber", "mrn", "healthinsurancenumber", "dateofbirth", "birthdate", "birthday",
        "birthdatetime", "dob", "bday", "fdato", "fdag", "foedselsdato", "fødselsdato", "fodselsdato",
        "foedselsdag", "fødselsdag", "fodselsdag", "foedt", "født",
    }
)  # fmt: skip
_ALONE = frozenset(
    {"name", "names", "address", "contact", "kontakt", "mail", "mobile", "mobil", "zip", "city", "by", "born", "tel"}
)
"""Personal if only words about persons stand beside them."""
_BIRTH = frozenset({"birth", "foedsel", "fødsel", "fodsel", "foedsels", "fødsels", "fodsels"})
_ALLOWED = frozenset(
    {
        "contactlens", "genename", "samplename", "datasetname", "filename", "pipelinename", "individualid",
        "subjectid", "patientid", "personid", "participantid", "familyid", "motherid", "fatherid", "childid",
        "cprperformed", "cityofsequencing", "mobileelement", "contactdermatitis", "ipaddress", "macaddress",
        "birthyear", "yearofbirth",
    }
)  # fmt: skip
"""Names that are no person's, whatever the rules say."""
_WORDS = re.compile(r"[A-ZÆØÅ]+(?![a-zæøå])|[A-ZÆØÅ]?[a-zæøå]+")
_ONLY_LETTERS = re.compile(r"[^0-9a-zæøå]")


def is_personal_name(name: str) -> bool:
    """Whether a field or column is named after something personal: names, addresses, contacts, dates of birth."""
    letters = _letters(name)
    whole = letters.strip("0123456789")
    if letters in _ALLOWED:
        return False
    words = {word.lower() for word in _WORDS.findall(name)}
    if whole in _ALWAYS | _ALONE or words & _ALWAYS or _prefixed(whole):
        return True
    return bool(words & _ALONE and words <= _BESIDE | _ALONE) or (is_birth_name(name) and bool(words & _OF_BIRTH))


def is_birth_name(name: str) -> bool:
    """Whether a name tells of a birth and nothing else (``birth``, ``birth_info``, not ``birth_weight``)."""
    words = {word.lower() for word in _WORDS.findall(name)}
    return bool(words & _BIRTH) and words <= _BIRTH | _BESIDE | _OF_BIRTH


def _prefixed(letters: str) -> bool:
    """Whether a name is one of a person's words and a personal one without a sign between: ``mothername``."""
    return any(letters.startswith(person) and letters[len(person) :] in _ALWAYS | _ALONE for person in _PERSONS)


def says_birth(name: str) -> bool:
    """Whether a field or column is about a birth (``birth_info``, ``fødsel``), whatever it may hold."""
    letters = _letters(name)
    return letters.startswith(("birth", "foedsel", "fødsel", "fodsel")) or letters.endswith(("ofbirth", "birth"))


def _letters(name: str) -> str:
    return _ONLY_LETTERS.sub("", name.lower())
