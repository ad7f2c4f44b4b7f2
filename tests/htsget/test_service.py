"""Whose tickets are good for what."""

from pathlib import Path

import pytest

from core.errors import CredentialRequired, InvalidCredential, NotFound, PermissionDenied
from core.generations import Generations
from core.storage import LocalStorage
from core.tickets import TicketKey, TicketSigner
from drs.rows import FileFormat
from htsget.files import Files
from htsget.index.bgzf import EOF_MARKER
from htsget.request import DataType, TicketRequest, from_query
from htsget.service import Granted, HtsgetService
from passports.clearinghouse import Clearinghouse, Credentials
from passports.issuer import DevelopmentIssuer
from passports.visa_specs import parse_visa_specs
from tests.drs.files import Published, publish
from tests.htsget.genomes import index_bam, write_bam
from tests.htsget.node import IDENTITY, PUBLIC_URL, Clock, HtsgetNode, htsget_node, stored_pair

VISA = "ControlledAccessGrants:controlled"


class Desk:
    """A service over a node's home, spoken to without HTTP."""

    def __init__(
        self,
        home: Path,
        generations: Generations,
        clock: Clock,
        *,
        block_bytes: int = 1 << 28,
        inline_bytes: int = 1 << 14,
    ) -> None:
        self.clock = clock
        self.issuer = DevelopmentIssuer(home, PUBLIC_URL, clock=clock)
        self.service = HtsgetService(
            generations,
            Clearinghouse(self.issuer.trust(), [self.issuer], audiences=[PUBLIC_URL], clock=clock),
            Files(LocalStorage(home)),
            TicketSigner((TicketKey("k1", bytes(range(32))),)),
            IDENTITY,
            clock,
            block_bytes,
            inline_bytes,
        )

    def bearer(self, user: str, *visas: str) -> str:
        return self.issuer.mint(user, parse_visa_specs(visas), 3600)

    def urls(self, alias: str, bearer: str | None, **query: str) -> list[str]:
        asked = from_query(DataType.READS, list(query.items()))
        document = self.service.ticket(alias, Credentials(bearer), lambda: asked)
        content = document["htsget"]
        assert isinstance(content, dict)
        entries = content["urls"]
        assert isinstance(entries, list)
        return [str(entry["url"]) for entry in entries if isinstance(entry, dict)]

    def granted(self, url: str, bearer: str | None = None) -> Granted:
        return self.service.granted(url.removeprefix(f"{PUBLIC_URL}/htsget/data/"), bearer)


@pytest.fixture(scope="module")
def desk(node: HtsgetNode) -> Desk:
    return Desk(node.home, node.generations, Clock())


def test_bytes_need_the_grant_of_the_dataset(desk: Desk) -> None:
    with pytest.raises(CredentialRequired):
        desk.urls("closed", None)
    with pytest.raises(PermissionDenied):
        desk.urls("closed", desk.bearer("nobody"))
    with pytest.raises(InvalidCredential):
        desk.urls("reads", "not.a.token")
    (url,) = desk.urls("closed", desk.bearer("granted", VISA))
    assert desk.granted(url).pieces


def test_the_caller_is_judged_before_the_question(desk: Desk) -> None:
    def never() -> TicketRequest:
        raise AssertionError

    with pytest.raises(InvalidCredential):
        desk.service.ticket("reads", Credentials("not.a.token"), never)


def test_a_link_is_good_for_its_own_subject_and_for_bare_clients(desk: Desk) -> None:
    (url,) = desk.urls("closed", desk.bearer("granted", VISA))
    first = desk.granted(url)
    assert desk.granted(url, desk.bearer("granted")).etag == first.etag
    with pytest.raises(PermissionDenied, match="somebody else"):
        desk.granted(url, desk.bearer("another", VISA))
    with pytest.raises(InvalidCredential):
        desk.granted(url, "not.a.token")


def test_a_link_of_open_data_is_anybodys(desk: Desk) -> None:
    (url,) = desk.urls("reads", None)
    assert desk.granted(url, desk.bearer("somebody")).etag == desk.granted(url).etag


def test_links_end(desk: Desk) -> None:
    (url,) = desk.urls("reads", None)
    desk.clock.now += 901
    try:
        with pytest.raises(PermissionDenied):
            desk.granted(url)
    finally:
        desk.clock.now -= 901
    with pytest.raises(PermissionDenied):
        desk.granted(url[:-2] + "AA")


def test_a_link_ends_with_the_publication_or_with_an_opt_out(tmp_path: Path) -> None:
    with htsget_node(tmp_path / "home", tmp_path) as node:
        before = Desk(node.home, node.generations, Clock())
        (url,) = before.urls("closed", before.bearer("granted", VISA))
        publish(node.home, node.datasets, opted_out=["P-9"])
        fresh = Generations(node.home)
        try:
            after = Desk(node.home, fresh, Clock())
            with pytest.raises(NotFound):
                after.granted(url)
            with pytest.raises(NotFound):
                after.urls("closed", after.bearer("granted", VISA))
        finally:
            fresh.stop()


def test_a_large_file_has_several_links_and_gets_the_end_that_it_lacks(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    bam = write_bam(tmp_path / "big.bam", reads=20_000)
    bam.write_bytes(bam.read_bytes().removesuffix(EOF_MARKER))
    publish(home, {"open": Published(stored_pair(home, bam, index_bam(bam), FileFormat.BAM, "reads"))})
    generations = Generations(home)
    try:
        desk = Desk(home, generations, Clock(), block_bytes=200_000, inline_bytes=10)
        urls = desk.urls("reads", None)
        assert len(urls) > 3
        assert [url.partition(":")[0] for url in urls] == ["https"] * (len(urls) - 1) + ["data"]
        parts = [desk.granted(url).etag for url in desk.urls("reads", None, referenceName="1")[1:-1]]
        assert len(set(parts)) == len(parts) > 1
        header, end = desk.urls("reads", None, **{"class": "header"})
        assert header.startswith("https://")
        assert desk.granted(header).pieces
        assert end.startswith("data:")
    finally:
        generations.stop()
