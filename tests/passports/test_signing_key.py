import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest

from core.errors import OperatorError
from passports.signing_key import load_or_create
from tests.passports.forge import MISSING, changed, ec_jwk, ec_key, number, rsa_jwk

PRIVATE = ec_jwk(d=number(ec_key().private_numbers().private_value, 32))


def test_makes_a_key_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "issuer.json"
    first = load_or_create(path)
    assert load_or_create(path).public_jwk == first.public_jwk
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["issuer.json"]


def test_the_public_half_holds_no_secret_and_has_a_thumbprint_as_id(tmp_path: Path) -> None:
    key = load_or_create(tmp_path / "issuer.json")
    assert set(key.public_jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert jwt.PyJWK(dict(key.public_jwk)).key == key.private_key.public_key()
    assert len(str(key.public_jwk["kid"])) == 43
    assert key.pinned.key_id == key.public_jwk["kid"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create(tmp_path / "keys" / "issuer.json"), range(8)))
    assert len({key.pinned.key_id for key in keys}) == 1


def test_whoever_comes_second_takes_the_key_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "issuer.json"
    first = load_or_create(path)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert load_or_create(path).pinned.key_id == first.pinned.key_id
    assert [entry.name for entry in tmp_path.iterdir()] == ["issuer.json"]


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        {},
        ec_jwk(),
        rsa_jwk(),
        changed(PRIVATE, {"kid": MISSING}),
        changed(PRIVATE, {"d": "=="}),
        changed(PRIVATE, {"d": number(0, 32)}),
        changed(PRIVATE, {"d": number(ec_key("other").private_numbers().private_value, 32)}),
    ],
)
def test_another_file_is_refused_with_the_remedy(tmp_path: Path, jwk: object) -> None:
    path = tmp_path / "issuer.json"
    path.write_text(json.dumps(jwk))
    with pytest.raises(OperatorError, match="remove the file"):
        load_or_create(path)


def test_reads_a_key_made_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "issuer.json"
    path.write_text(json.dumps(PRIVATE))
    assert load_or_create(path).private_key.private_numbers() == ec_key().private_numbers()
