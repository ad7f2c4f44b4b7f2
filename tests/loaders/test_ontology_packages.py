import pytest

from core.errors import LoadRefused
from core.reference_rows import Link, Relation
from loaders.ontology_packages import package_file, parse_icd10

CHAPTERS = b"""\xef\xbb\xbf<icd><item type="chapter"><name>I</name><description>one</description>
<item type="block"><name>A00-A09</name><description>block</description>
<item type="category"><name>A00</name><description>Cholera</description></item></item></item></icd>"""


def test_codes_lie_below_what_holds_them() -> None:
    terms = parse_icd10([CHAPTERS], "x.xml", "2019").terms
    assert {term.id: (term.label, term.links) for term in terms.values()} == {
        "ICD10:I": ("one", ()),
        "ICD10:A00-A09": ("block", (Link("ICD10:I", Relation.IS_A),)),
        "ICD10:A00": ("Cholera", (Link("ICD10:A00-A09", Relation.IS_A),)),
    }
    with pytest.raises(LoadRefused, match="a code without name or description"):
        parse_icd10([CHAPTERS.replace(b"Cholera", b"")], "x.xml", "2019")


def test_packages_that_are_missing_or_other_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "loaders.ontology_packages.PACKAGES", {"not-there-at-all": ("X", "x"), "click": ("X", "nothing")}
    )
    with pytest.raises(LoadRefused, match="the Python package not-there-at-all is not installed here"):
        package_file("not-there-at-all")
    with pytest.raises(LoadRefused, match="does not hold the file"):
        package_file("click")
