from pathlib import Path

import pytest

from core.errors import InvalidSettings
from node.settings import Settings, home_folder, read_settings, settings_table


def home_with(folder: Path, text: str) -> Path:
    (folder / "genvej.toml").write_text(text, encoding="utf-8")
    return folder


def test_an_empty_home_has_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}) == Settings()


def test_the_file_is_read_and_a_variable_wins(tmp_path: Path) -> None:
    home = home_with(tmp_path, '[server]\nport = 9000\nworkers = 3\n[node]\nname = "A"\n')
    settings = read_settings(home, {"GENVEJ_SERVER__PORT": "9001", "GENVEJ_ISSUER__ENABLED": "true"})
    assert (settings.server.port, settings.server.workers, settings.node.name) == (9001, 3, "A")
    assert settings.issuer.enabled


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})
    with pytest.raises(ValueError, match="frozen"):
        setattr(settings.server, "port", 1)  # noqa: B010 - mypy knows that it cannot


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("[server]\nport = 99999\n", {}, ["server.port = 99999", "1 to 65535"]),
        ("[server]\nprot = 1\n", {}, ["server.prot = 1", "unknown key", "server.port"]),
        (
            'public_url = "ftp://x"\n',
            {},
            ["public_url = 'ftp://x'", "not of the expected form", "without path and slash"],
        ),
        ('public_url = "https://x.dk/"\n', {}, ["public_url"]),
        ('public_url = "https://x.dk/genvej"\n', {}, ["public_url"]),
        ('public_url = "http://x.dk#"\n', {}, ["public_url"]),
        ('public_url = "http://x.dk:99999"\n', {}, ["public_url"]),
        ('[storage]\ns3_endpoint_url = "zzz"\n', {}, ["storage.s3_endpoint_url = 'zzz'", "not of the expected form"]),
        ("server = 5\n", {"GENVEJ_SERVER__PORT": "1"}, ["server = 5", "a table is expected"]),
        ("", {"GENVEJ_SERVER__PROT": "1"}, ["GENVEJ_SERVER__PROT", "unknown variable", "GENVEJ_SERVER__PORT"]),
        ("", {"GENVEJ_SERVER__WORKERS": "two"}, ["server.workers = 'two'", "1 to 64"]),
        ("[server\n", {}, ["not TOML"]),
        ('[node]\nid = "Genvej"\n', {}, ["node.id = 'Genvej'", "reverse domain name"]),
    ],
)
def test_a_mistake_is_explained(tmp_path: Path, text: str, variables: dict[str, str], expected: list[str]) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read_settings(home_with(tmp_path, text), variables)
    for words in expected:
        assert words in caught.value.message


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    home = home_with(tmp_path, "[server]\nport = 0\nworkers = 0\n")
    with pytest.raises(InvalidSettings) as caught:
        read_settings(home, {"GENVEJ_NONSENSE": "1"})
    assert len(caught.value.message.splitlines()) == 3


def test_the_public_url_follows_the_address_unless_it_is_set(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}).effective_public_url == "http://127.0.0.1:8080"
    everywhere = read_settings(tmp_path, {"GENVEJ_SERVER__HOST": "0.0.0.0"})  # noqa: S104 - never bound
    assert everywhere.effective_public_url == "http://127.0.0.1:8080"
    stated = read_settings(tmp_path, {"GENVEJ_PUBLIC_URL": "https://genvej.example.dk"})
    assert stated.effective_public_url == "https://genvej.example.dk"


def test_an_address_with_colons_stands_in_brackets(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"GENVEJ_SERVER__HOST": "::1", "GENVEJ_SERVER__PORT": "9"})
    assert settings.effective_public_url == "http://[::1]:9"


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidSettings, match="is --home the folder of a node"):
        read_settings(tmp_path / "file", {})


def test_the_home_is_the_argument_else_the_variable_else_a_folder_here() -> None:
    assert home_folder("/a", {"GENVEJ_HOME": "/b"}) == Path("/a")
    assert home_folder(None, {"GENVEJ_HOME": "/b"}) == Path("/b")
    assert home_folder(None, {}) == Path("genvej-home").absolute()


def test_the_table_names_every_setting_with_a_meaning() -> None:
    table = settings_table()
    keys = [key for key, *_ in table]
    assert "server.port" in keys
    assert "issuer.enabled" in keys
    assert len(keys) == len(set(keys))
    assert all(meaning and meaning != "None" for *_, meaning in table)
    assert ("server.port", "GENVEJ_SERVER__PORT", "8080") in {row[:3] for row in table}
    assert ("issuer.enabled", "GENVEJ_ISSUER__ENABLED", "false") in {row[:3] for row in table}
