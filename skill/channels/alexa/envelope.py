"""Amazon's request as far as the skill needs it: JSON → an Envelope.

Read without Amazon's SDK, whose typed classes cost a cold start 60 ms and 9 MB, and which raises for a type or a value
that it does not know before anybody can answer. Here what is unknown is left alone, and what has another shape than it
should counts as not there; the tests hold every field against the SDK's own reading.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from skill.plain import YEARS

__all__ = ["Envelope", "inside", "is_for", "read"]

_LOCALE = re.compile(r"[a-z]{2,3}-[A-Z0-9]{2,3}")
"""A language and a country; what looks otherwise counts as not there."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the skill needs of a request. A text that the request does not have is empty."""

    kind: str
    """The request's type, `IntentRequest`."""
    user: str
    """Amazon's id of the account. Never logged and never kept."""
    person: str = ""
    """Amazon's id of the person, where the device knows the voice. Never logged and never kept."""
    session: str | None = None
    """The session's id; none where the request belongs to no session, as skill events do."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What the session's last response gave it to bring along."""
    at: datetime | None = None
    """When it was sent, UTC."""
    locale: str = ""
    """`en-US`."""
    intent: str = ""
    """The intent that Alexa chose."""
    slots: tuple[str, ...] = ()
    """What was heard, in the order of the slots; the empty ones are left out."""
    task: str = ""
    """The task that a routine asks for, `amzn1.ask.skill.….MorningWord`."""
    reason: str = ""
    """Why the session ended, `EXCEEDED_MAX_REPROMPTS`."""
    answers: str = ""
    """What another service answers to, where this is its answer: `AskFor`."""
    answer: str = ""
    """… and its answer, `ACCEPTED`."""
    token: str = ""
    """… and what it was given to bring back."""
    granted: frozenset[str] = frozenset()
    """The permissions that the caregiver has granted."""
    device: str = ""
    """Amazon's id of the device."""
    endpoint: str = ""
    """Where Amazon's API is for this request."""
    bearer: str = ""
    """The token that opens it."""


def inside(value: object, *names: str) -> dict[str, Any]:
    """The mapping that stands at a path of names; empty where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def read(event: object) -> Envelope:
    """Read a request of Alexa's. Never raises: nonsense has an empty type."""
    request, session, system = inside(event, "request"), inside(event, "session"), inside(event, "context", "System")
    # The old form of a request names the user in its session alone.
    user = inside(system, "user") or inside(session, "user")
    slots = inside(request, "intent", "slots").values()
    scopes = inside(user, "permissions", "scopes")
    return Envelope(
        kind=_text(request, "type"),
        user=_text(user, "userId"),
        person=_text(inside(system, "person"), "personId"),
        session=_text(session, "sessionId") if session else None,
        attributes=inside(session, "attributes"),
        at=_time(_text(request, "timestamp")),
        locale=_text(request, "locale") if _LOCALE.fullmatch(_text(request, "locale")) else "",
        intent=_text(inside(request, "intent"), "name"),
        slots=tuple(filter(None, (_text(slot, "value") for slot in slots if isinstance(slot, dict)))),
        task=_text(inside(request, "task"), "name"),
        reason=_text(request, "reason"),
        answers=_text(request, "name") if _text(request, "type") == "Connections.Response" else "",
        answer=_text(inside(request, "payload"), "status"),
        token=_text(request, "token"),
        granted=frozenset(scope for scope in scopes if inside(scopes, scope).get("status") == "GRANTED"),
        device=_text(inside(system, "device"), "deviceId"),
        endpoint=_text(system, "apiEndpoint"),
        bearer=_text(system, "apiAccessToken"),
    )


def is_for(skill_id: str, event: object) -> bool:
    """Whether a request is for this skill: by its context, its session, or both; an old form has but the latter."""
    holders = (inside(event, "context", "System"), inside(event, "session"))
    named = [inside(holder, "application").get("applicationId") for holder in holders if "application" in holder]
    return bool(named) and all(one == skill_id for one in named)


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        # Outside of these years nothing can be reckoned with it.
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC) if YEARS[0] <= at.year <= YEARS[1] else None
    except (ValueError, OverflowError):
        return None
