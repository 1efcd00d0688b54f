"""What a load run was told, answer by answer, and whether the journal holds exactly that in the end."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from skill.channels.alexa.envelope import Envelope, inside, read
from skill.channels.alexa.turns import account_of, caregiver_of
from skill.journal import Entry, Key, Moment, Session
from skill.journal.store import entry_to

__all__ = ["Told"]

Plain = dict[str, Any]
_Place = tuple[str, str]
"""A caregiver and the key of an entry of theirs."""


@dataclass
class Told:
    """What the answers' session attributes say is kept."""

    key: Key
    sessions: dict[str, str] = field(default_factory=dict)
    """The sessions in which somebody was answered, and whose they are."""
    moments: dict[_Place, Plain] = field(default_factory=dict)
    """The moments, each as it was first told at its latest revision."""
    forgotten: set[str] = field(default_factory=set)
    """Sessions, and keys of moments, that were erased on request."""
    accounts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The caregivers of each account, itself among them."""
    ended: set[str] = field(default_factory=set)
    """Sessions that ended with an answer, whose attributes are not told."""
    _lock: Lock = field(default_factory=Lock)

    def note(self, event: Plain, response: Plain) -> None:
        """Note a request and the response that was heard."""
        envelope = read(event)
        account, session = account_of(envelope, self.key), self.key.session(envelope.session or "")
        before, after = inside(envelope.attributes, "state"), inside(response, "sessionAttributes", "state")
        whose = inside(before, "session").get("caregiver") or caregiver_of(envelope, self.key)
        with self._lock:
            self.accounts[account] |= {account, whose}
            if envelope.kind == "AlexaSkillEvent.SkillDisabled":
                self._forget(self.accounts[account])
            elif envelope.kind == "SessionEndedRequest":
                self.ended.add(session)
            elif _erased(envelope, before, after):
                self._forget(self.accounts[account] if whose == account else {whose})
                self.forgotten.add(session)
            else:
                self._tell(session, whose, before, after, envelope)

    def _tell(self, session: str, whose: str, before: Plain, after: Plain, envelope: Envelope) -> None:
        if not after:
            self.ended.add(session)
        if after.get("forgotten"):
            self.forgotten.add(session)
        if session in self.forgotten:
            return
        self.sessions[session] = whose
        if envelope.intent == "ForgetThisIntent" and (gone := _forgotten(before, after)):
            self.forgotten.add(_key(gone))
            self.moments.pop((whose, _key(gone)), None)
        for moment in (after.get("moment"), after.get("earlier")):
            if moment and _key(moment) not in self.forgotten:
                known = self.moments.get((whose, _key(moment)))
                if known is None or known.get("revision", 0) < moment.get("revision", 0):
                    self.moments[whose, _key(moment)] = moment

    def _forget(self, caregivers: set[str]) -> None:
        self.forgotten |= {session for session, whose in self.sessions.items() if whose in caregivers}
        self.forgotten |= {key for whose, key in self.moments if whose in caregivers}
        self.sessions = {session: whose for session, whose in self.sessions.items() if whose not in caregivers}
        self.moments = {place: moment for place, moment in self.moments.items() if place[0] not in caregivers}

    def wants(self, entry: Entry) -> bool:
        """Whether an entry that was put aside is still to be kept: lines on a log are out of reach of forgetting."""
        session = entry.id.partition("-")[0] if isinstance(entry, Session | Moment) else ""
        return entry.key not in self.forgotten and session not in self.forgotten

    def faults(self, kept: Iterable[Entry]) -> Iterator[str]:
        """What the journal has lost, doubled or made up; no sentence names who it was."""
        sessions: dict[str, list[Session]] = defaultdict(list)
        moments: dict[str, list[Moment]] = defaultdict(list)
        for entry in kept:
            if isinstance(entry, Session):
                sessions[entry.id].append(entry)
            elif isinstance(entry, Moment):
                moments[entry.id].append(entry)
        yield from (f"session {session} is kept {len(found)} times" for session, found in sessions.items() if found[1:])
        yield from (f"moment {moment} is kept {len(found)} times" for moment, found in moments.items() if found[1:])
        yield from (f"session {session} is lost" for session in self.sessions if session not in sessions)
        yield from (f"session {session} was never told" for session in sessions if session not in self.sessions)
        for (_, key), told in self.moments.items():
            if not any(moment.key == key for moment in moments.get(told["id"], ())):
                yield f"moment {told['id']} is lost"
        for found in moments.values():
            yield from self._differs(found[0])
        begun = Counter(moment.rpartition("-")[0] for moment in moments)
        for session, (first, *_) in sessions.items():
            if first.moments != begun[session]:
                yield f"session {session} counts {first.moments} moments, and {begun[session]} are kept"

    def _differs(self, moment: Moment) -> Iterator[str]:
        told = self.moments.get((moment.caregiver, moment.key))
        if told is None:
            # The answer that ends a session tells nothing, and may have begun a moment.
            session = moment.id.rpartition("-")[0]
            if session not in self.ended or session not in self.sessions:
                yield f"moment {moment.id} was never told"
        elif moment.revision < told.get("revision", 0):
            yield f"moment {moment.id} has gone back"
        elif moment.revision == told.get("revision", 0) and entry_to(moment) != {"kind": "moment", **told}:
            yield f"moment {moment.id} is kept otherwise than it was told"


def _key(moment: Plain) -> str:
    return f"{moment['started']}#moment#{moment['id']}"


def _erased(envelope: Envelope, before: Plain, after: Plain) -> bool:
    """Whether a yes has erased everything: only then does it end the session."""
    asking = inside(before, "place", "asking").get("kind")
    return asking == "erase" and envelope.intent == "AMAZON.YesIntent" and not after


def _forgotten(before: Plain, after: Plain) -> Plain:
    """The moment that is forgotten after it was asked: the one that was going on, or else the last one."""
    for name in ("moment", "earlier"):
        if before.get(name):
            left = after.get(name) or {}
            return {} if left.get("id") == before[name]["id"] else before[name]
    return {}
