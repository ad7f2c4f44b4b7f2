"""Ids in addresses: encoded once, from the configured URL."""

from urllib.parse import unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from drs.paths import bytes_url, encode_segment, htsget_url, portable_name, self_uri


def test_self_uri_has_the_host_and_no_port() -> None:
    assert self_uri("http://127.0.0.1:8080", "abc") == "drs://127.0.0.1/abc"
    assert self_uri("https://node.example.dk", "a/b:c") == "drs://node.example.dk/a%2Fb%3Ac"
    assert self_uri("http://[::1]:8080", "abc") == "drs://[::1]/abc"


def test_urls_begin_with_the_public_url() -> None:
    assert bytes_url("https://node.example.dk", "t.k") == "https://node.example.dk/ga4gh/drs/v1/bytes/t.k"
    assert htsget_url("https://node.example.dk", "reads", "a b") == "https://node.example.dk/htsget/reads/a%20b"


def test_names_are_made_of_portable_characters() -> None:
    assert portable_name("NA12878 (æ).bam") == "NA12878____.bam"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_encoded_id_is_one_segment_and_comes_back(identifier: str) -> None:
    encoded = encode_segment(identifier)
    assert unquote(encoded) == identifier
    assert not set(encoded) & set("/?#: ")
    assert encoded.isascii()
    assert urlsplit(f"https://host/{encoded}").path == f"/{encoded}"
