"""Texts of an input, each with its place under the names of the graph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass


def texts(value: object, path: tuple[str, ...] = (), *, free: bool = True) -> Iterator[tuple[tuple[str, ...], str]]:
    """All texts below a value; `free`: those in free JSON too."""
    if isinstance(value, str):
        yield path, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from texts(getattr(value, each.name), (*path, in_graph(each.name)), free=free)
    elif isinstance(value, Mapping):
        for name, inner in value.items() if free else ():
            yield from texts(inner, (*path, name), free=free)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for index, inner in enumerate(value):
            yield from texts(inner, (*path, str(index)), free=free)


def in_graph(name: str) -> str:
    """A field's name as the graph has it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
