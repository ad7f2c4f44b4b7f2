import threading
import time

import pytest

from core.errors import DataDamaged
from htsget.cache import BoundedCache


def test_what_was_used_least_recently_goes_first() -> None:
    cache: BoundedCache[str] = BoundedCache(3)
    built: list[str] = []

    def get(key: str) -> str:
        def build() -> tuple[str, int]:
            built.append(key)
            return key.upper(), 1

        return cache.get(key, build)

    assert [get(key) for key in "abcaadb"] == list("ABCAADB")
    assert built == ["a", "b", "c", "d", "b"]


def test_what_is_heavier_than_the_cache_is_given_and_not_kept() -> None:
    cache: BoundedCache[int] = BoundedCache(10)
    assert cache.get("heavy", lambda: (1, 11)) == 1
    assert cache.get("heavy", lambda: (2, 5)) == 2
    assert cache.get("heavy", lambda: (3, 5)) == 2


def test_a_failure_is_not_kept() -> None:
    cache: BoundedCache[int] = BoundedCache(10)

    def fail() -> tuple[int, int]:
        msg = "no"
        raise DataDamaged(msg)

    with pytest.raises(DataDamaged):
        cache.get("key", fail)
    assert cache.get("key", lambda: (7, 1)) == 7


def test_nothing_is_built_twice_at_once() -> None:
    cache: BoundedCache[int] = BoundedCache(10)
    built: list[int] = []

    def build() -> tuple[int, int]:
        built.append(1)
        time.sleep(0.05)
        return 5, 1

    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(cache.get("key", build))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (built, results) == ([1], [5] * 6)
