"""A daily reminder, through Amazon's API. What costs a cold start is imported where it is used, for few ask for one."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from skill.errors import ReminderError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from skill.channels.alexa.envelope import Envelope

__all__ = ["PERMISSION", "allowed", "ask_for_permission", "cancel", "consent", "set_daily"]

PERMISSION = "alexa::alerts:reminders:skill:readwrite"
"""The scope that the skill's manifest names and the caregiver grants."""

_PATIENCE = 1.0
"""Seconds to connect in, and to wait for each part of an answer."""
_REMINDERS = "/v1/alerts/reminders"
_CLOCK = "%Y-%m-%dT%H:%M:%S.000"
"""A local time as Amazon writes it; its zone stands beside it."""


def allowed(envelope: "Envelope") -> bool:
    """Whether the caregiver has granted the skill its reminders."""
    return PERMISSION in envelope.granted


def set_daily(envelope: "Envelope", at: time, text: str, now: datetime) -> str:
    """Set a reminder that says `text` every day at `at`, to the minute, by the clock of the device that asks.

    Gives the token that cancels it. `now` is the current time, with its zone.

    Raises:
        ReminderError: Amazon has not confirmed it. Where it "failed", it may be set all the same.
    """
    zone = _zone(_call(envelope, "GET", f"/v2/devices/{quote(envelope.device, safe='')}/settings/System.timeZone"))
    rule = f"FREQ=DAILY;BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND=0;INTERVAL=1;"
    reminder = {
        "requestTime": format(now.astimezone(zone), _CLOCK),
        "trigger": {
            "type": "SCHEDULED_ABSOLUTE",
            "timeZoneId": zone.key,
            "recurrence": {"startDateTime": format(_next(at, zone, now), _CLOCK), "recurrenceRules": [rule]},
        },
        "alertInfo": {"spokenInfo": {"content": [{"locale": envelope.locale, "text": text}]}},
        "pushNotification": {"status": "ENABLED"},
    }
    match _call(envelope, "POST", _REMINDERS, reminder):
        case {"alertToken": str(token)} if token:
            return token
    raise ReminderError("Amazon's answer to a new reminder cannot be read: look for it in the Alexa app.", "failed")


def cancel(envelope: "Envelope", token: str) -> None:
    """Cancel the reminder of this token, which may be gone already. Raises ReminderError where it may still be set."""
    _call(envelope, "DELETE", f"{_REMINDERS}/{quote(token, safe='')}", gone=404)


def ask_for_permission(token: str) -> dict[str, Any]:
    """The directive with which Alexa asks for the permission by voice; `token` comes back with the answer."""
    return {
        "type": "Connections.SendRequest",
        "name": "AskFor",
        "payload": {
            "@type": "AskForPermissionsConsentRequest",
            "@version": "2",
            "permissionScopes": [{"permissionScope": PERMISSION, "consentLevel": "ACCOUNT"}],
        },
        "token": token,
    }


def consent(envelope: "Envelope") -> Literal["accepted", "denied", "not_answered"] | None:
    """What the caregiver said to that; none where the request is not the answer to it."""
    if envelope.answers != "AskFor":
        return None
    return "accepted" if envelope.answer == "ACCEPTED" else "denied" if envelope.answer == "DENIED" else "not_answered"


def _call(envelope: "Envelope", method: str, path: str, body: object = None, gone: int = 200) -> object:
    """Ask the API that the request opens, once, following no redirect; gives its JSON, none where that is no JSON.

    Raises:
        ReminderError: It refuses, with another status than `gone`, or does not answer.
    """
    import http.client  # noqa: PLC0415

    if not (envelope.endpoint and envelope.bearer):
        raise ReminderError("This request opens no API: ask for the reminder on a device.", "failed")
    headers = {"Authorization": f"Bearer {envelope.bearer}", "Content-Type": "application/json"}
    try:
        url = urlsplit(envelope.endpoint)
        connect = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}[url.scheme]
        connection = connect(url.netloc, timeout=_PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            status, told = answer.status, _json(answer.read())
        finally:
            connection.close()
    except (KeyError, OSError, ValueError, http.client.HTTPException):
        # Its own message may hold what was sent.
        raise ReminderError("Amazon's API did not answer: try again later.", "failed") from None
    if status not in (*range(200, 300), gone):
        raise _error(status, told)
    return told


def _json(payload: bytes) -> object:
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _error(status: int, told: object) -> ReminderError:
    match told:
        case {"code": "DEVICE_NOT_SUPPORTED"}:
            return ReminderError("This device has no reminders: use another one.", "unsupported")
        case {"code": "MAX_REMINDERS_EXCEEDED"}:
            return ReminderError("The device holds no more reminders: delete some in the Alexa app.", "full")
    if status in (401, 403):
        return ReminderError("The skill may not set reminders: ask for the permission.", "denied")
    return ReminderError(f"Amazon's API answered {status}: try again later.", "failed")


def _zone(name: Any) -> "ZoneInfo":  # noqa: ANN401 - whatever was answered
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    try:
        return ZoneInfo(name)
    except (AttributeError, KeyError, OSError, TypeError, ValueError):
        raise ReminderError("The device's time zone is unknown: set it in the Alexa app.", "failed") from None


def _next(at: time, zone: "ZoneInfo", now: datetime) -> datetime:
    """When clocks in `zone` next show `at`; they pass over it on the day that they are put forward."""
    # A minute ahead at least, for Amazon refuses a time that passes on the way.
    earliest, day = now + timedelta(minutes=1), now.astimezone(zone).date()
    while True:
        # By way of UTC, for Python lets a clock show any time, and compares times of one zone by their clocks.
        moment = datetime.combine(day, time(at.hour, at.minute), zone).astimezone(UTC)
        local = moment.astimezone(zone)
        if moment >= earliest and (local.hour, local.minute) == (at.hour, at.minute):
            return local
        day += timedelta(days=1)
