"""Who a caregiver is to the journal: a keyed hash, from which nobody without the key comes back to a person."""

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from skill.errors import SettingsError
from skill.journal.settings import data_folder

__all__ = ["KEY_SETTING", "Key", "caregiver_key"]

KEY_SETTING = "STAY_CLOSE_KEY"
"""The setting that holds the hashing key."""
SECRET_SETTING = "STAY_CLOSE_KEY_SECRET"  # noqa: S105 - the setting's name
"""The setting that names the secret in AWS Secrets Manager which holds it."""
SHORTEST = 16
"""Characters that a key has at least."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """The hashing key. Its repr does not show it."""

    secret: bytes

    @classmethod
    def for_now(cls) -> "Key":
        """A key that nobody keeps, for a process that keeps nothing."""
        return cls(secrets.token_bytes(32))

    def caregiver(self, user: str) -> str:
        """The keyed hash of a channel's user id: 32 hexadecimal digits of HMAC-SHA-256."""
        return self._hash("caregiver", user)

    def session(self, channel_session: str) -> str:
        """The keyed hash of a channel's session id: the same id gives the same session again."""
        return self._hash("session", channel_session)[:16]

    def seal(self, text: str) -> str:
        """A seal on a text, which nobody without the key can make."""
        return self._hash("seal", text)

    def _hash(self, purpose: str, text: str) -> str:
        return hmac.new(self.secret, f"{purpose}:{text}".encode(errors="surrogatepass"), "sha256").hexdigest()[:32]


def caregiver_key(environ: Mapping[str, str]) -> Key:
    """The key from the settings, or from the secret that they name.

    Without either it is in the file `key` in the data folder, made at the first use.

    Raises:
        SettingsError: The key is too short, or there is none and none can be made.
    """
    setting, name = environ.get(KEY_SETTING), KEY_SETTING
    if setting is None and environ.get(SECRET_SETTING):
        from skill.journal.secret import read_secret  # noqa: PLC0415 - only where it is used

        setting, name = read_secret(environ, environ[SECRET_SETTING]), SECRET_SETTING
    if setting is not None:
        if len(setting) < SHORTEST:
            raise SettingsError(f"{name} is too short: give it {SHORTEST} characters or more, chosen by chance.")
        return Key(setting.encode())
    folder = data_folder(environ)
    path = folder / "key"
    try:
        if not path.exists():
            _make_key(path)
        secret = path.read_text().strip()
    except UnicodeDecodeError:
        raise SettingsError(f"The hashing key in {path} is damaged: restore it, or delete it to begin anew.") from None
    except OSError as error:
        raise SettingsError(
            f"No hashing key can be kept in {folder} ({error.strerror}): set {KEY_SETTING}, or STAY_CLOSE_DATA to a"
            " folder that can be written."
        ) from None
    if len(secret) < SHORTEST:
        raise SettingsError(f"The hashing key in {path} is too short: restore it, or delete it to begin anew.")
    return Key(secret.encode())


def _make_key(path: Path) -> None:
    """Make the key file, whole or not at all: two processes that start at once come to share one key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"key.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    try:
        fresh.write_text(secrets.token_hex(32))
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
