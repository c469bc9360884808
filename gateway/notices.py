"""Notices: what a process tells itself, and all others that share its database, of what it has just committed.

A notice saves waiting, and says nothing that could not be read in the database. Whoever hears none looks there now and then.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, func, select

from gateway.models import Backend

CHANNEL = "gateway"
"""Where PostgreSQL passes them on."""

_PENDING = "gateway.notices"
_MOST_BYTES = 7_000  # PostgreSQL carries 8,000


class Topic(StrEnum):
    """What a notice is about. Of `backend` too says each that names one: what was read there before is out of date.

    ORDER: an order was saved or deleted. TRANSACTION: one stands otherwise. WORK: steps may have become due. BACKEND: something
    was changed there. LETTER: it has sent a message that is to be dealt with. MISSED: notices may have been missed.
    """

    ORDER = "ORDER"
    TRANSACTION = "TRANSACTION"
    WORK = "WORK"
    BACKEND = "BACKEND"
    LETTER = "LETTER"
    MISSED = "MISSED"


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """`key` is a transaction's handle, or an order's id in its backend; `at` is in microseconds."""

    topic: Topic
    key: str = ""
    backend: Backend | None = None
    deleted: bool = False
    at: int = 0


class _Posted(msgspec.Struct, array_like=True):
    origin: str
    notices: list[Notice]


Listener = Callable[[Notice], None]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Posted).decode


def announce(connection: Connection, *notices: Notice) -> None:
    """To be told once the running transaction is committed; the same is told once."""
    pending: dict[Notice, None] = connection.info.setdefault(_PENDING, {})
    pending.update(dict.fromkeys(notices))


def announced(connection: Connection) -> int:
    """How many wait for the commit."""
    pending: dict[Notice, None] = connection.info.get(_PENDING, {})
    return len(pending)


def take_back(connection: Connection, left: int = 0) -> None:
    """Forget all but the first so many: what they tell of has not come about."""
    pending: dict[Notice, None] = connection.info.pop(_PENDING, {})
    connection.info[_PENDING] = dict.fromkeys(list(pending)[:left])


class Notices:
    """Hears of notices, and passes them on to who listens, in the event loop that it is bound to. One for each database."""

    def __init__(self) -> None:
        self._origin = uuid.uuid4().hex
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[tuple[Topic, str], dict[Listener, None]] = {}

    def bind(self) -> None:
        """Pass on in the running loop."""
        self._loop = asyncio.get_running_loop()

    def post(self, connection: Connection) -> Sequence[Notice]:
        """Before the commit: hand what was announced to PostgreSQL, which tells the others at the commit. Gives it."""
        pending: dict[Notice, None] = connection.info.pop(_PENDING, {})
        notices = list(pending)
        if connection.dialect.name == "postgresql":
            for some in _parcels(notices):
                connection.execute(select(func.pg_notify(CHANNEL, _encode(_Posted(self._origin, some)).decode())))
        return notices

    def tell(self, notices: Sequence[Notice]) -> None:
        """After the commit, in any thread: this process hears of it without PostgreSQL."""
        if self._loop is not None and notices:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._deliver, notices)

    def heard(self, payload: str) -> None:
        """What PostgreSQL passes on, this process's own too. What a newer version may say is not for this one."""
        try:
            posted = _decode(payload)
        except msgspec.DecodeError:
            self.missed()
            return
        if posted.origin != self._origin:
            self._deliver(posted.notices)

    def missed(self) -> None:
        """Notices may have been missed."""
        self._deliver([Notice(Topic.MISSED)])

    @contextmanager
    def listening(self, listener: Listener, *topics: Topic, key: str = "") -> Iterator[None]:
        """Within the block the listener is called with notices on these topics, of all keys or of one.

        It is called in the loop, must not wait, and those that listened first hear first.
        """
        places = [(topic, "" if topic is Topic.MISSED else key) for topic in topics]
        for place in places:
            self._listeners.setdefault(place, {})[listener] = None
        try:
            yield
        finally:
            for place in places:
                self._listeners[place].pop(listener, None)
                if not self._listeners[place]:
                    del self._listeners[place]

    def _deliver(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            for place in dict.fromkeys([(notice.topic, ""), (notice.topic, notice.key)]):
                for listener in tuple(self._listeners.get(place, ())):
                    listener(notice)


def _parcels(notices: Sequence[Notice]) -> Iterator[list[Notice]]:
    """As many together as one message carries."""
    parcel, size = list[Notice](), 0
    for notice in notices:
        bytes_ = len(_encode(notice)) + 1
        if parcel and size + bytes_ > _MOST_BYTES:
            yield parcel
            parcel, size = [], 0
        parcel.append(notice)
        size += bytes_
    if parcel:
        yield parcel
