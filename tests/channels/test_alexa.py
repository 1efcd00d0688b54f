"""Recorded requests through the Lambda entry: each has a valid response, and what is kept is kept once."""

import copy
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.alexa.entry import Handler, entry
from skill.channels.alexa.reminders import PERMISSION
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Member, Moment, Session, Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.responses import heard, valid
from tests.conftest import EVENTS, KEY, START, event, unhurried
from tests.engines.amazon import BEARER, Amazon

CAREGIVER = KEY.caregiver("alexa:amzn1.ask.account.TESTUSER")


class AlexaSession:
    """An Alexa session: carries the attributes from response to request."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.attributes: dict[str, Any] = {}

    def send(self, name: str, **changes: Any) -> dict[str, Any]:
        request = event(name, **changes)
        if "session" in request:
            request["session"]["attributes"] = copy.deepcopy(self.attributes)
        response = self.handler(request, None)
        self.attributes = response.get("sessionAttributes", {})
        return valid(response)


@pytest.fixture
def session(handler: Handler) -> AlexaSession:
    return AlexaSession(handler)


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_every_recorded_request_has_a_valid_response(name: str, session: AlexaSession) -> None:
    inner = session.send(name)
    silent = name.startswith(("session_ended", "skill_", "permission", "audio"))
    assert ("outputSpeech" in inner) != silent


def test_a_launch_calms_and_asks_one_question(session: AlexaSession) -> None:
    inner = session.send("launch")
    text = heard(inner)
    assert text.count("?") == 1 or text.endswith(("happening.",))
    assert inner["shouldEndSession"] is False


def test_a_moment_is_spoken_step_by_step_and_kept_once(session: AlexaSession, store: SQLiteStore) -> None:
    first = heard(session.send("one_shot_search_query"))
    assert first.startswith("Hands down.")
    assert "Say:" in first
    second = heard(session.send("next"))
    assert second.startswith("Take two big steps back.")
    assert heard(session.send("repeat")).startswith("Take two big steps back.")
    assert session.send("stop")["shouldEndSession"] is True
    kept = list(store.entries(CAREGIVER))
    assert [type(one) for one in kept] == [Moment, Session]
    moment, visit = kept
    assert isinstance(moment, Moment)
    assert (moment.situation, moment.steps, moment.ending) == ("pushing_me_away", 2, "stopped")
    assert isinstance(visit, Session)
    assert (visit.channel, visit.locale, visit.ending) == ("alexa", "en-US", "stopped")


def test_a_request_that_is_sent_again_is_kept_once(handler: Handler, store: SQLiteStore) -> None:
    request = event("one_shot_search_query")
    answers = [handler(copy.deepcopy(request), None) for _ in range(3)]
    assert answers[0] == answers[1] or "Say:" in heard(answers[1]["response"])
    assert len(list(store.entries(CAREGIVER))) == 2


def test_a_late_repeat_does_not_undo_what_came_after(handler: Handler, store: SQLiteStore) -> None:
    session = AlexaSession(handler)
    session.send("one_shot_search_query")
    session.send("next")
    kept = list(store.entries(CAREGIVER))
    handler(event("one_shot_search_query"), None)
    assert next(iter(store.entries(CAREGIVER))) == kept[0]


@pytest.mark.parametrize("first", ["launch", "one_shot_search_query", "next", "fallback", "help"])
def test_danger_is_answered_at_once_in_every_state(first: str, session: AlexaSession) -> None:
    session.send(first)
    inner = session.send("search_query_danger")
    assert "911" in " ".join(heard(inner).split()[:20])
    assert inner["shouldEndSession"] is False


def test_a_safety_question_that_is_left_unanswered_is_an_emergency(session: AlexaSession, store: SQLiteStore) -> None:
    request = {"name": "IIntent", "slots": {"what": {"name": "what", "value": "could kill that child right now"}}}
    inner = session.send("one_shot_search_query", intent=request)
    assert heard(inner).endswith("?")
    # Alexa speaks the reprompt itself, and then ends the session: the reprompt has to hold the number.
    assert "911" in re.sub(r"<[^>]+>", " ", inner["reprompt"]["outputSpeech"]["ssml"])
    session.send("session_ended_silence")
    moment = next(store.entries(CAREGIVER))
    assert isinstance(moment, Moment)
    assert moment.situation == "caregiver_may_harm"
    assert moment.ending == "silence"


def test_a_bare_phrase_is_read(session: AlexaSession) -> None:
    session.send("launch")
    assert (
        "Say:" in heard(session.send("bare_phrase"))
        or session.attributes["state"]["place"]["asking"]["kind"] == "choose"
    )


def test_another_skills_request_is_turned_away(handler: Handler, store: SQLiteStore) -> None:
    request = event("one_shot_search_query")
    request["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.another"
    inner = valid(handler(request, None))
    assert "outputSpeech" not in inner
    assert list(store.entries(CAREGIVER)) == []


def test_a_disabled_skill_erases_and_twice_is_harmless(session: AlexaSession, store: SQLiteStore) -> None:
    session.send("one_shot_search_query")
    assert list(store.entries(CAREGIVER))
    for _ in range(2):
        session.send("skill_disabled")
        assert list(store.entries(CAREGIVER)) == []


@pytest.mark.parametrize("attributes", [{"state": 1}, {"state": {}}, {"state": {"session": {"id": []}}}, {"other": 1}])
def test_foreign_session_attributes_begin_the_session_anew(attributes: dict[str, Any], handler: Handler) -> None:
    request = event("next")
    request["session"]["attributes"] = attributes
    assert "?" in heard(valid(handler(request, None))) or "Tell me" in heard(valid(handler(request, None)))


def test_another_caregivers_state_is_not_taken_over(
    session: AlexaSession, handler: Handler, store: SQLiteStore
) -> None:
    session.send("one_shot_search_query")
    request = event("next")
    request["session"]["attributes"] = session.attributes
    for holder in (request["session"], request["context"]["System"]):
        holder["user"]["userId"] = "amzn1.ask.account.ANOTHER"
    handler(request, None)
    moment = next(store.entries(CAREGIVER))
    assert isinstance(moment, Moment)
    assert moment.steps == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)


@pytest.fixture(scope="module")
def lasting_handler(words: Words, reader: Reader) -> Handler:
    store = SQLiteStore(Path(":memory:"))
    return entry(House(Exchange(words, reader, unhurried(store, Spill(None))), KEY, store))


@given(anything=JSON)
def test_anything_at_all_has_a_valid_response(anything: Any, lasting_handler: Handler) -> None:
    valid(lasting_handler(anything, None))


@given(data=st.data())
def test_a_damaged_request_has_a_valid_response(data: st.DataObject, lasting_handler: Handler) -> None:
    request = event(data.draw(st.sampled_from(["launch", "one_shot_search_query", "session_ended", "skill_disabled"])))
    place: Any = request
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    valid(lasting_handler(request, None))


@given(said=st.text(max_size=300))
def test_whatever_was_said_the_speech_is_valid_and_does_not_hold_it(said: str, lasting_handler: Handler) -> None:
    request = event("one_shot_search_query")
    marked = f'{said} <zq&">'
    request["request"]["intent"]["slots"]["what"]["value"] = marked
    inner = valid(lasting_handler(request, None))
    assert "zq" not in json.dumps(inner)


# The morning word, reminders, and voices that are told apart


def test_the_task_of_a_routine_brings_the_morning_word_and_is_completed(session: AlexaSession, words: Words) -> None:
    inner = session.send("launch_task")
    assert any(one.text in heard(inner) for one in words.encouragements)
    assert inner["directives"] == [{"type": "Tasks.CompleteTask", "status": {"code": "200", "message": "OK"}}]
    assert inner["shouldEndSession"] is True


def test_a_task_that_is_not_ours_is_a_launch_like_any_other(session: AlexaSession) -> None:
    inner = session.send("launch_task", task={"name": "amzn1.ask.skill.X.CountDown", "version": "1"})
    assert "directives" not in inner
    assert inner["shouldEndSession"] is False


def phrase(said: str) -> dict[str, Any]:
    return {"name": "PhraseIntent", "slots": {"phrase": {"name": "phrase", "value": said}}}


class Device(AlexaSession):
    """An Alexa session on a device that reaches Amazon's API."""

    def __init__(self, handler: Handler, address: str) -> None:
        super().__init__(handler)
        self.address = address
        self.allowed = False

    def send(self, name: str, **changes: Any) -> dict[str, Any]:
        request = event(name, **changes)
        request["context"]["System"] |= {"apiEndpoint": self.address, "apiAccessToken": BEARER}
        if self.allowed:
            scopes = {PERMISSION: {"status": "GRANTED"}}
            request["context"]["System"]["user"] = {
                **request["context"]["System"]["user"],
                "permissions": {"scopes": scopes},
            }
        request["session"]["attributes"] = copy.deepcopy(self.attributes)
        response = self.handler(request, None)
        self.attributes = response.get("sessionAttributes", {})
        return dict(response["response"])

    def say(self, said: str) -> str:
        return heard(self.send("bare_phrase", intent=phrase(said)))


@pytest.fixture
def device(handler: Handler, amazon: Amazon) -> Device:
    return Device(handler, amazon.address)


def test_a_reminder_is_set_after_a_yes_and_alexas_own_question_and_cancelled_by_voice(
    device: Device, amazon: Amazon, store: SQLiteStore
) -> None:
    assert "half past" not in device.say("remind me every morning at ten past seven")
    assert amazon.set == {}
    asked = device.send("yes")
    assert asked["directives"][0]["name"] == "AskFor"
    assert "outputSpeech" not in asked
    assert "shouldEndSession" not in asked
    assert "every day at seven ten in the morning" in heard(device.send("consent_accepted"))
    ((token, reminder),) = amazon.set.items()
    assert "BYHOUR=7;BYMINUTE=10" in reminder["trigger"]["recurrence"]["recurrenceRules"][0]
    assert reminder["trigger"]["timeZoneId"] == "America/New_York"
    standing = store.recall(CAREGIVER).standing
    assert standing is not None
    assert (standing.reminder, standing.remind_at) == (token, "07:10")
    device.allowed = True
    # Another one takes its place.
    device.say("remind me every day at half past six")
    device.send("yes")
    assert [one["trigger"]["recurrence"]["recurrenceRules"][0][:30] for one in amazon.set.values()] == [
        "FREQ=DAILY;BYHOUR=6;BYMINUTE=3"
    ]
    assert "gone" in device.say("cancel the reminder") or amazon.set == {}
    assert amazon.set == {}
    assert "no reminder" in device.say("cancel the reminder")


def test_the_answer_to_alexas_question_is_understood_in_a_session_that_has_lost_its_state(
    device: Device, amazon: Amazon
) -> None:
    assert "every day at seven ten in the morning" in heard(device.send("consent_accepted"))
    assert len(amazon.set) == 1


def test_without_a_yes_or_the_permission_no_reminder_is_set(device: Device, amazon: Amazon) -> None:
    device.say("remind me every morning at seven")
    assert "no" in device.say("no").lower()
    device.say("remind me every morning at seven")
    device.send("yes")
    refused = heard(device.send("consent_accepted", payload={"status": "DENIED"}))
    assert "may not set reminders" in refused
    assert amazon.set == {}
    assert "POST /v1/alerts/reminders" not in amazon.asked


def test_a_reminder_that_amazon_refuses_is_owned_up_to(device: Device, amazon: Amazon, store: SQLiteStore) -> None:
    device.allowed = True
    amazon.told["POST"] = (500, "")
    device.say("remind me every morning at seven")
    assert "couldn't do that" in heard(device.send("yes"))
    standing = store.recall(CAREGIVER).standing
    assert standing is None or not standing.reminder


@pytest.fixture
def reminded(device: Device) -> Device:
    """A device with a daily reminder."""
    device.allowed = True
    device.say("remind me every morning at seven")
    device.send("yes")
    return device


def test_forgetting_everything_cancels_the_reminder_and_leaves_nothing(
    reminded: Device, amazon: Amazon, store: SQLiteStore
) -> None:
    assert len(amazon.set) == 1
    reminded.say("forget everything")
    assert "gone" in heard(reminded.send("yes"))
    assert amazon.set == {}
    assert list(store.entries(CAREGIVER)) == []


def test_everything_is_forgotten_though_the_reminder_cannot_be_cancelled(
    reminded: Device, amazon: Amazon, store: SQLiteStore
) -> None:
    # The permission was taken back: it never can be.
    amazon.told["DELETE"] = (403, "")
    reminded.say("forget everything")
    assert "Alexa app" in heard(reminded.send("yes"))
    assert list(store.entries(CAREGIVER)) == []


ANNA = KEY.caregiver("alexa:amzn1.ask.account.TESTUSER#amzn1.ask.person.ANNA")


def test_a_voice_that_is_known_has_a_journal_of_its_own_and_keeps_its_session(
    session: AlexaSession, store: SQLiteStore
) -> None:
    session.send("one_shot_recognised")
    # In the middle of a session the voice is not always recognised.
    assert heard(session.send("next")).startswith("Take two big steps back.")
    (moment,) = store.moments(ANNA, START - timedelta(days=1))
    assert moment.steps == 2
    assert [type(one) for one in store.entries(CAREGIVER)] == [Member]


def test_a_disabled_skill_erases_all_persons_of_the_account(session: AlexaSession, store: SQLiteStore) -> None:
    session.send("one_shot_recognised")
    session.send("stop")
    session.send("one_shot_search_query")
    session.send("skill_disabled")
    assert list(store.entries(ANNA)) == list(store.entries(CAREGIVER)) == []


def test_a_person_who_has_everything_forgotten_is_no_member_any_more(session: AlexaSession, store: SQLiteStore) -> None:
    session.send("one_shot_recognised")
    session.send("bare_phrase", intent=phrase("forget everything"))
    session.send("yes")
    assert list(store.entries(ANNA)) == list(store.entries(CAREGIVER)) == []
