"""The request handlers of the Alexa Skills Kit SDK, thin: everything is decided in the exchange."""

import logging
from typing import TYPE_CHECKING, Any

from ask_sdk_core.dispatch_components import AbstractExceptionHandler, AbstractRequestHandler
from ask_sdk_core.skill_builder import SkillBuilder
from ask_sdk_model import IntentRequest, LaunchRequest, SessionEndedRequest

from skill.channels.alexa.turns import caregiver_of, turn_of
from skill.conversation import State
from skill.errors import JournalError, PlainError
from skill.plain import from_plain, to_plain

if TYPE_CHECKING:
    from ask_sdk_core.handler_input import HandlerInput
    from ask_sdk_model import Response

    from skill.exchange import Answer
    from skill.house import House

__all__ = ["skill_builder"]

_log = logging.getLogger(__name__)
_STATE = "state"


class TurnHandler(AbstractRequestHandler):
    """A launch or a sentence: answered by the exchange."""

    def __init__(self, house: "House") -> None:
        """Answer through this house."""
        self._house = house

    def can_handle(self, handler_input: "HandlerInput") -> bool:
        """Whether this is a launch or an intent."""
        return isinstance(handler_input.request_envelope.request, LaunchRequest | IntentRequest)

    def handle(self, handler_input: "HandlerInput") -> "Response":
        """Answer it."""
        answer = _answer(self._house, handler_input)
        attributes = {_STATE: to_plain(answer.state)} if answer.state else {}
        handler_input.attributes_manager.session_attributes = attributes
        builder = handler_input.response_builder.speak(answer.speech.ssml)
        if answer.reprompt is not None:
            builder.ask(answer.reprompt.ssml)
        return builder.set_should_end_session(not answer.reply.listening).response


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
            keeper = self._house.exchange.keeper
            keeper.begin()
            try:
                keeper.forget(caregiver_of(envelope, self._house.key))
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


def _answer(house: "House", handler_input: "HandlerInput") -> "Answer":
    turn = turn_of(handler_input.request_envelope, house.key, house.exchange.words)
    return house.exchange.answer(turn, _state(house, handler_input))


def _state(house: "House", handler_input: "HandlerInput") -> State | None:
    """The state that the session brings; none where it is new, or brings what this code did not give it."""
    envelope = handler_input.request_envelope
    attributes: dict[str, Any] = envelope.session.attributes or {}
    if _STATE not in attributes:
        return None
    try:
        state = from_plain(State, attributes[_STATE])
    except PlainError as error:
        _log.warning("A session's state cannot be used (%s): the session begins anew.", error)
        return None
    return state if state.session.caregiver == caregiver_of(envelope, house.key) else None
