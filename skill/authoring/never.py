"""What no spoken text may say: patterns with a reason and a source, in `never.yaml`; denials are understood."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Never", "Where", "forbidden"]

Where = Literal["", "say", "first", "call"]

_CLAUSE = re.compile(r"(?<=[.!?:;])\s+|,\s+|\s+(?:and|then|but|or)\s+(?=\w)|[\"“”]")
_DENIAL = re.compile(
    r"\b(?:don't|do not|never|not|no|can't|cannot|won't|without|instead of|rather than|nobody|no one|isn't|aren't"
    r"|avoid)\b"
)
_UNSAID = re.compile(r"(?:don't|do not|never|avoid|no need to) (?:say|saying|tell them|telling them)\b")
_NO_DENIAL = re.compile(r"\b(?:never mind|no matter|not only|why not|no problem|not just|no doubt)\b")


@dataclass(frozen=True, slots=True)
class Never:
    """One thing that is never said."""

    pattern: re.Pattern[str]
    """Looked for in one clause in lower case."""
    reason: str
    """What is wrong with it."""
    source: str
    """Key of the source."""
    only: Where = ""
    """Where it holds; everywhere without it."""
    denied: bool = False
    """Whether a clause that denies it may stand."""


def forbidden(text: str, rules: Sequence[Never], *where: Where) -> Iterator[str]:
    """What is wrong with a text that is spoken at `where`."""
    plain = text.lower().replace("’", "'")  # noqa: RUF001 - just this one
    # What is named only to be left unsaid is not said.
    clauses = [clause for clause in _CLAUSE.split(plain) if clause.strip() and not _UNSAID.match(clause.strip())]
    if not clauses:
        return
    for rule in rules:
        if rule.only and rule.only not in where:
            continue
        # A denial reaches as far as its clause; what nobody may deny is also looked for across clauses.
        for part in clauses if rule.denied else [plain.strip(), *clauses]:
            match = rule.pattern.search(part)
            if match and not (rule.denied and _denies(part[: match.start()])):
                yield f"{text!r}: {rule.reason} [{rule.source}]"
                break


def _denies(before: str) -> bool:
    return bool(_DENIAL.search(_NO_DENIAL.sub("", before)))
