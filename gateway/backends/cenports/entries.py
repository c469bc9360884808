"""Entries of a change at Cenports: what is said of each, in whatever form it is said."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

_IN_PATH = re.compile(r"(?:^|[.\[])(\d+)(?=$|[.\]])")
_PLACE = ("index", "position")


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong with entries, by their places among those that were sent; `rest` is said of none in particular."""

    of: Mapping[int, str]
    rest: str


def told(errors: object, names: Sequence[Collection[str]]) -> Told:
    """The page shows a list that names each entry's index, and (of validation) texts by field, such as `orders.0.orderNo`.

    Objects by index and bare texts are taken too: `names` are the texts by which messages speak of each entry.
    """
    found: dict[int, list[str]] = {}
    rest: list[str] = []
    for place, text in _each(errors, None):
        known = place if place is not None and place < len(names) else _named(text, names)
        (rest if known is None else found.setdefault(known, [])).append(text)
    return Told({place: " ".join(dict.fromkeys(texts)) for place, texts in found.items()}, " ".join(dict.fromkeys(rest)))


def _each(errors: object, place: int | None) -> Iterator[tuple[int | None, str]]:
    """Each text, with the place that stands beside or above it."""
    if isinstance(errors, str) and errors.strip():
        yield place, errors.strip()
    elif isinstance(errors, list):
        for each in errors:
            yield from _each(each, place)
    elif isinstance(errors, dict):
        beside = next((found for name in _PLACE if (found := _place(errors.get(name))) is not None), place)
        for name, each in errors.items():
            if name not in _PLACE:
                yield from _each(each, _place(name) if beside is None else beside)


def _place(written: object) -> int | None:
    """0, "0" or "orders.0.orderNo"."""
    if isinstance(written, int) and not isinstance(written, bool):
        return written if written >= 0 else None
    found = _IN_PATH.search(written) if isinstance(written, str) else None
    return int(found[1]) if found else None


def _named(text: str, names: Sequence[Collection[str]]) -> int | None:
    """The one entry that a text speaks of; of a single one it speaks in any case."""
    if len(names) == 1:
        return 0
    spoken_of = [place for place, known in enumerate(names) if any(_mentions(text, name) for name in known)]
    return spoken_of[0] if len(spoken_of) == 1 else None


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None
