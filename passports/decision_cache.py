"""The decisions given out last, so that the next request with the same credential costs no signature check (pure)."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from core.access import Decision
from core.policy import DatasetPolicy

CACHE_LIFETIME_S = 60
"""How long a decision is kept: until then a grant taken back may still be answered."""

Policies = Mapping[str, DatasetPolicy]


@dataclass(frozen=True, slots=True)
class _CachedDecision:
    """A decision, the very mapping of policies that it was made from, and the seconds in which it may be given out."""

    decision: Decision
    policies: Policies
    made_at: int
    usable_until: int


class DecisionCache:
    """The decisions given out last, by the exact bytes presented and the identity of the policies; thread-safe.

    An entry holds its policies, so that their identity is never taken over by another mapping while the entry lives.
    """

    def __init__(self, maximum_entries: int) -> None:
        """``maximum_entries``: the least recently used decision leaves when there is one more."""
        self._maximum_entries = maximum_entries
        self._entries: OrderedDict[tuple[bytes, int], _CachedDecision] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: bytes, policies: Policies, now: int) -> Decision | None:
        """The decision, if it was made a moment ago from these policies and has not expired."""
        name = (digest, id(policies))
        with self._lock:
            entry = self._entries.get(name)
            if entry is None or not entry.made_at <= now < entry.usable_until:
                return None
            self._entries.move_to_end(name)
            return entry.decision

    def put(self, digest: bytes, policies: Policies, decision: Decision, now: int) -> None:
        """Keep a decision, for a minute or until it expires, whichever comes first."""
        ends = (now + CACHE_LIFETIME_S, decision.expires_at or now + CACHE_LIFETIME_S)
        with self._lock:
            self._entries[digest, id(policies)] = _CachedDecision(decision, policies, now, min(ends))
            self._entries.move_to_end((digest, id(policies)))
            while len(self._entries) > self._maximum_entries:
                self._entries.popitem(last=False)

    def __len__(self) -> int:
        """How many decisions are kept."""
        return len(self._entries)
