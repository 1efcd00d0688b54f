"""An Alexa request → a Turn.

Alexa never hands over what was said as a whole: it picks an intent and fills its slots. So the beginnings of sentences
are intents ("he …", "she is …"), and the words are put together again here. Built-in intents are commands.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ask_sdk_model import IntentRequest, LaunchRequest, SessionEndedRequest

from skill.channels.alexa.reminders import consent
from skill.conversation import TASK, Turn, TurnKind
from skill.journal import Key
from skill.words import Command

if TYPE_CHECKING:
    from ask_sdk_model import RequestEnvelope

    from skill.words import Words

__all__ = ["COMMANDS", "OWN", "PHRASE_INTENT", "account_of", "caregiver", "caregiver_of", "is_task", "turn_of"]

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


def account_of(envelope: "RequestEnvelope", key: Key) -> str:
    """The keyed hash of the account that the request comes from."""
    context = envelope.context
    # The old form of a request names the user in its session alone.
    user = context.system.user if context and context.system and context.system.user else envelope.session.user
    return caregiver(user.user_id, key=key)


def caregiver_of(envelope: "RequestEnvelope", key: Key) -> str:
    """The keyed hash of who speaks: the person, where the device knows the voice, or else the account."""
    system = envelope.context.system if envelope.context else None
    if system is None or system.person is None or not system.person.person_id or not system.user:
        return account_of(envelope, key)
    return caregiver(system.user.user_id, system.person.person_id, key=key)


def caregiver(user_id: str, person_id: str = "", *, key: Key) -> str:
    """The keyed hash of an Alexa user id, and of the id of a person among its voices; no two are of one text.

    Raises:
        ValueError: There is no user id. All who have none would share a journal.
    """
    if not user_id:
        raise ValueError("The request names no user.")
    # The first # parts the person from the user; an id that Amazon gives holds neither sign.
    user = user_id.replace("%", "%25").replace("#", "%23")
    return key.caregiver(f"alexa:{user}" + (f"#{person_id}" if person_id else ""))


def turn_of(envelope: "RequestEnvelope", key: Key, words: "Words") -> Turn:
    """The Turn in a launch, an intent or the end of a session."""
    request = envelope.request
    kind: TurnKind = "unheard"
    text = ending = ""
    if isinstance(request, LaunchRequest):
        kind = "task" if is_task(request) else "launch"
    elif isinstance(request, SessionEndedRequest):
        kind, ending = "left", _ENDINGS.get(request.reason.value if request.reason else "", "left")
    elif isinstance(request, IntentRequest):
        text = _sentence(request, words)
        kind = "said" if text else COMMANDS.get(request.intent.name, "unheard")
    elif (answer := consent(request)) is not None:
        kind, text = "allowed" if answer == "accepted" else "not_allowed", str(request.token)
    account, speaker = account_of(envelope, key), caregiver_of(envelope, key)
    return Turn(
        kind=kind,
        # The request's own time: a request that is sent again makes the same entries again.
        at=request.timestamp.astimezone(UTC) if request.timestamp else datetime.now(UTC),
        caregiver=speaker,
        account=account if account != speaker else "",
        session=key.session(envelope.session.session_id),
        channel="alexa",
        locale=request.locale or "",
        text=text,
        ending=ending,
    )


def is_task(request: object) -> bool:
    """Whether a request comes from a routine, for the morning word."""
    task = request.task if isinstance(request, LaunchRequest) else None
    return task is not None and str(task.name).rpartition(".")[2] == TASK


def _sentence(request: IntentRequest, words: "Words") -> str:
    """The words in the request's slots with the beginning that the intent took off; empty where there are none."""
    heard = " ".join(slot.value for slot in (request.intent.slots or {}).values() if slot.value)
    if not heard:
        return ""
    before = next((carrier.before for carrier in words.carriers if carrier.intent == request.intent.name), "")
    return f"{before} {heard}".strip()
