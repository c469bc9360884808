"""Centra's event queue: what happened, oldest first, until it is marked as done."""

import threading
from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice

from lxml.etree import _Element

from gateway.backends.centra.sandbox_orders import order_record
from gateway.backends.centra.sandbox_records import (
    ACCOUNT_IDS,
    MARKETS,
    account_record,
    customer_record,
    giftcard_record,
    market_record,
    pricelist_record,
    stock_record,
    warehouse_record,
)
from gateway.backends.centra.sandbox_soap import text
from gateway.sandbox.world import DAYS, LAST_DAY, System, World

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


def seed(queue: Queue, world: World) -> None:
    """What the world has, as it came to be: sites, markets, terms of trade, goods, then orders as they changed."""
    start = LAST_DAY - timedelta(days=DAYS)
    for second, (kind, data) in enumerate(_beginnings(world)):
        queue.add(start + timedelta(seconds=second), data, type=kind)
    bundle = bundle_number(world)
    for order in sorted(world.orders_of(System.CENTRA), key=lambda order: (order.changed_at, order.number)):
        if MARKETS[order.channel].type == "retail" and order.number.endswith("0"):
            queue.add(order.changed_at, customer_record(order), type="customer")
        queue.add(order.changed_at, order_record(order, bundle=order.number == bundle), type="order")


def _beginnings(world: World) -> Iterable[tuple[str, _Element]]:
    """Before the first order; all of them fit, with orders, among the oldest 100."""
    yield from (("warehouse", warehouse_record(site)) for site in world.sites_of(System.CENTRA))
    yield from (("market", market_record(market)) for market in MARKETS.values())
    lists = {market.pricelist: market for market in MARKETS.values()}
    items = world.items_of(System.CENTRA)
    yield from (("pricelist", pricelist_record(market, items)) for market in lists.values())
    yield from (("account", account_record(account)) for account in ACCOUNT_IDS)
    yield "giftcard", giftcard_record()
    rows = groupby(world.stock_of(System.CENTRA), lambda row: row.item.product)
    yield from (("stock", stock_record(list(product))) for _, product in rows)


def bundle_number(world: World) -> str | None:
    """The one order whose goods are a bundle: the first retail order of several lines."""
    orders = world.orders_of(System.CENTRA)
    several = (order.number for order in orders if MARKETS[order.channel].type == "retail" and len(order.lines) > 1)
    return min(several, default=None)
