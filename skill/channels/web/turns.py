"""A turn as a browser sends it → a Turn; an Answer → what the browser speaks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from skill.conversation import Meanwhile, Turn, TurnKind
from skill.errors import RequestError
from skill.reader.normal import MAX_TEXT
from skill.speech import LONGEST_PAUSE, RATE, SLOW_PAUSES, SLOW_RATE, heard

if TYPE_CHECKING:
    from skill.exchange import Answer

__all__ = ["Sent", "as_json", "read", "turn_of"]

CHANNEL = "web"
LONGEST = MAX_TEXT
"""Characters of a sentence at most: more is not read whole."""
LONGEST_AWAY = timedelta(days=7)
"""For how long what the page did by itself is still told."""
CLOCKS = timedelta(hours=1)
"""How far a browser's clock may be ahead of ours."""
NOT_HERE = frozenset({"task", "allowed", "not_allowed"})
"""Turns that only a platform takes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page sends for a turn."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    kind: TurnKind
    """What it is."""
    text: Annotated[str, Field(max_length=LONGEST)] = ""
    """What was said, where kind is `said`."""
    locale: Annotated[str, Field(pattern=r"^([a-z]{2,3}(-[A-Z]{2})?)?$")] = ""
    """Language and country, `en-GB`; empty for the server's own."""
    visit: Annotated[str, Field(max_length=64)] = ""
    """A name for the visit, made by the page: a first turn that is sent again begins no second session."""
    session: dict[str, Any] = field(default_factory=dict)
    """What the last answer gave as its session; empty at the first turn."""
    meanwhile: Meanwhile | None = None
    """What the page did by itself since then; none where it was never away."""


_SENT = TypeAdapter(Sent)


def read(body: bytes, at: datetime) -> Sent:
    """What the page sent; `at` is now, UTC.

    Raises:
        RequestError: It is no turn; what was said stays out of the message.
    """
    try:
        sent = _SENT.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"] if isinstance(step, str)) or "the body"
        raise RequestError(
            f"This is no turn, because of {place}: send what the documentation of /api/turn shows."
        ) from None
    if sent.kind in NOT_HERE:
        raise RequestError(f"A browser takes no turn of the kind {sent.kind}: leave it to the platform.")
    began = sent.meanwhile.began if sent.meanwhile else at
    if began.tzinfo is None or not at - LONGEST_AWAY <= began <= at + CLOCKS:
        raise RequestError("The page was away too long, or its clock is wrong: leave out meanwhile.")
    return sent


def turn_of(sent: Sent, session: str, caregiver: str, locale: str, at: datetime) -> Turn:
    """The Turn of a session; `locale` is the server's own."""
    return Turn(
        kind=sent.kind,
        at=at,
        caregiver=caregiver,
        session=session,
        channel=CHANNEL,
        locale=sent.locale or locale,
        text=sent.text,
        ending="left" if sent.kind == "left" else "",
    )


def as_json(answer: "Answer", say: str, session: dict[str, Any]) -> dict[str, Any]:
    """An answer as the page takes it: the sentences in order, each with the seconds of silence after it.

    `say` is what announces a sentence to the child, `session` what the page is to bring with its next turn.
    """
    reply = answer.reply
    longer, rate = (SLOW_PAUSES, SLOW_RATE) if reply.slow else (1.0, RATE)
    return {
        "spoken": [
            {"text": one.text, "pause": min(one.pause * longer, LONGEST_PAUSE), "kind": one.kind}
            for one in heard(reply.passages, say)
        ],
        "child": next((passage.text for passage in reply.passages if passage.kind == "child"), ""),
        "listening": reply.listening,
        "danger": reply.danger,
        "rate": rate / 100,
        "seconds": answer.speech.seconds,
        "session": session,
    }
