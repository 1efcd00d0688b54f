"""Reminders against a loopback server that speaks Amazon's API: what is sent, and what each refusal means."""

import json
import subprocess
import sys
import time as clock
import traceback
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model.interfaces.connections import SendRequestDirective
from ask_sdk_model.services.reminder_management import Recurrence, ReminderRequest, Trigger
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.alexa import reminders
from skill.channels.alexa.envelope import Envelope, read
from skill.channels.alexa.reminders import PERMISSION, allowed, ask_for_permission, cancel, consent, set_daily
from skill.errors import ReminderError
from tests.conftest import START, event
from tests.engines import free_port
from tests.engines.amazon import BEARER, Amazon

TEXT = "a private text"
SEVEN = time(7, 10)


def envelope(address: str, locale: str = "en-US", permissions: Any = None, **system: Any) -> Envelope:
    """A request of a device, as it is read."""
    request = event("yes", locale=locale)
    request["context"]["System"] |= {"apiEndpoint": address, "apiAccessToken": BEARER} | system
    if permissions is not None:
        request["context"]["System"]["user"]["permissions"] = permissions
    return read(request)


def refused(call: Any, *arguments: Any) -> ReminderError:
    """The error that a call ends with, which says what to do and holds nothing that is secret."""
    with pytest.raises(ReminderError, match=r"^[^:]+: [^:]+\.$") as caught:
        call(*arguments)
    told = "".join(traceback.format_exception(caught.value))
    for secret in (BEARER, TEXT, "TESTUSER", "TESTDEVICE", "token/0", "a private answer"):
        assert secret not in told
    return caught.value


def test_a_daily_reminder_is_set_by_the_devices_own_clock(amazon: Amazon) -> None:
    token = set_daily(envelope(amazon.address, "en-GB"), SEVEN, TEXT, START + timedelta(milliseconds=672))
    assert amazon.set == {
        token: {
            "requestTime": "2026-11-24T02:10:00.000",
            "trigger": {
                "type": "SCHEDULED_ABSOLUTE",
                "timeZoneId": "America/New_York",
                "recurrence": {
                    "startDateTime": "2026-11-24T07:10:00.000",
                    "recurrenceRules": ["FREQ=DAILY;BYHOUR=7;BYMINUTE=10;BYSECOND=0;INTERVAL=1;"],
                },
            },
            "alertInfo": {"spokenInfo": {"content": [{"locale": "en-GB", "text": TEXT}]}},
            "pushNotification": {"status": "ENABLED"},
        }
    }
    assert amazon.asked == [
        "GET /v2/devices/amzn1.ask.device.TESTDEVICE/settings/System.timeZone",
        "POST /v1/alerts/reminders",
    ]


def test_the_sdk_knows_every_field_that_is_sent(amazon: Amazon) -> None:
    set_daily(envelope(amazon.address), SEVEN, TEXT, START)
    (sent,) = amazon.set.values()
    for part, model in (
        (sent, ReminderRequest),
        (sent["trigger"], Trigger),
        (sent["trigger"]["recurrence"], Recurrence),
    ):
        assert set(part) <= set(model.attribute_map.values())


@pytest.mark.parametrize(
    ("zone", "now", "at", "start"),
    [
        # Later today by the device's clock, whatever day it is in UTC.
        ("America/Los_Angeles", "2026-11-24T05:00", time(22, 0), "2026-11-23T22:00"),
        ("Pacific/Kiritimati", "2026-11-24T11:00", time(7, 10), "2026-11-25T07:10"),
        ("Asia/Kathmandu", "2026-11-24T07:10", time(7, 10), "2026-11-25T07:10"),
        # Now, and half a minute ahead, is too late for today.
        ("America/New_York", "2026-11-24T12:10", time(7, 10), "2026-11-25T07:10"),
        ("America/New_York", "2026-11-24T12:09:30", time(7, 10), "2026-11-25T07:10"),
        ("America/New_York", "2026-11-24T12:09", time(7, 10), "2026-11-24T07:10"),
        # The clocks are put forward over 02:30 on 14 March 2027.
        ("America/New_York", "2027-03-14T05:00", time(2, 30), "2027-03-15T02:30"),
        ("America/New_York", "2027-03-13T12:00", time(2, 30), "2027-03-15T02:30"),
        ("America/New_York", "2027-03-13T13:00", time(7, 10), "2027-03-14T07:10"),
        # They are put back on 1 November 2026: 01:30 is twice, and the first one counts.
        ("America/New_York", "2026-11-01T05:00", time(1, 30), "2026-11-01T01:30"),
        ("America/New_York", "2026-11-01T06:00", time(1, 30), "2026-11-02T01:30"),
        # A whole day was left out.
        ("Pacific/Apia", "2011-12-30T08:00", time(7, 10), "2011-12-31T07:10"),
        # Seconds do not count.
        ("UTC", "2026-11-24T05:00", time(7, 10, 59), "2026-11-24T07:10"),
    ],
)
def test_the_first_reminder_is_when_the_devices_clock_next_shows_the_time(
    zone: str, now: str, at: time, start: str, amazon: Amazon
) -> None:
    amazon.zone = zone
    token = set_daily(envelope(amazon.address), at, TEXT, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert amazon.set[token]["trigger"]["recurrence"]["startDateTime"] == f"{start}:00.000"


@given(
    zone=st.sampled_from(
        [
            "America/New_York",
            "America/Sao_Paulo",
            "Australia/Lord_Howe",
            "Europe/London",
            "Asia/Kolkata",
            "Pacific/Apia",
        ]
    ),
    now=st.datetimes(datetime(2010, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)),
    at=st.times(),
)
def test_the_first_reminder_is_ahead_by_three_days_at_most_and_at_its_time(zone: str, now: datetime, at: time) -> None:
    start = reminders._next(at, ZoneInfo(zone), now)
    assert (start.hour, start.minute, start.second) == (at.hour, at.minute, 0)
    assert timedelta(minutes=1) <= start.astimezone(UTC) - now <= timedelta(days=3)
    assert start.astimezone(UTC).astimezone(ZoneInfo(zone)) == start


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "America", "../../etc/passwd", "/etc/localtime", "a\0b", "", 7, None, {}]
)
def test_without_a_known_time_zone_nothing_is_set(zone: object, amazon: Amazon) -> None:
    amazon.zone = zone
    assert refused(set_daily, envelope(amazon.address), SEVEN, TEXT, START).reason == "failed"
    assert amazon.set == {}


def test_a_cancelled_reminder_is_gone_and_twice_is_fine(amazon: Amazon) -> None:
    token = set_daily(envelope(amazon.address), SEVEN, TEXT, START)
    other = set_daily(envelope(amazon.address), SEVEN, TEXT, START)
    for _ in range(2):
        cancel(envelope(amazon.address), token)
        assert list(amazon.set) == [other]
    assert amazon.asked[-1] == "DELETE /v1/alerts/reminders/token%2F0"


ANSWERS = [
    (401, '{"code": "UNAUTHORIZED", "message": "a private answer"}', "denied"),
    (401, "", "denied"),
    (401, "<html>a private answer</html>", "denied"),
    (403, '{"code": "A_NEW_CODE"}', "denied"),
    (403, "[]", "denied"),
    (403, '{"code": ["a private answer"]}', "denied"),
    (403, '{"code": "DEVICE_NOT_SUPPORTED", "message": "a private answer"}', "unsupported"),
    (403, '{"code": "MAX_REMINDERS_EXCEEDED", "message": "a private answer"}', "full"),
    (400, '{"code": "DEVICE_NOT_SUPPORTED"}', "unsupported"),
    (400, '{"code": "INVALID_TRIGGER", "message": "a private answer"}', "failed"),
    (302, "", "failed"),
    (429, '{"code": "RATE_EXCEEDED", "message": "a private answer"}', "failed"),
    (500, "<html>a private answer</html>", "failed"),
    (503, "", "failed"),
]


@pytest.mark.parametrize(("status", "body", "reason"), ANSWERS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_refusal_says_its_reason_and_nothing_private(
    method: str, status: int, body: str, reason: str, amazon: Amazon
) -> None:
    amazon.told[method] = (status, body)
    if method == "DELETE":
        error = refused(cancel, envelope(amazon.address), "token/0")
    else:
        error = refused(set_daily, envelope(amazon.address), SEVEN, TEXT, START)
    assert error.reason == reason
    assert amazon.set == {}
    assert not any("elsewhere" in asked for asked in amazon.asked)


@pytest.mark.parametrize(
    "body", ["", "a private answer", "[]", "{}", "null", '{"alertToken": ""}', '{"alertToken": 7}']
)
def test_an_answer_without_a_token_is_a_failure(body: str, amazon: Amazon) -> None:
    amazon.told["POST"] = (200, body)
    assert refused(set_daily, envelope(amazon.address), SEVEN, TEXT, START).reason == "failed"


def test_only_the_requests_own_token_opens_the_api(amazon: Amazon) -> None:
    another = envelope(amazon.address, apiAccessToken="another")
    assert refused(set_daily, another, SEVEN, TEXT, START).reason == "denied"
    assert refused(cancel, another, "token/0").reason == "denied"


def test_404_is_fine_for_a_cancelled_reminder_alone(amazon: Amazon) -> None:
    amazon.told = {"POST": (404, ""), "DELETE": (404, "")}
    assert refused(set_daily, envelope(amazon.address), SEVEN, TEXT, START).reason == "failed"
    cancel(envelope(amazon.address), "token/0")


def test_a_stall_ends_within_alexas_patience(amazon: Amazon) -> None:
    amazon.stalls = True
    began = clock.monotonic()
    error = refused(set_daily, envelope(amazon.address), SEVEN, TEXT, START)
    assert error.reason == "failed"
    assert str(error) == "Amazon's API did not answer: try again later."
    assert clock.monotonic() - began < 3


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "ftp://127.0.0.1", "a b"])
def test_an_api_that_cannot_be_reached_is_a_failure(address: str) -> None:
    asking = envelope(address.format(port=free_port()))
    for error in (refused(set_daily, asking, SEVEN, TEXT, START), refused(cancel, asking, "token/0")):
        assert (error.reason, str(error)) == ("failed", "Amazon's API did not answer: try again later.")


def test_an_https_api_must_show_a_trusted_certificate(amazon: Amazon) -> None:
    asking = envelope(amazon.address.replace("http:", "https:"))
    assert refused(set_daily, asking, SEVEN, TEXT, START).reason == "failed"
    assert amazon.asked == []


@pytest.mark.parametrize("changes", [{"apiEndpoint": None}, {"apiAccessToken": None}, {"apiEndpoint": ""}])
def test_a_request_that_opens_no_api_is_a_failure(changes: dict[str, Any], amazon: Amazon) -> None:
    assert refused(set_daily, envelope(amazon.address, **changes), SEVEN, TEXT, START).reason == "failed"
    assert refused(cancel, envelope(amazon.address, **changes), "token/0").reason == "failed"
    bare = Envelope("IntentRequest", "amzn1.ask.account.TESTUSER")
    assert refused(cancel, bare, "token/0").reason == "failed"
    assert not allowed(bare)
    assert amazon.asked == []


@pytest.mark.parametrize("device", [None, {}, {"deviceId": ""}])
def test_a_request_without_a_device_is_a_failure(device: Any, amazon: Amazon) -> None:
    assert refused(set_daily, envelope(amazon.address, device=device), SEVEN, TEXT, START).reason == "failed"
    assert amazon.set == {}


@pytest.mark.parametrize(
    ("permissions", "granted"),
    [
        (None, False),
        ({}, False),
        ({"consentToken": "old"}, False),
        ({"scopes": {}}, False),
        ({"scopes": {"alexa::alerts:timers:skill:readwrite": {"status": "GRANTED"}}}, False),
        ({"scopes": {PERMISSION: {}}}, False),
        ({"scopes": {PERMISSION: {"status": "DENIED"}}}, False),
        ({"scopes": {PERMISSION: {"status": "GRANTED"}}}, True),
    ],
)
def test_the_permission_is_read_from_the_request(permissions: Any, granted: bool) -> None:  # noqa: FBT001
    assert allowed(envelope("https://api.amazonalexa.com", permissions=permissions)) is granted


def test_the_permission_is_asked_for_as_amazon_documents_it() -> None:
    directive = ask_for_permission("daily")
    typed = DefaultSerializer().deserialize(json.dumps(directive), SendRequestDirective)
    assert (
        DefaultSerializer().serialize(typed)
        == directive
        == {
            "type": "Connections.SendRequest",
            "name": "AskFor",
            "payload": {
                "@type": "AskForPermissionsConsentRequest",
                "@version": "2",
                "permissionScopes": [{"permissionScope": PERMISSION, "consentLevel": "ACCOUNT"}],
            },
            "token": "daily",
        }
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"payload": {"status": "ACCEPTED", "permissionScopes": []}}, "accepted"),
        ({"payload": {"status": "ACCEPTED", "permissionScope": PERMISSION, "isCardThrown": False}}, "accepted"),
        ({"payload": {"status": "DENIED"}}, "denied"),
        ({"payload": {"status": "NOT_ANSWERED"}}, "not_answered"),
        ({"payload": {"status": ["new"]}}, "not_answered"),
        ({"payload": {}}, "not_answered"),
        ({"status": {"code": "500", "message": "?"}}, "not_answered"),
        ({"name": "Buy", "payload": {"status": "ACCEPTED"}}, None),
    ],
)
def test_the_caregivers_consent_is_read_from_the_answer(changes: dict[str, Any], said: str | None) -> None:
    answer = {"type": "Connections.Response", "name": "AskFor", "token": "daily"}
    request = event("yes") | {"request": answer | {"status": {"code": "200", "message": "OK"}} | changes}
    assert consent(read(request)) == said


@pytest.mark.parametrize("name", ["yes", "launch", "session_ended", "skill_disabled", "audio_player"])
def test_no_other_request_is_an_answer(name: str) -> None:
    assert consent(read(event(name))) is None


COLD = """
import json, sys
import skill.channels.alexa.reminders as reminders
from skill.channels.alexa.envelope import read
slow = ("ask_sdk_core", "ask_sdk_model", "http.client", "requests", "ssl", "urllib3", "zoneinfo")
assert not [name for name in slow if name in sys.modules]
from datetime import UTC, datetime, time
envelope = read(json.load(sys.stdin))
reminders.cancel(envelope, reminders.set_daily(envelope, time(7, 10), "x", datetime.now(UTC)))
assert not [name for name in ("ask_sdk_core", "ask_sdk_model", "requests", "urllib3") if name in sys.modules]
"""


def test_nothing_slow_is_imported_before_it_is_used_and_no_sdk_ever(amazon: Amazon) -> None:
    request = event("yes")
    request["context"]["System"] |= {"apiEndpoint": amazon.address, "apiAccessToken": BEARER}
    subprocess.run([sys.executable, "-c", COLD], input=json.dumps(request), text=True, check=True)
    assert [asked.partition(" ")[0] for asked in amazon.asked] == ["GET", "POST", "DELETE"]
