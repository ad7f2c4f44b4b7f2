"""The answers of htsget: tickets, and what stands behind their URLs, without a word about HTTP."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.access import Decision
from core.byte_ranges import Piece
from core.errors import PermissionDenied, UnsupportedFormat
from core.generations import Generation, Generations
from core.service_info import NodeIdentity, service_info
from core.strict_json import JsonValue
from core.tickets import Ticket, TicketSigner, expiry, subject_hash
from drs.grants import granted_object, still_granted
from drs.objects import GenerationObjects, ObjectStore, StoredObject
from htsget import data
from htsget.contigs import Contig
from htsget.files import Files
from htsget.formats import SLICED, sliced_formats
from htsget.index.bgzf import EOF_MARKER
from htsget.layout import BLOCK_BYTES, ContigSpans, merge_spans, region_plans
from htsget.plan import FileBytes, HeaderOnly, Plan, Span, Unplaced, Whole, encode
from htsget.request import UNPLACED_NAME, DataType, TicketRequest
from htsget.ticket import TicketUrl, inline, ticket_document
from passports.clearinghouse import Clearinghouse, Credentials

VERSION = "1.3.0"
TICKET_ACTION = "htsget"
INLINE_BYTES = 16 << 10
"""Headers up to this size stand in the ticket itself."""

_HEADER, _BODY = "header", "body"


@dataclass(frozen=True, slots=True)
class Granted:
    """What a ticket URL gives: pieces, their validator, and whether they may go on being sent."""

    pieces: Sequence[Piece]
    etag: str
    still_granted: Callable[[], bool]


def service_info_of(identity: NodeIdentity, data_type: DataType) -> dict[str, JsonValue]:
    """Service-info of one data type; only formats that are served in every way are named (htsget 1.3, service-info)."""
    htsget: dict[str, JsonValue] = {
        "datatype": data_type.value,
        "formats": [file_format.value for file_format in sliced_formats(data_type)],
        "fieldsParameterEffective": False,
        "tagsParametersEffective": False,
    }
    return service_info(
        identity,
        suffix=f"htsget-{data_type}",
        artifact="htsget",
        artifact_version=VERSION,
        extra={"htsget": htsget},
    )


@dataclass(frozen=True, slots=True)
class HtsgetService:
    """Every method answers one request: it pins the generation, decides once, and asks the object store."""

    generations: Generations
    clearinghouse: Clearinghouse
    files: Files
    signer: TicketSigner
    identity: NodeIdentity
    clock: Callable[[], float]
    block_bytes: int = BLOCK_BYTES
    inline_bytes: int = INLINE_BYTES

    def info(self, data_type: DataType) -> dict[str, JsonValue]:
        """``/{reads|variants}/service-info``."""
        return service_info_of(self.identity, data_type)

    def ticket(self, alias: str, credentials: Credentials, read: Callable[[], TicketRequest]) -> dict[str, JsonValue]:
        """A ticket; the caller is judged first, then what is asked (``read``), then the object, then the names in it.

        Raises ``InvalidCredential``, ``InvalidRequest``, ``NotFound``, ``CredentialRequired``, ``PermissionDenied``.
        """
        with self.generations.research() as generation:
            decision = self.clearinghouse.decide(credentials, generation.policies)
            asked = read()
            stored = _stored(GenerationObjects(generation), alias, asked, decision)
            self.files.check(stored)
            seal = self._sealer(stored, decision, generation)
            return ticket_document(asked.file_format, self._urls(stored, asked, seal))

    def granted(self, token: str, bearer: str | None) -> Granted:
        """What a signed URL gives, checked again: published, and nobody in it opted out since.

        An access token is not needed; one that comes along must be that of the ticket's own subject, and gives
        nothing more. Raises ``PermissionDenied``, ``NotFound``, ``InvalidCredential``, ``DataDamaged``.
        """
        ticket = self.signer.verify(token, TICKET_ACTION, int(self.clock()))
        if bearer is not None and ticket.subject:
            with self.generations.research() as generation:
                decision = self.clearinghouse.decide(Credentials(bearer), generation.policies)
            if subject_hash(decision.subject) != ticket.subject:
                message = "this link was made for somebody else"
                raise PermissionDenied(message)
        stored = granted_object(self.generations, ticket)
        self.files.check(stored)
        return Granted(
            data.pieces(self.files, stored, ticket),
            data.etag(ticket),
            lambda: still_granted(self.generations, stored),
        )

    def _sealer(self, stored: StoredObject, decision: Decision, generation: Generation) -> Callable[[Plan], str]:
        subject, expires_at = subject_hash(decision.subject), expiry(int(self.clock()), decision)

        def seal(plan: Plan) -> str:
            ticket = Ticket(
                action=TICKET_ACTION,
                dataset_id=stored.dataset_id,
                object_id=stored.row.object_id,
                plan=encode(plan),
                subject=subject,
                expires_at=expires_at,
                generation=generation.id,
            )
            return f"{self.identity.public_url}/htsget/data/{self.signer.sign(ticket)}"

        return seal

    def _urls(self, stored: StoredObject, asked: TicketRequest, seal: Callable[[Plan], str]) -> list[TicketUrl]:
        if not asked.header_only and asked.regions is None:
            return self._whole(stored, seal)
        head = self.files.head(stored)
        header = inline(head.blocks) if len(head.blocks) <= self.inline_bytes else seal(HeaderOnly())
        plans = [] if asked.header_only else self._record_plans(stored, asked)
        body = [TicketUrl(seal(plan), _BODY) for plan in plans]
        return [TicketUrl(header, _HEADER), *body, TicketUrl(inline(EOF_MARKER), _BODY)]

    def _whole(self, stored: StoredObject, seal: Callable[[Plan], str]) -> list[TicketUrl]:
        """The file as it is, in parts if it is large; a missing end-of-file marker is added."""
        parts = self.files.parts(stored, self.block_bytes)
        plans = [Whole()] if len(parts) == 1 else [FileBytes(start, end) for start, end in parts]
        urls = [TicketUrl(seal(plan)) for plan in plans]
        if stored.row.format in SLICED and self.files.head(stored).data_end == stored.row.size_bytes:
            urls.append(TicketUrl(inline(EOF_MARKER)))
        return urls

    def _record_plans(self, stored: StoredObject, asked: TicketRequest) -> list[Plan]:
        directory = self.files.directory(stored)
        spans: defaultdict[Contig, list[Span]] = defaultdict(list)
        unplaced = False
        for region in asked.regions or ():
            if region.reference_name == UNPLACED_NAME and asked.data_type is DataType.READS:
                unplaced = True
                continue
            contig = directory.contigs.resolve(region.reference_name, stored.assembly)
            spans[contig].append((region.start_0based, region.end_0based))
        wanted = [
            ContigSpans(contig.name, directory.index.reference(contig.number), merge_spans(spans[contig]))
            for contig in sorted(spans, key=lambda contig: contig.number)
        ]
        plans: list[Plan] = [*region_plans(wanted, block_bytes=self.block_bytes)]
        if unplaced and directory.index.unplaced_count != 0:
            plans.append(Unplaced())
        return plans


def _stored(objects: ObjectStore, alias: str, asked: TicketRequest, decision: Decision) -> StoredObject:
    """The object behind an id; raises ``UnsupportedFormat`` if the id has other formats than the one asked for."""
    others = (file_format for file_format in asked.data_type.formats if file_format != asked.file_format)
    stored = objects.by_alias(alias, (asked.file_format, *others), decision)
    if stored.row.format != asked.file_format:
        message = f"this id is not available as {asked.file_format}: ask for format={stored.row.format}"
        raise UnsupportedFormat(message, field="format")
    return stored
