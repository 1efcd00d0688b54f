"""The entry: an event of the Lambda runtime → a response, always valid and never an exception.

The SDK raises before any of its handlers for a request whose type or values it does not know. A caregiver who waits for
an answer must hear one all the same: the number, and the shortest script.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from skill.channels.alexa.handlers import skill_builder
from skill.channels.alexa.turns import caregiver
from skill.conversation import Passage
from skill.conversation.turn import country
from skill.speech import ssml

if TYPE_CHECKING:
    from skill.house import House

__all__ = ["entry"]

_log = logging.getLogger(__name__)

Event = object
Handler = Callable[[Event, Any], dict[str, Any]]


def entry(house: "House", skill_id: str | None = None) -> Handler:
    """The Lambda handler over `house`; where `skill_id` is given, requests of other skills are turned away."""
    skill = skill_builder(house).lambda_handler()
    words = house.exchange.words

    def handle(event: Event, context: Any = None) -> dict[str, Any]:  # noqa: ANN401 - the runtime's own
        """Answer an event."""
        if skill_id and _application(event) != skill_id:
            _log.error("A request of another skill was turned away.")
            return _empty()
        try:
            _foresee(house, event)
            response: dict[str, Any] = skill(event, context)
        except Exception as error:  # noqa: BLE001 - whatever it is, a caregiver must hear something
            _log.error("A request could not be answered: %s", type(error).__name__)
            return _fault(event)
        return response

    def _fault(event: Event) -> dict[str, Any]:
        request = _inside(event, "request")
        session = event.get("session") if isinstance(event, dict) else None
        if isinstance(request.get("type"), str) and not isinstance(session, dict):
            return _empty()
        numbers = words.numbers(country(str(request.get("locale", ""))))
        fault = Passage(words.prompts["fault"][0].format_map(numbers), "action")
        question = Passage(words.prompts["what"][0].format_map(numbers), "question")
        say = words.prompts["say"][0]
        response: dict[str, Any] = {
            "outputSpeech": {"type": "SSML", "ssml": ssml([fault], say)},
            "shouldEndSession": True,
        }
        if isinstance(session, dict):
            response = {
                "outputSpeech": {"type": "SSML", "ssml": ssml([fault, question], say)},
                "reprompt": {"outputSpeech": {"type": "SSML", "ssml": ssml([question], say)}},
                "shouldEndSession": False,
            }
        attributes = session.get("attributes") if isinstance(session, dict) else None
        return {
            "version": "1.0",
            "sessionAttributes": attributes if isinstance(attributes, dict) else {},
            "response": response,
        }

    return handle


def _foresee(house: "House", event: Event) -> None:
    """Ask for the caregiver's past before the SDK unpacks the request, where the session is a new one."""
    session = _inside(event, "session")
    system = _inside(_inside(event, "context"), "System")
    user, person = _inside(system, "user").get("userId"), _inside(system, "person").get("personId", "")
    kind = _inside(event, "request").get("type")
    if (
        session
        and not session.get("attributes")
        and isinstance(user, str)
        and isinstance(person, str)
        and kind in ("LaunchRequest", "IntentRequest")
    ):
        house.exchange.keeper.foresee(caregiver(user, person, key=house.key))


def _empty() -> dict[str, Any]:
    return {"version": "1.0", "response": {}}


def _inside(value: object, name: str) -> dict[str, Any]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _application(event: Event) -> object:
    """The id of the skill that a request is for: in the context, or, in an old form, in the session."""
    system = _inside(_inside(event, "context"), "System")
    for holder in (system, _inside(event, "session")):
        application = _inside(holder, "application").get("applicationId")
        if application is not None:
            return application
    return None
