"""What the simulated Centra has: records by kind and id, and the changes of one request until they are made."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from lxml.etree import _Element

from gateway.backends.centra.sandbox_soap import adopted, local_name, node, text
from gateway.backends.centra.sandbox_xml import merge, same


class Refused(Exception):
    """An update that Centra does not make; the message is for `errors`."""


@dataclass(frozen=True)
class Change:
    """A record that an update made (`before` is None) or changed."""

    kind: str
    before: _Element | None
    after: _Element


class State:
    """The kind of a record is its element's name. Records that are given out are not to be changed."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, _Element]] = {}

    def get(self, kind: str, key: str) -> _Element | None:
        """A size is known by its table's id and its own, `SML/S`; everything else by its id."""
        return self._records.get(kind, {}).get(key)

    def every(self, kind: str) -> list[_Element]:
        return list(self._records.get(kind, {}).values())

    def put(self, record: _Element) -> None:
        self._records.setdefault(local_name(record), {})[key_of(record)] = record


def key_of(record: _Element) -> str:
    """The id of a size is unique within its table alone."""
    key = text(record, "id") or ""
    return f"{text(record, 'sizetable', 'id')}/{key}" if local_name(record) == "size" else key


class Draft:
    """The changes of one request, which are made together or not at all: no page says what else a refusal leaves."""

    def __init__(self, state: State, at: datetime) -> None:
        self.at = at
        self.notices: list[str] = []
        self._state = state
        self._changed: dict[tuple[str, str], _Element] = {}

    def find(self, kind: str, key: str | None) -> _Element | None:
        """The record as this request has it so far; only to be looked at."""
        known = self._changed.get((kind, key or ""))
        return known if known is not None else self._state.get(kind, key or "")

    def change(self, kind: str, key: str | None) -> _Element | None:
        """A copy of the record, to be changed and saved."""
        known = self.find(kind, key)
        return None if known is None else deepcopy(known)

    def every(self, kind: str) -> list[_Element]:
        """All records of a kind, as this request has them so far; only to be looked at."""
        records = {key_of(record): record for record in self._state.every(kind)}
        return list((records | {key: record for (of, key), record in self._changed.items() if of == kind}).values())

    def save(self, record: _Element) -> None:
        self._changed[local_name(record), key_of(record)] = record

    def commit(self) -> Sequence[Change]:
        """Make the changes; gives those that are any."""
        changes = [Change(kind, self._state.get(kind, key), record) for (kind, key), record in self._changed.items()]
        made = [change for change in changes if not same(change.before, change.after)]
        for change in made:
            self._state.put(change.after)
        return made


def taken_over(draft: Draft, sent: _Element) -> _Element:
    """The record of the sent one's id with what is sent in it: a new one where there was none."""
    if not text(sent, "id"):
        raise Refused(f"A {local_name(sent)} has no id.")
    known = draft.change(local_name(sent), key_of(sent))
    record = known if known is not None else node(local_name(sent))
    merge(record, adopted(sent))
    return record


def one_of(record: _Element, name: str, words: Sequence[str]) -> None:
    """Refuse any other word than these; no word at all is none."""
    word = text(record, name)
    if word is not None and word not in words:
        raise Refused(f"{named(record)}: {name} cannot be {word!r}; it is one of {', '.join(words)}.")


def named(record: _Element) -> str:
    """How errors call a record."""
    return f"{local_name(record).capitalize()} {text(record, 'id')}"


def known_in(draft: Draft, kind: str, record: _Element, *path: str) -> None:
    """Refuse a record that names, at this path, what does not exist in Centra."""
    key = text(record, *path)
    if key is not None and draft.find(kind, key) is None:
        raise Refused(f"{named(record)}: there is no {kind} {key!r}.")


def in_store(draft: Draft, record: _Element, kind: str | None = None) -> None:
    """Refuse a record whose store does not exist, or is not of its `type` (or of this kind): retail or wholesale."""
    one_of(record, "type", ("retail", "wholesale"))
    key, wanted = text(record, "store"), kind or text(record, "type")
    if key is None:
        return
    known_in(draft, "store", record, "store")
    store = draft.find("store", key)
    if store is not None and wanted not in (None, text(store, "type")):
        raise Refused(f"{named(record)}: store {key!r} is not a {wanted} store.")


def complete(record: _Element, *names: str) -> None:
    """Refuse a record that lacks one of these: without it Centra could not tell where it belongs."""
    missing = [name for name in names if not text(record, name)]
    if missing:
        raise Refused(f"{named(record)}: {', '.join(missing)} is missing.")
