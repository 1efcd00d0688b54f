"""An Alexa request → a Turn.

Alexa never hands over what was said as a whole: it picks an intent and fills its slots. So the beginnings of sentences
are intents ("he …", "she is …"), and the words are put together again here. Built-in intents are commands.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ask_sdk_model import IntentRequest, LaunchRequest, SessionEndedRequest

from skill.conversation import Turn, TurnKind
from skill.journal import Key

if TYPE_CHECKING:
    from ask_sdk_model import RequestEnvelope

    from skill.words import Words

__all__ = ["COMMANDS", "PHRASE_INTENT", "caregiver", "caregiver_of", "turn_of"]

PHRASE_INTENT = "PhraseIntent"
"""The intent for a whole phrase without a beginning that is listened for."""

COMMANDS: dict[str, TurnKind] = {
    "AMAZON.CancelIntent": "stop",
    "AMAZON.FallbackIntent": "unheard",
    "AMAZON.HelpIntent": "help",
    "AMAZON.NavigateHomeIntent": "stop",
    "AMAZON.NextIntent": "next",
    "AMAZON.NoIntent": "no",
    "AMAZON.RepeatIntent": "again",
    "AMAZON.StartOverIntent": "start_over",
    "AMAZON.StopIntent": "stop",
    "AMAZON.YesIntent": "yes",
    "SlowerIntent": "slower",
}
"""The intents that are commands, and what they ask for."""

_ENDINGS = {"EXCEEDED_MAX_REPROMPTS": "silence", "ERROR": "error"}


def caregiver_of(envelope: "RequestEnvelope", key: Key) -> str:
    """The keyed hash of the account that speaks."""
    context = envelope.context
    # The old form of a request names the user in its session alone.
    user = context.system.user if context and context.system and context.system.user else envelope.session.user
    return caregiver(user.user_id, key)


def caregiver(user_id: str, key: Key) -> str:
    """The keyed hash of an Alexa user id."""
    return key.caregiver(f"alexa:{user_id}")


def turn_of(envelope: "RequestEnvelope", key: Key, words: "Words") -> Turn:
    """The Turn in a launch, an intent or the end of a session."""
    request = envelope.request
    kind: TurnKind = "unheard"
    text = ending = ""
    if isinstance(request, LaunchRequest):
        kind = "launch"
    elif isinstance(request, SessionEndedRequest):
        kind, ending = "left", _ENDINGS.get(request.reason.value if request.reason else "", "left")
    elif isinstance(request, IntentRequest):
        text = _sentence(request, words)
        kind = "said" if text else COMMANDS.get(request.intent.name, "unheard")
    return Turn(
        kind=kind,
        # The request's own time: a request that is sent again makes the same entries again.
        at=request.timestamp.astimezone(UTC) if request.timestamp else datetime.now(UTC),
        caregiver=caregiver_of(envelope, key),
        session=key.session(envelope.session.session_id),
        channel="alexa",
        locale=request.locale or "",
        text=text,
        ending=ending,
    )


def _sentence(request: IntentRequest, words: "Words") -> str:
    """The words in the request's slots with the beginning that the intent took off; empty where there are none."""
    heard = " ".join(slot.value for slot in (request.intent.slots or {}).values() if slot.value)
    if not heard:
        return ""
    before = next((carrier.before for carrier in words.carriers if carrier.intent == request.intent.name), "")
    return f"{before} {heard}".strip()
