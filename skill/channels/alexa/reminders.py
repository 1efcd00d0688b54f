"""A daily reminder, through Amazon's API. What costs a cold start is imported where it is used, for few ask for one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from skill.errors import ReminderError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ask_sdk_model import RequestEnvelope
    from ask_sdk_model.interfaces.connections import SendRequestDirective
    from ask_sdk_model.services import ApiClientRequest, ApiClientResponse, ServiceClientFactory, ServiceException

__all__ = ["PERMISSION", "PlainApiClient", "allowed", "ask_for_permission", "cancel", "consent", "set_daily"]

PERMISSION = "alexa::alerts:reminders:skill:readwrite"
"""The scope that the skill's manifest names and the caregiver grants."""

_PATIENCE = 2.0
"""Seconds to connect in, and to wait for each part of an answer."""
_CLOCK = "%Y-%m-%dT%H:%M:%S.000"
"""A local time as Amazon writes it; its zone stands beside it."""


class PlainApiClient:
    """An ApiClient of the SDK, by its shape, over the standard library: the SDK's own imports requests."""

    def invoke(self, request: "ApiClientRequest") -> "ApiClientResponse":
        """Send a request once; gives the answer whatever its status, and follows no redirect."""
        import http.client  # noqa: PLC0415

        from ask_sdk_model.services import ApiClientResponse  # noqa: PLC0415

        url = urlsplit(request.url)
        connect = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}[url.scheme]
        connection = connect(url.netloc, timeout=_PATIENCE)
        try:
            body = json.dumps(request.body).encode() if request.body else None
            path = url._replace(scheme="", netloc="").geturl()
            connection.request(request.method, path, body, dict(request.headers))
            answer = connection.getresponse()
            return ApiClientResponse(answer.getheaders(), answer.read().decode(errors="replace"), answer.status)
        finally:
            connection.close()


def allowed(envelope: "RequestEnvelope") -> bool:
    """Whether the caregiver has granted the skill its reminders."""
    user = envelope.context.system.user if envelope.context and envelope.context.system else None
    scope = (user.permissions.scopes or {}).get(PERMISSION) if user and user.permissions else None
    return bool(scope and scope.status and scope.status.value == "GRANTED")


def set_daily(envelope: "RequestEnvelope", at: time, text: str, now: datetime) -> str:
    """Set a reminder that says `text` every day at `at`, to the minute, by the clock of the device that asks.

    Gives the token that cancels it. `now` is the current time, with its zone.

    Raises:
        ReminderError: Amazon has not confirmed it. Where it "failed", it may be set all the same.
    """
    with _services(envelope) as services:
        device = envelope.context.system.device
        zone = _zone(services.get_ups_service().get_system_time_zone((device and device.device_id) or ""))
        rule = f"FREQ=DAILY;BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND=0;INTERVAL=1;"
        reminder = {
            "requestTime": format(now.astimezone(zone), _CLOCK),
            "trigger": {
                "type": "SCHEDULED_ABSOLUTE",
                "timeZoneId": zone.key,
                "recurrence": {"startDateTime": format(_next(at, zone, now), _CLOCK), "recurrenceRules": [rule]},
            },
            "alertInfo": {"spokenInfo": {"content": [{"locale": envelope.request.locale, "text": text}]}},
            "pushNotification": {"status": "ENABLED"},
        }
        match services.get_reminder_management_service().create_reminder(reminder):
            case {"alertToken": str(token)} if token:
                return token
    raise ReminderError("Amazon's answer to a new reminder cannot be read: look for it in the Alexa app.", "failed")


def cancel(envelope: "RequestEnvelope", token: str) -> None:
    """Cancel the reminder of this token, which may be gone already. Raises ReminderError where it may still be set."""
    with _services(envelope, fine=404) as services:
        services.get_reminder_management_service().delete_reminder(token)


def ask_for_permission(token: str) -> "SendRequestDirective":
    """The directive with which Alexa asks for the permission by voice; `token` comes back with the answer."""
    from ask_sdk_model.interfaces.connections import SendRequestDirective  # noqa: PLC0415

    scopes = [{"permissionScope": PERMISSION, "consentLevel": "ACCOUNT"}]
    payload = {"@type": "AskForPermissionsConsentRequest", "@version": "2", "permissionScopes": scopes}
    return SendRequestDirective(name="AskFor", payload=payload, token=token)


def consent(request: Any) -> Literal["accepted", "denied", "not_answered"] | None:  # noqa: ANN401 - any SDK request
    """What the caregiver said to that; none where the request is not the answer to it."""
    if request.object_type != "Connections.Response" or request.name != "AskFor":
        return None
    status = (request.payload or {}).get("status")
    return "accepted" if status == "ACCEPTED" else "denied" if status == "DENIED" else "not_answered"


@contextmanager
def _services(envelope: "RequestEnvelope", fine: int = 200) -> Iterator["ServiceClientFactory"]:
    """The SDK's clients for the API that the request opens; any refusal but `fine` becomes a ReminderError."""
    from ask_sdk_model.services import ApiConfiguration, ServiceClientFactory, ServiceException  # noqa: PLC0415

    system = envelope.context.system if envelope.context else None
    if not (system and system.api_endpoint and system.api_access_token):
        raise ReminderError("This request opens no API: ask for the reminder on a device.", "failed")
    serializer = SimpleNamespace(serialize=lambda body: body, deserialize=_plain)
    access = ApiConfiguration(serializer, PlainApiClient(), system.api_access_token, system.api_endpoint)
    try:
        yield ServiceClientFactory(access)
    except ServiceException as refusal:
        if refusal.status_code != fine:
            raise _error(refusal) from None  # the SDK's own message may hold what was sent


def _plain(payload: str, obj_type: object = None) -> object:  # noqa: ARG001 - the SDK passes it by name
    """JSON as it is. The SDK's serializer raises over a body it does not know: the status is lost, the body told."""
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _error(refusal: "ServiceException") -> ReminderError:
    # The body of a status that the SDK does not expect comes as text.
    match _plain(refusal.body) if isinstance(refusal.body, str) else refusal.body:
        case {"code": "DEVICE_NOT_SUPPORTED"}:
            return ReminderError("This device has no reminders: use another one.", "unsupported")
        case {"code": "MAX_REMINDERS_EXCEEDED"}:
            return ReminderError("The device holds no more reminders: delete some in the Alexa app.", "full")
    if refusal.status_code in (401, 403):
        return ReminderError("The skill may not set reminders: ask for the permission.", "denied")
    # An answer that never came is a 500 without headers to the SDK.
    told = "did not answer" if refusal.headers is None else f"answered {refusal.status_code}"
    return ReminderError(f"Amazon's API {told}: try again later.", "failed")


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
