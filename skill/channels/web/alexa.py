"""The Alexa endpoint on a server of one's own: POST /alexa, answered by the same entry as on Lambda.

Behind Lambda's trigger every request is Amazon's; here anybody can send one. What is looked at, in this order: the
method, the size, the signature over the bytes as they came, and only then what they say: JSON, sent just now, to this
skill. What does not pass is answered with an empty 400, and with one line of the log that tells nothing of it.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, NoReturn

from ask_sdk_core.skill import CustomSkill, SkillConfiguration
from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from skill.channels.alexa.entry import Handler, entry
from skill.channels.alexa.envelope import is_for, read
from skill.channels.web.verifier import Verifier
from skill.errors import RequestError, SettingsError
from skill.house import House

__all__ = ["alexa_endpoint"]

LARGEST = 64 * 1024
"""Bytes of a request. Amazon's have a few thousand, and up to 24,000 more of what we gave the session to bring."""
TOLERANCE = timedelta(seconds=150)
"""How far a request's time may be from ours: Amazon's rule."""
EVENT_TOLERANCE = timedelta(hours=1)
"""How old a skill event may be, which Amazon sends again for so long."""

_log = logging.getLogger(__name__)


@contextmanager
def _fenced() -> Iterator[None]:
    """While it lasts, what is imported finds a certvalidator that refuses every chain.

    The adapter imports a verifier for which it has no use here, and which in turn cannot be imported beside an OpenSSL
    whose version has two digits after its last point. Should that verifier ever be asked, it refuses.
    """
    names = ("certvalidator", "certvalidator.errors")
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    validator, errors = (ModuleType(name) for name in names)

    class PathError(Exception):
        """As certvalidator has it."""

    class ValidationError(PathError):
        """As certvalidator has it."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise ValidationError("This is not the verifier that is in use.")

    vars(validator).update(CertificateValidator=refuse, errors=errors)
    vars(errors).update(PathError=PathError, ValidationError=ValidationError)
    sys.modules |= dict(zip(names, (validator, errors), strict=True))
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules |= before


with _fenced():
    from flask_ask_sdk.skill_adapter import SkillAdapter


def alexa_endpoint(app: Flask, house: House, skill_id: str, verifier: Verifier, now: Callable[[], datetime]) -> None:
    """Answer Amazon's requests to the skill `skill_id` at /alexa of `app`, from `house`; Flask knows it as `alexa`.

    `verifier` says which requests are Amazon's, `now` what time it is.

    Raises:
        SettingsError: There is no skill id, without which requests to anybody's skill would be answered.
    """
    if not skill_id:
        raise SettingsError(
            "The Alexa endpoint answers one skill alone: set STAY_CLOSE_SKILL_ID to its id, amzn1.ask.skill.…"
        )
    # The adapter's own checks are off: of the signature for ours is handed to it, of the time for it knows one clock.
    app.config |= {"ASK_SDK_VERIFY_SIGNATURE": False, "ASK_SDK_VERIFY_TIMESTAMP": False}
    skill = _Skill(entry(house, skill_id), skill_id)
    adapter = SkillAdapter(skill, skill_id, verifiers=[_Checks(skill_id, verifier, now)], app=app)

    def answer() -> Response:
        try:
            _take_in()
            answered: Response = adapter.dispatch_request()
        except RequestError as error:
            # Not raised as the adapter's own refusal, which would put a traceback onto the log for each.
            _log.warning("A request to the Alexa endpoint was refused: %s.", error)
            return Response(status=400)
        return answered

    app.add_url_rule("/alexa", "alexa", answer, methods=["POST"], provide_automatic_options=False)


def _take_in() -> None:
    """Read the request's body, from where the adapter will take it.

    Raises:
        RequestEntityTooLarge: It is too large; no more of it is read.
        RequestError: It is no text.
    """
    # One more: of a body that does not tell its size, Flask gives what fits, and says nothing of the rest.
    request.max_content_length = LARGEST + 1
    body = request.get_data()
    if len(body) > LARGEST:
        raise RequestEntityTooLarge
    try:
        body.decode()
    except UnicodeDecodeError:
        raise RequestError("its body is no UTF-8") from None


class _Request:
    """A request that is on its way in: unread until it is found to be signed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.event: dict[str, Any] | None = None
        """What it says, once it has passed; there is no answer before."""


class _Checks:
    """What a request must pass before it is answered, in the shape of the adapter's verifiers."""

    def __init__(self, skill_id: str, verifier: Verifier, now: Callable[[], datetime]) -> None:
        self._skill_id = skill_id
        self._verifier = verifier
        self._now = now

    def verify(
        self, headers: Mapping[str, str], serialized_request_env: str, deserialized_request_env: _Request
    ) -> None:
        """Return where a request may be answered. Raises RequestError where it may not."""
        url, signature = headers.get("SignatureCertChainUrl", ""), headers.get("Signature-256", "")
        self._verifier.verify(url, signature, serialized_request_env.encode())
        event = _parsed(deserialized_request_env.text)
        self._check_time(event)
        if not is_for(self._skill_id, event):
            raise RequestError("it is to another skill")
        deserialized_request_env.event = event

    def _check_time(self, event: dict[str, Any]) -> None:
        envelope = read(event)
        if envelope.at is None:
            raise RequestError("it does not say when it was sent")
        late = self._now() - envelope.at
        if not -TOLERANCE <= late <= (EVENT_TOLERANCE if envelope.kind.startswith("AlexaSkillEvent.") else TOLERANCE):
            raise RequestError("it was not sent just now (or this machine's clock is wrong)")


class _Serializer:
    """Stands where Amazon's typed one would raise for every kind and value that is newer than itself."""

    def deserialize(self, payload: str, obj_type: object) -> _Request:  # noqa: ARG002 - as the adapter has it
        """Nothing is read yet."""
        return _Request(payload)

    def serialize(self, obj: object) -> object:
        """The response is plain already."""
        return obj


class _Skill(CustomSkill):  # type: ignore[misc]  # the SDK has no types
    """Our entry, as a skill of Amazon's SDK."""

    def __init__(self, handler: Handler, skill_id: str) -> None:
        super().__init__(SkillConfiguration(request_mappers=[], handler_adapters=[], skill_id=skill_id))
        self.serializer = _Serializer()
        self._handler = handler

    def invoke(self, request_envelope: _Request, context: object) -> object:
        """Answer a request that has passed.

        Raises:
            RequestError: Nobody has looked at it.
        """
        if request_envelope.event is None:
            raise RequestError("it was not verified")
        return self._handler(request_envelope.event, context)


def _parsed(text: str) -> dict[str, Any]:
    """What a body says. Raises RequestError where it is no JSON object."""
    try:
        event = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise RequestError("its body is no JSON") from None
    if not isinstance(event, dict):
        raise RequestError("its body is no JSON object")
    return event


def _refuse(constant: str) -> NoReturn:
    """Python reads NaN and Infinity, and would write them into the answer; JSON has no such thing."""
    raise ValueError(constant)
