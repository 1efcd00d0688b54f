"""The endpoint behind the signature: what a request that Amazon has signed must say to be answered, and how it is."""

import json
import sys
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from ask_sdk_webservice_support.verifier import RequestVerifier, VerificationException
from ask_sdk_webservice_support.webservice_handler import WebserviceSkillHandler
from flask import Flask, request

from skill.channels.web.alexa import LARGEST, _Skill, alexa_endpoint
from skill.errors import RequestError, SettingsError
from skill.journal.sqlite import SQLiteStore
from skill.plain import time_text
from tests.channels.responses import heard, valid
from tests.channels.web.endpoint import CAREGIVER, Endpoint, good, signed
from tests.channels.web.signing import URL
from tests.conftest import EVENTS, START, event

JUST_NOW, NO_TIME = "not sent just now", "does not say when"


def sent(name: str, late: timedelta) -> dict[str, Any]:
    """A recorded request that was sent so long ago."""
    return event(name, timestamp=time_text(START - late))


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_every_recorded_request_has_a_valid_response(name: str, endpoint: Endpoint) -> None:
    answer = endpoint.send(event(name, timestamp=time_text(START)))
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    silent = name.startswith(("session_ended", "skill_", "permission", "audio"))
    assert ("outputSpeech" in valid(answer.json)) != silent


def test_a_conversation_goes_on_with_what_the_session_brings(endpoint: Endpoint) -> None:
    attributes: dict[str, Any] = {}
    texts = []
    for name in ("one_shot_search_query", "next", "stop"):
        request = event(name)
        request["session"]["attributes"] = attributes
        answer = endpoint.send(request).json
        texts.append(heard(valid(answer)))
        attributes = answer["sessionAttributes"] if answer else {}
    assert len(set(texts)) == 3
    assert endpoint.kept() == 2
    assert attributes == {}


@pytest.mark.parametrize(
    ("name", "late", "refused"),
    [
        ("launch", timedelta(seconds=149), ""),
        ("launch", timedelta(seconds=-149), ""),
        ("launch", timedelta(seconds=151), JUST_NOW),
        ("launch", timedelta(seconds=-151), JUST_NOW),
        ("launch", timedelta(minutes=59), JUST_NOW),
        ("session_ended", timedelta(seconds=151), JUST_NOW),
        ("skill_disabled", timedelta(minutes=59), ""),
        ("skill_disabled", timedelta(minutes=61), JUST_NOW),
        ("skill_disabled", timedelta(minutes=-59), JUST_NOW),
        ("skill_enabled", timedelta(minutes=59), ""),
        ("permission_changed", timedelta(minutes=59), ""),
    ],
)
def test_a_request_is_answered_while_it_is_fresh(
    name: str, late: timedelta, refused: str, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    answer = endpoint.send(sent(name, late))
    assert answer.status_code == (400 if refused else 200)
    assert (refused in caplog.text) if refused else not caplog.records


@pytest.mark.parametrize(
    ("timestamp", "refused"),
    [
        ("2026-11-24T07:10:00Z", ""),
        ("2026-11-24T08:10:00+01:00", ""),
        # Without a zone it counts as Amazon's own, UTC, and so it does wherever it is reckoned with.
        ("2026-11-24T07:10:00", ""),
        ("2026-11-24T07:10:00+01:00", JUST_NOW),
        ("", NO_TIME),
        ("just now", NO_TIME),
        (None, NO_TIME),
        (1795590600000, NO_TIME),
        (True, NO_TIME),
        (["2026-11-24T07:10:00Z"], NO_TIME),
        ("0001-01-01T00:00:00+23:59", NO_TIME),
        ("9999-12-31T23:59:59-23:59", NO_TIME),
        ("2026-02-30T07:10:00Z", NO_TIME),
    ],
)
def test_a_time_is_read_in_one_way(
    timestamp: object, refused: str, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    answer = endpoint.send(event("launch", timestamp=timestamp))
    assert answer.status_code == (400 if refused else 200)
    assert (refused in caplog.text) if refused else not caplog.records


def test_a_request_without_a_time_is_refused(endpoint: Endpoint) -> None:
    launch = event("launch")
    del launch["request"]["timestamp"]
    assert endpoint.send(launch).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"17",
        b'"request"',
        b"[]",
        b"{}",
        b'{"request": null}',
        b'{"request": []}',
        b"\xff\xfe{}",
        b'{"a": "\xe9"}',
        b"\xef\xbb\xbf{}",
        b"\x00",
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b'{"request": ' + b"9" * 5_000 + b"}",
    ],
    ids=repr,
)
def test_what_is_no_request_is_refused_though_it_is_signed(body: bytes, endpoint: Endpoint) -> None:
    answer = endpoint.post(body, signed(body))
    assert (answer.status_code, answer.data) == (400, b"")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_python_and_no_json_is_refused(constant: str, endpoint: Endpoint) -> None:
    body = json.dumps(event("launch")).replace('"attributes": {}', f'"attributes": {{"a": {constant}}}').encode()
    assert constant.encode() in body
    assert endpoint.post(body, signed(body)).status_code == 400


def test_however_deep_a_session_is_it_has_an_answer(endpoint: Endpoint) -> None:
    text = json.dumps(event("unknown_type", timestamp=time_text(START)))
    statuses = []
    for depth in (10, 100, *range(880, 1000)):
        body = text.replace('"attributes": {}', '"attributes": ' + '{"a":' * depth + "1" + "}" * depth).encode()
        assert len(body) > 5 * depth
        statuses.append(endpoint.post(body, signed(body)).status_code)
    assert statuses[:2] == [200, 200]
    assert set(statuses) <= {200, 400}


def changed(**parts: Any) -> dict[str, Any]:
    """A launch whose parts are replaced."""
    return event("launch") | parts


@pytest.mark.parametrize(
    "request_",
    [
        event("launch", type="Alexa.Presentation.Newest.Event"),
        event("launch", type=""),
        event("launch", type=17),
        event("launch", locale="xx-YY-zz"),
        event("launch", locale=["en-US"]),
        event("launch", dialogState="ON_THE_MOON"),
        event("launch", brandNew={"a": [1, 2]}),
        event("session_ended", reason="BORED"),
        event("one_shot_search_query", intent=None),
        event("one_shot_search_query", intent={"name": "NewIntent", "slots": {"x": 1}}),
        changed(session=None),
        changed(session={"attributes": 7}),
        changed(version="9.9", more=None),
    ],
)
def test_a_kind_that_nobody_knows_has_a_valid_answer(request_: dict[str, Any], endpoint: Endpoint) -> None:
    request_["request"]["timestamp"] = time_text(START)
    answer = endpoint.send(request_)
    assert answer.status_code == 200
    valid(answer.json)


def test_a_text_that_cannot_be_written_down_has_an_answer(endpoint: Endpoint) -> None:
    request = event("launch")
    request["context"]["System"]["user"]["userId"] = request["session"]["user"]["userId"] = "\ud800"
    answer = endpoint.send(request)
    assert answer.status_code == 200
    assert heard(valid(answer.json))


@pytest.mark.parametrize("holders", [["session"], ["context"], ["session", "context"]], ids=" and ".join)
@pytest.mark.parametrize("other", ["amzn1.ask.skill.another", "", None, 7, {}])
def test_another_skill_is_not_answered(
    holders: list[str], other: object, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    request = event("one_shot_search_query")
    for holder in holders:
        inner = request["session"] if holder == "session" else request["context"]["System"]
        inner["application"]["applicationId"] = other
    assert endpoint.send(request).status_code == 400
    assert endpoint.kept() == 0
    assert "to another skill" in caplog.text
    assert "amzn1" not in caplog.text


def test_a_request_that_names_no_skill_is_not_answered(endpoint: Endpoint) -> None:
    request = event("one_shot_search_query")
    del request["session"]["application"], request["context"]["System"]["application"]
    assert endpoint.send(request).status_code == 400


@pytest.mark.parametrize("skill_id", ["", None])
def test_there_is_no_endpoint_without_a_skill(skill_id: Any, endpoint: Endpoint) -> None:
    app = Flask("nobody's")
    with pytest.raises(SettingsError, match="STAY_CLOSE_SKILL_ID"):
        alexa_endpoint(app, endpoint.house, skill_id, endpoint.verifier, endpoint.clock)
    assert app.test_client().post("/alexa").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_a_post_is_looked_at(method: str, endpoint: Endpoint) -> None:
    body = json.dumps(event("launch")).encode()
    answer = endpoint.client.open("/alexa", method=method, data=body, headers=signed(body))
    assert answer.status_code == 405
    assert endpoint.shelf.asked == []


def padded(size: int) -> bytes:
    body = json.dumps(event("launch")).encode()
    return body + b" " * (size - len(body))


@pytest.mark.parametrize(("size", "status"), [(LARGEST, 200), (LARGEST + 1, 413), (LARGEST + 2, 413), (9_000_000, 413)])
@pytest.mark.parametrize("limit", [None, 1_000, 50_000_000])
def test_a_body_is_bounded_whatever_the_app_allows(
    size: int, status: int, limit: int | None, endpoint: Endpoint
) -> None:
    endpoint.app.config["MAX_CONTENT_LENGTH"] = limit
    body = padded(size)
    assert endpoint.post(body, signed(body)).status_code == status
    assert (endpoint.shelf.asked == []) == (status == 413)


@pytest.mark.parametrize(("size", "status"), [(LARGEST, 200), (LARGEST + 1, 413), (LARGEST + 2, 413), (1_000_000, 413)])
def test_a_body_that_does_not_tell_its_size_is_bounded(size: int, status: int, endpoint: Endpoint) -> None:
    body = padded(size)
    answer = endpoint.client.post(
        "/alexa",
        input_stream=BytesIO(body),
        headers=signed(body),
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code == status


def test_a_body_that_somebody_has_read_before_is_bounded(endpoint: Endpoint) -> None:
    read = []

    def reads() -> None:
        read.append(len(request.get_data()))

    endpoint.app.before_request(reads)
    body = padded(LARGEST + 1)
    assert endpoint.post(body, signed(body)).status_code == 413
    assert read == [LARGEST + 1]


def test_a_request_that_is_sent_again_is_answered_and_kept_once(endpoint: Endpoint, store: SQLiteStore) -> None:
    body = json.dumps(event("one_shot_search_query")).encode()
    headers = signed(body)
    kept = []
    for later in (0, 0, 9, 141):
        endpoint.clock.move(timedelta(seconds=later))
        assert "Say:" in heard(valid(endpoint.post(body, headers).json))
        kept.append(list(store.entries(CAREGIVER)))
    endpoint.clock.move(timedelta(seconds=1))
    assert endpoint.post(body, headers).status_code == 400
    assert len(kept[0]) == 2
    assert kept == [kept[0]] * 4
    assert list(store.entries(CAREGIVER)) == kept[0]


@pytest.mark.parametrize("body", [b"[", b"{}", b"[" * 60_000, json.dumps(event("skill_disabled")).encode()])
def test_nothing_is_read_of_a_request_that_is_not_signed(
    body: bytes, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    assert endpoint.post(body, signed(body + b" ")).status_code == 400
    assert "not of its body" in caplog.text


def test_a_request_that_nobody_verified_is_not_answered() -> None:
    """Not even where the adapter is given no verifier at all."""
    skill = _Skill(lambda *_: pytest.fail("it was answered"), "a skill")
    bare = WebserviceSkillHandler(skill, verify_signature=False, verify_timestamp=False, verifiers=[])
    with pytest.raises(RequestError, match="not verified"):
        bare.verify_request_and_dispatch({}, json.dumps(event("launch")))


def test_the_fenced_verifier_refuses_a_chain_that_is_good(endpoint: Endpoint) -> None:
    body = json.dumps(event("launch")).encode()
    verifier = RequestVerifier()
    verifier._cert_cache[URL] = good()
    with pytest.raises(VerificationException, match="chain is not valid"):
        verifier.verify(signed(body), body.decode(), None)
    assert endpoint.post(body, signed(body)).status_code == 200


def test_the_fence_is_gone_after_the_import() -> None:
    assert not [name for name in sys.modules if name.startswith(("certvalidator", "oscrypto"))]


def test_a_refusal_says_why_on_one_line_and_nothing_of_the_request(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    request = event("one_shot_search_query", timestamp="amzn1.secret")
    assert endpoint.send(request).status_code == 400
    (record,) = caplog.records
    assert record.getMessage() == ("A request to the Alexa endpoint was refused: it does not say when it was sent.")
    assert "\n" not in caplog.text.strip()
