"""Elements: which fields Centra's messages have, by the WSDL that they are written from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree

from gateway.backends.centra.soap import WSDL
from gateway.merging import clashes, merged
from gateway.transactions.work import Wrong

_XSD = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True, slots=True)
class _Element:
    """`type` is the name of what it holds, None for text; `many`: it may be there several times."""

    type: str | None
    many: bool


@cache
def _types() -> dict[str, dict[str, _Element]]:
    """The elements of each type."""
    found = etree.parse(WSDL).iter(f"{_XSD}complexType")
    return {
        name: {str(one.get("name")): _element(one) for one in each.iter(f"{_XSD}element")}
        for each in found
        if (name := each.get("name"))
    }


def _element(sent: etree._Element) -> _Element:
    prefix, _, kind = (sent.get("type") or "").partition(":")
    return _Element(kind if prefix == "tns" else None, sent.get("maxOccurs") == "unbounded")


def wrong_extra(
    kind: str,
    filled: Mapping[str, Any],
    extra: Mapping[str, Any] | None,
    *path: str,
    elsewhere: Mapping[str, str] | None = None,
) -> Iterator[Wrong]:
    """What is wrong with a caller's own fields for a message of this type, which the gateway fills so. `path` leads to what
    they are the extra of; `elsewhere` has fields that are a mutation's own matter."""
    given, others = extra or {}, elsewhere or {}
    for name in sorted(given.keys() & others.keys()):
        yield Wrong(path=(*path, "extra", name), message=f"This is a matter of {others[name]}. Leave it out of `extra`.")
    for inner in clashes(filled, {name: value for name, value in given.items() if name not in others}):
        yield Wrong(path=(*path, "extra", *inner), message="The gateway fills this itself. Leave it out of `extra`.")
    yield from _misfits(kind, {name: value for name, value in given.items() if name not in others}, (*path, "extra"))


def _misfits(kind: str, value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Wrong]:
    known = _types()[kind]
    for name, inner in value.items():
        here = (*path, name)
        if name not in known:
            yield Wrong(path=here, message=f"Centra documents no such field here. There are {', '.join(known)}.")
        elif inner is not None:
            yield from _misfit(known[name], inner, here)


def _misfit(element: _Element, value: Any, path: tuple[str, ...]) -> Iterator[Wrong]:
    for one in value if element.many and isinstance(value, list) else [value]:
        if element.type is None and isinstance(one, Mapping | list):
            yield Wrong(path=path, message="Give a text, a number, or true or false.")
        elif element.type is not None and not isinstance(one, Mapping):
            yield Wrong(path=path, message=f"Give {'objects' if element.many else 'an object'}.")
        elif element.type is not None:
            yield from _misfits(element.type, one, path)


def with_extra(filled: Mapping[str, Any], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """The message with the caller's own fields, whose values become texts."""
    return merged(filled, _as_texts(extra or {}))


def _as_texts(value: Any) -> Any:
    """JSON as Centra's messages take it, whose leaves are texts. Null stays: it says that a field is not sent."""
    if isinstance(value, Mapping):
        return {name: _as_texts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_texts(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else str(value)
