"""The settings of the server: from the command's options and the environment."""

import ipaddress
import re
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass

from skill.channels.terminal import CAREGIVER
from skill.errors import ServerError

__all__ = ["LOOPBACK", "WebSettings", "people_of", "settings_of"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names of this machine that are no way in from another."""
LOCALE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")
SHORTEST_TOKEN = 16
"""Characters that a token has at least: it is all that stands between the network and a family's journal."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the server is reached, and by whom."""

    host: str = "127.0.0.1"
    """The address that it listens on."""
    port: int = 8300
    """The port; 0 for any that is free."""
    proxies: int = 0
    """How many reverse proxies stand before it, whose forwarded addresses are believed."""
    people: Mapping[str, str] | None = None
    """The user id of whoever knows a token, by token; none where whoever reaches this machine is at home."""
    skill_id: str = ""
    """The Alexa skill whose requests are answered; empty for no Alexa endpoint."""
    locale: str = "en-US"
    """Language and country where a browser names none that is known: it decides the numbers."""
    workers: int = 2
    """Processes that answer."""
    certificate: str = ""
    """The file of a TLS certificate and its chain; empty where it is a proxy, or nobody, that encrypts."""
    certificate_key: str = ""
    """The file of the certificate's key."""

    def __post_init__(self) -> None:
        """Refuse what would stand open.

        Raises:
            ServerError: Others than this machine can reach it, and no token keeps them out.
        """
        if self.people is None and (self.proxies or not _is_loopback(self.host)):
            raise ServerError(
                "Others could reach this server, so it needs a token:"
                f" set STAY_CLOSE_TOKEN to {SHORTEST_TOKEN} characters or more that nobody can guess."
            )
        if not LOCALE.fullmatch(self.locale):
            raise ServerError(f"{self.locale!r} is no language and country: write it as en-US.")
        if self.workers < 1 or self.proxies < 0:
            raise ServerError("It takes one of --workers at least, and no fewer than none of --proxies.")
        if bool(self.certificate) != bool(self.certificate_key):
            raise ServerError("A certificate and its key come together: give both --certificate and --certificate-key.")

    @property
    def scheme(self) -> str:
        """How the server is spoken to."""
        return "https" if self.certificate else "http"


def settings_of(chosen: Namespace, environ: Mapping[str, str]) -> WebSettings:
    """The settings of the command `stay-close serve`.

    Raises:
        ServerError: They leave the server open, or make no sense.
    """
    return WebSettings(
        host=chosen.host,
        port=chosen.port,
        proxies=chosen.proxies,
        people=people_of(environ.get("STAY_CLOSE_TOKEN", "")),
        skill_id=environ.get("STAY_CLOSE_SKILL_ID", ""),
        locale=chosen.locale,
        # A journal in memory is one process's own.
        workers=1 if chosen.ephemeral else chosen.workers,
        certificate=chosen.certificate,
        certificate_key=chosen.certificate_key,
    )


def people_of(tokens: str) -> dict[str, str] | None:
    """User ids by token, of `STAY_CLOSE_TOKEN`: one token for the home, or `NAME=TOKEN, NAME=TOKEN`; none where empty.

    Raises:
        ServerError: A token is too short, or given to two people.
    """
    people: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in tokens.split(","))):
        name, _, token = (piece.strip() for piece in part.partition("="))
        if not token.strip("="):
            # Signs of equality at its end are its own.
            name, token = "", part
        if len(token) < SHORTEST_TOKEN:
            raise ServerError(
                f"A token of STAY_CLOSE_TOKEN is too short: it takes {SHORTEST_TOKEN} characters or more."
            )
        if token in people:
            raise ServerError("STAY_CLOSE_TOKEN gives one token to two people: give each their own.")
        people[token] = f"web:{name}" if name else CAREGIVER
    return people or None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK
