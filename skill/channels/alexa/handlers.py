"""What is done with each kind of request: thin, for everything is decided in the exchange."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from skill.channels.alexa.reminders import allowed, ask_for_permission, cancel, consent, set_daily
from skill.channels.alexa.turns import account_of, is_task, turn_of
from skill.channels.sealed import sealed, unsealed
from skill.errors import JournalError, ReminderError

if TYPE_CHECKING:
    from skill.channels.alexa.envelope import Envelope
    from skill.conversation import Reminded, State
    from skill.exchange import Answer
    from skill.house import House

__all__ = ["Response", "answer_turn", "end", "response", "skill_event", "spoken"]

Response = dict[str, Any]

_log = logging.getLogger(__name__)


def answer_turn(house: "House", envelope: "Envelope") -> "tuple[Response, Answer]":
    """Answer a launch, a sentence, or what was said to a request for a permission."""
    reminders = _Reminders(envelope)
    answer = _answer(house, envelope, reminders)
    attributes = sealed(house.key, account_of(envelope, house.key), answer.state)
    if reminders.asking:
        # Alexa asks the caregiver now, and comes back with the answer; the microphone is hers. What she is given
        # comes back as well, should the session not.
        return response(attributes, directives=[ask_for_permission(reminders.asking)]), answer
    inner = spoken(answer.speech.ssml, answer.reprompt.ssml if answer.reprompt else "")
    if is_task(envelope):
        inner["directives"] = [{"type": "Tasks.CompleteTask", "status": {"code": "200", "message": "OK"}}]
    return response(attributes, **inner), answer


def end(house: "House", envelope: "Envelope") -> None:
    """Keep how a session ended; nothing may be spoken then."""
    if _state(house, envelope) is not None:
        _answer(house, envelope)


def skill_event(house: "House", envelope: "Envelope") -> None:
    """The skill was enabled, disabled, …: a disabled skill erases all that was kept.

    Raises:
        JournalError: It is not erased.
    """
    if envelope.kind == "AlexaSkillEvent.SkillDisabled" and envelope.user:
        try:
            house.exchange.forget(account_of(envelope, house.key))
        except JournalError as error:
            _log.error("A disabled skill's entries are not erased: %s", error)
            # Nobody hears it, and nobody asks again: whoever runs the skill is to know.
            raise


def response(attributes: dict[str, Any] | None = None, /, **inner: object) -> Response:
    """A response in Amazon's shape; `attributes` is what the session brings along next time."""
    return {"version": "1.0", "sessionAttributes": attributes or {}, "response": inner}


def spoken(ssml: str, reprompt: str) -> dict[str, Any]:
    """The part of a response that speaks; the microphone stays open exactly where there is a reprompt."""
    inner: dict[str, Any] = {"outputSpeech": {"type": "SSML", "ssml": ssml}, "shouldEndSession": not reprompt}
    if reprompt:
        inner["reprompt"] = {"outputSpeech": {"type": "SSML", "ssml": reprompt}}
    return inner


class _Reminders:
    """The reminders of the device that a request comes from."""

    reminds = True

    def __init__(self, envelope: "Envelope") -> None:
        self._envelope = envelope
        self.asking = ""

    def remind(self, at: str, text: str) -> "tuple[Reminded, str]":
        if not allowed(self._envelope) and consent(self._envelope) != "accepted":
            self.asking = at
            return "asking", ""
        try:
            return "set", set_daily(self._envelope, time.fromisoformat(at), text, datetime.now(UTC))
        except ReminderError as error:
            _log.warning("%s", error)
            return error.reason, ""

    def no_reminder(self, known_by: str) -> bool:
        try:
            cancel(self._envelope, known_by)
        except ReminderError as error:
            _log.warning("%s", error)
            return False
        return True


def _answer(house: "House", envelope: "Envelope", reminders: _Reminders | None = None) -> "Answer":
    state = _state(house, envelope)
    turn = turn_of(envelope, house.key, house.exchange.words)
    if state is not None:
        # A voice that is recognised in one sentence and not in the next is still whose session it is.
        caregiver, account = state.session.caregiver, account_of(envelope, house.key)
        turn = replace(turn, caregiver=caregiver, account=account if account != caregiver else "")
    return house.exchange.answer(turn, state, reminders)


def _state(house: "House", envelope: "Envelope") -> "State | None":
    """The state that the session brings; none where it is new, or brings what this code did not give it."""
    return unsealed(house.key, account_of(envelope, house.key), envelope.attributes)
