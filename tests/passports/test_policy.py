from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import Decision, Subject, Tier
from core.policy import PRESETS
from passports.jwk import public_key
from passports.policy import (
    AcceptedVisa,
    Caller,
    VisaChecks,
    VisaVerdict,
    decide,
    decide_anonymous,
    judge_visas,
)
from passports.refusal import Reason
from passports.trust import TrustStore, development_trust
from passports.visas import VisaType
from tests.passports.forge import (
    DOI,
    EC_KID,
    ISSUER,
    JKU,
    MISSING,
    NOW,
    PUBLIC_URL,
    USER,
    access_token,
    ec_jwk,
    ec_key,
    es256,
    passport,
    registered_visas,
    visa,
    visa_object,
)

KEY = public_key(ec_jwk())
TRUST = development_trust(issuer=ISSUER, key_set_url=JKU, public_url=PUBLIC_URL, keys={KEY.name: KEY})
POLICIES = {"dk-1": PRESETS["controlled"], "dk-2": PRESETS["registered"], "open": PRESETS["open"]}
CHECKS = VisaChecks(TRUST, POLICIES, NOW, frozenset({PUBLIC_URL}))
ALICE = Subject(ISSUER, USER)
GRANT = visa()
YEAR = 365 * 86_400


def judge(*visas: str, checks: VisaChecks = CHECKS) -> Decision:
    caller = Caller(ALICE, NOW + 500, visas)
    return decide(caller, judge_visas(caller, checks), POLICIES)


def tiers(decision: Decision) -> list[Tier]:
    return [decision.of(dataset).tier for dataset in POLICIES]


def test_a_stranger_gets_every_dataset_at_the_anonymous_tier() -> None:
    decision = decide_anonymous(POLICIES)
    assert set(decision.datasets) == set(POLICIES)
    assert tiers(decision) == [Tier.ANONYMOUS] * 3
    assert (decision.subject, decision.expires_at, decision.tier) == (None, None, Tier.ANONYMOUS)
    assert decision.of("open") == PRESETS["open"].access("open", Tier.ANONYMOUS)


def test_a_caller_without_visas_is_known_and_gets_no_more() -> None:
    decision = judge()
    assert tiers(decision) == [Tier.ANONYMOUS] * 3
    assert (decision.subject, decision.expires_at, decision.reasons) == (ALICE, NOW + 500, ())


def test_a_grant_opens_its_dataset_only() -> None:
    decision = judge(GRANT)
    assert tiers(decision) == [Tier.CONTROLLED, Tier.ANONYMOUS, Tier.ANONYMOUS]
    assert decision.of("dk-1") == PRESETS["controlled"].access("dk-1", Tier.CONTROLLED)
    assert decision.tier is Tier.CONTROLLED
    assert decision.reasons == ("visa 0: accepted: ControlledAccessGrants dk-1",)


def test_registered_access_needs_both_visas() -> None:
    status, terms = registered_visas()
    assert tiers(judge(status, terms)) == [Tier.REGISTERED] * 3
    assert judge(status, terms).tier is Tier.REGISTERED
    assert tiers(judge(status)) == tiers(judge(terms)) == [Tier.ANONYMOUS] * 3
    assert tiers(judge(status, status)) == [Tier.ANONYMOUS] * 3
    assert tiers(judge(GRANT, terms, status)) == [Tier.CONTROLLED, Tier.REGISTERED, Tier.REGISTERED]


@pytest.mark.parametrize(
    "value", [DOI.upper(), DOI.replace("https", "http"), DOI.replace("doi.org", "dx.doi.org"), "x"]
)
def test_registered_access_has_exactly_one_value(value: str) -> None:
    status, terms = registered_visas()
    other_status = visa(visa_object("ResearcherStatus", value))
    other_terms = visa(visa_object("AcceptedTermsAndPolicies", value))
    for pair in ((other_status, terms), (status, other_terms)):
        decision = judge(*pair)
        assert tiers(decision) == [Tier.ANONYMOUS] * 3
        assert str(Reason.VISA_VALUE_UNTRUSTED) in "".join(decision.reasons)


def test_a_trusted_visa_with_another_value_is_no_registered_access() -> None:
    other = AcceptedVisa(VisaType.RESEARCHER_STATUS, "https://example.org", None, NOW + 9)
    terms = AcceptedVisa(VisaType.ACCEPTED_TERMS, DOI, None, NOW + 9)
    caller = Caller(ALICE, NOW + 500, ())
    assert decide(caller, [VisaVerdict(0, other), VisaVerdict(1, terms)], POLICIES).tier is Tier.ANONYMOUS


def test_a_decision_ends_with_the_first_of_what_it_rests_on() -> None:
    assert judge(GRANT).expires_at == NOW + 500
    assert judge(visa(exp=NOW + 7)).expires_at == NOW + 7
    assert judge(visa(exp=NOW + 7), GRANT).expires_at == NOW + 500, "the grant that lasts longest is used"
    assert judge(*registered_visas(NOW + 9)).expires_at == NOW + 9
    assert judge(*registered_visas(NOW + 9), *registered_visas(NOW + 30)).expires_at == NOW + 30
    assert judge(GRANT, *registered_visas(NOW + 9)).expires_at == NOW + 9
    assert judge(registered_visas(NOW + 9)[0], GRANT).expires_at == NOW + 500, "half of registered access is not used"


def test_registered_access_that_no_dataset_rests_on_shortens_nothing() -> None:
    policies = {"dk-1": PRESETS["controlled"]}
    checks = replace(CHECKS, datasets=policies)
    caller = Caller(ALICE, NOW + 500, (GRANT, *registered_visas(NOW + 9)))
    assert decide(caller, judge_visas(caller, checks), policies).expires_at == NOW + 500


def test_registered_access_without_datasets_still_ends() -> None:
    caller = Caller(ALICE, NOW + 500, registered_visas(NOW + 9))
    decision = decide(caller, judge_visas(caller, replace(CHECKS, datasets=())), {})
    assert (decision.tier, decision.expires_at) == (Tier.REGISTERED, NOW + 9)


IGNORED: list[tuple[Callable[[], str], Reason]] = [
    (lambda: "", Reason.NOT_COMPACT_JWS),
    (lambda: "e30.e30.e30", Reason.ALGORITHM_REFUSED),
    (lambda: "v" * 20_000, Reason.TOO_LARGE),
    (lambda: visa(None, {}, es256(ec_key("attacker"))), Reason.SIGNATURE_INVALID),
    (lambda: visa(exp=NOW), Reason.EXPIRED),
    (lambda: visa(iat=NOW + 61), Reason.NOT_YET_VALID),
    (lambda: visa(iss="https://attacker.example"), Reason.ISSUER_UNTRUSTED),
    (lambda: visa(sub="mallory"), Reason.VISA_OTHER_IDENTITY),
    (lambda: visa(aud="https://other.example"), Reason.AUDIENCE_OTHER),
    (lambda: visa(scope="openid"), Reason.CLAIMS_OF_ANOTHER_KIND),
    (lambda: visa(None, {"jku": MISSING}), Reason.VISA_KEY_SET_REFUSED),
    (lambda: visa(visa_object(asserted=NOW + 1)), Reason.VISA_ASSERTED_IN_FUTURE),
    (lambda: visa(visa_object(asserted=NOW - YEAR)), Reason.EXPIRED),
    (lambda: visa(visa_object(conditions=[[{"type": "X", "by": "const:so"}]])), Reason.VISA_CONDITIONS),
    (lambda: visa(visa_object(type="LinkedIdentities")), Reason.VISA_TYPE_UNSUPPORTED),
    (lambda: visa(visa_object(value="dk-9")), Reason.VISA_VALUE_UNTRUSTED),
    (lambda: visa(visa_object(by="self")), Reason.VISA_BY_UNTRUSTED),
    (lambda: visa(visa_object(source="https://no.organization")), Reason.VISA_SOURCE_UNTRUSTED),
    (lambda: passport([GRANT]), Reason.WRONG_TYPE),
    (access_token, Reason.WRONG_TYPE),
    (lambda: access_token({"typ": "JWT", "jku": JKU}, scope="email"), Reason.VISA_MALFORMED),
    *(
        (lambda url=url: visa(None, {"jku": url}), Reason.VISA_KEY_SET_REFUSED)
        for url in (
            f"{JKU}#",
            f"{JKU}?x",
            f"{JKU}/",
            JKU.upper(),
            JKU.replace("https", "http"),
            f"{ISSUER}/x/../jwks",
            "file:///etc/passwd",
            "gopher://127.0.0.1",
            "http://169.254.169.254/",
        )
    ),
]


@pytest.mark.parametrize(("bad", "reason"), IGNORED)
def test_a_bad_visa_is_ignored_and_harms_no_other(bad: Callable[[], str], reason: Reason) -> None:
    status, terms = registered_visas()
    text = bad()
    decision = judge(text, GRANT, text, status, terms)
    assert tiers(decision) == [Tier.CONTROLLED, Tier.REGISTERED, Tier.REGISTERED]
    assert decision.expires_at == NOW + 500
    assert decision.reasons[0] == f"visa 0: ignored: {reason.value}"
    assert tiers(judge(text)) == [Tier.ANONYMOUS] * 3


def test_far_future_visas_are_capped() -> None:
    caller = Caller(ALICE, 2**60, (visa(visa_object(asserted=NOW - 500), exp=NOW * 1000),))
    assert decide(caller, judge_visas(caller, CHECKS), POLICIES).expires_at == NOW - 500 + YEAR


def test_nobody_trusted_nothing_granted() -> None:
    assert tiers(judge(GRANT, checks=replace(CHECKS, trust=TrustStore()))) == [Tier.ANONYMOUS] * 3


def test_reasons_hold_nothing_out_of_a_visa_that_is_not_believed() -> None:
    hidden = "known-to-mallory-only"
    decision = judge(
        visa(visa_object(value=hidden)), visa(visa_object(hidden)), visa(sub=hidden), visa(None, {"kid": hidden})
    )
    assert len(decision.reasons) == 4
    assert hidden not in "".join(decision.reasons)
    assert EC_KID not in "".join(decision.reasons)


ACCEPTED = st.builds(
    AcceptedVisa,
    st.sampled_from(VisaType),
    st.sampled_from([DOI, "dk-1", "other"]),
    st.sampled_from(["dk-1", "dk-2", None]),
    st.integers(NOW + 1, NOW + 1000),
)


@given(st.lists(ACCEPTED, max_size=6), st.lists(ACCEPTED, max_size=3))
def test_more_visas_never_take_a_right_away(few: Sequence[AcceptedVisa], further: Sequence[AcceptedVisa]) -> None:
    caller = Caller(ALICE, NOW + 500, ())
    less = decide(caller, [VisaVerdict(0, visa) for visa in few], POLICIES)
    more = decide(caller, [VisaVerdict(0, visa) for visa in [*few, *further]], POLICIES)
    for dataset in POLICIES:
        assert more.of(dataset).tier >= less.of(dataset).tier
    ends = [accepted.expires_at for accepted in [*few, *further]]
    assert more.expires_at is not None
    assert min([NOW + 500, *ends]) <= more.expires_at <= NOW + 500


@given(st.lists(ACCEPTED, max_size=6).flatmap(lambda visas: st.tuples(st.just(visas), st.permutations(visas))))
def test_the_order_of_visas_does_not_matter(orders: tuple[list[AcceptedVisa], list[AcceptedVisa]]) -> None:
    caller = Caller(ALICE, NOW + 500, ())
    first, second = (decide(caller, [VisaVerdict(0, visa) for visa in order], POLICIES) for order in orders)
    assert (first.datasets, first.tier, first.expires_at) == (second.datasets, second.tier, second.expires_at)
