"""The answers of DRS: object documents, authorisations, signed URLs and bytes, without a word about HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.access import Decision
from core.errors import GenvejError, NotFound
from core.generations import Generation, Generations
from core.service_info import NodeIdentity, service_info
from core.strict_json import JsonValue
from core.tickets import Ticket, TicketSigner, expiry, subject_hash
from drs.access import HTTPS_ACCESS_ID, Issuers, access_methods, authorizations
from drs.bulk import resolve_each
from drs.grants import granted_object
from drs.models import (
    AccessUrl,
    Authorizations,
    BulkAccessUrl,
    BulkAccessUrls,
    BulkAuthorizations,
    BulkObjects,
    Checksum,
    DrsObject,
    ServiceLimits,
)
from drs.objects import GenerationObjects, ObjectStore, StoredObject
from drs.paths import bytes_url, portable_name, self_uri
from drs.request import MAXIMUM_BULK, AccessPair
from passports.clearinghouse import Clearinghouse, Credentials

TICKET_ACTION = "drs"
VERSION = "1.5.0"

_STRANGER = Credentials()


@dataclass(frozen=True, slots=True)
class DrsService:
    """Every method answers one request: it pins the generation, decides once, and asks the object store."""

    generations: Generations
    clearinghouse: Clearinghouse
    signer: TicketSigner
    identity: NodeIdentity
    issuers: Issuers
    status_of: Callable[[GenvejError], int]
    clock: Callable[[], float]

    def info(self) -> dict[str, JsonValue]:
        """``/service-info`` (DRS 1.5): the bulk limit at the root and, as 2.0 will have it, under ``drs``."""
        with self.generations.pin() as generation:
            totals = GenerationObjects(generation).totals()
        limits = ServiceLimits(MAXIMUM_BULK, totals.count, totals.size_bytes)
        extra: dict[str, JsonValue] = {"maxBulkRequestLength": MAXIMUM_BULK, "drs": limits.document()}
        return service_info(self.identity, suffix="drs", artifact="drs", artifact_version=VERSION, extra=extra)

    def describe(self, object_id: str, credentials: Credentials) -> DrsObject:
        """One object whose bytes the caller may have.

        Raises ``NotFound``, ``CredentialRequired``, ``PermissionDenied``, ``InvalidCredential``.
        """
        with self._asked(credentials) as (objects, decision):
            return self._document(objects.get(object_id, decision))

    def describe_many(self, object_ids: tuple[str, ...], credentials: Credentials) -> BulkObjects:
        """Many objects under one decision; raises ``InvalidCredential`` only."""
        with self._asked(credentials) as (objects, decision):
            found = resolve_each(
                object_ids,
                lambda object_id: self._document(objects.get(object_id, decision)),
                object_id_of=str,
                status_of=self.status_of,
            )
        return BulkObjects(found.summary, found.unresolved, found.answers)

    def authorizations(self, object_id: str) -> Authorizations:
        """Which credentials an object takes, as far as strangers may know of it; raises ``NotFound``."""
        with self._asked(_STRANGER) as (objects, decision):
            return self._authorizations(objects.describe(object_id, decision))

    def authorizations_of_many(self, object_ids: tuple[str, ...]) -> BulkAuthorizations:
        """Which credentials many objects take, as far as strangers may know of them."""
        with self._asked(_STRANGER) as (objects, decision):
            found = resolve_each(
                object_ids,
                lambda object_id: self._authorizations(objects.describe(object_id, decision)),
                object_id_of=str,
                status_of=self.status_of,
            )
        return BulkAuthorizations(found.summary, found.unresolved, found.answers)

    def access(self, pair: AccessPair, credentials: Credentials) -> AccessUrl:
        """A signed URL; raises ``NotFound``, ``CredentialRequired``, ``PermissionDenied``, ``InvalidCredential``."""
        with self.generations.research() as generation:
            decision = self.clearinghouse.decide(credentials, generation.policies)
            return AccessUrl(self._sign(generation, pair, decision))

    def access_many(self, pairs: tuple[AccessPair, ...], credentials: Credentials) -> BulkAccessUrls:
        """Many signed URLs under one decision; raises ``InvalidCredential`` only."""
        with self.generations.research() as generation:
            decision = self.clearinghouse.decide(credentials, generation.policies)
            found = resolve_each(
                pairs,
                lambda pair: BulkAccessUrl(pair.object_id, pair.access_id, self._sign(generation, pair, decision)),
                object_id_of=lambda pair: pair.object_id,
                status_of=self.status_of,
            )
        return BulkAccessUrls(found.summary, found.unresolved, found.answers)

    def granted(self, token: str) -> StoredObject:
        """The object of a signed URL, checked again: published, and nobody in it opted out since.

        Raises ``PermissionDenied`` for a token that is forged, expired or of another kind, ``NotFound`` for an object
        that is gone.
        """
        return granted_object(self.generations, self.signer.verify(token, TICKET_ACTION, int(self.clock())))

    @contextmanager
    def _asked(self, credentials: Credentials) -> Iterator[tuple[ObjectStore, Decision]]:
        with self.generations.research() as generation:
            decision = self.clearinghouse.decide(credentials, generation.policies)
            yield GenerationObjects(generation), decision

    def _sign(self, generation: Generation, pair: AccessPair, decision: Decision) -> str:
        objects = GenerationObjects(generation)
        stored = objects.get(pair.object_id, decision)
        if pair.access_id != HTTPS_ACCESS_ID:
            message = "no such access id"
            raise NotFound(message, field="access_id")
        ticket = Ticket(
            action=TICKET_ACTION,
            dataset_id=stored.dataset_id,
            object_id=stored.row.object_id,
            plan="",
            subject=subject_hash(decision.subject),
            expires_at=expiry(int(self.clock()), decision),
            generation=generation.id,
        )
        return bytes_url(self.identity.public_url, self.signer.sign(ticket))

    def _authorizations(self, stored: StoredObject) -> Authorizations:
        return authorizations(stored.row.object_id, stored.bytes_from, self.issuers)

    def _document(self, stored: StoredObject) -> DrsObject:
        row = stored.row
        checksums = (Checksum(row.sha256, "sha-256"), Checksum(row.md5, "md5"))
        return DrsObject(
            id=row.object_id,
            self_uri=self_uri(self.identity.public_url, row.object_id),
            size=row.size_bytes,
            created_time=row.created_at,
            checksums=tuple(checksum for checksum in checksums if checksum.checksum),
            name=portable_name(row.name),
            updated_time=row.created_at,
            mime_type=row.mime_type or None,
            access_methods=access_methods(
                row.object_id,
                row.alias,
                row.format,
                stored.bytes_from,
                public_url=self.identity.public_url,
                issuers=self.issuers,
            ),
            description=f"{row.format} file of dataset {stored.dataset_id}",
            aliases=(row.alias,) if row.alias else None,
        )
