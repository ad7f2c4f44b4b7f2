from core.access import Decision
from core.policy import PRESETS
from passports.decision_cache import CACHE_LIFETIME_S, DecisionCache
from tests.passports.forge import NOW

POLICIES = {"dk-1": PRESETS["open"]}


def test_the_cache_is_bounded_and_forgets_the_least_recently_used() -> None:
    cache = DecisionCache(2)
    decisions = {name: Decision(purpose=str(name)) for name in (b"a", b"b", b"c")}
    for name in (b"a", b"b"):
        cache.put(name, POLICIES, decisions[name], NOW)
    assert cache.get(b"a", POLICIES, NOW) is decisions[b"a"]
    cache.put(b"c", POLICIES, decisions[b"c"], NOW)
    assert len(cache) == 2
    assert cache.get(b"b", POLICIES, NOW) is None
    assert cache.get(b"a", POLICIES, NOW) is decisions[b"a"]


def test_a_decision_is_given_out_for_a_minute_or_until_it_ends() -> None:
    cache = DecisionCache(9)
    cache.put(b"anonymous", POLICIES, Decision(), NOW)
    cache.put(b"short", POLICIES, Decision(expires_at=NOW + 5), NOW)
    cache.put(b"long", POLICIES, Decision(expires_at=NOW + 5000), NOW)
    usable = {
        name: [second for second in range(-1, 70) if cache.get(name, POLICIES, NOW + second)]
        for name in (b"anonymous", b"short", b"long", b"absent")
    }
    minute = list(range(CACHE_LIFETIME_S))
    assert usable == {b"anonymous": minute, b"short": [0, 1, 2, 3, 4], b"long": minute, b"absent": []}


def test_equal_policies_that_are_another_mapping_are_other_policies() -> None:
    cache = DecisionCache(9)
    cache.put(b"a", POLICIES, Decision(), NOW)
    assert cache.get(b"a", POLICIES, NOW) is not None
    assert cache.get(b"a", dict(POLICIES), NOW) is None
