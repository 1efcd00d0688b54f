"""A running endpoint, as tests ask it: the real app, entry, words, reader and journal, behind a shelf of chains."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from skill.channels.web.alexa import alexa_endpoint
from skill.channels.web.verifier import Verifier
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.conftest import SKILL
from tests.channels.web.signing import NAME, URL, Issued, Key, Shelf, authority, issued, key, pem, sign, trusted
from tests.conftest import KEY, Clock, unhurried

__all__ = ["CAREGIVER", "Endpoint", "good", "intermediate", "leaf", "signed"]

CAREGIVER = KEY.caregiver("alexa:amzn1.ask.account.TESTUSER")


def intermediate() -> Issued:
    return authority("intermediate", "root")


def leaf(**told: Any) -> Issued:
    """A leaf as Amazon's is, apart from what is `told` otherwise."""
    return issued("leaf", intermediate(), **({"names": [NAME]} | told))


@cache
def good() -> bytes:
    return pem(leaf(), intermediate())


def signed(body: bytes, by: Key | None = None) -> dict[str, str]:
    """The headers of a request that Amazon sends."""
    return {
        "SignatureCertChainUrl": URL,
        "Signature-256": sign(body, by or key("leaf")),
        "Content-Type": "application/json;charset=utf-8",
    }


@dataclass
class Endpoint:
    """An endpoint over a house at home."""

    words: Words
    reader: Reader
    store: SQLiteStore
    spill: Spill
    clock: Clock
    shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        self.house = House(Exchange(self.words, self.reader, unhurried(self.store, self.spill)), KEY, self.store)
        self.app = Flask("endpoint")
        self.verifier = Verifier(self.clock, roots=trusted(authority()), fetch=self.shelf)
        alexa_endpoint(self.app, self.house, SKILL, self.verifier, self.clock)
        self.client = self.app.test_client()

    def post(self, body: bytes, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> TestResponse:
        return self.client.post("/alexa", data=body, headers=headers)

    def send(self, event: object) -> TestResponse:
        """Send what Amazon would, signed."""
        body = json.dumps(event).encode()
        return self.post(body, signed(body))

    def kept(self) -> int:
        """How many entries are kept of the caregiver who is in the recorded requests."""
        return len(list(self.store.entries(CAREGIVER)))
