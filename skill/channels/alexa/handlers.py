"""The request handlers of the Alexa Skills Kit SDK, thin: everything is decided in the exchange."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import IntentRequest, LaunchRequest, SessionEndedRequest, Status
from ask_sdk_model.interfaces.tasks import CompleteTaskDirective

from skill.channels.alexa.reminders import allowed, ask_for_permission, cancel, consent, set_daily
from skill.channels.alexa.turns import account_of, is_task, turn_of
from skill.conversation import State
from skill.errors import JournalError, PlainError, ReminderError
from skill.plain import from_plain, to_plain

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import RequestEnvelope, Response

    from skill.conversation import Reminded
    from skill.exchange import Answer
    from skill.house import House

__all__ = ["skill_builder"]

_log = logging.getLogger(__name__)
_STATE, _ACCOUNT = "state", "account"
"""What a session's attributes hold: its state, and whose account it is."""


class TurnHandler(AbstractRequestHandler):
    """A launch, a sentence, or the answer to a question of Alexa's own: answered by the exchange."""

    def __init__(self, house: "House") -> None:
        """Answer through this house."""
        self._house = house

    def can_handle(self, handler_input: "HandlerInput") -> bool:
        """Whether this is a launch, an intent, or what was said to a request for a permission."""
        request = handler_input.request_envelope.request
        return isinstance(request, LaunchRequest | IntentRequest) or consent(request) is not None

    def handle(self, handler_input: "HandlerInput") -> "Response":
        """Answer it."""
        reminders = _Reminders(handler_input.request_envelope)
        answer = _answer(self._house, handler_input, reminders)
        attributes = {_STATE: to_plain(answer.state), _ACCOUNT: _account(self._house, handler_input)}
        handler_input.attributes_manager.session_attributes = attributes if answer.state else {}
        builder = handler_input.response_builder
        if reminders.asking:
            # Alexa asks the caregiver now, and comes back with the answer; the microphone is hers. What she is given
            # comes back as well, should the session not.
            return builder.add_directive(ask_for_permission(reminders.asking)).response
        builder.speak(answer.speech.ssml)
        if answer.reprompt is not None:
            builder.ask(answer.reprompt.ssml)
        if is_task(handler_input.request_envelope.request):
            builder.add_directive(CompleteTaskDirective(status=Status(code="200", message="OK")))
        return builder.set_should_end_session(not answer.reply.listening).response


class _Reminders:
    """The reminders of the device that a request comes from."""

    reminds = True

    def __init__(self, envelope: "RequestEnvelope") -> None:
        self._envelope = envelope
        self.asking = ""

    def remind(self, at: str, text: str) -> "tuple[Reminded, str]":
        if not allowed(self._envelope) and consent(self._envelope.request) != "accepted":
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


class EndedHandler(AbstractRequestHandler):
    """The end of a session: kept, and answered with nothing, for nothing may be spoken."""

    def __init__(self, house: "House") -> None:
        """Keep through this house."""
        self._house = house

    def can_handle(self, handler_input: "HandlerInput") -> bool:
        """Whether the session was ended from outside."""
        return isinstance(handler_input.request_envelope.request, SessionEndedRequest)

    def handle(self, handler_input: "HandlerInput") -> "Response":
        """Keep how it ended."""
        if _state(self._house, handler_input) is not None:
            _answer(self._house, handler_input)
        return handler_input.response_builder.response


class SkillEventHandler(AbstractRequestHandler):
    """The skill was enabled, disabled, …: a disabled skill erases all that was kept."""

    def __init__(self, house: "House") -> None:
        """Erase through this house."""
        self._house = house

    def can_handle(self, handler_input: "HandlerInput") -> bool:
        """Whether this is a skill event."""
        return str(handler_input.request_envelope.request.object_type).startswith("AlexaSkillEvent.")

    def handle(self, handler_input: "HandlerInput") -> "Response":
        """Erase, where the skill was disabled."""
        envelope = handler_input.request_envelope
        if envelope.request.object_type == "AlexaSkillEvent.SkillDisabled":
            try:
                self._house.exchange.forget(account_of(envelope, self._house.key))
            except JournalError as error:
                _log.error("A disabled skill's entries are not erased yet: %s", error)
        return handler_input.response_builder.response


class OtherHandler(AbstractRequestHandler):
    """Any other request that the SDK knows: answered with nothing, for it is not a caregiver who waits."""

    def can_handle(self, handler_input: "HandlerInput") -> bool:  # noqa: ARG002 - the SDK passes it by name
        """Always, as the last."""
        return True

    def handle(self, handler_input: "HandlerInput") -> "Response":
        """Answer with nothing."""
        return handler_input.response_builder.response


class Passed(AbstractExceptionHandler):
    """Lets every error through to the entry, which answers it; the SDK's own default would log the request."""

    def can_handle(self, handler_input: "HandlerInput", exception: Exception) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def handle(self, handler_input: "HandlerInput", exception: Exception) -> "Response":  # noqa: ARG002
        """Raise it again."""
        raise exception


def skill_builder(house: "House") -> SkillBuilder:
    """An SDK skill that answers through `house`."""
    builder = SkillBuilder()
    for handler in (TurnHandler(house), EndedHandler(house), SkillEventHandler(house), OtherHandler()):
        builder.add_request_handler(handler)
    builder.add_exception_handler(Passed())
    return builder


def _answer(house: "House", handler_input: "HandlerInput", reminders: _Reminders | None = None) -> "Answer":
    state = _state(house, handler_input)
    turn = turn_of(handler_input.request_envelope, house.key, house.exchange.words)
    if state is not None:
        # A voice that is recognised in one sentence and not in the next is still whose session it is.
        caregiver, account = state.session.caregiver, _account(house, handler_input)
        turn = replace(turn, caregiver=caregiver, account=account if account != caregiver else "")
    return house.exchange.answer(turn, state, reminders)


def _account(house: "House", handler_input: "HandlerInput") -> str:
    return account_of(handler_input.request_envelope, house.key)


def _state(house: "House", handler_input: "HandlerInput") -> State | None:
    """The state that the session brings; none where it is new, or brings what this code did not give it."""
    session = handler_input.request_envelope.session
    attributes: dict[str, Any] = (session.attributes if session else None) or {}
    if _STATE not in attributes or attributes.get(_ACCOUNT) != _account(house, handler_input):
        return None
    try:
        return from_plain(State, attributes[_STATE])
    except PlainError as error:
        _log.warning("A session's state cannot be used (%s): the session begins anew.", error)
        return None
