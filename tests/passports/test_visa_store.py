from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ServiceUnavailable
from passports.visa_store import VisaStore
from tests.passports.forge import NOW


def stored(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_keeps_visas_by_token(tmp_path: Path) -> None:
    store = VisaStore(tmp_path / "home" / "passports")
    store.put("token-1", NOW + 60, ["visa-1", "visa-2"])
    store.put("token-2", NOW + 60, [])
    assert store.get("token-1", NOW + 60) == ("visa-1", "visa-2")
    assert store.get("token-2", NOW + 60) == ()
    assert store.get("token-3", NOW + 60) is None
    assert store.get("token-1", NOW + 61) is None
    assert VisaStore(tmp_path / "nowhere").get("token-1", NOW) is None


def test_only_the_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "passports"
    VisaStore(folder).put("token-1", NOW, ["visa"])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert stored(folder).stat().st_mode & 0o777 == 0o600
    assert "token-1" not in stored(folder).name


def test_forgets_what_expired_and_what_a_killed_writer_left(tmp_path: Path) -> None:
    store = VisaStore(tmp_path)
    store.put("old", NOW, ["visa"])
    left = stored(tmp_path)
    left.with_name(f".{left.name}.4711.new").write_bytes(b"[")
    store.put("new", NOW + 1, ["visa"])
    (tmp_path / "README").write_text("not ours")
    store.remove_expired(NOW)
    assert sorted(path.name[:10] for path in tmp_path.iterdir()) == [str(NOW + 1), "README"]
    assert store.get("new", NOW + 1) == ("visa",)
    VisaStore(tmp_path / "nowhere").remove_expired(NOW)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'["visa"', b"\xff"])
def test_a_damaged_store_is_no_refusal(tmp_path: Path, content: bytes) -> None:
    store = VisaStore(tmp_path)
    store.put("token-1", NOW, ["visa"])
    stored(tmp_path).write_bytes(content)
    with pytest.raises(ServiceUnavailable) as unavailable:
        store.get("token-1", NOW)
    assert unavailable.value.retry_after_s


def test_a_store_that_cannot_be_read_is_no_refusal(tmp_path: Path) -> None:
    store = VisaStore(tmp_path)
    store.put("token-1", NOW, ["visa"])
    path = stored(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ServiceUnavailable):
        store.get("token-1", NOW)


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_token_id_stays_inside_the_folder(token_id: str) -> None:
    assert VisaStore(Path("/nowhere"))._path(token_id, NOW).parent == Path("/nowhere")
