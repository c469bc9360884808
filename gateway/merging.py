"""Merging: fields that a caller gives for a backend's own message, into what the gateway has filled (RFC 7396)."""

from collections.abc import Iterator, Mapping
from typing import Any


def merged(message: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The message with what `extra` adds, object by object. What is null there is not sent."""
    result = dict(message)
    for name, value in extra.items():
        if isinstance(value, Mapping):
            known = result.get(name)
            result[name] = merged(known if isinstance(known, Mapping) else {}, value)
        elif value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def clashes(message: Mapping[str, Any], extra: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The paths at which `extra` would change or remove what the gateway has filled: objects are only added to."""
    for name, value in extra.items():
        if name not in message:
            continue
        known = message[name]
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            yield from ((name, *rest) for rest in clashes(known, value))
        else:
            yield (name,)
