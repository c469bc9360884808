"""Orders of the simulated Cenports, and the calls that they cost: all of them, once, in order."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.clock import set_deadline
from gateway.errors import Incomplete, NotSupported, RateLimited, Unavailable
from gateway.models import Order, OrderFilter, OrderKind, OrderStatus, Sort, TimeRange
from gateway.ports import AcknowledgementSource, OrderSource, Position, Resources
from gateway.sandbox.world import ShopOrder, World, make_world
from tests.backends.cenports.backing import Scripted, asking, order_id, orders_of, reaching, simulated, walked

ORDERS = "cenports-02"
CHANNELS = "cenports-05"


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


def listed(orders: Iterable[ShopOrder], sort: Sort = Sort.DESC) -> list[str]:
    """The ids in the order that the contract promises."""
    placed = sorted((order.placed_at, order_id(order)) for order in orders)
    return [backend_id for _, backend_id in (reversed(placed) if sort is Sort.DESC else placed)]


def ids(orders: Iterable[Order]) -> list[str]:
    return [order.backend_id for order in orders]


async def test_a_page_of_a_small_shop_costs_one_call(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        first = await backend.orders(asking(limit=50))
        assert await calls.counted() == {ORDERS: 1}

        second = await backend.orders(asking(limit=50, after=first.position))
        assert await calls.counted() == {ORDERS: 1}

    expected = listed(orders_of(world))
    assert ids(first.records) == expected[:50]
    assert ids(second.records) == expected[50:100]
    assert first.more
    last = first.records[-1]
    assert first.position == Position(last.placed_at, last.backend_id)
    assert isinstance(backend, OrderSource)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [23, 50])
@pytest.mark.parametrize("count", [50, 300, 420])
async def test_a_walk_loses_nothing_and_nothing_comes_twice(count: int, limit: int, sort: Sort, resources: Resources) -> None:
    world = make_world(seed=3, orders=count)
    async with simulated(world, resources) as (backend, _):
        pages = await walked(backend, OrderFilter(), sort, limit)

    assert [backend_id for page in pages for backend_id in ids(page.records)] == listed(orders_of(world), sort)
    assert all(len(page.records) == limit for page in pages[:-1]), "`more` is exact: no page is short, and the last not empty"
    assert pages[-1].records
    assert not any(page.gaps for page in pages)


async def test_a_page_of_a_large_shop_costs_few_calls(resources: Resources) -> None:
    world = make_world(orders=1500)
    async with simulated(world, resources) as (backend, calls):
        for sort in Sort:
            page = await backend.orders(asking(limit=50, sort=sort))
            assert ids(page.records) == listed(orders_of(world), sort)[:50]
            assert (await calls.counted())[ORDERS] <= 4


@pytest.mark.parametrize("sort", Sort)
async def test_small_pages_cost_no_more_calls_than_large_ones(sort: Sort, resources: Resources) -> None:
    world = make_world(orders=200)
    costs = {}
    for limit in (50, 1):
        async with simulated(world, resources, cache_ttl=30, page_size=20) as (backend, calls):
            pages = await walked(backend, OrderFilter(), sort, limit)
            costs[limit] = (await calls.counted())[ORDERS]
        assert [backend_id for page in pages for backend_id in ids(page.records)] == listed(orders_of(world), sort)

    assert costs[1] == costs[50]


async def test_after_a_pause_longer_than_the_cache_lives_a_page_costs_a_call(resources: Resources) -> None:
    world = make_world(orders=200)
    async with simulated(world, resources, cache_ttl=1, page_size=50) as (backend, calls):
        first = await backend.orders(asking(limit=5))
        await calls.counted()
        second = await backend.orders(asking(limit=5, after=first.position))
        assert await calls.counted() == {}

        await asyncio.sleep(1.1)
        third = await backend.orders(asking(limit=5, after=second.position))
        assert await calls.counted() == {ORDERS: 1}

    assert ids([*first.records, *second.records, *third.records]) == listed(orders_of(world))[:15]


async def test_how_dense_a_long_list_is_needs_to_be_found_out_once(resources: Resources) -> None:
    async with simulated(make_world(orders=1500), resources) as (backend, calls):
        costs = []
        for _ in range(3):
            await backend.orders(asking())
            costs.append((await calls.counted())[ORDERS])

    assert costs == [4, 1, 1]


async def test_a_day_that_does_not_fit_is_read_by_channel(resources: Resources) -> None:
    world = on_one_day(make_world(orders=420))
    async with simulated(world, resources) as (backend, calls):
        page = await backend.orders(asking(limit=500))
        counted = await calls.counted()

    assert sorted(ids(page.records)) == sorted(listed(orders_of(world)))
    assert not page.more
    assert not page.gaps
    assert counted[CHANNELS] == 1


async def test_what_does_not_fit_at_all_is_a_gap_with_day_and_channel(resources: Resources) -> None:
    world = on_one_day(make_world(orders=1000))
    async with simulated(world, resources) as (backend, _):
        everything = await backend.orders(asking(limit=2000))
        one_channel = await backend.orders(asking(OrderFilter(channel_ids=frozenset({"AMAZON"})), limit=2000))

    assert sorted(gap.message for gap in everything.gaps) == [
        "Cenports holds more of 2026-05-05 in channel AMAZON than it lets anyone read.",
        "Cenports holds more of 2026-05-05 in channel WDSDL-1 than it lets anyone read.",
    ]
    assert [gap.message for gap in one_channel.gaps] == [
        "Cenports holds more of 2026-05-05 in channel AMAZON than it lets anyone read."
    ]
    quiet = {order_id(order) for order in orders_of(world) if order.placed_at.day != 5}
    assert quiet <= set(ids(everything.records)), "the days around it are whole"


def on_one_day(world: World) -> World:
    """The same orders, placed within one day, but for ten on the days before and after it."""
    noon = datetime(2026, 5, 5, 12, tzinfo=UTC)
    moved = [
        replace(order, placed_at=noon + (timedelta(days=index % 5 - 2) if index < 10 else timedelta(seconds=index)))
        for index, order in enumerate(orders_of(world))
    ]
    return replace(world, orders=tuple(moved))


async def test_filters(world: World, resources: Resources) -> None:
    orders = orders_of(world)
    some = frozenset(order.number for order in orders[:20])
    june = TimeRange(start=datetime(2026, 6, 1, tzinfo=UTC), end=datetime(2026, 6, 15, tzinfo=UTC))
    sku = orders[0].lines[0].item.sku
    cases: list[tuple[OrderFilter, list[ShopOrder]]] = [
        (OrderFilter(numbers=some), orders[:20]),
        (OrderFilter(numbers=some, acknowledged=True), [order for order in orders[:20] if order.acknowledged]),
        (OrderFilter(numbers=some, placed_at=june), [order for order in orders[:20] if june.holds(order.placed_at)]),
        (OrderFilter(channel_ids=frozenset({"AMAZON"})), [order for order in orders if order.channel == "AMAZON"]),
        (OrderFilter(channel_ids=frozenset({"AMAZON", "WDSDL-1"})), orders),
        (OrderFilter(acknowledged=False), [order for order in orders if not order.acknowledged]),
        (OrderFilter(placed_at=june), [order for order in orders if june.holds(order.placed_at)]),
        (
            OrderFilter(placed_at=TimeRange(end=june.start)),
            [o for o in orders if o.placed_at < datetime(2026, 6, 1, tzinfo=UTC)],
        ),
        (OrderFilter(skus=frozenset({sku})), [order for order in orders if sku in {line.item.sku for line in order.lines}]),
        (OrderFilter(kinds=frozenset({OrderKind.SALE})), orders),
    ]
    async with simulated(world, resources) as (backend, _):
        for wanted, expected in cases:
            for sort in Sort:
                pages = await walked(backend, wanted, sort, 30)
                assert [i for page in pages for i in ids(page.records)] == listed(expected, sort), wanted
                assert expected


async def test_a_status_is_looked_for_in_the_gateway(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        every = await backend.orders(asking(limit=250))
        await calls.counted()
        shipped = await backend.orders(asking(OrderFilter(statuses=frozenset({OrderStatus.SHIPPED})), limit=250))
        assert await calls.counted() == {ORDERS: 1}

    assert ids(shipped.records) == ids(order for order in every.records if order.status is OrderStatus.SHIPPED)
    assert 0 < len(shipped.records) < 200


async def test_orders_asked_for_by_acknowledgement_carry_it(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, _):
        plain = await backend.orders(asking())
        waiting = await backend.orders(asking(OrderFilter(acknowledged=False)))

    assert {order.acknowledged for order in plain.records} == {None}
    assert {order.acknowledged for order in waiting.records} == {False}


async def test_filters_that_let_nothing_through_cost_no_call(world: World, resources: Resources) -> None:
    nothing = (
        OrderFilter(numbers=frozenset()),
        OrderFilter(kinds=frozenset({OrderKind.INBOUND})),
        OrderFilter(placed_at=TimeRange(start=datetime(2026, 2, 1, tzinfo=UTC), end=datetime(2026, 1, 1, tzinfo=UTC))),
    )
    async with simulated(world, resources) as (backend, calls):
        for wanted in nothing:
            page = await backend.orders(asking(wanted))
            assert (page.records, page.more, page.position) == ((), False, None)
        assert await calls.counted() == {}


async def test_the_time_of_a_change_is_not_told(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        with pytest.raises(NotSupported):
            await backend.orders(asking(OrderFilter(updated_at=TimeRange(start=datetime(2026, 1, 1, tzinfo=UTC)))))
        assert await calls.counted() == {}


async def test_numbers_cost_a_call_for_255_characters(world: World, resources: Resources) -> None:
    wanted = orders_of(world)[:50]
    numbers = [order.number for order in wanted]
    assert len(",".join(numbers)) == 349
    async with simulated(world, resources) as (backend, calls):
        by_number = await backend.orders_by_number([*numbers, numbers[0], "A99999"])
        assert await calls.counted() == {ORDERS: 2}

        by_id = await backend.orders_by_id([order_id(order) for order in wanted] + ["WDSDL-1/A99999", "nonsense"])
        assert await calls.counted() == {ORDERS: 2}

        page = await backend.orders(asking(OrderFilter(numbers=frozenset(numbers))))
        assert await calls.counted() == {ORDERS: 2}

    assert {number: [order.number for order in found] for number, found in some(by_number).items()} == {n: [n] for n in numbers}
    assert list(by_id) == [order_id(order) for order in wanted]
    assert all(isinstance(order, Order) and order.backend_id == backend_id for backend_id, order in by_id.items())
    assert ids(page.records) == listed(wanted)


async def test_30_orders_by_number_are_believed_to_be_all(world: World, resources: Resources) -> None:
    numbers = [order.number for order in orders_of(world)[:30]]
    async with simulated(world, resources) as (backend, calls):
        assert len(await backend.orders_by_number(numbers)) == 30
        assert await calls.counted() == {ORDERS: 1}


async def test_a_number_with_more_orders_than_a_reply_holds_fails_no_other(resources: Resources) -> None:
    orders = [{"orderNo": "A1", "channelId": f"C{i}", "orderDate": "2026-01-01"} for i in range(3)]
    orders += [{"orderNo": f"A{i}", "channelId": "C", "orderDate": "2026-01-01"} for i in range(2, 6)]

    def answer(_path: str, asked: Mapping[str, str]) -> object:
        wanted = asked["orders"].split(",")
        return {"data": [order for order in orders if order["orderNo"] in wanted][: int(asked["limit"])]}

    numbers = [f"A{i}" for i in range(1, 6)]
    async with reaching(Scripted(answer), resources, page_size=3) as (backend, _):
        by_number = await backend.orders_by_number(numbers)
        page = await backend.orders(asking(OrderFilter(numbers=frozenset(numbers))))

    assert list(by_number) == numbers
    assert [number for number, answer in by_number.items() if isinstance(answer, Incomplete)] == ["A1"]
    assert ids(page.records) == ["C/A5", "C/A4", "C/A3", "C/A2"]
    assert page.gaps[0].message == "Cenports may hold more records of order number A1 than it lets anyone read."


async def test_an_order_whose_number_cannot_be_asked_for_is_not_taken_for_unknown(resources: Resources) -> None:
    async with reaching(Scripted(lambda _path, _asked: {"data": []}), resources) as (backend, _):
        found = await backend.orders_by_id(["C/A%2C1", "C/A1"])

    assert list(found) == ["C/A%2C1"]
    assert isinstance(found["C/A%2C1"], Incomplete)


async def test_an_id_counts_with_its_channel(world: World, resources: Resources) -> None:
    order = orders_of(world)[0]
    other = {"AMAZON": "WDSDL-1", "WDSDL-1": "AMAZON"}[order.channel]
    async with simulated(world, resources) as (backend, _):
        found = await backend.orders_by_id([f"{other}/{order.number}", order_id(order)])

    assert list(found) == [order_id(order)]


async def test_one_failing_call_does_not_fail_the_others(world: World, resources: Resources) -> None:
    numbers = [order.number for order in orders_of(world)[:72]]
    async with simulated(world, resources) as (backend, calls):
        await calls.fault(match="GET /orders", times=1, status=400)
        answers = await backend.orders_by_number(numbers)

    kinds = [type(answer) for answer in answers.values()]
    assert len(kinds) == 72
    assert sum(issubclass(kind, Exception) for kind in kinds) == 36


@pytest.mark.parametrize(("count", "cost"), [(36, 1), (37, 1), (200, 1)])
async def test_acknowledged_orders_cost_a_call(count: int, cost: int, world: World, resources: Resources) -> None:
    truth = {order_id(order): order.acknowledged for order in orders_of(world)}
    async with simulated(world, resources) as (backend, calls):
        page = await backend.orders(asking(limit=count))
        await calls.counted()
        told = await backend.acknowledged_by_order(page.records)
        assert await calls.counted() == {ORDERS: cost}

    assert told == {backend_id: truth[backend_id] for backend_id in ids(page.records)}
    assert isinstance(backend, AcknowledgementSource)


async def test_acknowledged_orders_that_lie_far_apart_are_asked_for_by_number(resources: Resources) -> None:
    world = make_world(orders=1500)
    truth = {order_id(order): order.acknowledged for order in orders_of(world)}
    apart = [order.number for order in orders_of(world)[::30]]
    async with simulated(world, resources) as (backend, calls):
        orders = [found[0] for found in some(await backend.orders_by_number(apart)).values()]
        await calls.counted()
        told = await backend.acknowledged_by_order(orders)
        assert await calls.counted() == {ORDERS: 3}, "one for the days, one for each 255 characters of numbers"

    assert told == {backend_id: truth[backend_id] for backend_id in ids(orders)}
    assert len(told) == 50


async def test_a_sparse_page_ends_before_the_time_of_one_question_does(resources: Resources) -> None:
    world = make_world(orders=1500)
    async with simulated(world, resources) as (backend, calls):
        await calls.fault(match="GET /orders", times=100, latency=0.5)
        set_deadline(8)
        async with asyncio.timeout(4):  # half of it, as every question is given
            page = await backend.orders(asking(OrderFilter(statuses=frozenset({OrderStatus.DELIVERED}))))
        spent = (await calls.counted())[ORDERS]

    assert (list(page.records), page.more) == ([], True)
    assert page.position is not None
    assert 2 < spent <= 6


@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (503, Unavailable)])
async def test_a_list_that_cannot_be_read_is_an_error(
    status: int, error: type[Exception], world: World, resources: Resources
) -> None:
    async with simulated(world, resources, timeout=0.5) as (backend, calls):
        await calls.fault(match="GET /orders", times=10, status=status, headers={"Retry-After": "30"})
        with pytest.raises(error):
            await backend.orders(asking())


def some(answers: object) -> dict[str, list[Order]]:
    """The answers, where none is an error."""
    assert isinstance(answers, dict)
    assert not [answer for answer in answers.values() if isinstance(answer, Exception)]
    return answers


async def test_days_that_do_not_count_are_noticed_and_the_list_is_not_taken_for_whole(resources: Resources) -> None:
    """A proxy that drops what is asked for leaves the same fifty orders, whatever the days."""
    orders = [{"orderNo": f"A{i:02}", "channelId": "C", "orderDate": f"2019-{i % 12 + 1:02}-03"} for i in range(50)]
    scripted = Scripted(lambda _path, _asked: {"data": orders})
    async with reaching(scripted, resources) as (backend, _):
        first = await backend.orders(asking(limit=40))
        rest = await backend.orders(asking(limit=40, after=first.position))

    assert len({*ids(first.records), *ids(rest.records)}) == len(first.records) + len(rest.records) == 50
    assert (first.more, rest.more) == (True, False)
    assert all("may not be all" in page.gaps[0].message for page in (first, rest))
    assert len(scripted.asked) == 3


async def test_numbers_are_found_as_an_orders_own_and_the_list_may_lack_those_that_are_references(
    world: World, resources: Resources
) -> None:
    """Also where the number is found: it may be another order's reference at the same time."""
    order = next(order for order in orders_of(world))
    async with simulated(world, resources) as (backend, _):
        own = await backend.orders(asking(OrderFilter(numbers=frozenset({order.number}))))
        both = await backend.orders(asking(OrderFilter(numbers=frozenset({order.number, order.reference}))))
        none = await backend.orders(asking(OrderFilter(numbers=frozenset())))

    assert ids(own.records) == ids(both.records) == [order_id(order)]
    assert all("customerOrderNo" in page.gaps[0].message for page in (own, both))
    assert not none.gaps


async def test_a_channel_of_another_system_has_no_orders_here(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        page = await backend.orders(asking(OrderFilter(channel_ids=frozenset({"Retail-Sweden"}))))
        assert (list(page.records), page.more) == ([], False)
        assert await calls.counted() == {ORDERS: 1, CHANNELS: 1}


async def test_a_channel_that_is_not_listed_has_orders_all_the_same(resources: Resources) -> None:
    order = {"orderNo": "A1", "channelId": "NEW", "orderDate": "2026-01-01"}
    answers = {"channels": {"data": [{"channelId": "OLD"}]}, "orders": {"data": [order]}}
    async with reaching(Scripted(lambda path, _asked: answers[path]), resources) as (backend, _):
        page = await backend.orders(asking(OrderFilter(channel_ids=frozenset({"NEW"}))))

    assert ids(page.records) == ["NEW/A1"]
