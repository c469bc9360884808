"""Texts of an input that cannot be written to Centra, for XML has no place for them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass

from gateway.transactions.work import Wrong

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unwritable(item: object) -> Iterator[Wrong]:
    """What is wrong with an item whose texts hold control characters, and where."""
    for path, text in _texts(item, ()):
        if _UNWRITABLE.search(text):
            yield Wrong(path=path, message="Leave out control characters: Centra's messages have no place for them.")


def _texts(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """All texts below a value, each with its path under the names of the graph."""
    if isinstance(value, str):
        yield path, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _texts(getattr(value, each.name), (*path, _in_graph(each.name)))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, (*path, name))
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, str(index)))


def _in_graph(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
