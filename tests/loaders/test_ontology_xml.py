from pathlib import Path

import pytest

from core.errors import LoadRefused
from loaders.ontology_xml import Element, read_nodes


def read(text: str) -> list[tuple[str, str, int]]:
    found: list[tuple[str, str, int]] = []

    def take(root: Element, node: Element, line: int) -> None:
        assert root.name == "r"
        found.append((node.name, node.text, line))

    read_nodes([text.encode()], "x.xml", take)
    return found


def test_nodes_come_one_by_one() -> None:
    assert read("<r>\n<a>x</a>\n<b xmlns='n:'><c/> y </b></r>") == [("a", "x", 2), ("n:b", "y", 3)]


def test_small_entities_of_the_file_itself_are_expanded() -> None:
    assert read('<!DOCTYPE r [<!ENTITY owl "http://o#">]><r><a>&owl;x</a></r>') == [("a", "http://o#x", 1)]


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    for text, reason in (
        (f'<!DOCTYPE r [<!ENTITY e0 "lol">{bomb}]><r><a>&e9;</a></r>', "expands to entities"),
        (f'<!DOCTYPE r [<!ENTITY e "{"x" * 2000}">]><r><a>&e;</a></r>', "more than 1,024 characters"),
        (f'<!DOCTYPE r [<!ENTITY e SYSTEM "{secret.as_uri()}">]><r><a>&e;</a></r>', "external and parameter entities"),
        (f'<!DOCTYPE r [<!ENTITY % e SYSTEM "{secret.as_uri()}">%e;]><r/>', "external and parameter entities"),
        (f'<!DOCTYPE r SYSTEM "{secret.as_uri()}"><r/>', "a document type that lies elsewhere"),
        ("<r>" + "<a>" * 200, "nested too deeply"),
        ("<r><a>" + "<b/>" * 200_001, "too many in one node"),
        ("<r><a></b></r>", "line 1: not well-formed XML: mismatched tag"),
        ("\x00", "not well-formed XML"),
    ):
        with pytest.raises(LoadRefused, match=reason) as error:
            read(text)
        assert "secret" not in error.value.message


def test_text_of_a_node_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.ontology_xml._MAXIMUM_NODE_CHARACTERS", 10)
    with pytest.raises(LoadRefused, match="too much text"):
        read("<r><a>" + "x" * 11)
    assert read("<r>" + "<a>123456</a>" * 3 + "</r>") == [("a", "123456", 1)] * 3
