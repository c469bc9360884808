"""Priced: what it costs to ask a backend is told beforehand, for every question, and no question takes more calls."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from operator import methodcaller
from typing import Any, get_args

from gateway.costs import Asked, Cost, Question
from gateway.errors import NotSupported
from gateway.models import OrderFilter, OrderKind, OrderStatus, ShipmentFilter, Sort
from gateway.own import centry as centry_own
from gateway.own.lists import OwnQuery
from gateway.ports import CentryReads, ListQuery, Priced
from tests.conformance.known import Known
from tests.conformance.questions import QUESTIONS
from tests.conformance.subject import Subject

PORT = Priced

SIZES = (1, 2, 5, 12)
TOKENS = ("cenports-01", "centry-01", "centry-02", "cartoncloud-01", None)
LISTS = (
    OrderFilter(),
    OrderFilter(statuses=frozenset((OrderStatus.PENDING, OrderStatus.CANCELLED))),
    OrderFilter(kinds=frozenset((OrderKind.INBOUND,))),
    OrderFilter(skus=frozenset(("nobody's",))),
    OrderFilter(numbers=frozenset()),
    OrderFilter(channel_ids=frozenset(("AMAZON",))),
)


@dataclass(frozen=True)
class Asking:
    """A question that is put, and what is told of it beforehand."""

    question: Question
    asked: Asked
    put: Callable[[Any], Awaitable[Any]]


def by_key(question: Question, keys: Sequence[Any]) -> Asking:
    """For ids or numbers, which a query may name, or for records."""
    named = tuple(keys) if all(isinstance(key, str) for key in keys) else None
    asked = Asked(keys=len(keys), named=named)
    return Asking(question, asked, lambda backend: getattr(backend, question)(list(keys)))


def listed(question: Question, wanted: OrderFilter | ShipmentFilter, limit: int) -> Asking:
    page = limit, None, Sort.DESC
    asked = Asked(orders=wanted, page=page) if isinstance(wanted, OrderFilter) else Asked(shipments=wanted, page=page)
    query = ListQuery(filter=wanted, sort=Sort.DESC, after=None, limit=limit)
    return Asking(question, asked, lambda backend: getattr(backend, question)(query))


def own_record(kind: type[centry_own.Record], *paths: tuple[str, ...]) -> Asking:
    asked = Asked(keys=len(paths), kind=kind)
    return Asking("centry_records", asked, lambda backend: backend.centry_records(kind, paths))


def own_list(kind: type[centry_own.Record], first: int, *owner: str) -> Asking:
    query = OwnQuery(owner=owner, limit=first)
    asked = Asked(kind=kind, first=first)
    return Asking("centry_list", asked, lambda backend: backend.centry_list(kind, query))


OF_CENTRY = (
    own_record(centry_own.Company, ()),
    own_record(centry_own.Brand, ("a",), ("b",), ("c",)),
    own_record(centry_own.WarehousePriority, ("a", "b")),
    *(own_list(kind, first) for kind in (centry_own.Color, centry_own.BuyerRate, centry_own.Webhook) for first in (1, 4, 250)),
    own_list(centry_own.VariantSyncHistory, 5, "a"),
    own_list(centry_own.WarehousePriority, 5, "a"),
    Asking("product_count", Asked(), methodcaller("product_count")),
)


def askings(backend: Any, known: Known, choose: random.Random) -> list[Asking]:
    """Every question that a backend takes, in several sizes."""
    keys: dict[Question, Sequence[Any]] = {
        "orders_by_id": [order.backend_id for order in known.orders],
        "orders_by_number": [order.number for order in known.orders],
        "shipments_by_id": [sent.backend_id for sent in known.shipments],
        "variants_by_sku": [each.sku for each in known.variants if each.sku],
        "variants_by_id": [each.backend_id for each in known.variants],
        "products_by_sku": [each.sku for each in known.products if each.sku],
        "products_by_id": [each.backend_id for each in known.products],
        "images_by_product": [replace(each, images=None) for each in known.products],
        "images_by_variant": known.variants,
        "warehouses_by_id": [each.backend_id for each in known.warehouses],
        "stock_by_variant": known.variants,
        "addresses_by_warehouse": known.warehouses,
    }
    keys |= dict.fromkeys([question for question in get_args(Question) if question.endswith("_by_order")], known.orders)
    keys["orders_by_pack"] = known.orders
    found = [
        by_key(question, choose.sample(list(some), min(size, len(some))))
        for question, some in keys.items()
        for size in SIZES
        if hasattr(backend, question) and some
    ]
    numbers = frozenset(choose.sample([order.number for order in known.orders], 3))
    for limit in (1, 50):
        found += [listed("orders", wanted, limit) for wanted in (*LISTS, OrderFilter(numbers=numbers))]
        if hasattr(backend, "shipments"):
            found += [
                listed("shipments", wanted, limit) for wanted in (ShipmentFilter(), ShipmentFilter(order_numbers=numbers))
            ]
    if isinstance(backend, CentryReads):
        found += OF_CENTRY
    simple: Sequence[Question] = ("check", "warehouses", "sales_channels", "user_info")
    found += [Asking(each, Asked(), methodcaller(each)) for each in simple if hasattr(backend, each)]
    return found


def told(costs: Sequence[Cost]) -> Counter[str]:
    """What the costs come to; an operation of which nobody knows how often it is called is left out."""
    sums = Counter[str]()
    for cost in costs:
        sums[cost.operation] += cost.calls  # type: ignore[assignment]  # it may be endless
    return sums


def reached(subject: Subject) -> Counter[str]:
    calls = [call["operation"] for call in subject.control.get("/__calls").json()]
    subject.control.delete("/__calls")
    return Counter(operation for operation in calls if operation not in TOKENS)


async def test_it_tells_of_every_question_that_its_ports_take(subject: Subject) -> None:
    taken = {method for port, method in QUESTIONS if isinstance(subject.backend, port)}
    assert subject.backend.costs.keys() == taken
    assert {method for _, method in QUESTIONS} == set(get_args(Question))


async def test_a_question_takes_no_more_calls_than_it_tells(subject: Subject) -> None:
    """Each is put to a backend that was asked nothing before: one that knows more asks less."""
    for asking in askings(subject.backend, subject.known, random.Random(7)):
        async with subject.another() as cold:
            reached(subject)
            most = told(list(cold.costs[asking.question](asking.asked)))
            with suppress(NotSupported):
                await asking.put(cold)
            calls = reached(subject)
            assert not calls - most, (asking.question, asking.asked, calls, most)


async def test_endless_keys_cost_no_less(subject: Subject) -> None:
    for question, cost_of in subject.backend.costs.items():
        few, endless = told(list(cost_of(Asked(keys=3)))), told(list(cost_of(Asked(keys=inf))))
        assert all(calls <= endless[operation] for operation, calls in few.items()), question
