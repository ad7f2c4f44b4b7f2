import importlib
import logging
from pathlib import Path

import pytest

from core.errors import LoadRefused
from loaders.crypt4gh_contents import PASSPHRASE_VARIABLE, check_key, decrypted
from tests.loaders.crypt4gh_files import edited, encrypt, write_keys


def tell(done: int, total: int) -> None:
    del done, total


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    path.write_bytes(bytes(range(256)) * 1000)
    return path


def test_the_content_is_there_for_a_while_and_without_a_name(source: Path, tmp_path: Path) -> None:
    secret, public = write_keys(tmp_path)
    path = encrypt(source, tmp_path / "a.c4gh", public, secret)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with decrypted(path, "a.c4gh", secret, scratch, tell) as plain:
        assert plain.read_bytes() == source.read_bytes()
        assert list(scratch.iterdir()) == []
    assert not plain.exists()


def test_what_the_key_does_not_open_is_refused(source: Path, tmp_path: Path) -> None:
    secret, public = write_keys(tmp_path)
    other, _ = write_keys(tmp_path, "other")
    path = encrypt(source, tmp_path / "a.c4gh", public, secret)
    for wrong, key, said in (
        (path.read_bytes(), other, "the key does not open it"),
        (path.read_bytes()[:-3], secret, "data block 4 is damaged"),
        (path.read_bytes()[:70000] + b"x" + path.read_bytes()[70001:], secret, "data block 2 is damaged"),
    ):
        broken = tmp_path / "b.c4gh"
        broken.write_bytes(wrong)
        with (
            pytest.raises(LoadRefused, match=rf"b\.c4gh: {said}"),
            decrypted(broken, "b.c4gh", key, tmp_path, tell),
        ):
            pass
    part = edited(path, tmp_path / "c.c4gh", secret, public)
    with pytest.raises(LoadRefused, match="edit list"), decrypted(part, "c.c4gh", secret, tmp_path, tell):
        pass


def test_keys_that_cannot_be_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, public = write_keys(tmp_path)
    check_key(secret)
    assert logging.getLogger("crypt4gh").level == logging.CRITICAL
    (tmp_path / "nonsense").write_bytes(b"\0nonsense")
    for wrong in (public, tmp_path / "nonsense", tmp_path / "absent"):
        with pytest.raises(LoadRefused, match="not a secret key"):
            check_key(wrong)
    locked, _ = write_keys(tmp_path, "locked", "open sesame")
    monkeypatch.delenv(PASSPHRASE_VARIABLE, raising=False)
    with pytest.raises(LoadRefused, match=rf"\${PASSPHRASE_VARIABLE}"):
        check_key(locked)
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "wrong")
    with pytest.raises(LoadRefused, match="does not hold it"):
        check_key(locked)
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "open sesame")
    check_key(locked)


def test_the_package_is_optional(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _ = write_keys(tmp_path)

    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(LoadRefused, match="pip install crypt4gh"):
        check_key(secret)
