"""Ids in addresses: ``drs://`` and ``https://`` URIs are made from the configured public URL, never from a request.

Ids are written percent-encoded (RFC 3986, unreserved characters stay as they are), so that a slash in an id can never
become another route; the other direction, decoding a raw path segment exactly once, is ``core.web.path_segment``.
"""

import re
from urllib.parse import quote, urlsplit

MOUNT_PATH = "/ga4gh/drs/v1"
"""The prefix that every DRS URL has (DRS 1.5, "DRS API endpoints")."""

_NOT_PORTABLE = re.compile(r"[^A-Za-z0-9._-]")


def encode_segment(identifier: str) -> str:
    """An id as one path segment."""
    return quote(identifier, safe="")


def self_uri(public_url: str, object_id: str) -> str:
    """``drs://<host>/<id>`` (DRS 1.5, hostname-based URIs): a host without port, an encoded id."""
    host = urlsplit(public_url).hostname or ""
    return f"drs://{f'[{host}]' if ':' in host else host}/{encode_segment(object_id)}"


def bytes_url(public_url: str, token: str) -> str:
    """Where the bytes of a signed ticket are fetched (DRS 1.5, AccessURL.url)."""
    return f"{public_url}{MOUNT_PATH}/bytes/{encode_segment(token)}"


def htsget_url(public_url: str, data_type: str, alias: str) -> str:
    """Where an htsget ticket is asked for: ``data_type`` is ``reads`` or ``variants`` (htsget 1.3, "Request")."""
    return f"{public_url}/htsget/{data_type}/{encode_segment(alias)}"


def portable_name(name: str) -> str:
    """A file name of the characters that the standard allows, others replaced by ``_`` (DRS 1.5, DrsObject.name)."""
    return _NOT_PORTABLE.sub("_", name)
