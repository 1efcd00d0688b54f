"""An Alexa request → a Turn.

Alexa never hands over what was said as a whole: it picks an intent and fills its slots. So the beginnings of sentences
are intents ("he …", "she is …"), and the words are put together again here. Built-in intents are commands.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from skill.channels.alexa.reminders import consent
from skill.conversation import TASK, Turn, TurnKind
from skill.words import Command

if TYPE_CHECKING:
    from skill.channels.alexa.envelope import Envelope
    from skill.journal import Key
    from skill.words import Words

__all__ = ["COMMANDS", "OWN", "PHRASE_INTENT", "account_of", "caregiver_of", "is_task", "turn_of"]

PHRASE_INTENT = "PhraseIntent"
"""The intent for a whole phrase without a beginning that is listened for."""

_BUILT_IN: dict[str, TurnKind] = {
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
}


OWN: tuple[Command, ...] = (
    "slower", "shorter", "say", "wait", "breathe", "person", "morning", "every_morning", "no_reminder", "know",
    "forget_this", "forget_everything", "stop_keeping", "keep_again",
)  # fmt: skip
"""The commands that have intents of their own. Of the others it matters in which words they were said, and an intent
without a slot does not tell."""

COMMANDS: dict[str, TurnKind] = {
    **_BUILT_IN,
    **{"".join(part.title() for part in command.split("_")) + "Intent": command for command in OWN},
}
"""The intents that are commands, and what they ask for: Alexa's own, and ours, `forget_this` → `ForgetThisIntent`."""

_ENDINGS = {"EXCEEDED_MAX_REPROMPTS": "silence", "ERROR": "error"}


def account_of(envelope: "Envelope", key: "Key") -> str:
    """The keyed hash of the account that the request comes from."""
    return key.caregiver(f"alexa:{_plainly(envelope.user)}")


def caregiver_of(envelope: "Envelope", key: "Key") -> str:
    """The keyed hash of who speaks: the person, where the device knows the voice, or else the account."""
    if not envelope.person:
        return account_of(envelope, key)
    return key.caregiver(f"alexa:{_plainly(envelope.user)}#{_plainly(envelope.person)}")


def _plainly(amazons: str) -> str:
    """An id without the sign that parts it from another: whatever two ids hold, they never make those of others."""
    return amazons.replace("%", "%25").replace("#", "%23")


def turn_of(envelope: "Envelope", key: "Key", words: "Words") -> Turn:
    """The Turn in a launch, an intent, the end of a session, or the answer to a request for a permission."""
    kind: TurnKind = "unheard"
    text = ending = ""
    match envelope.kind:
        case "LaunchRequest":
            kind = "task" if is_task(envelope) else "launch"
        case "SessionEndedRequest":
            kind, ending = "left", _ENDINGS.get(envelope.reason, "left")
        case "IntentRequest":
            text = _sentence(envelope, words)
            kind = "said" if text else COMMANDS.get(envelope.intent, "unheard")
        case "Connections.Response":
            kind, text = "allowed" if consent(envelope) == "accepted" else "not_allowed", envelope.token
    account, speaker = account_of(envelope, key), caregiver_of(envelope, key)
    return Turn(
        kind=kind,
        # The request's own time: a request that is sent again makes the same entries again.
        at=envelope.at or datetime.now(UTC),
        caregiver=speaker,
        account=account if account != speaker else "",
        session=key.session(envelope.session or ""),
        channel="alexa",
        locale=envelope.locale,
        text=text,
        ending=ending,
    )


def is_task(envelope: "Envelope") -> bool:
    """Whether a request comes from a routine, for the morning word."""
    return envelope.task.rpartition(".")[2] == TASK


def _sentence(envelope: "Envelope", words: "Words") -> str:
    """The words in the request's slots with the beginning that the intent took off; empty where there are none."""
    heard = " ".join(envelope.slots)
    if not heard:
        return ""
    before = next((carrier.before for carrier in words.carriers if carrier.intent == envelope.intent), "")
    return f"{before} {heard}".strip()
