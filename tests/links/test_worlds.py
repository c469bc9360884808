"""Links in worlds that are made to mislead: what the rules find is held against what the worlds know of themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import pytest

from gateway.links import page
from gateway.links.facts import identity
from gateway.links.linking import Linking
from gateway.links.rules import THRESHOLD
from gateway.models import Backend, Order, OrderRelation
from gateway.sandbox.collisions import Collision, with_collisions
from gateway.sandbox.world import World, make_world
from tests.links import told

SEEDS = range(1, 101)

Id = tuple[Backend, str]


@dataclass(frozen=True)
class Telling:
    """All orders of a world as the backends tell them, and which of them belong together, as the world knows."""

    orders: list[Order]
    truth: dict[frozenset[Id], OrderRelation]


def telling(world: World) -> Telling:
    sales = [told.sale(order) for order in world.orders]
    served = told.outbound(world)
    warehouse: list[Order] = []
    truth: dict[frozenset[Id], OrderRelation] = {}
    packs: dict[str, list[Id]] = {}
    for order, sale in zip(world.orders, sales, strict=True):
        serving = [next(served) for _ in order.warehouse_orders]
        warehouse += serving
        truth |= {frozenset((identity(sale), identity(each))): OrderRelation.FULFILLED_BY for each in serving}
        if order.pack:
            packs.setdefault(order.pack, []).append(identity(sale))
    pairs = (frozenset(pair) for pack in packs.values() for pair in combinations(pack, 2))
    return Telling([*sales, *warehouse], truth | dict.fromkeys(pairs, OrderRelation.PACK_SIBLING))


def found(orders: list[Order]) -> Iterator[tuple[frozenset[Id], OrderRelation]]:
    """What the rules link, from either side; a fulfilment is told as the sale sees it."""
    linking = Linking()
    for order in orders:
        for link in linking.links(order, orders):
            if link.confidence >= THRESHOLD:
                relation = OrderRelation.FULFILLED_BY if link.relation is OrderRelation.FULFILS else link.relation
                yield frozenset((identity(order), (link.backend, link.backend_id))), relation


@pytest.fixture(scope="module")
def tellings() -> list[Telling]:
    return [telling(with_collisions(make_world(seed, orders=4, products=4))) for seed in SEEDS]


def test_what_is_linked_is_right_and_hardly_anything_is_missed(tellings: list[Telling]) -> None:
    right = wrong = missed = 0
    for each in tellings:
        linked = list(found(each.orders))
        assert all(linked.count(link) == 2 for link in set(linked)), "a link is seen from both sides"
        right += len(set(linked) & each.truth.items())
        wrong += len(set(linked) - each.truth.items())
        missed += len(each.truth.items() - set(linked))

    assert right / (right + wrong) == page.PRECISION == 1.0
    assert round(right / (right + missed), 3) == page.RECALL == 0.964


def test_what_is_missed_is_a_suggestion(tellings: list[Telling]) -> None:
    """Only where shop and warehouse name different postal codes."""
    for each in tellings[:20]:
        linked = set(found(each.orders))
        by_id = {identity(order): order for order in each.orders}
        for pair, relation in each.truth.items() - linked:
            one, other = (by_id[each_id] for each_id in pair)
            (link,) = Linking().links(one, [other])
            assert (link.rule, relation) == ("order-number", OrderRelation.FULFILLED_BY)


def test_numbers_alone_would_mislead(tellings: list[Telling]) -> None:
    """So that the worlds are worth the test: with their suggestions the rules are often wrong."""
    suggested = [
        frozenset((identity(order), (link.backend, link.backend_id)))
        for each in tellings[:20]
        for order in each.orders
        for link in Linking().links(order, each.orders)
        if link.rule == "order-number"
    ]
    truths = {pair for each in tellings[:20] for pair in each.truth}
    assert len([pair for pair in suggested if pair not in truths]) > 20 * len(Collision) / 2
