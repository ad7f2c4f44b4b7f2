"""A cache with a bound on what it holds: the least recently used goes first, nothing is built twice at once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class BoundedCache(Generic[V]):
    """Values by key; ``maximum_weight`` bounds the sum of their weights, as the caller states them."""

    def __init__(self, maximum_weight: int) -> None:
        """Empty at first."""
        self._maximum = maximum_weight
        self._total = 0
        self._values: OrderedDict[str, tuple[V, int]] = OrderedDict()
        self._building: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: str, build: Callable[[], tuple[V, int]]) -> V:
        """The value of a key; where it is not held, ``build`` makes it, with its weight. Raises what ``build`` raises.

        Callers that want the same value at once wait for the first one.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
            gate = self._building.setdefault(key, threading.Lock())
        with gate:
            with self._lock:
                if key in self._values:
                    return self._values[key][0]
            try:
                value, weight = build()
                self._keep(key, value, weight)
            finally:
                with self._lock:
                    self._building.pop(key, None)
        return value

    def _keep(self, key: str, value: V, weight: int) -> None:
        with self._lock:
            self._values[key] = (value, weight)
            self._total += weight
            while self._total > self._maximum:
                self._total -= self._values.popitem(last=False)[1][1]
