"""Frozen dataclasses to plain data (what JSON can hold) and back.

The words, a session's state and the journal's entries all cross this line. It stands here in place of a library because
the Lambda function may import none that costs a cold start; where input is open (content files, an import), pydantic
validates the same types.

Types that may stand in a dataclass: str, int, float, bool, datetime (UTC), Literal, `X | None`, tuple[X, ...],
dict[str, X] and another such dataclass.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

from skill.errors import PlainError

__all__ = ["YEARS", "from_plain", "time_text", "to_plain"]

YEARS = (1900, 9000)
"""The years that a time may be of: far enough from the calendar's ends that another may be reckoned from it."""

_T = TypeVar("_T")
_Make = Callable[[object], Any]


def time_text(at: datetime) -> str:
    """A UTC time as text that sorts as the times do: `2026-11-24T07:10:00.000000Z`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Give `value` as dicts, lists, strings and numbers; fields that hold their default are left out."""
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_plain(item)
            for field in fields(value)
            if (item := getattr(value, field.name)) != _default(field)
        }
    return value


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def from_plain(kind: type[_T], value: object) -> _T:
    """Make a `kind` from plain data.

    Raises:
        PlainError: A field is missing, unknown, or of another type; the message names it.
    """
    made: _T = _maker(cast("Any", kind))(value)
    return made


def _of(kind: type, name: str) -> _Make:
    def make(value: object) -> object:
        if type(value) is not kind:
            raise PlainError(f"expected {name}, got {type(value).__name__}")
        return value

    return make


def _number(value: object) -> float:
    if type(value) is not int and type(value) is not float:
        raise PlainError(f"expected a number, got {type(value).__name__}")
    return float(value)


def _time(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value)  # type: ignore[arg-type] # a TypeError is the answer for what is no text
    except (TypeError, ValueError):
        raise PlainError("expected a time such as 2026-11-24T07:10:00Z") from None
    if at.tzinfo is None:
        raise PlainError("expected a time with its zone, such as 2026-11-24T07:10:00Z")
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise PlainError(f"expected a time of the years {YEARS[0]} to {YEARS[1]}")
    return at.astimezone(UTC)


_SIMPLE: dict[object, _Make] = {
    str: _of(str, "text"),
    int: _of(int, "a whole number"),
    bool: _of(bool, "true or false"),
    float: _number,
    datetime: _time,
}


@cache
def _maker(kind: Any) -> _Make:  # noqa: ANN401 - any type, as annotations have it
    """The function that makes a `kind`; worked out once a type, since the words hold thousands of objects."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _literal(args)
    if origin in (Union, UnionType) and len(args) == 2 and NoneType in args:
        inner = _maker(args[0] if args[1] is NoneType else args[1])
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple(_maker(args[0]))
    if origin is dict:
        return _dict(_maker(args[1]))
    if is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"{kind!r} cannot stand in plain data")


def _literal(choices: tuple[object, ...]) -> _Make:
    def make(value: object) -> object:
        if value not in choices:
            raise PlainError("expected one of " + ", ".join(map(repr, choices)))
        return value

    return make


def _tuple(inner: _Make) -> _Make:
    def make(value: object) -> object:
        if not isinstance(value, list | tuple):
            raise PlainError(f"expected a list, got {type(value).__name__}")
        return tuple(map(inner, value))

    return make


def _dict(inner: _Make) -> _Make:
    def make(value: object) -> object:
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise PlainError("expected a mapping with text for keys")
        return {key: inner(item) for key, item in value.items()}

    return make


def _dataclass(kind: Any) -> _Make:  # noqa: ANN401 - any dataclass
    makers = {field.name: _maker(cast("Any", field.type)) for field in fields(kind)}
    needed = [field.name for field in fields(kind) if _default(field) is MISSING]

    def make(value: object) -> object:
        if not isinstance(value, dict):
            raise PlainError(f"{kind.__name__}: expected a mapping, got {type(value).__name__}")
        made = {}
        for name, item in value.items():
            if name not in makers:
                raise PlainError(f"{kind.__name__} has no field {name!r}")
            try:
                made[name] = makers[name](item)
            except PlainError as error:
                raise PlainError(f"{kind.__name__}.{name}: {error}") from None
        for name in needed:
            if name not in made:
                raise PlainError(f"{kind.__name__}.{name} is missing")
        return kind(**made)

    return make
