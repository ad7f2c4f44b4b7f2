import asyncio
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from core.errors import InvalidCredential, InvalidRequest
from passports.web import bearer_token, read_bearer


def test_reads_the_token() -> None:
    assert read_bearer([]) is None
    for header in ("Bearer abc.DEF-_~+/==", "bearer abc.DEF-_~+/==", "BEARER   abc.DEF-_~+/=="):
        assert read_bearer([header]) == "abc.DEF-_~+/=="


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Bearer a,b",
        "Bearer\ta",
        " Bearer a",
        "Basic YTpi",
        "a.b.c",
        "Bearer é",
        "Bearer =",
        "Bearer a\n",
    ],
)
def test_another_scheme_is_not_anonymous(header: str) -> None:
    with pytest.raises(InvalidCredential) as error:
        read_bearer([header])
    assert error.value.field == "Authorization"


def test_two_headers_are_ambiguous() -> None:
    with pytest.raises(InvalidRequest):
        read_bearer(["Bearer a", "Bearer a"])


@given(st.text(max_size=20) | st.text(max_size=20).map(lambda text: f"Bearer {text}"))
def test_any_header_is_a_token_or_an_invalid_credential(header: str) -> None:
    with suppress(InvalidCredential):
        token = read_bearer([header])
        assert token
        assert header.endswith(f" {token}")


def ask(*values: bytes) -> str | None:
    headers = [(b"accept", b"*/*"), *((b"authorization", value) for value in values)]
    return asyncio.run(bearer_token(Request({"type": "http", "headers": headers})))


def test_reads_the_headers_of_a_request() -> None:
    assert ask() is None
    assert ask(b"Bearer abc") == "abc"
    with pytest.raises(InvalidRequest):
        ask(b"Bearer abc", b"Basic YTpi")
    with pytest.raises(InvalidCredential):
        ask(b"Bearer \xff\xfe")
