"""The entry: an event of the Lambda runtime → a response, always valid and never an exception.

A caregiver who waits for an answer must hear one whatever comes in and whatever fails: the number, and a question to go
on with. Where nobody waits, as with skill events and nonsense, the answer is empty.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from skill.channels.alexa.envelope import Envelope, is_for, read
from skill.channels.alexa.handlers import Response, answer_turn, end, response, skill_event, spoken
from skill.channels.alexa.metrics import Took
from skill.channels.alexa.reminders import consent
from skill.conversation import Passage
from skill.conversation.turn import country
from skill.errors import RequestError
from skill.speech import ssml

if TYPE_CHECKING:
    from skill.channels.alexa.metrics import Meter
    from skill.exchange import Answer
    from skill.house import House

__all__ = ["Handler", "entry"]

_log = logging.getLogger(__name__)
_ENDED = "SessionEndedRequest"
_EVENT = "AlexaSkillEvent."
_LONGEST = 16_000
"""Characters of a session's attributes that fit beside an answer into the 24 KB that Alexa takes."""

Event = object
Handler = Callable[[Event, Any], Response]


def entry(house: "House", skill_id: str | None = None, meter: "Meter | None" = None) -> Handler:
    """The Lambda handler over `house`; where `skill_id` is given, requests of other skills are turned away.

    `meter`, where there is one, is told of every request.
    """

    def handle(event: Event, context: Any = None) -> Response:  # noqa: ANN401, ARG001 - the runtime's own
        """Answer an event."""
        if skill_id is not None and not is_for(skill_id, event):
            _log.error("A request of another skill was turned away.")
            return response()
        keeper = house.exchange.keeper
        began, spilled, waited = time.monotonic(), keeper.spilled, keeper.waited
        envelope = read(event)
        answer: Answer | None = None
        failed = False
        try:
            answered, answer = _answered(house, envelope)
            # Without a journal nothing is kept and nothing is put aside either: that must not pass unnoticed.
            failed = house.store is None or (answer is not None and answer.failed)
        except Exception as error:  # noqa: BLE001 - whatever it is, a caregiver must hear something
            _log.error("A request could not be answered: %s", type(error).__name__)
            answered, failed = _fault(house, envelope), True
        if meter is not None:
            took = Took(time.monotonic() - began, keeper.waited - waited)
            meter.note(answer, took, spills=keeper.spilled - spilled, failed=failed)
        return answered

    return handle


def _answered(house: "House", envelope: Envelope) -> "tuple[Response, Answer | None]":
    """The response, and the exchange's answer where somebody was answered.

    Raises:
        RequestError: Somebody may be waiting, and this is no request that can be answered.
    """
    kind = envelope.kind
    if kind in ("LaunchRequest", "IntentRequest") or consent(envelope) is not None:
        if not envelope.user or not envelope.session:
            raise RequestError("The request names nobody who could be answered: look at what sends it.")
        return answer_turn(house, envelope)
    if kind == _ENDED:
        end(house, envelope)
    elif kind.startswith(_EVENT):
        skill_event(house, envelope)
    elif envelope.session is not None or not kind:
        raise RequestError("The request is of a kind that is not known: look at what sends it.")
    return response(), None


def _fault(house: "House", envelope: Envelope) -> Response:
    """The number and, where there is a session, a question to go on with; nothing where nobody may be spoken to."""
    if envelope.kind == _ENDED or (envelope.kind and envelope.session is None):
        return response()
    words = house.exchange.words
    numbers = words.numbers(country(envelope.locale))
    fault = Passage(words.prompts["fault"][0].format_map(numbers), "action")
    question = Passage(words.prompts["what"][0].format_map(numbers), "question")
    say = words.prompts["say"][0]
    if envelope.session is None:
        return response(**spoken(ssml([fault], say), ""))
    return response(_brought(envelope), **spoken(ssml([fault, question], say), ssml([question], say)))


def _brought(envelope: Envelope) -> dict[str, Any]:
    """The attributes that a session brings, to be handed back; none where no answer of ours can have held them."""
    try:
        return dict(envelope.attributes) if len(json.dumps(envelope.attributes)) <= _LONGEST else {}
    except (RecursionError, ValueError):
        return {}
