"""What every object store keeps, whatever it stores in: inherit and give ``open_store``."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from core.access import Decision, Tier
from core.errors import CredentialRequired, GenvejError, NotFound, PermissionDenied
from core.genome import Region
from core.tickets import Ticket
from drs.objects import ABSENT, ObjectStore
from drs.rows import FileFormat
from tests.drs.files import SUBJECT, Published, decide, file_row, indexed_pair

DATA, INDEX = indexed_pair(b"reads", "sample-1")
CRAM = file_row(b"cram", FileFormat.CRAM, alias="sample-1")
BYTES_FROM = {
    "open": Tier.ANONYMOUS,
    "public": Tier.REGISTERED,
    "registered": Tier.CONTROLLED,
    "controlled": Tier.CONTROLLED,
}
HIDDEN = 'preset = "controlled"\nlisted = false'
Call = Callable[[], object]
READS = (FileFormat.BAM, FileFormat.CRAM)


def one(preset: str = "open") -> dict[str, Published]:
    return {"d1": Published([DATA, INDEX, CRAM], preset if "=" in preset else f'preset = "{preset}"')}


def ticket(object_id: str = DATA.object_id, dataset_id: str = "d1") -> Ticket:
    return Ticket("drs", dataset_id, object_id, "", "", 0)


def told(call: Call) -> str:
    """What comes of a call, as text."""
    try:
        return repr(call())
    except GenvejError as error:
        return f"{type(error).__name__}: {error}"


class ObjectStoreContract(ABC):
    """The contract; one instance a test."""

    @abstractmethod
    def open_store(
        self, datasets: Mapping[str, Published], opted_out: Sequence[str] = ()
    ) -> AbstractContextManager[ObjectStore]:
        """A store over these datasets."""

    def test_an_object_comes_with_its_index_version_and_assembly(self) -> None:
        datasets = one()
        with self.open_store(datasets) as store:
            found = store.get(DATA.object_id, decide(datasets, Tier.ANONYMOUS))
        assert found.row == DATA
        assert found.index == INDEX
        assert (found.dataset_id, found.version, found.assembly) == ("d1", "1", "GRCh38")
        assert found.bytes_from == Tier.ANONYMOUS

    def test_a_file_without_index_is_an_object_too(self) -> None:
        datasets = one()
        with self.open_store(datasets) as store:
            assert store.get(CRAM.object_id, decide(datasets, Tier.ANONYMOUS)).index is None

    def test_absent_is_not_found(self) -> None:
        datasets = one()
        decision = decide(datasets, Tier.CONTROLLED)
        with self.open_store(datasets) as store:
            calls: tuple[Call, ...] = (
                lambda: store.get("absent", decision),
                lambda: store.describe("absent", decision),
                lambda: store.by_alias("absent", READS, decision),
                lambda: store.by_alias("sample-1", (FileFormat.VCF,), decision),
                lambda: store.granted(ticket("absent")),
                lambda: store.granted(ticket(dataset_id="d2")),
            )
            for call in calls:
                with pytest.raises(NotFound, match=f"^{ABSENT}$"):
                    call()

    @pytest.mark.parametrize("preset", list(BYTES_FROM))
    @pytest.mark.parametrize("tier", list(Tier))
    def test_bytes_follow_the_policy_and_the_message_says_what_helps(self, preset: str, tier: Tier) -> None:
        datasets = one(preset)
        bytes_from = BYTES_FROM[preset]
        decision = decide(datasets, tier)
        with self.open_store(datasets) as store:
            assert store.describe(DATA.object_id, decision).bytes_from == bytes_from
            if tier >= bytes_from:
                assert store.get(DATA.object_id, decision).row == DATA
                assert store.by_alias("sample-1", READS, decision).row == DATA
                return
            error = CredentialRequired if tier == Tier.ANONYMOUS else PermissionDenied
            needed = "ResearcherStatus" if bytes_from == Tier.REGISTERED else "ControlledAccessGrants"
            with pytest.raises(error, match=needed):
                store.get(DATA.object_id, decision)
            with pytest.raises(error, match=needed):
                store.by_alias("sample-1", READS, decision)

    def test_a_known_caller_without_grant_is_denied_not_asked_for_credentials(self) -> None:
        datasets = one("controlled")
        decision = decide(datasets, Tier.ANONYMOUS, replace(SUBJECT, subject="user-2"))
        with self.open_store(datasets) as store, pytest.raises(PermissionDenied, match="ControlledAccessGrants"):
            store.get(DATA.object_id, decision)

    @pytest.mark.parametrize("tier", [Tier.ANONYMOUS, Tier.REGISTERED])
    def test_an_unlisted_dataset_is_as_if_absent(self, tier: Tier) -> None:
        datasets = one(HIDDEN)
        decision = decide(datasets, tier)
        with self.open_store(datasets) as store:
            calls: tuple[Call, ...] = (
                lambda: store.get(DATA.object_id, decision),
                lambda: store.describe(DATA.object_id, decision),
                lambda: store.by_alias("sample-1", READS, decision),
            )
            for call in calls:
                with pytest.raises(NotFound, match=f"^{ABSENT}$"):
                    call()
            assert store.page(decision, after="", limit=10) == ()
            assert store.get(DATA.object_id, decide(datasets, Tier.CONTROLLED)).row == DATA

    def test_a_dataset_that_the_decision_does_not_name_is_denied(self) -> None:
        with self.open_store(one()) as store, pytest.raises(NotFound, match=f"^{ABSENT}$"):
            store.describe(DATA.object_id, Decision())

    @pytest.mark.parametrize("limits", [{"regions": (Region("1", 0, 10),)}, {"people": frozenset({"P-1"})}])
    def test_a_grant_of_some_regions_or_people_gives_no_plain_bytes(self, limits: dict[str, object]) -> None:
        datasets = one("controlled")
        decision = decide(datasets, Tier.CONTROLLED)
        access = replace(decision.of("d1"), **limits)  # type: ignore[arg-type]  # names are those of the fields
        limited = replace(decision, datasets={"d1": access})
        with self.open_store(datasets) as store:
            assert store.describe(DATA.object_id, limited).row == DATA
            with pytest.raises(PermissionDenied, match="record-level restriction"):
                store.get(DATA.object_id, limited)

    def test_several_datasets_with_one_object_allow_what_all_of_them_allow(self) -> None:
        datasets = {**one("open"), "d2": Published([DATA], 'preset = "controlled"')}
        with self.open_store(datasets) as store:
            described = store.describe(DATA.object_id, decide(datasets, Tier.ANONYMOUS))
            assert (described.dataset_id, described.bytes_from) == ("d1", Tier.CONTROLLED)
            with pytest.raises(CredentialRequired, match="ControlledAccessGrants"):
                store.get(DATA.object_id, decide(datasets, Tier.ANONYMOUS))
            assert store.get(DATA.object_id, decide(datasets, Tier.CONTROLLED)).row == DATA
            assert store.get(CRAM.object_id, decide(datasets, Tier.ANONYMOUS)).row == CRAM

    def test_an_unlisted_dataset_hides_the_object_in_the_others(self) -> None:
        datasets = {**one("public"), "d2": Published([DATA], HIDDEN)}
        decision = decide(datasets, Tier.ANONYMOUS)
        with self.open_store(datasets) as store:
            assert store.describe(CRAM.object_id, decision).row == CRAM
            with pytest.raises(NotFound):
                store.describe(DATA.object_id, decision)

    def test_the_first_format_that_is_there_is_taken_and_of_it_the_newest_file(self) -> None:
        newer = file_row(b"newer", alias="sample-1", created_at="2026-05-01T00:00:00Z")
        datasets = {"d1": Published([newer, DATA, INDEX, CRAM])}
        decision = decide(datasets, Tier.ANONYMOUS)
        with self.open_store(datasets) as store:
            assert store.by_alias("sample-1", READS, decision).row == newer
            assert store.by_alias("sample-1", READS[::-1], decision).row == CRAM
            assert store.by_alias("sample-1", (FileFormat.VCF, FileFormat.CRAM), decision).row == CRAM

    def test_pages_are_complete_ordered_and_without_repetition(self) -> None:
        rows = [file_row(f"file {number}".encode()) for number in range(7)]
        datasets = {"d1": Published(rows[:4]), "d2": Published(rows[3:], 'preset = "controlled"')}
        decision = decide(datasets, Tier.ANONYMOUS)
        with self.open_store(datasets) as store:
            seen: list[str] = []
            while page := store.page(decision, after=seen[-1] if seen else "", limit=3):
                assert len(page) <= 3
                seen += [stored.row.object_id for stored in page]
            assert seen == sorted(row.object_id for row in rows)
            assert store.page(decision, after="", limit=0) == ()

    def test_a_file_with_somebody_who_opted_out_is_gone_and_so_is_its_index(self) -> None:
        datasets = one()
        decision = decide(datasets, Tier.CONTROLLED)
        with self.open_store(datasets, opted_out=["P-1"]) as store:
            for row in (DATA, INDEX, CRAM):
                with pytest.raises(NotFound, match=f"^{ABSENT}$"):
                    store.describe(row.object_id, decision)
                with pytest.raises(NotFound, match=f"^{ABSENT}$"):
                    store.granted(ticket(row.object_id))
            with pytest.raises(NotFound):
                store.by_alias("sample-1", READS, decision)
            assert store.page(decision, after="", limit=10) == ()

    @pytest.mark.parametrize("preset", ["open", "registered", "controlled", HIDDEN])
    @pytest.mark.parametrize("tier", list(Tier))
    @pytest.mark.parametrize("limited", [False, True])
    def test_who_may_not_have_the_bytes_does_not_learn_of_an_opt_out(
        self, preset: str, tier: Tier, *, limited: bool
    ) -> None:
        datasets = one(preset)
        decision = decide(datasets, tier)
        if limited:
            access = replace(decision.of("d1"), people=frozenset({"P-1"}))
            decision = replace(decision, datasets={"d1": access})

        def answers(store: ObjectStore) -> list[str]:
            calls: tuple[Call, ...] = (
                *(lambda row=row: store.get(row.object_id, decision) for row in (DATA, INDEX, CRAM)),
                lambda: store.describe(DATA.object_id, decision),
                lambda: store.by_alias("sample-1", READS, decision),
                lambda: store.page(decision, after="", limit=10),
            )
            return [told(call) for call in calls]

        with self.open_store(datasets) as store:
            before = answers(store)
        with self.open_store(datasets, opted_out=["P-1"]) as store:
            after = answers(store)
        access = decision.of("d1")
        if access.bytes_allowed and access.whole:
            assert after == [f"NotFound: {ABSENT}"] * 5 + ["()"]
        else:
            assert [text.replace("version='2'", "version='1'") for text in after] == before

    def test_an_opt_out_in_one_dataset_hides_the_same_bytes_in_all(self) -> None:
        datasets = {**one(), "d2": Published([replace(DATA, individual_ids=("Q-1",))])}
        with self.open_store(datasets, opted_out=["Q-1"]) as store, pytest.raises(NotFound):
            store.describe(DATA.object_id, decide(datasets, Tier.CONTROLLED))

    def test_an_index_that_serves_another_file_as_well_stays(self) -> None:
        other = file_row(b"other", individual_ids=("P-2",), index_object_id=INDEX.object_id)
        datasets = {"d1": Published([DATA, INDEX, other])}
        decision = decide(datasets, Tier.CONTROLLED)
        with self.open_store(datasets, opted_out=["P-1"]) as store:
            assert store.get(other.object_id, decision).index == INDEX
            assert store.get(INDEX.object_id, decision).row == INDEX

    def test_a_ticket_gives_the_object_of_its_dataset(self) -> None:
        with self.open_store(one("controlled")) as store:
            found = store.granted(ticket())
        assert (found.row, found.index, found.dataset_id) == (DATA, INDEX, "d1")
