"""The journal in DynamoDB: one item collection a caregiver, single-item conditional writes, no scan.

What people configure is what boto3 reads: region, credentials, profile and endpoint. The requests themselves are signed
and sent by the standard library, because a botocore client costs a cold start 180 ms.
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from skill.errors import JournalRefused
from skill.journal.entries import Entry, Session
from skill.journal.signer import Credentials, signed_headers
from skill.journal.store import Store, entry_from, entry_to, expires

__all__ = ["TABLE", "DynamoDBStore"]

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


def _now() -> datetime:
    return datetime.now(UTC)


class DynamoDBStore(Store):
    """A table. Reached at the first use, so that a missing setting refuses an entry, not the skill."""

    def __init__(self, table: str, environ: Mapping[str, str], now: Callable[[], datetime] = _now) -> None:
        """Keep the journal in `table`; `now` signs requests and tells which entries have expired."""
        self.table = table
        self._environ = environ
        self._now = now
        self._wire: _Wire | None = None
        self._misconfigured: JournalRefused | None = None

    def create(self) -> None:
        """Make the table, with no TTL: `template.yaml` declares that. Waits until it can be used."""
        try:
            self._call("CreateTable", TableName=self.table, **TABLE)
        except _Answered as answer:
            if answer.code != "ResourceInUseException":
                raise self._refused(answer) from None
        while self._ask("DescribeTable", TableName=self.table)["Table"]["TableStatus"] != "ACTIVE":
            time.sleep(0.1)

    def keep(self, entry: Entry) -> None:
        """Keep an entry in place of an older revision of itself."""
        try:
            self._call(
                "PutItem",
                TableName=self.table,
                Item=_item(entry),
                ConditionExpression="attribute_not_exists(revision) OR revision <= :revision",
                ExpressionAttributeValues={":revision": {"N": str(entry.revision)}},
            )
        except _Answered as answer:
            if answer.code != "ConditionalCheckFailedException":
                raise self._refused(answer) from None

    def keep_new(self, entries: Sequence[Entry]) -> None:
        """Keep entries of which no newer revision can be there: in one request, which can have no condition."""
        if len(entries) == 1:
            self.keep(entries[0])
            return
        puts = [{"PutRequest": {"Item": _item(entry)}} for entry in entries]
        left = self._ask("BatchWriteItem", RequestItems={self.table: puts})["UnprocessedItems"]
        if left:
            super().keep_new(entries)

    def latest(self, caregiver: str) -> Session | None:
        """The session that the caregiver began last."""
        answer = self._ask(
            "Query",
            TableName=self.table,
            KeyConditionExpression="caregiver = :caregiver AND begins_with(entry, :kind)",
            ExpressionAttributeValues={":caregiver": {"S": caregiver}, ":kind": {"S": "session#"}},
            ScanIndexForward=False,
            Limit=1,
        )
        for item in answer["Items"]:
            entry = self._entry(item)
            if isinstance(entry, Session):
                return entry
        return None

    def entries(self, caregiver: str) -> Iterator[Entry]:
        """All that is kept of a caregiver."""
        for item in self._items(caregiver):
            entry = self._entry(item)
            if entry is not None:
                yield entry

    def forget(self, caregiver: str) -> int:
        """Erase all that is kept of a caregiver."""
        keys = [{name: item[name] for name in ("caregiver", "entry")} for item in self._items(caregiver, keys=True)]
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
        """Close the connection."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _items(self, caregiver: str, *, keys: bool = False) -> Iterator[dict[str, Any]]:
        """A caregiver's items, page after page."""
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "caregiver = :caregiver",
            "ExpressionAttributeValues": {":caregiver": {"S": caregiver}},
        }
        if keys:
            request["ProjectionExpression"] = "caregiver, entry"
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
        except _Answered as answer:
            raise self._refused(answer) from None

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - DynamoDB's JSON
        if self._misconfigured is not None:
            raise self._misconfigured
        if self._wire is None:
            try:
                self._wire = _Wire(self._environ)
            except JournalRefused as error:
                # Looking for credentials that are not there takes seconds; once is enough.
                self._misconfigured = error
                raise
        return self._wire.call(operation, request, patience=self.patience, at=self._now())

    def _refused(self, answer: "_Answered") -> JournalRefused:
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


def _is_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # The port is no number.
        return False


class _Answered(Exception):  # noqa: N818 - DynamoDB's own answer, not yet an error
    """DynamoDB answered with an error of this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Wire:
    """One kept connection to DynamoDB's endpoint."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.region, endpoint, self._credentials = _configured(environ)
        if not _is_address(endpoint):
            raise JournalRefused(f"The AWS endpoint {endpoint!r} is no http address: correct AWS_ENDPOINT_URL.")
        parts = urlsplit(endpoint)
        self._host = parts.netloc
        self._secure = parts.scheme == "https"
        self._connection: http.client.HTTPConnection | None = None

    def call(self, operation: str, request: dict[str, Any], *, patience: float, at: datetime) -> dict[str, Any]:
        body = json.dumps(request, separators=(",", ":")).encode()
        headers = signed_headers(
            body,
            target=f"DynamoDB_20120810.{operation}",
            host=self._host,
            region=self.region,
            credentials=self._credentials(),
            at=at,
        )
        status, answer = self._post(body, headers, patience)
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise JournalRefused("DynamoDB's answer cannot be read: check the endpoint.")
        if status != http.client.OK:
            raise _Answered(str(found.get("__type", status)).rpartition("#")[2])
        return found

    def _post(self, body: bytes, headers: dict[str, str], patience: float) -> tuple[int, bytes]:
        kept = self._connection is not None
        connection = self._connect(patience)
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except TimeoutError:
            self.close()
            raise JournalRefused(f"DynamoDB did not answer within {patience * 1000:.0f} ms.") from None
        except ConnectionError:
            self.close()
            if kept:
                # The other side has closed it meanwhile; every request here may be sent twice.
                return self._post(body, headers, patience)
            raise JournalRefused("DynamoDB cannot be reached: check the network and the endpoint.") from None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise JournalRefused(f"DynamoDB cannot be reached ({error}): check the network and the endpoint.") from None

    def _connect(self, patience: float) -> http.client.HTTPConnection:
        if self._connection is None:
            make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = make(self._host, timeout=patience)
        elif self._connection.sock is not None:
            self._connection.sock.settimeout(patience)
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _configured(environ: Mapping[str, str]) -> tuple[str, str, Callable[[], Credentials]]:
    """The region, the endpoint and the credentials, as boto3 would find them.

    Where the environment says it all, as on Lambda, botocore is not needed; else it looks in the profile, in the
    container's and the machine's own places.

    Raises:
        JournalRefused: One of them is missing; the message says which and how to set it.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    config = Path(environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    if region and key and secret and "AWS_PROFILE" not in environ and not config.exists():
        given = environ.get("AWS_ENDPOINT_URL_DYNAMODB") or environ.get("AWS_ENDPOINT_URL")
        suffix = ".cn" if region.startswith("cn-") else ""
        credentials = Credentials(key, secret, environ.get("AWS_SESSION_TOKEN"))
        return region, given or f"https://dynamodb.{region}.amazonaws.com{suffix}", lambda: credentials
    return _configured_by_botocore(region)


def _configured_by_botocore(region: str | None) -> tuple[str, str, Callable[[], Credentials]]:
    try:
        import botocore.exceptions  # noqa: PLC0415 - slow, and seldom needed
        import botocore.session  # noqa: PLC0415
    except ImportError:
        raise JournalRefused(
            "AWS is not configured in the environment, and boto3 is not installed: install stay-close[aws], or set"
            " AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from None
    try:
        session = botocore.session.Session()
        client = session.create_client("dynamodb", region_name=region)
        found = session.get_credentials()
    except botocore.exceptions.NoRegionError:
        raise JournalRefused("No AWS region is set: set AWS_REGION, or a region in the AWS profile.") from None
    except (botocore.exceptions.BotoCoreError, ValueError) as error:
        raise JournalRefused(f"The AWS configuration cannot be used: {error}.") from None
    if found is None:
        raise JournalRefused(
            "No AWS credentials are found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile."
        )

    def fresh() -> Credentials:
        try:
            frozen = found.get_frozen_credentials()
        except botocore.exceptions.BotoCoreError as error:
            raise JournalRefused(f"The AWS credentials cannot be used: {error}.") from None
        return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)

    return client.meta.region_name, client.meta.endpoint_url, fresh


# An entry ↔ an item. Only these lines know DynamoDB's types.


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
