"""What the verifier keeps, for how long, and what it costs to have it refuse."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, Thread
from time import monotonic

import pytest
from cryptography.x509.verification import Store

from skill.channels.web.certificates import PATIENCE, judged, trusted_roots
from skill.channels.web.verifier import AT_ONCE, KEPT, Verifier
from skill.errors import RequestError
from tests.channels.web.endpoint import good, intermediate, leaf
from tests.channels.web.signing import URL, Shelf, authority, issued, key, pem, sign, trusted
from tests.conftest import START, Clock

BODY = b'{"request": {}}'
HOUR = timedelta(hours=1)


def at(name: object) -> str:
    return f"https://s3.amazonaws.com/echo.api/{name}.pem"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf({URL: good()})


@pytest.fixture
def verifier(shelf: Shelf, clock: Clock) -> Verifier:
    return Verifier(clock, roots=trusted(authority()), fetch=shelf)


@pytest.fixture
def signature() -> str:
    return sign(BODY, key("leaf"))


def refused(verifier: Verifier, url: str, signature: str, body: bytes = BODY) -> str:
    with pytest.raises(RequestError) as told:
        verifier.verify(url, signature, body)
    return str(told.value)


def test_a_chain_is_fetched_once_an_hour(verifier: Verifier, shelf: Shelf, clock: Clock, signature: str) -> None:
    for later, fetched in ((timedelta(0), 1), (timedelta(minutes=59), 1), (timedelta(minutes=1), 2), (HOUR * 7, 3)):
        clock.move(later)
        verifier.verify(URL, signature, BODY)
        assert len(shelf.asked) == fetched


def test_one_chain_has_one_place_however_it_is_written(verifier: Verifier, shelf: Shelf, signature: str) -> None:
    for url in (URL, URL.replace(".com/", ".com:443/"), URL.replace("/echo.api/", "/echo.api/../echo.api//./")):
        verifier.verify(url, signature, BODY)
    assert shelf.asked == [URL]


def test_a_clock_that_was_set_back_keeps_no_chain_longer(
    verifier: Verifier, shelf: Shelf, clock: Clock, signature: str
) -> None:
    verifier.verify(URL, signature, BODY)
    clock.move(-HOUR)
    verifier.verify(URL, signature, BODY)
    assert len(shelf.asked) == 2


@pytest.mark.parametrize("which", ["leaf", "intermediate", "root"])
def test_a_chain_that_expires_while_it_is_kept_is_refused(
    which: str, shelf: Shelf, clock: Clock, signature: str
) -> None:
    soon, root, middle = START + timedelta(minutes=10), authority(), intermediate()
    if which == "root":
        root = issued("root", None, is_authority=True, until=soon)
    if which == "intermediate":
        middle = issued("intermediate", root, is_authority=True, until=soon)
    last = leaf(until=soon) if which == "leaf" else leaf()
    shelf.chains[URL] = pem(last, middle)
    verifier = Verifier(clock, roots=trusted(root), fetch=shelf)
    clock.move(timedelta(minutes=10))
    verifier.verify(URL, signature, BODY)
    clock.move(timedelta(seconds=1))
    assert "do not hold today" in refused(verifier, URL, signature)


def test_a_chain_that_is_renewed_in_its_place_is_taken_once_the_old_one_has_expired(
    verifier: Verifier, shelf: Shelf, clock: Clock, signature: str
) -> None:
    shelf.chains[URL] = pem(leaf(until=START + timedelta(minutes=10)), intermediate())
    verifier.verify(URL, signature, BODY)
    shelf.chains[URL] = good()
    clock.move(timedelta(minutes=11))
    verifier.verify(URL, signature, BODY)


@pytest.mark.parametrize("bad", [pem(leaf()), b"", b"garbage"])
def test_a_chain_that_is_no_good_is_not_kept(bad: bytes, verifier: Verifier, shelf: Shelf, signature: str) -> None:
    shelf.chains[URL] = bad
    for _ in range(2):
        refused(verifier, URL, signature)
    shelf.chains[URL] = good()
    verifier.verify(URL, signature, BODY)
    assert len(shelf.asked) == 3


def test_a_fetch_that_fails_is_not_kept(verifier: Verifier, shelf: Shelf, signature: str) -> None:
    chain = shelf.chains.pop(URL)
    assert "cannot be fetched (KeyError)" in refused(verifier, URL, signature)
    shelf.chains[URL] = chain
    verifier.verify(URL, signature, BODY)


def test_chains_that_amazon_has_not_signed_with_push_none_out(verifier: Verifier, shelf: Shelf, signature: str) -> None:
    """As many good chains as anybody may find in Amazon's store, named by requests that are signed by nobody."""
    for name in range(4 * KEPT):
        if name == 2 * KEPT:
            verifier.verify(URL, signature, BODY)
        shelf.chains[at(name)] = good()
        assert "not of its body" in refused(verifier, at(name), signature, b"other")
    shelf.asked.clear()
    verifier.verify(URL, signature, BODY)
    assert shelf.asked == []


def test_no_more_chains_are_kept_than_a_few(verifier: Verifier, shelf: Shelf, signature: str) -> None:
    for name in range(KEPT + 2):
        shelf.chains[at(name)] = good()
        verifier.verify(at(name), signature, BODY)
    shelf.asked.clear()
    for name in reversed(range(KEPT + 2)):
        verifier.verify(at(name), signature, BODY)
    assert len(shelf.asked) == 2


def test_what_is_refused_by_its_headers_costs_no_fetch(verifier: Verifier, shelf: Shelf, signature: str) -> None:
    refused(verifier, URL, "A" * 1025)
    refused(verifier, URL, "")
    refused(verifier, URL, "?")
    refused(verifier, at("a" * 256), signature)
    # To an expression that knew no ASCII alone, these would be an s and a k.
    refused(verifier, "https://\u017f3.amazonaws.com/echo.api/a.pem", signature)
    refused(verifier, "https://s3.amazonaws.com/echo.api/\u212a.pem", signature)
    refused(verifier, URL + "\n", signature)
    assert shelf.asked == []


class Slow:
    """A shelf that gives nothing until it is told to, but for one address."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = Event()

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url != URL:
            assert self.go.wait(10)
        return good()


def in_thread(task: Callable[[], object]) -> Thread:
    thread = Thread(target=task, daemon=True)
    thread.start()
    return thread


def test_fetches_that_hang_hold_up_nobody_else_and_are_few(clock: Clock, signature: str) -> None:
    slow = Slow()
    verifier = Verifier(clock, roots=trusted(authority()), fetch=slow)
    verifier.verify(URL, signature, BODY)
    began = monotonic()
    hanging = [in_thread(lambda n=n: refused(verifier, at(n), signature)) for n in range(AT_ONCE)]  # type: ignore[misc]
    while len(slow.asked) <= AT_ONCE:
        assert monotonic() - began < PATIENCE
    # One more costs nothing; what is kept is answered, and fetched anew though all are busy, when its hour is over.
    assert "too many" in refused(verifier, at("more"), signature)
    verifier.verify(URL, signature, BODY)
    clock.move(HOUR)
    verifier.verify(URL, signature, BODY)
    assert monotonic() - began < PATIENCE
    assert slow.asked.count(URL) == 2
    for thread in hanging:
        thread.join(2 * PATIENCE)
        assert not thread.is_alive()
    assert PATIENCE <= monotonic() - began < 2 * PATIENCE
    # They hang still, whoever waited has gone; once they end there is room again.
    assert "too many" in refused(verifier, at("more"), signature)
    slow.go.set()
    verifier.verify(at(0), signature, BODY)
    verifier.verify(at("more"), signature, BODY)


def test_many_who_want_the_same_chain_fetch_it_once(clock: Clock, signature: str) -> None:
    slow = Slow()
    verifier = Verifier(clock, roots=trusted(authority()), fetch=slow)
    many, together = 16, Barrier(17)

    def ask() -> None:
        together.wait()
        verifier.verify(at("new"), signature, BODY)

    with ThreadPoolExecutor(many) as pool:
        asking = [pool.submit(ask) for _ in range(many)]
        together.wait()
        slow.go.set()
        for one in asking:
            one.result(10)
    assert slow.asked == [at("new")]


def test_the_roots_that_everybody_trusts_are_there_and_do_not_know_ours(signature: str, clock: Clock) -> None:
    with pytest.raises(RequestError, match="no trusted root"):
        judged(good(), Store([*trusted_roots()]), START)
    assert "no trusted root" in refused(Verifier(clock, fetch=Shelf({URL: good()})), URL, signature)


def test_no_roots_are_not_all_roots(clock: Clock) -> None:
    with pytest.raises(ValueError, match="empty"):
        Verifier(clock, roots=[])
