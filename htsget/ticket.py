"""The ticket document (htsget 1.3, "Ticket Response"; pure)."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from core.strict_json import JsonValue
from drs.rows import FileFormat

MEDIA_TYPE = "application/vnd.ga4gh.htsget.v1.3.0+json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class TicketUrl:
    """One entry: where a block of the answer is. ``part``: ``header`` or ``body``, empty if it is both."""

    url: str
    part: str = ""

    def document(self) -> dict[str, JsonValue]:
        """The entry; ``headers`` stands there even if empty, because htsjdk fails without it."""
        entry: dict[str, JsonValue] = {"url": self.url}
        if not self.url.startswith("data:"):
            entry["headers"] = {}
        if self.part:
            entry["class"] = self.part
        return entry


def inline(data: bytes) -> str:
    """Bytes as a ``data:`` URI, in the one form that all clients know."""
    return f"data:;base64,{base64.b64encode(data).decode('ascii')}"


def ticket_document(file_format: FileFormat, urls: Sequence[TicketUrl]) -> dict[str, JsonValue]:
    """The ticket; nothing but what the standard names stands in it, because clients refuse the rest."""
    return {"htsget": {"format": file_format.value, "urls": [url.document() for url in urls]}}
