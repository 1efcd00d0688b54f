"""What is the same of every response: what the platform demands of it, and what is heard of it."""

import json
import re
from typing import Any

__all__ = ["heard", "valid"]


def valid(response: Any) -> dict[str, Any]:
    """What the platform demands of any response; gives its inner part."""
    assert json.loads(json.dumps(response)) == response
    assert response["version"] == "1.0"
    assert len(json.dumps(response)) < 24_000
    inner: dict[str, Any] = response["response"]
    for speech in (inner.get("outputSpeech"), inner.get("reprompt", {}).get("outputSpeech")):
        if speech:
            assert speech["type"] == "SSML"
            assert speech["ssml"].startswith("<speak>")
            assert len(speech["ssml"]) < 8_000
    assert ("reprompt" in inner) == (inner.get("shouldEndSession") is False)
    return inner


def heard(inner: dict[str, Any]) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", inner["outputSpeech"]["ssml"]).split())
