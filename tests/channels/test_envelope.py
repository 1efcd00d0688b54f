"""Our reading of Amazon's requests, and our responses, against Amazon's own typed model."""

import json
from typing import Any

import pytest
from ask_sdk_core.exceptions import SerializationException
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope, ResponseEnvelope
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.alexa.entry import Handler
from skill.channels.alexa.envelope import Envelope, read
from tests.authoring.strict import walk
from tests.channels.test_alexa import AlexaSession, phrase
from tests.conftest import EVENTS, event

NAMES = sorted(path.stem for path in EVENTS.glob("*.json"))


def sdks(request: Any) -> Envelope:
    """The SDK's reading of a request, as an Envelope."""
    typed = DefaultSerializer().deserialize(json.dumps(request), RequestEnvelope)
    asked, system = typed.request, typed.context.system
    user = system.user or typed.session.user
    scopes = (user.permissions.scopes or {}) if user.permissions else {}
    intent = getattr(asked, "intent", None)
    answered = asked.object_type == "Connections.Response"
    reason = getattr(asked, "reason", None)
    return Envelope(
        kind=asked.object_type,
        user=user.user_id,
        person=system.person.person_id if system.person else "",
        session=typed.session.session_id if typed.session else None,
        attributes=(typed.session.attributes or {}) if typed.session else {},
        at=asked.timestamp,
        locale=asked.locale or "",
        intent=intent.name if intent else "",
        slots=tuple(slot.value for slot in (intent.slots or {}).values() if slot.value) if intent else (),
        task=asked.task.name if getattr(asked, "task", None) else "",
        reason=reason.value if reason else "",
        answers=asked.name if answered else "",
        answer=asked.payload["status"] if answered else "",
        token=getattr(asked, "token", "") or "",
        granted=frozenset(scope for scope, one in scopes.items() if one.status and one.status.value == "GRANTED"),
        device=system.device.device_id if system.device else "",
        endpoint=system.api_endpoint or "",
        bearer=system.api_access_token or "",
    )


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("unknown_")])
def test_it_is_the_sdks_reading(name: str) -> None:
    assert read(event(name)) == sdks(event(name))


@given(said=st.text(), user=st.text(min_size=1), person=st.text(min_size=1), session=st.text(min_size=1))
def test_it_is_the_sdks_reading_of_any_text(said: str, user: str, person: str, session: str) -> None:
    request = event("one_shot_recognised")
    request["request"]["intent"]["slots"]["what"]["value"] = said
    request["session"]["sessionId"] = session
    request["context"]["System"] |= {"user": {"userId": user}, "person": {"personId": person}}
    request["context"]["System"]["user"]["permissions"] = {"scopes": {"a": {"status": "GRANTED"}, "b": {}}}
    assert read(request) == sdks(request)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("unknown_")])
def test_what_the_sdk_raises_for_is_read_as_far_as_it_goes(name: str) -> None:
    with pytest.raises(SerializationException):
        sdks(event(name))
    assert read(event(name)).session == event(name)["session"]["sessionId"]


def test_every_response_is_of_amazons_own_types(handler: Handler) -> None:
    answers = []

    def noting(request: Any, context: Any) -> Any:
        answers.append(handler(request, context))
        return answers[-1]

    session = AlexaSession(noting)
    for name in NAMES:
        session.send(name)
    session.attributes = {}
    session.send("bare_phrase", intent=phrase("remind me every morning at seven"))
    answers.append(
        handler(event("yes") | {"session": {**event("yes")["session"], "attributes": session.attributes}}, None)
    )
    for answer in answers:
        assert walk(ResponseEnvelope, answer, "$") == []
    directives = [one for answer in answers for one in answer["response"].get("directives", [])]
    assert {one["type"] for one in directives} >= {"Tasks.CompleteTask", "Connections.SendRequest"}
