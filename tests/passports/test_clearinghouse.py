from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import Subject, Tier
from core.errors import InvalidCredential, InvalidRequest, RequestTooLarge, ServiceUnavailable
from core.policy import PRESETS
from passports.clearinghouse import (
    CACHED_DECISIONS,
    MAXIMUM_PASSPORTS,
    Clearinghouse,
    Credentials,
)
from passports.decision_cache import CACHE_LIFETIME_S
from passports.refusal import Reason, Refused
from passports.tokens import MAXIMUM_VISAS, Token
from passports.trust import TrustStore
from tests.passports.forge import (
    ISSUER,
    NOW,
    USER,
    access_token,
    passport,
    registered_visas,
    visa,
)
from tests.passports.house import POLICIES, TRUST, Clock, House, KnownVisas

GRANT = visa()


def test_without_credentials_everybody_is_anonymous() -> None:
    decision = House().decide()
    assert decision.anonymous
    assert set(decision.datasets) == set(POLICIES)
    assert {access.tier for access in decision.datasets.values()} == {Tier.ANONYMOUS}


def test_an_access_token_brings_the_visas_that_its_issuer_knows() -> None:
    decision = House(GRANT, *registered_visas()).decide(access_token())
    assert (decision.of("dk-1").tier, decision.of("dk-2").tier) == (Tier.CONTROLLED, Tier.REGISTERED)
    assert decision.subject == Subject(ISSUER, USER)
    assert decision.expires_at == NOW + 600


def test_a_passport_brings_its_own() -> None:
    house = House()
    assert house.decide(None, passport([GRANT])).of("dk-1").tier is Tier.CONTROLLED
    assert house.source.asked == 0
    assert house.decide(None, passport([])).of("dk-1").tier is Tier.ANONYMOUS


def test_several_credentials_of_one_person_add_up_and_end_with_the_first() -> None:
    status, terms = registered_visas()
    decision = House(GRANT).decide(
        access_token(exp=NOW + 50), passport([status], exp=NOW + 40), passport([terms, terms])
    )
    assert (decision.of("dk-1").tier, decision.of("dk-2").tier) == (Tier.CONTROLLED, Tier.REGISTERED)
    assert decision.expires_at == NOW + 40
    assert len(decision.reasons) == 3, "a visa that comes twice is judged once"


@pytest.mark.parametrize(
    ("bearer", "passports"),
    [
        (access_token(sub="bob"), (passport([GRANT]),)),
        (access_token(), (passport([GRANT], sub="bob"),)),
        (None, (passport([GRANT]), passport([], sub="bob"))),
        (access_token(), (passport([GRANT]), passport([], sub="bob"))),
    ],
)
def test_rights_of_two_persons_are_never_joined(bearer: str | None, passports: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequest, match="different identities"):
        House(GRANT).decide(bearer, *passports)


def test_one_bad_credential_voids_the_request() -> None:
    house = House(GRANT)
    for bearer, passports in ((access_token(exp=NOW), (passport([GRANT]),)), (access_token(), (passport(exp=NOW),))):
        with pytest.raises(InvalidCredential):
            house.decide(bearer, *passports)


def test_the_number_of_passports_and_visas_is_bounded() -> None:
    house = House()
    assert house.decide(None, *[passport()] * MAXIMUM_PASSPORTS).subject is not None
    with pytest.raises(RequestTooLarge):
        house.decide(None, *[passport()] * (MAXIMUM_PASSPORTS + 1))
    halves = [[f"{half}{number}" for number in range(MAXIMUM_VISAS // 2 + 1)] for half in "ab"]
    with pytest.raises(Refused) as refused:
        house.decide(None, *(passport(visas) for visas in halves))
    assert refused.value.reason is Reason.TOO_MANY_VISAS
    house.source.visas["token-1"] = ("v",) * (MAXIMUM_VISAS + 1)
    with pytest.raises(Refused) as refused:
        house.decide(access_token())
    assert refused.value.reason is Reason.TOO_MANY_VISAS


def test_a_visa_issuer_is_no_broker() -> None:
    only_visas = TrustStore(visa_issuers=TRUST.visa_issuers)
    with pytest.raises(Refused) as refused:
        House(trust=only_visas).decide(None, passport([GRANT]))
    assert refused.value.reason is Reason.ISSUER_UNTRUSTED


def test_a_broker_whose_tokens_nobody_resolves_is_refused() -> None:
    source = KnownVisas({}, issuer="https://elsewhere.example")
    house = Clearinghouse(TRUST, [source], clock=Clock())
    with pytest.raises(Refused) as refused:
        house.decide(Credentials(access_token()), POLICIES)
    assert refused.value.reason is Reason.ISSUER_UNTRUSTED


def test_a_source_that_is_down_is_no_refusal_and_is_not_remembered() -> None:
    class Down(KnownVisas):
        down = True

        def visas_of(self, token: Token) -> tuple[str, ...]:
            if self.down:
                message = "the issuer does not answer"
                raise ServiceUnavailable(message, retry_after_s=5)
            return super().visas_of(token)

    source = Down({"token-1": (GRANT,)})
    house = Clearinghouse(TRUST, [source], clock=Clock())
    with pytest.raises(ServiceUnavailable):
        house.decide(Credentials(access_token()), POLICIES)
    source.down = False
    assert house.decide(Credentials(access_token()), POLICIES).of("dk-1").tier is Tier.CONTROLLED


def test_tells_who_a_caller_is() -> None:
    house = House(GRANT)
    caller = house.clearinghouse.caller(access_token())
    assert (caller.identity, caller.visas) == (Subject(ISSUER, USER), (GRANT,))
    assert GRANT not in repr(caller)
    with pytest.raises(InvalidCredential):
        house.clearinghouse.caller(access_token(exp=NOW))


def test_a_decision_is_made_once_a_minute() -> None:
    house, token = House(GRANT), access_token()
    first = house.decide(token)
    house.clock.now += CACHE_LIFETIME_S - 1
    assert house.decide(token) is first
    assert house.source.asked == 1
    house.source.visas["token-1"] = ()
    house.clock.now += 1
    assert house.decide(token).of("dk-1").tier is Tier.ANONYMOUS


def test_a_cached_decision_never_outlives_its_token() -> None:
    house, token = House(), access_token(exp=NOW + 5)
    house.decide(token)
    house.clock.now += 4.9
    house.decide(token)
    house.clock.now = NOW + 5
    with pytest.raises(Refused) as refused:
        house.decide(token)
    assert refused.value.reason is Reason.EXPIRED


def test_a_cached_decision_never_outlives_its_visas() -> None:
    house = House(visa(exp=NOW + 5))
    token = access_token()
    assert house.decide(token).of("dk-1").tier is Tier.CONTROLLED
    house.clock.now += 5
    decision = house.decide(token)
    assert decision.of("dk-1").tier is Tier.ANONYMOUS
    assert decision.reasons == ("visa 0: ignored: expired",)


def test_a_clock_that_jumps_back_makes_a_new_decision() -> None:
    house, token = House(), access_token()
    first = house.decide(token)
    house.clock.now -= 30
    assert house.decide(token) is not first


def test_a_changed_policy_is_decided_anew() -> None:
    house, token = House(GRANT), access_token()
    house.decide(token)
    opened = {"dk-3": PRESETS["open"]}
    decision = house.decide(token, policies=opened)
    assert set(decision.datasets) == {"dk-3"}
    assert decision.reasons == ("visa 0: ignored: visa_value_untrusted",)
    assert house.decide(token, policies=opened) is decision


def test_two_spellings_of_one_token_share_nothing() -> None:
    house, token = House(GRANT), access_token()
    house.decide(token)
    with pytest.raises(InvalidCredential):
        house.decide(token + "=")


def test_a_cached_decision_belongs_to_one_presentation() -> None:
    house = House(GRANT)
    assert house.decide(None, passport([GRANT])) is not house.decide(access_token())
    assert house.decide().anonymous


TEXTS = st.text(st.characters(codec=None), max_size=6) | st.sampled_from(["bearer", "passports", ""])


@given(*(st.builds(Credentials, st.none() | TEXTS, st.lists(TEXTS, max_size=3).map(tuple)) for _ in range(2)))
def test_different_credentials_have_different_digests(first: Credentials, second: Credentials) -> None:
    assert (first.digest() == second.digest()) == (first == second)


def test_credentials_do_not_show_in_a_repr() -> None:
    assert repr(Credentials(access_token(), (passport(),))) == "Credentials()"


def test_many_tokens_do_not_fill_the_memory() -> None:
    house = House()
    for number in range(CACHED_DECISIONS + 5):
        house.clearinghouse.decide(Credentials(), {f"dk-{number}": PRESETS["open"]})
    assert len(house.clearinghouse._cache) == CACHED_DECISIONS


def test_threads_share_the_cache() -> None:
    house, tokens = House(GRANT), [access_token(n=number) for number in range(4)]
    tiers: list[Tier] = []

    def ask() -> None:
        tiers.extend(house.decide(token).of("dk-1").tier for token in tokens * 25)

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tiers == [Tier.CONTROLLED] * 400
