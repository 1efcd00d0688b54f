"""One contract for both stores: SQLite in a file, and DynamoDB on dynalite over a real connection."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from skill.journal import Asking, Entry, Member, Moment, Past, Place, Session, Standing, Store
from skill.journal.dynamodb import DynamoDBStore
from skill.journal.entries import KEPT_FOR, together
from skill.journal.sqlite import SQLiteStore
from skill.journal.store import RECALLED
from tests.conftest import START, Clock

ANNA, BEN = "a" * 32, "b" * 32


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store: Store
    if request.param == "sqlite":
        store = SQLiteStore(tmp_path / "new folder" / "journal.sqlite", clock)
    else:
        store = DynamoDBStore(f"journal-{uuid4().hex}", request.getfixturevalue("aws"), clock)
    store.create()
    yield store
    store.close()


def session(caregiver: str = ANNA, id_: str = "s1", minutes: int = 0, **changes: object) -> Session:
    at = START + timedelta(minutes=minutes)
    made = Session(
        id=id_, caregiver=caregiver, started=at, seen=at, channel="terminal", locale="en-US", spoken={"raging/say": 2}
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def moment(caregiver: str = ANNA, id_: str = "s1-1", minutes: int = 0, **changes: object) -> Moment:
    at = START + timedelta(minutes=minutes)
    made = Moment(
        id=id_,
        caregiver=caregiver,
        started=at,
        seen=at,
        channel="terminal",
        locale="en-US",
        situation="hitting",
        path=("raging", "hitting"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def kept(store: Store, *entries: Entry) -> list[Entry | None]:
    """Each entry kept, told after told."""
    return [store.keep(entry) for entry in entries]


def told(entry: Entry, revision: int = 1) -> Entry:
    """An entry as it comes back."""
    return replace(entry, revision=revision)


def test_what_is_kept_comes_back_as_it_was(store: Store) -> None:
    entries: list[Entry] = [
        Member(ANNA, BEN, START),
        moment(
            outcome="better",
            ending="eased",
            heard={"s1": 3},
            place=Place("raging", 2, "", Asking("choose", ("a", "b"))),
        ),
        session(ending="finished", moments=1),
        Standing(ANNA, START, tracking=False, reminder="a token", remind_at="07:10"),
    ]
    assert kept(store, *entries) == [told(entry) for entry in entries]
    assert list(store.entries(ANNA)) == [told(entry) for entry in entries]


def test_new_entries_are_kept_together_and_twice_is_once(store: Store) -> None:
    assert store.keep_all([session(), moment()]) == [told(session()), told(moment())]
    assert store.keep_all([moment(id_="s1-2", minutes=3), moment()]) == [
        told(moment(id_="s1-2", minutes=3)),
        told(moment()),
    ]
    store.keep(session())
    assert list(store.entries(ANNA)) == [told(moment()), told(session()), told(moment(id_="s1-2", minutes=3))]


def test_the_same_entry_twice_is_kept_once(store: Store) -> None:
    for _ in range(2):
        assert kept(store, moment(), session()) == [told(moment()), told(session())]
    assert list(store.entries(ANNA)) == [told(moment()), told(session())]


def test_what_goes_on_from_the_last_telling_takes_its_place(store: Store) -> None:
    (first,) = kept(store, moment(outcome="better"))
    assert isinstance(first, Moment)
    again = replace(first, outcome=None, situation="scared", path=("scared",))
    assert kept(store, again) == [told(again, 2)]
    assert list(store.entries(ANNA)) == [told(again, 2)]


def test_an_entry_that_comes_late_undoes_nothing(store: Store) -> None:
    first = store.keep(moment())
    assert first is not None
    second = store.keep(moment(minutes=0, heard={"s1": 2}, seen=START + timedelta(minutes=1), revision=1))
    assert store.keep(moment()) == second
    assert list(store.entries(ANNA)) == [second]


def test_what_two_devices_tell_of_one_moment_is_brought_together(store: Store) -> None:
    begun = store.keep(moment(path=("raging",), situation="raging"))
    assert isinstance(begun, Moment)
    kitchen = replace(begun.moved("hitting").stepped("s1"), seen=START + timedelta(minutes=1))
    bedroom = replace(begun.moved("shut_down").stepped("s2").stepped("s2"), seen=START + timedelta(minutes=2))
    store.keep(kitchen)
    both = store.keep(bedroom)
    assert isinstance(both, Moment)
    assert both.path == ("raging", "hitting", "shut_down")
    assert both.steps == 3
    assert store.keep(kitchen) == both
    assert list(store.entries(ANNA)) == [both]


def test_what_was_forgotten_stays_so_though_another_device_goes_on_with_it(store: Store) -> None:
    visit, episode = kept(store, session(), moment())
    assert isinstance(episode, Moment)
    assert isinstance(visit, Session)
    store.erase(ANNA, episode.key)
    store.erase(ANNA, episode.key)
    assert store.keep(episode.stepped("s2")) is None
    assert list(store.entries(ANNA)) == [visit]
    store.forget(ANNA)
    assert store.keep(visit) is None
    assert list(store.entries(ANNA)) == []


def test_what_is_forgotten_while_it_is_told_once_more_stays_so(aws: dict[str, str], clock: Clock) -> None:
    class Forgetting(DynamoDBStore):
        """Another device forgets an entry between the telling that meets another one, and the look at that one."""

        def _known(self, entry: Entry) -> Entry | None:
            self.erase(entry.caregiver, entry.key)
            return super()._known(entry)

    store = Forgetting(f"journal-{uuid4().hex}", aws, clock)
    store.create()
    assert kept(store, moment(), moment()) == [told(moment()), None]
    assert list(store.entries(ANNA)) == []
    store.close()


def test_the_moment_that_the_last_session_resumed_is_recalled_however_far_back_its_own_entry_stands(
    store: Store,
) -> None:
    resumed = told(moment())
    assert isinstance(resumed, Moment)
    later = [session(id_=f"s{number}", minutes=number) for number in range(1, 2 * RECALLED)]
    kept(store, moment(), *later, replace(later[0], id="s99", started=START + timedelta(hours=1), resumed=resumed))
    assert store.recall(ANNA).moment == resumed
    # What an earlier session carried along may be told otherwise since.
    kept(store, session(id_="s999", minutes=61))
    assert store.recall(ANNA).moment is None
    kept(store, moment(id_="s100-1", minutes=90))
    assert store.recall(ANNA).moment == told(moment(id_="s100-1", minutes=90))
    kept(store, *(session(id_=f"t{number}", minutes=200 + number) for number in range(RECALLED)))
    past = store.recall(ANNA)
    assert past.session is not None
    assert (past.session.id, past.moment) == (f"t{RECALLED - 1}", None)


def test_a_session_is_recalled_however_many_moments_have_begun_in_it(store: Store) -> None:
    moments = [moment(id_=f"s1-{number}", minutes=100 * number) for number in range(1, 12)]
    kept(store, session(id_="s1"), *moments)
    assert store.recall(ANNA) == Past(told(session(id_="s1")), told(moments[-1]))  # type: ignore[arg-type]


def test_a_new_session_recalls_what_came_last(store: Store) -> None:
    assert store.recall(ANNA) == Past()
    kept(
        store, session(id_="s2", minutes=5), session(id_="s1"), moment(minutes=60), moment(id_="s1-0"),
        session(BEN, id_="s9", minutes=90),
    )  # fmt: skip
    assert store.recall(ANNA) == Past(told(session(id_="s2", minutes=5)), told(moment(minutes=60)))  # type: ignore[arg-type]
    store.keep(Standing(ANNA, START, tracking=False))
    assert store.recall(ANNA).standing == Standing(ANNA, START, 1, tracking=False)
    assert store.recall(BEN).moment is None


def test_the_moments_since_a_time_are_found_in_order(store: Store) -> None:
    kept(store, session(), *(moment(id_=f"s1-{number}", minutes=number) for number in (40, 10, 20, 30)))
    found = store.moments(ANNA, START + timedelta(minutes=20))
    assert [one.id for one in found] == ["s1-20", "s1-30", "s1-40"]
    assert store.moments(BEN, START) == []


def test_the_sessions_that_went_on_since_a_time_are_found_in_order(store: Store) -> None:
    long = session(id_="s1", seen=START + timedelta(minutes=20))
    over, later = session(id_="s2", minutes=10), session(id_="s3", minutes=30)
    kept(store, later, over, long, moment(minutes=40), session(BEN, id_="s4", minutes=50), Standing(ANNA, START))
    assert store.sessions(ANNA, START + timedelta(minutes=20)) == [told(long), told(later)]
    assert store.sessions(ANNA, START + timedelta(minutes=31)) == []


def test_two_that_tell_of_one_moment_at_once_lose_nothing_of_it(tmp_path: Path) -> None:
    stores = [SQLiteStore(tmp_path / "journal.sqlite", Clock()) for _ in range(2)]

    def tell(number: int) -> None:
        for steps in range(1, 21):
            assert stores[number].keep(moment(heard={f"s{number}": steps}, seen=START + timedelta(seconds=steps)))

    stores[0].create()
    with ThreadPoolExecutor(2) as both:
        list(both.map(tell, range(2)))
    (one,) = stores[0].entries(ANNA)
    assert isinstance(one, Moment)
    assert one.heard == {"s0": 20, "s1": 20}
    for store in stores:
        store.close()


def test_forgetting_erases_one_caregiver_and_nobody_else(store: Store) -> None:
    kept(store, *(moment(id_=f"s1-{number}", minutes=number) for number in range(60)), session(), session(BEN))
    store.keep(Standing(ANNA, START))
    assert store.forget(ANNA) == 62
    assert list(store.entries(ANNA)) == []
    assert store.recall(ANNA) == Past()
    assert store.forget(ANNA) == 0
    assert list(store.entries(BEN)) == [told(session(BEN))]


def test_entries_expire_but_not_what_holds(store: Store, clock: Clock) -> None:
    kept(store, moment(), session(minutes=10), Standing(ANNA, START))
    clock.move(KEPT_FOR + timedelta(minutes=5))
    assert list(store.entries(ANNA)) == [told(session(minutes=10)), Standing(ANNA, START, 1)]
    clock.move(KEPT_FOR * 5)
    assert store.recall(ANNA) == Past(standing=Standing(ANNA, START, 1))


def test_everything_is_found_page_after_page_and_what_has_expired_is_not(store: Store, clock: Clock) -> None:
    store.keep(session(id_="s0"))
    clock.move(KEPT_FOR + timedelta(minutes=1))
    minutes = int(KEPT_FOR.total_seconds()) // 60
    written = [session(f"{number % 3:032x}", id_=f"s{number}", minutes=minutes + number) for number in range(1, 1201)]
    for start in range(0, len(written), 10):
        store.keep_all(written[start : start + 10])
    store.keep(Standing(ANNA, clock.at))
    expected: list[Entry] = [*written, Standing(ANNA, clock.at)]
    found = list(store.everything())
    assert len(found) == len(expected)
    assert {(entry.caregiver, entry.key): entry for entry in found} == {
        (entry.caregiver, entry.key): told(entry) for entry in expected
    }
    together_ = [caregiver for caregiver, _ in groupby(found, key=lambda entry: entry.caregiver)]
    assert len(together_) == len(set(together_)) == 4


def test_whoever_reads_everything_holds_nobody_up(store: Store) -> None:
    kept(store, session(), moment())
    reading = store.everything()
    next(reading)
    store.keep(session(BEN))
    assert store.forget(ANNA) == 2


def test_making_the_store_twice_is_harmless(store: Store) -> None:
    store.keep(session())
    store.create()
    assert list(store.entries(ANNA)) == [told(session())]


LABELS = st.sampled_from(["raging", "hitting", "shut_down", "child_medical"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.lists(LABELS, min_size=1, max_size=6),
    steps=st.integers(0, 10**6),
    spoken=st.dictionaries(st.from_regex(r"[a-z][a-z_/0-9]{0,40}", fullmatch=True), st.integers(0, 99), max_size=5),
    minutes=st.integers(0, 10**5),
)
def test_any_entry_survives_the_store(
    store: Store, path: list[str], steps: int, spoken: dict[str, int], minutes: int
) -> None:
    caregiver = uuid4().hex
    episode = moment(caregiver, minutes=minutes, path=tuple(path), situation=path[-1], heard={"s1": steps})
    visit = session(caregiver, minutes=minutes, spoken=spoken)
    kept(store, episode, visit)
    assert list(store.entries(caregiver)) == [told(episode), told(visit)]


TIMES = st.integers(0, 5).map(lambda minutes: START + timedelta(minutes=minutes))
TELLINGS = st.builds(
    lambda path, heard, seen, outcome, asked, revision: moment(
        path=tuple(path), situation=path[-1], heard=heard, seen=seen, outcome=outcome, asked=asked, revision=revision
    ),
    st.lists(LABELS, min_size=1, unique=True),
    st.dictionaries(st.sampled_from(["s1", "s2", "s3"]), st.integers(1, 9)),
    TIMES,
    st.sampled_from([None, "better", "same", "worse"]),
    st.booleans(),
    st.integers(0, 5),
)


@given(one=TELLINGS, other=TELLINGS)
def test_two_tellings_lose_nothing_whichever_comes_first(one: Moment, other: Moment) -> None:
    # Two tellings of the very same moment are one and the same.
    assume((one.seen, one.revision) != (other.seen, other.revision))
    both = together(one, other)
    assert isinstance(both, Moment)
    assert together(other, one) == both
    assert together(both, one) == together(one, both) == both
    assert together(both, other) == both
    assert {*one.path, *other.path} == {*both.path}
    assert all(both.heard[name] >= count for telling in (one, other) for name, count in telling.heard.items())
    assert both.asked == (one.asked or other.asked)
    assert (both.outcome is None) == (one.outcome is None and other.outcome is None)
