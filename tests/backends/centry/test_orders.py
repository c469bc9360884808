"""Centry's orders as lists, by id and by number: complete, in order, and counted at the sandbox."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from gateway.backends.centry.order_list import pushed
from gateway.backends.centry.sandbox import CentrySandbox
from gateway.backends.centry.sandbox_orders import wire_order
from gateway.errors import BackendError, MalformedReply, NotSupported
from gateway.models import Order, OrderFilter, OrderKind, OrderStatus, Sort, TimeRange
from gateway.ports import Position, Resources
from gateway.sandbox.world import LAST_DAY, Stage, System, World, make_world
from tests.backends.centry.backing import ORDER, ORDERS, STOCK, VARIANT, WAREHOUSES, Backing, backing, orders, variants_of

SMALL, USUAL = make_world(seed=7, orders=50), make_world(seed=7, orders=200)


def numbers(found: Sequence[Order]) -> list[str]:
    return [order.number for order in found]


def expected(world: World, sort: Sort = Sort.DESC) -> list[str]:
    """Numbers by time; the sandbox's worlds have no two orders of one second here."""
    placed = sorted(world.orders_of(System.CENTRY), key=lambda order: order.placed_at, reverse=sort is Sort.DESC)
    return [order.number for order in placed]


async def walk(centry: Backing, limit: int, sort: Sort, **wanted: Any) -> tuple[list[Order], int]:
    """The whole list, and of how many slices it came."""
    found: list[Order] = []
    after, slices = None, 0
    while True:
        part = await centry.backend.orders(orders(limit, sort=sort, after=after, **wanted))
        found += part.records
        slices += 1
        if not part.more:
            return found, slices
        assert part.position not in (None, after), "the walk stands still"
        after = part.position


@pytest.mark.parametrize(("world", "calls"), [(SMALL, 2), (USUAL, 3)])
async def test_the_first_fifty_cost_the_pages_and_the_empty_one(world: World, calls: int, resources: Resources) -> None:
    async with backing(CentrySandbox(world), resources) as centry:
        found = await centry.backend.orders(orders(50))

        assert await centry.calls() == {ORDERS: calls}
    assert numbers(found.records) == expected(world)[:50]
    assert found.more == (world is USUAL)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("maximum_limit", [1000, 30])
async def test_a_walk_yields_every_order_once_and_in_order(sort: Sort, maximum_limit: int, resources: Resources) -> None:
    async with backing(CentrySandbox(USUAL, maximum_limit=maximum_limit), resources) as centry:
        found, slices = await walk(centry, 30, sort)

    assert numbers(found) == expected(USUAL, sort)
    assert slices == 7


async def test_a_long_list_costs_at_most_ten_calls_for_a_page(resources: Resources) -> None:
    world = make_world(seed=7, orders=10_000)
    async with backing(CentrySandbox(world), resources) as centry:
        first = await centry.backend.orders(orders(50))
        first_calls = (await centry.calls())[ORDERS]
        second = await centry.backend.orders(orders(50, after=first.position))
        second_calls = (await centry.calls())[ORDERS]

    assert first_calls <= 10
    assert second_calls <= 4
    placed = {order.number: order.placed_at for order in world.orders_of(System.CENTRY)}
    assert [order.placed_at for order in (*first.records, *second.records)] == sorted(placed.values(), reverse=True)[:100]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("ids_follow_time", [True, False])
async def test_small_pages_cost_at_most_twice_as_many_calls_as_large_ones(
    sort: Sort, ids_follow_time: bool, resources: Resources
) -> None:
    sandbox = CentrySandbox(USUAL)
    if ids_follow_time:
        oldest_first = sorted(USUAL.orders_of(System.CENTRY), key=lambda order: order.placed_at)
        sandbox.drop("orders")
        sandbox.put("orders", *({**wire_order(order), "_id": f"{index:024}"} for index, order in enumerate(oldest_first)))
    costs = {}
    for limit in (50, 1):
        async with backing(sandbox, resources, cache_ttl=30, page_size=20) as centry:
            found, _ = await walk(centry, limit, sort)
            costs[limit] = (await centry.calls())[ORDERS]
        assert numbers(found) == expected(USUAL, sort)

    assert costs[1] <= 2 * costs[50], costs


async def test_after_a_pause_longer_than_the_cache_lives_a_page_is_read_anew(resources: Resources) -> None:
    async with backing(CentrySandbox(USUAL), resources, cache_ttl=1, page_size=50) as centry:
        first = await centry.backend.orders(orders(3))
        second = await centry.backend.orders(orders(3, after=first.position))
        await centry.calls()
        third = await centry.backend.orders(orders(3, after=second.position))
        assert await centry.calls() == {}

        await asyncio.sleep(1.1)
        fourth = await centry.backend.orders(orders(3, after=third.position))
        assert await centry.calls() == {ORDERS: 2}, "a page, and the empty one behind it"

    assert numbers([*first.records, *second.records, *third.records, *fourth.records]) == expected(USUAL)[:12]


async def test_how_dense_a_long_list_is_needs_to_be_found_out_once(resources: Resources) -> None:
    async with backing(CentrySandbox(make_world(orders=1500)), resources) as centry:
        costs = []
        for _ in range(3):
            await centry.backend.orders(orders(50))
            costs.append((await centry.calls())[ORDERS])

    assert costs == [6, 2, 2]


async def test_fifty_orders_with_variants_and_stock_stay_within_the_budget(resources: Resources) -> None:
    for world in (SMALL, USUAL):
        async with backing(CentrySandbox(world), resources) as centry:
            await centry.backend.check()  # the token of the world before is refused
            await centry.calls()
            found = await centry.backend.orders(orders(50))
            variants = variants_of(found)
            stock = await centry.backend.stock_by_variant(variants)
            calls = await centry.calls()

        pages = -(-len(world.stock_of(System.CENTRY)) // 100)
        assert sum(calls.values()) <= 4 + min(len(variants), pages)
        assert (calls[WAREHOUSES], calls[STOCK]) == (1, pages)
        assert all(len(of) == 2 for of in stock.values() if not isinstance(of, BackendError))
        assert {variant.backend_id for variant in variants} == stock.keys()


async def test_where_expand_is_not_honoured_the_different_variants_are_read(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL, honours_expand=False), resources) as centry:
        found = await centry.backend.orders(orders(50))
        calls = await centry.calls()

    bare = {line.variant_backend_id for order in found.records for line in order.lines if line.variant_record}
    assert bare
    assert calls == {ORDERS: 2, VARIANT: len(bare)}
    skus = {order.number: {line.item.sku for line in order.lines} for order in SMALL.orders_of(System.CENTRY)}
    assert {order.number: order.skus for order in found.records} == skus


async def test_a_variant_that_is_gone_leaves_its_line_without_a_sku(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL, honours_expand=False), resources) as centry:
        await centry.fault(match="GET /conexion/v1/variants/*", status=404)
        found = await centry.backend.orders(orders(50))

    assert any(line.sku is None and line.variant_backend_id for order in found.records for line in order.lines)


async def test_a_variant_that_cannot_be_read_fails_its_orders_only(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL, honours_expand=False), resources) as centry:
        ids = [order.backend_id for order in (await centry.backend.orders(orders(50))).records]
        await centry.fault(match="GET /conexion/v1/variants/*", status=400)
        found = await centry.backend.orders_by_id(ids)

    assert {isinstance(order, BackendError) for order in found.values()} == {True, False}


async def test_one_status_word_and_one_origin_are_asked_for(resources: Resources) -> None:
    async with backing(CentrySandbox(USUAL), resources) as centry:
        found = await centry.backend.orders(
            orders(250, statuses=frozenset((OrderStatus.SHIPPED,)), channel_ids=frozenset(("Ripley",)))
        )
        assert await centry.calls() == {ORDERS: 2}

    shipped = [o for o in USUAL.orders_of(System.CENTRY) if o.stage is Stage.SHIPPED and o.channel == "Ripley"]
    assert sorted(numbers(found.records)) == sorted(order.number for order in shipped)


@pytest.mark.parametrize(
    "wanted",
    [
        {"statuses": frozenset((OrderStatus.CANCELLED,))},
        {"statuses": frozenset((OrderStatus.PENDING, OrderStatus.SHIPPED))},
        {"statuses": frozenset((OrderStatus.UNKNOWN,))},
        {"channel_ids": frozenset(("Ripley", "Dafiti"))},
        {"skus": frozenset(("P001REDS", "P002BLUM"))},
        {"placed_at": TimeRange(start=USUAL.orders[0].placed_at, end=USUAL.orders[0].placed_at + timedelta(days=20))},
        {"updated_at": TimeRange(start=USUAL.orders[0].placed_at)},
        {"kinds": frozenset((OrderKind.SALE,))},
    ],
)
async def test_whatever_is_filtered_where_the_same_orders_come(wanted: dict[str, Any], resources: Resources) -> None:
    async with backing(CentrySandbox(USUAL), resources) as centry:
        everything, _ = await walk(centry, 250, Sort.DESC)
        filtered, _ = await walk(centry, 3, Sort.DESC, **wanted)

    query = orders(1, **wanted)
    assert numbers(filtered) == numbers([order for order in everything if query.filter.matches(order)])


@pytest.mark.parametrize(
    "placed_at",
    [
        TimeRange(start=LAST_DAY - timedelta(days=20)),
        TimeRange(end=LAST_DAY - timedelta(days=100)),
    ],
)
async def test_a_range_of_time_is_asked_for(placed_at: TimeRange, resources: Resources) -> None:
    async with backing(CentrySandbox(USUAL), resources) as centry:
        found = await centry.backend.orders(orders(250, placed_at=placed_at))

        assert await centry.calls() == {ORDERS: 2}
    placed = [order for order in USUAL.orders_of(System.CENTRY) if placed_at.holds(order.placed_at)]
    assert 0 < len(found.records) == len(placed) < 100


async def test_orders_are_found_by_skus_that_only_their_variants_tell(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL, honours_expand=False), resources) as centry:
        everything = await centry.backend.orders(orders(50))
        sku = next(line.sku for order in everything.records for line in order.lines if line.variant_record)
        found = await centry.backend.orders(orders(50, skus=frozenset((sku,))))

    assert ids(found.records) == ids(order for order in everything.records if sku in order.skus)


def test_a_status_that_any_other_word_may_mean_is_not_asked_for() -> None:
    assert pushed(OrderFilter(statuses=frozenset((OrderStatus.SHIPPED,)))) == {"status": "shipped"}
    assert pushed(OrderFilter(statuses=frozenset((OrderStatus.SHIPPED, OrderStatus.UNKNOWN)))) == {}


async def test_what_no_order_can_be_costs_no_call(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL), resources) as centry:
        drafts = await centry.backend.orders(orders(50, statuses=frozenset((OrderStatus.DRAFT,))))
        inbound = await centry.backend.orders(orders(50, kinds=frozenset((OrderKind.INBOUND,))))

        assert await centry.calls() == {}
    assert (drafts.records, drafts.more, inbound.records, inbound.more) == ((), False, (), False)


async def test_acknowledgement_cannot_be_asked_for(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL), resources) as centry:
        with pytest.raises(NotSupported):
            await centry.backend.orders(orders(50, acknowledged=True))


async def test_orders_by_number_cost_two_calls_each_once_a_page_was_seen(resources: Resources) -> None:
    async with backing(CentrySandbox(USUAL), resources) as centry:
        page = await centry.backend.orders(orders(3))
        await centry.calls()

        wanted = [page.records[0].number, page.records[1].references[0].value, "unknown"]
        found = await centry.backend.orders_by_number(wanted)

        assert await centry.calls() == {ORDERS: 6}
    assert {number: ids(of) for number, of in found.items()} == {
        wanted[0]: [page.records[0].backend_id],
        wanted[1]: [page.records[1].backend_id],
    }


async def test_a_list_of_numbers_is_read_by_number(resources: Resources) -> None:
    async with backing(CentrySandbox(USUAL), resources) as centry:
        page = (await centry.backend.orders(orders(5))).records
        wanted = frozenset(order.number for order in page)
        await centry.calls()

        first = await centry.backend.orders(orders(3, numbers=wanted))
        rest = await centry.backend.orders(orders(3, numbers=wanted, after=first.position))

        assert (await centry.calls())[ORDERS] == 20
    assert ids([*first.records, *rest.records]) == ids(page)
    assert (first.more, rest.more) == (True, False)
    assert all("id_pack" in part.gaps[0].message for part in (first, rest)), "orders of a pack cannot be searched"


async def test_one_order_that_fails_does_not_fail_the_others(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL), resources) as centry:
        first, second = (await centry.backend.orders(orders(2))).records
        await centry.fault(match=f"GET /conexion/v1/orders/{first.backend_id}.json", status=400)
        await centry.calls()

        found = await centry.backend.orders_by_id([first.backend_id, second.backend_id, second.backend_id, "0" * 24])

        assert (await centry.calls())[ORDER] == 3
    assert isinstance(found[first.backend_id], BackendError)
    assert found.keys() == {first.backend_id, second.backend_id}


async def test_an_order_without_a_date_is_no_order(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL), resources) as centry:
        await centry.fault(match="GET /conexion/v1/orders.json", body=[{"_id": "a", "created_at": None}])

        with pytest.raises(MalformedReply):
            await centry.backend.orders(orders(10))


async def test_an_order_without_a_date_fails_itself_only(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL), resources) as centry:
        first, second = (await centry.backend.orders(orders(2))).records
        await centry.fault(match=f"GET /conexion/v1/orders/{first.backend_id}.json", body={"_id": first.backend_id})
        found = await centry.backend.orders_by_id([first.backend_id, second.backend_id])
        await centry.fault(match="GET /conexion/v1/orders.json", body=[{"_id": "a", "number_origin": "7"}], times=2)
        numbered = await centry.backend.orders_by_number(["7"])

    assert isinstance(found[first.backend_id], MalformedReply)
    assert isinstance(numbered["7"], MalformedReply)
    assert not isinstance(found[second.backend_id], BackendError)


@pytest.mark.parametrize("sort", Sort)
async def test_a_range_may_end_with_the_calendar(sort: Sort, resources: Resources) -> None:
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    ever = TimeRange(start=datetime.min.replace(tzinfo=east), end=datetime.max.replace(tzinfo=west))
    async with backing(CentrySandbox(SMALL), resources) as centry:
        found = await centry.backend.orders(orders(50, sort=sort, placed_at=ever, updated_at=ever))

        late = await centry.backend.orders(orders(50, placed_at=TimeRange(start=ever.end)))

    assert numbers(found.records) == expected(SMALL, sort)
    assert list(late.records) == []


async def test_a_list_that_never_ends_is_not_followed_for_ever(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL), resources) as centry:
        page = [{"_id": "a", "created_at": "2026-06-01T00:00:00Z"}]
        await centry.fault(match="GET /conexion/v1/orders.json", body=page)

        with pytest.raises(MalformedReply):
            await centry.backend.orders(orders(10))


async def test_nothing_lies_behind_the_last(resources: Resources) -> None:
    async with backing(CentrySandbox(SMALL), resources) as centry:
        everything = await centry.backend.orders(orders(50))
        behind = await centry.backend.orders(orders(50, after=everything.position))
        last = everything.records[-1]

    assert everything.position == Position(last.list_time, last.backend_id)
    assert (list(behind.records), behind.more) == ([], False)


def ids(found: Any) -> list[str]:
    return [order.backend_id for order in found]
