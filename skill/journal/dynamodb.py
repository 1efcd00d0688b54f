"""The journal in DynamoDB: one item collection a caregiver, single-item conditional writes; a scan only for backups."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from skill.errors import EntryRefused, JournalRefused
from skill.journal.credentials import Service
from skill.journal.entries import Entry, Moment, Past, together
from skill.journal.store import RECALLED, Store, entry_from, entry_to, expires, past_of
from skill.journal.wire import Answered, Call, Wire
from skill.plain import time_text

__all__ = ["TABLE", "DynamoDBStore"]

_DYNAMODB = Service(
    "DynamoDB", "dynamodb", "AWS_ENDPOINT_URL_DYNAMODB", "DynamoDB_20120810", "application/x-amz-json-1.0"
)

TABLE: dict[str, Any] = {
    "AttributeDefinitions": [
        {"AttributeName": "caregiver", "AttributeType": "S"},
        {"AttributeName": "entry", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "caregiver", "KeyType": "HASH"},
        {"AttributeName": "entry", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
"""The table's shape, as CreateTable takes it; `template.yaml` declares the same."""

_BATCH = 25
"""Items that BatchWriteItem takes at most."""
_BATCH_TRIES = 6
"""How often it is told what it left over."""
_CONDITION = "ConditionalCheckFailedException"
_DONE: dict[str, Any] = {}
"""The answer to a put that asks for nothing back. Whatever answers more is not DynamoDB, and has kept nothing."""
_KEEP_TRIES = 8
"""How often an entry is brought together with another telling that came in between."""


def _all(caregiver: str) -> dict[str, Any]:
    """The query for all that is kept of a caregiver."""
    return {
        "KeyConditionExpression": "caregiver = :caregiver",
        "ExpressionAttributeValues": {":caregiver": {"S": caregiver}},
    }


def _now() -> datetime:
    return datetime.now(UTC)


class DynamoDBStore(Store):
    """A table. Reached at the first use, so that a missing setting refuses an entry, not the skill."""

    def __init__(self, table: str, environ: Mapping[str, str], now: Callable[[], datetime] = _now) -> None:
        """Keep the journal in `table`; `now` signs requests and tells which entries have expired."""
        self.table = table
        self._environ = environ
        self._now = now
        self._wire: Wire | None = None
        self._misconfigured: JournalRefused | None = None

    def create(self) -> None:
        """Make the table, with no TTL: `template.yaml` declares that. Waits until it can be used."""
        try:
            self._call("CreateTable", TableName=self.table, **TABLE)
        except Answered as answer:
            if answer.code != "ResourceInUseException":
                raise self._refused(answer) from None
        while self._ask("DescribeTable", TableName=self.table)["Table"]["TableStatus"] != "ACTIVE":
            time.sleep(0.1)

    def keep_all(self, entries: Sequence[Entry]) -> list[Entry | JournalRefused | None]:
        """Keep entries, all told at once; one that another telling came before is brought together with that one."""
        calls = [self._put(entry) for entry in entries]
        told: list[Entry | JournalRefused | None] = []
        for entry, answer in zip(entries, self._call_all(calls), strict=True):
            try:
                told.append(_kept(entry) if self._taken(answer) else self._brought_together(entry))
            except JournalRefused as refusal:
                told.append(refusal)
        return told

    def _brought_together(self, entry: Entry) -> Entry | None:
        """Keep an entry of which the table has another telling than it goes on from."""
        for _ in range(_KEEP_TRIES):
            known = self._known(entry)
            if known is None:
                # It was there when this was told: it was forgotten since, and stays so.
                return None
            entry = replace(together(known, entry), revision=known.revision)
            if entry == known:
                return known
            (answer,) = self._call_all([self._put(entry)])
            if self._taken(answer):
                return _kept(entry)
        raise JournalRefused("DynamoDB is too busy with this caregiver's entries: this one is put aside.")

    def _put(self, entry: Entry) -> Call:
        """The call that puts an entry's next telling, where the table has the one that it goes on from."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(caregiver)"}
        if entry.revision:
            condition = {
                "ConditionExpression": "revision = :revision",
                "ExpressionAttributeValues": {":revision": {"N": str(entry.revision)}},
            }
        return "PutItem", {"TableName": self.table, "Item": _item(_kept(entry)), **condition}

    def _known(self, entry: Entry) -> Entry | None:
        """What the store holds of an entry, the very latest."""
        key = {"caregiver": {"S": entry.caregiver}, "entry": {"S": entry.key}}
        item = self._ask("GetItem", TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        return None if item is None else self._entry(item)

    def recall(self, caregiver: str) -> Past:
        """What a new session needs: the end of the collection."""
        # What was told to another device a second ago is to be known on this one.
        request = {**_all(caregiver), "ScanIndexForward": False, "Limit": RECALLED, "ConsistentRead": True}
        return past_of(filter(None, map(self._entry, self._items(request))))

    def moments(self, caregiver: str, since: datetime) -> list[Moment]:
        """The moments that began since then."""
        request = {
            "KeyConditionExpression": "caregiver = :caregiver AND entry >= :since",
            # The sessions between them are several times as large, and would be sent for nothing.
            "FilterExpression": "kind = :kind",
            "ExpressionAttributeValues": {
                ":caregiver": {"S": caregiver},
                ":since": {"S": time_text(since)},
                ":kind": {"S": "moment"},
            },
        }
        found = map(self._entry, self._items(request))
        return [entry for entry in found if isinstance(entry, Moment)]

    def entries(self, caregiver: str) -> Iterator[Entry]:
        """All that is kept of a caregiver."""
        for item in self._items(_all(caregiver)):
            entry = self._entry(item)
            if entry is not None:
                yield entry

    def everything(self) -> Iterator[Entry]:
        """All that is kept of all caregivers: a Scan, which the skill's own role is not allowed."""
        request: dict[str, Any] = {"TableName": self.table, "Limit": 1000}
        while True:
            answer = self._ask("Scan", **request)
            yield from (entry for item in answer["Items"] if (entry := self._entry(item)) is not None)
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def erase(self, caregiver: str, key: str) -> None:
        """Erase one entry."""
        self._ask("DeleteItem", TableName=self.table, Key={"caregiver": {"S": caregiver}, "entry": {"S": key}})

    def forget(self, caregiver: str) -> int:
        """Erase all that is kept of a caregiver."""
        keys = [
            {name: item[name] for name in ("caregiver", "entry")}
            for item in self._items({**_all(caregiver), "ProjectionExpression": "caregiver, entry"})
        ]
        for start in range(0, len(keys), _BATCH):
            left = {self.table: [{"DeleteRequest": {"Key": key}} for key in keys[start : start + _BATCH]]}
            for attempt in range(_BATCH_TRIES):
                left = self._ask("BatchWriteItem", RequestItems=left)["UnprocessedItems"]
                if not left:
                    break
                # What a throttled table leaves over is told again, a little later each time.
                time.sleep(0.05 * 2**attempt)
            else:
                raise JournalRefused("DynamoDB is too busy to erase now: try again later.")
        return len(keys)

    def close(self) -> None:
        """Close the connections; the next call looks anew for how AWS is configured."""
        self._misconfigured = None
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _items(self, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The items that a query finds, page after page."""
        request = {"TableName": self.table, **query}
        while True:
            answer = self._ask("Query", **request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _entry(self, item: dict[str, Any]) -> Entry | None:
        """The entry in an item; none where it has expired and is still waiting to be deleted."""
        plain = {name: _plain(value) for name, value in item.items()}
        if plain.pop("expires", 0) <= self._now().timestamp():
            return None
        del plain["entry"]
        return entry_from(plain)

    def _ask(self, operation: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - DynamoDB's JSON
        """Call an operation of which any error is a refusal."""
        try:
            return self._call(operation, **request)
        except Answered as answer:
            raise self._refused(answer) from None

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - DynamoDB's JSON
        (answer,) = self._call_all([(operation, request)])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _call_all(self, calls: Sequence[Call]) -> list[dict[str, Any] | Answered | JournalRefused]:
        if self._misconfigured is not None:
            raise self._misconfigured
        if self._wire is None:
            try:
                self._wire = Wire(self._environ, _DYNAMODB)
            except JournalRefused as error:
                # Looking for credentials that are not there takes seconds; once is enough.
                self._misconfigured = error
                raise
        return self._wire.call_all(calls, patience=self.patience, at=self._now())

    def _taken(self, answer: dict[str, Any] | Answered | JournalRefused) -> bool:
        """Whether a put was taken; not where the table has another telling than the one that it goes on from.

        Raises:
            JournalRefused: It was refused for another reason.
        """
        if isinstance(answer, JournalRefused):
            raise answer
        if not isinstance(answer, Answered):
            if answer != _DONE:
                raise JournalRefused("DynamoDB's answer cannot be read: check the endpoint.")
            return True
        if answer.code == "ValidationException":
            raise EntryRefused(f"DynamoDB takes no such entry ({answer.code}): it is put aside.")
        if answer.code != _CONDITION:
            raise self._refused(answer)
        return False

    def _refused(self, answer: Answered) -> JournalRefused:
        """The reason in one sentence, with what to do."""
        match answer.code:
            case "ResourceNotFoundException":
                region = self._wire.region if self._wire else ""
                return JournalRefused(
                    f"The table {self.table!r} does not exist in {region}: run `stay-close journal create`, or deploy"
                    " template.yaml."
                )
            case "UnrecognizedClientException" | "InvalidSignatureException" | "AccessDeniedException":
                return JournalRefused(
                    f"DynamoDB refuses these AWS credentials ({answer.code}): check them and their policy for"
                    f" {self.table!r}."
                )
        return JournalRefused(f"DynamoDB refused the journal's request ({answer.code}).")


# An entry ↔ an item. Only these lines know DynamoDB's types.


def _kept(entry: Entry) -> Entry:
    """An entry as the table has it once it is told."""
    return replace(entry, revision=entry.revision + 1)


def _item(entry: Entry) -> dict[str, Any]:
    plain = {**entry_to(entry), "caregiver": entry.caregiver, "entry": entry.key, "expires": expires(entry)}
    return {name: _typed(value) for name, value in plain.items()}


def _typed(value: object) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case dict():
            return {"M": {name: _typed(item) for name, item in value.items()}}
        case list():
            return {"L": [_typed(item) for item in value]}
    raise TypeError(f"{type(value).__name__} cannot stand in an item")


def _plain(value: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the item holds
    (kind, inner), *_ = value.items()
    match kind:
        case "N":
            return float(inner) if "." in inner else int(inner)
        case "NULL":
            return None
        case "M":
            return {name: _plain(item) for name, item in inner.items()}
        case "L":
            return [_plain(item) for item in inner]
    return inner
