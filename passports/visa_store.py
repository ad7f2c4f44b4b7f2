"""The development issuer's memory: which visas stand behind which access token, one small file each."""

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import orjson

from core.durable import write_atomically
from core.errors import InvalidRequest, ServiceUnavailable
from core.strict_json import parse_json

_FILE_NAME = re.compile(r"\.?([0-9]{1,12})-[0-9a-f]{64}\.json.*")


class VisaStore:
    """Visas by token id, in files that only the owner reads; a name holds the expiry and a hash of the id."""

    def __init__(self, folder: Path) -> None:
        """``folder`` need not exist yet."""
        self._folder = folder

    def put(self, token_id: str, expires_at: int, visas: Sequence[str]) -> None:
        """Remember the visas of a new token."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._path(token_id, expires_at), orjson.dumps(list(visas)), mode=0o600)

    def get(self, token_id: str, expires_at: int) -> tuple[str, ...] | None:
        """The visas of a token, ``None`` for one that is not known here; raises ``ServiceUnavailable``."""
        try:
            visas = parse_json(self._path(token_id, expires_at).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, InvalidRequest) as error:
            raise _unreadable() from error
        texts = tuple(visa for visa in visas if isinstance(visa, str)) if isinstance(visas, list) else ()
        if not isinstance(visas, list) or len(texts) != len(visas):
            raise _unreadable()
        return texts

    def remove_expired(self, now: int) -> None:
        """Forget tokens that ended, and what a writer that was killed left behind."""
        for path in self._folder.iterdir() if self._folder.exists() else ():
            name = _FILE_NAME.fullmatch(path.name)
            if name and int(name[1]) <= now:
                path.unlink(missing_ok=True)

    def _path(self, token_id: str, expires_at: int) -> Path:
        return self._folder / f"{expires_at}-{sha256(token_id.encode('utf-8', 'surrogatepass')).hexdigest()}.json"


def _unreadable() -> ServiceUnavailable:
    return ServiceUnavailable("the issuer's store of visas cannot be read", retry_after_s=5)
