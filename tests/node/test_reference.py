from pathlib import Path

from node.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"


def test_the_reference_page_is_up_to_date() -> None:
    """Every setting, command, error and route is named in the docs; `make reference` makes the page again."""
    assert PAGE.read_text(encoding="utf-8") == reference()


def test_the_page_names_one_of_each() -> None:
    page = reference()
    for words in ("server.port", "`genvej dataset publish`", "InvalidCredential", "`/htsget/reads/", "`/services`"):
        assert words in page
