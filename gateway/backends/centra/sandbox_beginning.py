"""What the simulated Centra has from the beginning: the world's things as records, most of them told by events."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import timedelta
from itertools import groupby

from lxml.etree import _Element

from gateway.backends.centra.sandbox_orders import order_record
from gateway.backends.centra.sandbox_queue import Queue
from gateway.backends.centra.sandbox_records import (
    ACCOUNT_IDS,
    CURRENCY_RATES,
    MARKETS,
    SIZE_NAMES,
    account_record,
    customer_record,
    described,
    giftcard_record,
    market_record,
    pricelist_record,
    stock_record,
    warehouse_record,
)
from gateway.backends.centra.sandbox_soap import node
from gateway.backends.centra.sandbox_state import State
from gateway.sandbox.world import DAYS, LAST_DAY, System, World


def begin(state: State, queue: Queue, world: World) -> None:
    """What the world has, as it came to be: sites, markets, terms of trade, goods, then orders as they changed."""
    for record in _configured(world):
        state.put(record)
    start = LAST_DAY - timedelta(days=DAYS)
    for second, (kind, data) in enumerate(_told(world)):
        queue.add(start + timedelta(seconds=second), data, type=kind)
        state.put(deepcopy(data[0]) if kind == "stock" else data)
    bundle = bundle_number(world)
    for order in sorted(world.orders_of(System.CENTRA), key=lambda order: (order.changed_at, order.number)):
        retail = MARKETS[order.channel].type == "retail"
        if retail:
            state.put(customer_record(order))
        if retail and order.number.endswith("0"):
            queue.add(order.changed_at, customer_record(order), type="customer")
        record = order_record(order, bundle=order.number == bundle)
        queue.add(order.changed_at, record, type="order")
        state.put(record)


def _configured(world: World) -> Iterable[_Element]:
    """What Centra's staff set up, and what no event tells: stores, currencies, sizes of the goods, terms."""
    for market in MARKETS.values():
        yield node("store", node("id", market.store), node("type", market.type))
    for currency, rate in CURRENCY_RATES.items():
        yield node("currency", node("id", currency), node("rate", rate))
    if world.items_of(System.CENTRA):
        yield described("sizetable", "SML", "Small Medium Large")
        yield node("paymentterms", node("id", "30NET"), node("name", "30 Days"), node("duedays", "30"))
        yield node("shippingterms", node("id", "DDU"), node("name", "Delivered Duty Unpaid"))
    for size in dict.fromkeys(item.size for item in world.items_of(System.CENTRA)):
        yield node("size", node("id", size), node("description", SIZE_NAMES[size]), node("sizetable", node("id", "SML")))


def _told(world: World) -> Iterable[tuple[str, _Element]]:
    """Before the first order; all of them fit, with orders, among the oldest 100. Without goods there is no trade."""
    items = world.items_of(System.CENTRA)
    if not items:
        return
    yield from (("warehouse", warehouse_record(site)) for site in world.sites_of(System.CENTRA))
    yield from (("market", market_record(market)) for market in MARKETS.values())
    lists = {market.pricelist: market for market in MARKETS.values()}
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
