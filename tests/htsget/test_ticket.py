import base64

from drs.rows import FileFormat
from htsget.ticket import TicketUrl, inline, ticket_document


def test_http_urls_have_headers_and_data_uris_do_not() -> None:
    urls = [TicketUrl(inline(b"abc"), "header"), TicketUrl("https://node.example/x", "body"), TicketUrl("https://n/y")]
    assert ticket_document(FileFormat.BAM, urls) == {
        "htsget": {
            "format": "BAM",
            "urls": [
                {"url": "data:;base64," + base64.b64encode(b"abc").decode(), "class": "header"},
                {"url": "https://node.example/x", "headers": {}, "class": "body"},
                {"url": "https://n/y", "headers": {}},
            ],
        }
    }
