"""Other people's data: of two accounts, two voices and two devices, none reads, goes on with or erases another's."""

import pytest

from skill.channels.alexa.entry import Handler
from tests.attacks.conftest import ALICE, BOB, Rows, Visit, owners, request
from tests.channels.responses import heard, valid

ANNA = "amzn1.ask.person.ANNA"
WHO = {
    "another account": (BOB, None),
    "another account's voice": (BOB, "amzn1.ask.person.BEN"),
    "a voice of the same name": (BOB, ANNA),
    "no voice of the account": (ALICE, None),
    "another voice of the account": (ALICE, "amzn1.ask.person.BEN"),
}
QUESTIONS = ["what do you know about me", "how are we doing", "how was this week", "cancel the reminder", "forget this"]


@pytest.fixture
def anna(handler: Handler) -> Visit:
    anna = Visit(handler, ALICE, ANNA)
    anna.send("one_shot_search_query")
    anna.send("next")
    anna.say("that worked she let me hold her")
    anna.send("stop")
    return anna


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
@pytest.mark.usefixtures("anna")
def test_nothing_is_told_of_another(who: tuple[str, str | None], question: str, handler: Handler) -> None:
    assert Visit(handler, *who).say(question) == Visit(handler, "amzn1.ask.account.NEW").say(question)


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_nothing_of_another_goes_on(who: tuple[str, str | None], anna: Visit, handler: Handler) -> None:
    stranger, newcomer = Visit(handler, *who, at=anna.at), Visit(handler, "amzn1.ask.account.NEW", at=anna.at)
    for name in ("launch", "next", "yes"):
        assert heard(stranger.send(name)) == heard(newcomer.send(name))


@pytest.mark.parametrize(
    ("who", "wish"),
    [
        (who, wish)
        for who in WHO.values()
        for wish in (["forget this"], ["forget everything", "yes"], ["stop keeping track"])
        # Whoever speaks for the account may have all of it forgotten.
        if (who, wish[0]) != ((ALICE, None), "forget everything")
    ],
    ids=str,
)
@pytest.mark.usefixtures("anna")
def test_nothing_of_another_is_erased(
    who: tuple[str, str | None], wish: list[str], handler: Handler, rows: Rows
) -> None:
    before = [row for row in rows() if not row[1].startswith("#member#")]
    other = Visit(handler, *who)
    other.send("one_shot_search_query")
    for said in wish:
        other.send("yes") if said == "yes" else other.say(said)
    assert [row for row in rows() if row[0] == before[0][0]] == before


def test_a_disabled_account_leaves_every_other(handler: Handler, rows: Rows) -> None:
    for user in (ALICE, BOB):
        for person in (None, ANNA):
            Visit(handler, user, person).send("one_shot_search_query")
    assert len(owners(rows())) == 4
    valid(handler(request("skill_disabled", BOB), None))
    assert len(owners(rows())) == 2
    assert "nothing" not in Visit(handler, ALICE).say("what do you know about me").lower()


def test_one_process_takes_turns_between_two_without_mixing_them(handler: Handler, rows: Rows) -> None:
    alice, bob = Visit(handler, ALICE), Visit(handler, BOB)
    alone = Visit(handler, "amzn1.ask.account.ALONE")
    for name in ("launch", "one_shot_search_query", "next", "search_query_danger", "next"):
        said = [heard(visit.send(name)) for visit in (alice, bob, alone)]
        assert len({*said}) == 1
    assert len(owners(rows())) == 3
    assert sum("#moment#" in entry for _, entry, _ in rows()) == 3
