"""The hashing key out of AWS Secrets Manager, where `template.yaml` puts it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from skill.errors import JournalRefused, SettingsError
from skill.journal.credentials import Service
from skill.journal.wire import Answered, Wire

__all__ = ["read_secret"]

_SECRETS_MANAGER = Service(
    "Secrets Manager",
    "secretsmanager",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "secretsmanager",
    "application/x-amz-json-1.1",
)
_PATIENCE = 2.0
"""Seconds that it may take: it is asked when the function starts, and nobody is waiting for a reply then."""


def read_secret(environ: Mapping[str, str], name: str) -> str:
    """The text of the secret of this name or ARN.

    Raises:
        SettingsError: It cannot be read; the message says what to look at, and does not hold the name.
    """
    try:
        wire = Wire(environ, _SECRETS_MANAGER)
        try:
            answer = wire.call("GetSecretValue", {"SecretId": name}, patience=_PATIENCE, at=datetime.now(UTC))
        finally:
            wire.close()
    except Answered as answered:
        raise SettingsError(
            f"Secrets Manager does not give the hashing key ({answered.code}): check it and the function's role."
        ) from None
    except JournalRefused as error:
        raise SettingsError(f"The hashing key cannot be read: {error}") from None
    text = answer.get("SecretString")
    if not isinstance(text, str):
        raise SettingsError("The secret of the hashing key holds no text: deploy template.yaml, which makes it.")
    return text
