"""The seeded world: the same whenever it is made, and with collisions where it is told so."""

import hashlib
import json
from collections import Counter
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest

from gateway.sandbox.collisions import Collision, with_collisions
from gateway.sandbox.world import ShopOrder, Stage, System, make_world

DIGEST = "cbb1b9820924d4a1429ec395795bab6d105f62c57caaadca7d38580ce4b32c9b"
"""Of the usual world, without what only collisions have. Another one is another demo, and other numbers in many tests."""

SEEDS = range(1, 21)


def plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.repr}
    if isinstance(value, dict):
        return {key.value: plain(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def added(seed: int, *wanted: Collision) -> list[ShopOrder]:
    world = make_world(seed, orders=3)
    colliding = with_collisions(world, wanted)
    assert colliding.orders[: len(world.orders)] == world.orders
    return list(colliding.orders[len(world.orders) :])


def goods(order: ShopOrder) -> set[str]:
    return {line.item.sku for line in order.lines}


def test_the_usual_world_stays_as_it_is() -> None:
    assert hashlib.sha256(json.dumps(plain(make_world()), default=str).encode()).hexdigest() == DIGEST
    assert all((o.pack, o.parts, o.sent_to, o.key) == ("", (), None, "") for o in make_world().orders)


def test_a_colliding_world_is_the_same_for_the_same_seed() -> None:
    first, second = (with_collisions(make_world(5, orders=3)) for _ in range(2))
    assert first == second
    assert with_collisions(make_world(6, orders=3)) != first
    assert added(5) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_records_can_be_told_apart_whatever_they_have_in_common(seed: int) -> None:
    world = with_collisions(make_world(seed, orders=3))
    for shop in (System.CENPORTS, System.CENTRA, System.CENTRY):
        assert max(Counter(order.identity for order in world.orders_of(shop)).values()) == 1
    assert max(Counter((order.channel, order.number) for order in world.orders_of(System.CENPORTS)).values()) == 1
    assert max(Counter(order.number for order in world.orders_of(System.CENTRA)).values()) == 1
    assert max(Counter(order.identity for order in world.warehouse_orders).values()) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_every_collision_is_what_it_says(seed: int) -> None:
    one, two = added(seed, Collision.SAME_NUMBER)
    assert (one.number, one.warehoused) == (two.number, True)
    assert (one.shop, one.channel) != (two.shop, two.channel)
    assert goods(one) & goods(two)

    one, two = added(seed, Collision.ONE_PURCHASE_ORDER)
    assert one.reference == two.reference
    assert one.number != two.number
    assert one.buyer.name != two.buyer.name

    one, two = added(seed, Collision.SUFFIX)
    assert two.number == f"1{one.number}"

    one, two = added(seed, Collision.A_YEAR_APART)
    assert (one.shop, one.number, one.buyer, one.lines) == (two.shop, two.number, two.buyer, two.lines)
    assert one.placed_at - two.placed_at == timedelta(days=365)

    one, two = added(seed, Collision.REENTERED)
    assert (one.stage, one.reference, one.lines) == (Stage.CANCELLED, two.reference, two.lines)
    assert one.warehoused == (one.number != two.number)

    packed = added(seed, Collision.PACK)
    assert sorted(Counter(order.pack for order in packed).values()) == [1, 2, 3]
    assert max(o.placed_at for o in packed) - min(o.placed_at for o in packed) < timedelta(minutes=15)

    (one,) = added(seed, Collision.PARTS)
    first, second = one.warehouse_orders
    assert goods(first) | goods(second) == goods(one)
    assert not goods(first) & goods(second)

    one, two = added(seed, Collision.SAME_PLACE)
    assert (one.number, one.buyer.postcode) == (two.number, two.buyer.postcode)
    assert not goods(one) & goods(two)

    (one,) = added(seed, Collision.OTHER_PLACE)
    assert [order.buyer.street for order in one.warehouse_orders] == [one.buyer.street]
