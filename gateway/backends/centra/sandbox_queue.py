"""Centra's event queue: what happened, oldest first, until it is marked as done."""

import threading
from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml.etree import _Element

from gateway.backends.centra.sandbox_soap import text

MOST_EVENTS = 100
_FIRST_ID = 115


@dataclass(frozen=True)
class Event:
    """Something that changed, with all of it as it was then. `type` is the name of the element `data`."""

    id: str
    type: str
    entry: str
    mission: str
    date: datetime
    data: _Element

    def copy(self) -> _Element:
        """The data once more: an element can stand in one message only."""
        return deepcopy(self.data)

    @property
    def market(self) -> str | None:
        """The id of the market that the thing is in. A market itself is in none."""
        return text(self.data, "market", "id")


class Queue:
    """Events in the order of their ids, which grow and are never given twice. Safe to use from any thread."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}
        self._next = _FIRST_ID
        self._lock = threading.Lock()

    def add(self, date: datetime, data: _Element, *, type: str, mission: str = "update") -> str:  # noqa: A002
        """Put an event at the end of the queue; gives its id."""
        with self._lock:
            event = Event(str(self._next), type, text(data, "id") or "", mission, date, data)
            self._events[event.id] = event
            self._next += 1
        return event.id

    def oldest(self, *, type: str, markets: Collection[str] | None = None) -> list[Event]:  # noqa: A002
        """At most 100 events of the type (or `all`) and, unless None, of these markets."""
        with self._lock:
            events = list(self._events.values())
        wanted = (event for event in events if type in ("all", event.type) and (markets is None or event.market in markets))
        return list(islice(wanted, MOST_EVENTS))

    def done(self, ids: Iterable[str]) -> None:
        """Forget these events; ids that are not there are passed over."""
        with self._lock:
            for key in ids:
                self._events.pop(key, None)
