"""What Amazon's store shows of the skill and asks about it, read from a language's `publishing.yaml`."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import ConfigDict

from skill.authoring.content import CONTENT, Fault, read_unit

__all__ = ["EVERYWHERE", "PLACEHOLDER", "Disclaimer", "Publishing", "StoreTexts", "is_placeholder", "read_publishing"]

EVERYWHERE = "everywhere"
"""The texts of a locale that has none of its own."""
PLACEHOLDER = "example.org"
"""The host that stands for a page that is not public yet."""

_STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True, str_min_length=1)


@dataclass(frozen=True, slots=True)
class Disclaimer:
    """What the skill is not: a sentence each, in the order in which they stand at a description's end."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    no_medical_advice: str
    no_substitute: str
    """That it is no substitute for a professional."""
    no_emergency_service: str
    cannot_call: str
    """That it cannot call for anybody."""
    call: str
    """Whom to call in danger."""


@dataclass(frozen=True, slots=True)
class StoreTexts:
    """What the store shows in one locale."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    summary: str
    description: str
    """What it does; the disclaimer comes after it."""
    disclaimer: Disclaimer
    example_phrases: tuple[str, ...]
    keywords: tuple[str, ...]
    privacy_policy_url: str
    terms_of_use_url: str | None = None

    def whole_description(self) -> str:
        """The description with the disclaimer at its end."""
        return f"{self.description}\n\n{' '.join(astuple(self.disclaimer))}"

    def pages(self) -> dict[str, str]:
        """The addresses of the pages that it names, by field."""
        named = {"privacy_policy_url": self.privacy_policy_url, "terms_of_use_url": self.terms_of_use_url}
        return {field: address for field, address in named.items() if address is not None}


@dataclass(frozen=True, slots=True)
class Publishing:
    """What a language brings into the store."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    category: str
    """As Amazon's manifest names it, `FRIENDS_AND_FAMILY`."""
    countries: tuple[str, ...]
    """Where the skill is offered, `US`."""
    testing_instructions: str
    """How somebody at Amazon tries it."""
    store: Mapping[str, StoreTexts]
    """By locale, or `everywhere`."""

    def texts(self, locale: str) -> StoreTexts:
        """What the store shows in a locale."""
        return self.store.get(locale) or self.store[EVERYWHERE]


def read_publishing(language: str, faults: list[Fault], content: Path = CONTENT) -> Publishing | None:
    """What a language brings into the store; none where it is faulty."""
    name = f"{language}/publishing.yaml"
    publishing = read_unit(Publishing, name, faults, content)
    if publishing is not None and EVERYWHERE not in publishing.store:
        faults.append(Fault(name, f"store: {EVERYWHERE!r} is missing"))
        return None
    return publishing


def is_placeholder(address: str) -> bool:
    """Whether an address stands for a page that is not public yet."""
    host = urlsplit(address).hostname or ""
    return host == PLACEHOLDER or host.endswith(f".{PLACEHOLDER}")
