"""What was granted once and is used later: the object of a ticket, and whether its bytes may go on being sent."""

import logging

from core.errors import Gone, NotFound
from core.generations import Generations
from core.storage import Storage
from core.tickets import Ticket
from drs.objects import ABSENT, GenerationObjects, StoredObject, hidden_now
from drs.rows import FileRow

logger = logging.getLogger("genvej.drs")


def granted_object(generations: Generations, ticket: Ticket) -> StoredObject:
    """The object of a verified ticket, from the generation that the ticket was made from, else from the current one.

    A new version in the middle of a download does not end it; a withdrawal or an opt-out does: raises ``NotFound``.
    """
    with generations.research() as current:
        if ticket.dataset_id not in current.datasets:
            raise NotFound(ABSENT)
        try:
            with generations.pin(ticket.generation or None) as generation:
                stored = GenerationObjects(generation).granted(ticket)
        except Gone:
            stored = GenerationObjects(current).granted(ticket)
    if not still_granted(generations, stored):
        raise NotFound(ABSENT)
    return stored


def check_unchanged(storage: Storage, row: FileRow) -> None:
    """Raise ``Gone`` if the stored bytes are no longer those that were registered: an id means the same bytes for ever.

    Judged by size and by the storage's own mark, at every use.
    """
    stamp = storage.stamp(row.location)
    if stamp.size_bytes != row.size_bytes or (row.stored_version and stamp.version != row.stored_version):
        logger.error("the stored bytes of object %s changed since they were registered", row.object_id)
        message = "the stored file changed since it was registered; ask the operator to load it again"
        raise Gone(message)


def still_granted(generations: Generations, stored: StoredObject) -> bool:
    """Whether an object that was granted may go on being sent: published now, and nobody in it opted out since."""
    if generations.refusal:
        return False
    with generations.pin() as current:
        return stored.dataset_id in current.datasets and not hidden_now(current, stored)
