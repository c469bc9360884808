"""Searches of the simulated CartonCloud, which the newer documents have and the page of 2019 has not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from gateway.backends.cartoncloud.sandbox_records import Kind, Record
from gateway.backends.cartoncloud.sandbox_replies import refusal

Test: TypeAlias = Callable[[Record], bool]

_JOINED: Mapping[str, Callable[[list[bool]], bool]] = {"AndCondition": all, "OrCondition": any}
_METHODS: Mapping[str, Callable[[str, str], bool]] = {
    "EQUAL_TO": lambda told, wanted: told == wanted,
    "NOT_EQUAL_TO": lambda told, wanted: told != wanted,
    "CONTAINS": lambda told, wanted: wanted in told,
    "DOES_NOT_CONTAIN": lambda told, wanted: wanted not in told,
    "STARTS_WITH": lambda told, wanted: told.startswith(wanted),
}
_NAMES = {"reference": "/references/customer", "customerName": "/customer/name", "customerId": "/customer/id"}
_OF_ORDERS = frozenset(
    (*_NAMES.values(), "/status", *(f"/timestamps/{name}/time" for name in ("created", "modified", "dispatched", "packed")))
)
_POINTERS = {Kind.INBOUND: _OF_ORDERS, Kind.OUTBOUND: _OF_ORDERS, Kind.CONSIGNMENT: frozenset(("/details/type",))}


def search(kind: Kind, message: Mapping[str, Any], records: Sequence[Record]) -> list[Record]:
    """The records that meet the condition, of which the outermost must join others. Raises Refused."""
    condition = message.get("condition")
    if not isinstance(condition, dict) or condition.get("type") not in _JOINED:
        raise refusal(400, "Missing field: conditions")
    meets = _test(kind, condition)
    return [record for record in records if meets(record)]


def _test(kind: Kind, condition: object) -> Test:
    if not isinstance(condition, dict):
        raise refusal(400, "A condition must be a JSON object")
    if condition.get("type") in _JOINED:
        return _joined(kind, condition)
    if condition.get("type") != "TextComparisonCondition" or condition.get("method") not in _METHODS:
        raise refusal(400, "Unknown type or method of a condition")
    compare, pointer, wanted = _METHODS[condition["method"]], _pointer(kind, condition.get("field")), _value(condition)
    return lambda record: compare(_told(record, pointer), wanted)


def _joined(kind: Kind, condition: Record) -> Test:
    parts = condition.get("conditions")
    if not isinstance(parts, list) or not parts:
        raise refusal(400, "Missing field: conditions")
    tests, join = [_test(kind, part) for part in parts], _JOINED[condition["type"]]
    return lambda record: join([meets(record) for meets in tests])


def _pointer(kind: Kind, field: object) -> str:
    known = field if isinstance(field, dict) else {}
    pointer = known.get("pointer") if known.get("type") == "JsonField" else None
    if pointer in _POINTERS[kind]:
        return str(pointer)
    if known.get("type") == "ValueField" and known.get("value") in _NAMES:
        return _NAMES[known["value"]]
    raise refusal(400, "The field cannot be searched by")


def _value(condition: Record) -> str:
    value = condition.get("value")
    if not isinstance(value, dict) or value.get("type") != "ValueField" or not isinstance(value.get("value"), str):
        raise refusal(400, "The value must be a text")
    return str(value["value"])


def _told(record: Record, pointer: str) -> str:
    value: Any = record
    for step in pointer.split("/")[1:]:
        value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None else str(value)
