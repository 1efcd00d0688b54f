"""What DynamoDB is asked, and the capacity units that it counts for each request."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.engines.faulty import Asked, Faulty

__all__ = ["Counted", "counted"]


@dataclass
class Counted:
    """What was asked since the last look."""

    operations: Counter[str] = field(default_factory=Counter)
    """Requests by their operation."""
    reads: float = 0.0
    """Read request units."""
    writes: float = 0.0
    """Write request units."""
    longest: int = 0
    """Bytes of the longest item that was put, as it travels."""
    partitions: set[str] = field(default_factory=set)
    """The hash keys that were asked for."""

    def clear(self) -> None:
        """Begin to count anew."""
        self.operations.clear()
        self.reads = self.writes = 0.0
        self.longest = 0
        self.partitions.clear()

    def __call__(self, asked: Asked) -> tuple[int, bytes]:
        """Count a request, and ask the healthy one."""
        request = json.loads(asked.body)
        self.operations[asked.operation] += 1
        self.partitions |= set(_hash_keys(request))
        self.longest = max(self.longest, len(json.dumps(request.get("Item", ""))))
        status, body = asked.healthy(json.dumps({**request, "ReturnConsumedCapacity": "TOTAL"}).encode())
        answer = json.loads(body)
        consumed = answer.pop("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if asked.operation in ("Query", "GetItem"):
            self.reads += units
        else:
            self.writes += units
        return status, json.dumps(answer).encode()


def _hash_keys(request: dict[str, Any]) -> Iterator[str]:
    """The hash key of each item that a request is about; nothing stands for a request about the whole table."""
    values = request.get("ExpressionAttributeValues", {})
    held = [request.get("Item"), request.get("Key"), {"caregiver": values.get(":caregiver")}]
    for changes in request.get("RequestItems", {}).values():
        held += [change["DeleteRequest"]["Key"] for change in changes]
    found = [one["caregiver"]["S"] for one in held if one and one["caregiver"]]
    yield from found or [""]


@contextmanager
def counted(healthy: str) -> Iterator[tuple[str, Counted]]:
    """Stand before the DynamoDB at this address; gives the address to ask instead, and the count."""
    count = Counted()
    proxy = Faulty(healthy, {"counted": count})
    try:
        proxy.fault = "counted"
        yield proxy.address, count
    finally:
        proxy.close()
