"""Shipments of the simulated Cenports, channel by channel, and the calls that they cost."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.errors import Incomplete
from gateway.models import Shipment, ShipmentFilter, ShipmentStatus, Sort, TimeRange
from gateway.ports import Resources, ShipmentSource
from gateway.sandbox.world import ShopOrder, World, make_world
from tests.backends.cenports.backing import (
    Scripted,
    asking,
    asking_shipments,
    order_id,
    orders_of,
    reaching,
    simulated,
    walked_shipments,
)

ORDERS, CHANNELS, SHIPMENTS = "cenports-02", "cenports-05", "cenports-07"


@pytest.fixture(scope="module")
def world() -> World:
    """The shop ships everything by itself: about 60 shipments in each channel."""
    return shipping_itself(make_world())


def shipping_itself(world: World) -> World:
    return replace(world, orders=tuple(replace(order, warehoused=False) for order in orders_of(world)))


def dispatched(world: World) -> list[ShopOrder]:
    return [order for order in orders_of(world) if order.dispatch and not order.warehoused]


def shipped_at(order: ShopOrder) -> datetime:
    assert order.dispatch
    return order.dispatch.shipped_at


def trackings(orders: Iterable[ShopOrder]) -> list[str]:
    return [order.dispatch.tracking for order in orders if order.dispatch]


async def test_a_page_costs_a_call_for_each_channel(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        page = await backend.shipments(asking_shipments())
        assert await calls.counted() == {CHANNELS: 1, SHIPMENTS: 2}

    assert isinstance(backend, ShipmentSource)
    newest = sorted(dispatched(world), key=shipped_at, reverse=True)[:50]
    assert [shipment.tracking_number for shipment in page.records] == trackings(newest)
    assert [shipment.order_backend_id for shipment in page.records] == [order_id(order) for order in newest]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [23, 50])
async def test_a_walk_over_lists_that_are_cut_is_whole(limit: int, sort: Sort, resources: Resources) -> None:
    world = shipping_itself(make_world(orders=600))
    async with simulated(world, resources, cache_ttl=30) as (backend, calls):
        pages = await walked_shipments(backend, ShipmentFilter(), sort, limit)
        assert (await calls.counted())[SHIPMENTS] > 2

    found = [shipment for page in pages for shipment in page.records]
    assert sorted(shipment.tracking_number or "" for shipment in found) == sorted(trackings(dispatched(world)))
    places = [(shipment.list_time, shipment.backend_id) for shipment in found]
    assert places == sorted(places, reverse=sort is Sort.DESC)
    assert not any(page.gaps for page in pages)
    assert all(len(page.records) == limit for page in pages[:-1])


async def test_filters(world: World, resources: Resources) -> None:
    orders = dispatched(world)
    june = TimeRange(start=datetime(2026, 6, 1, tzinfo=UTC), end=datetime(2026, 6, 20, tzinfo=UTC))
    some = orders[:10]
    cases: list[tuple[ShipmentFilter, list[ShopOrder]]] = [
        (ShipmentFilter(order_numbers=frozenset(order.number for order in some)), some),
        (ShipmentFilter(tracking_numbers=frozenset(trackings(some))), some),
        (ShipmentFilter(shipped_at=june), [order for order in orders if june.holds(shipped_at(order))]),
        (ShipmentFilter(statuses=frozenset({ShipmentStatus.CANCELLED})), []),
        (ShipmentFilter(order_numbers=frozenset()), []),
    ]
    async with simulated(world, resources) as (backend, _):
        for wanted, expected in cases:
            page = await backend.shipments(asking_shipments(wanted, limit=200))
            assert sorted(s.tracking_number or "" for s in page.records) == sorted(trackings(expected)), wanted


@pytest.mark.parametrize("acknowledged", [True, False])
async def test_shipments_are_asked_for_by_acknowledgement(acknowledged: bool, resources: Resources) -> None:
    system = answering({"C": [{"orderNo": "A1", "shipDate": "2026-02-01"}]})
    async with reaching(system, resources) as (backend, _):
        page = await backend.shipments(asking_shipments(ShipmentFilter(acknowledged=acknowledged)))

    assert [shipment.acknowledged for shipment in page.records] == [acknowledged]
    assert system.bodies[-1]["acknowledged"] is acknowledged
    assert system.asked[-1]["acknowledged"] == str(acknowledged).lower()


async def test_shipments_of_orders_cost_a_call_for_each_channel(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        page = await backend.orders(asking(limit=50))
        await calls.counted()
        found = await backend.shipments_by_order(page.records)
        assert await calls.counted() == {SHIPMENTS: 2}

    expected = {order_id(order): [] if order.dispatch is None else [order.dispatch.tracking] for order in orders_of(world)}
    assert {backend_id: [shipment.tracking_number for shipment in answer] for backend_id, answer in whole(found).items()} == {
        order.backend_id: expected[order.backend_id] for order in page.records
    }


async def test_shipments_by_id(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        page = await backend.shipments(asking_shipments(limit=30))
        await calls.counted()
        ids = [shipment.backend_id for shipment in page.records]
        found = await backend.shipments_by_id([*ids, ids[0], "AMAZON/A10001/no-such", "nonsense"])
        assert await calls.counted() == {SHIPMENTS: 2}

    assert {backend_id: answer.tracking_number for backend_id, answer in found.items() if isinstance(answer, Shipment)} == {
        shipment.backend_id: shipment.tracking_number for shipment in page.records
    }


async def test_a_channel_that_fails_does_not_fail_the_others(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        page = await backend.orders(asking(limit=50))
        await calls.fault(match="GET /shipments", times=1, status=400)
        found = await backend.shipments_by_order(page.records)

    failed = {order.channel_id for order in page.records if isinstance(found[order.backend_id], Exception)}
    assert len(failed) == 1
    assert len(found) == 50


def answering(shipments: Mapping[str, list[dict[str, Any]]], orders: list[dict[str, Any]] | None = None) -> Scripted:
    """A Cenports with these shipments by channel, of which it tells as many as asked for."""

    def answer(path: str, asked: Mapping[str, str]) -> Any:
        if path == "channels":
            return {"data": [{"channelId": channel} for channel in shipments]}
        if path == "orders":
            return {"data": orders or []}
        numbers = [value for name, value in asked.items() if name.startswith("orders[")]
        known = shipments[asked["channelId"]]
        wanted = [one for one in known if one["orderNo"] in numbers] if numbers else known
        return {"data": wanted[: int(asked["limit"])]}

    return Scripted(answer)


async def test_a_shipment_without_a_date_stands_where_its_order_does(resources: Resources) -> None:
    order = {"orderNo": "A1", "channelId": "C", "orderDate": "2026-03-01T00:00:00Z"}
    system = answering({"C": [{"orderNo": "A1"}, {"orderNo": "A2", "shippedAt": "2026-02-01T00:00:00Z"}]}, [order])
    async with reaching(system, resources) as (backend, _):
        page = await backend.shipments(asking_shipments())
        by_id = await backend.shipments_by_id(["C/A1/1"])

    assert [(shipment.backend_id, shipment.list_time.month) for shipment in page.records] == [("C/A1/1", 3), ("C/A2/1", 2)]
    assert by_id == {"C/A1/1": replace(page.records[0], fetched_at=fetched_at(by_id["C/A1/1"]))}
    assert not page.gaps


def fetched_at(answer: object) -> datetime:
    assert isinstance(answer, Shipment)
    return answer.fetched_at


async def test_a_shipment_without_a_date_and_without_its_order_is_a_gap(resources: Resources) -> None:
    system = answering({"C": [{"orderNo": "A1"}, {"orderNo": "A2", "shippedAt": "2026-02-01"}]})
    async with reaching(system, resources) as (backend, _):
        page = await backend.shipments(asking_shipments())
        by_id = await backend.shipments_by_id(["C/A1/1"])

    assert [shipment.order_number for shipment in page.records] == ["A2"]
    assert len(page.gaps) == 1
    assert isinstance(by_id["C/A1/1"], Incomplete)


async def test_more_shipments_than_a_reply_holds_are_asked_for_in_halves(resources: Resources) -> None:
    shipments = [
        {"orderNo": f"A{number}", "shipmentId": f"{number}-{part}", "shipDate": "2026-02-01"}
        for number in range(80)
        for part in range(2)
    ]
    system = answering({"C": shipments})
    numbers = frozenset(f"A{number}" for number in range(80))
    async with reaching(system, resources) as (backend, _):
        page = await backend.shipments(asking_shipments(ShipmentFilter(order_numbers=numbers), limit=250))

    assert len({shipment.backend_id for shipment in page.records}) == 160
    assert not page.gaps


async def test_a_number_with_more_shipments_than_a_reply_holds_is_a_gap(resources: Resources) -> None:
    shipments = [{"orderNo": "A1", "shipmentId": str(part), "shipDate": "2026-02-01"} for part in range(120)]
    async with reaching(answering({"C": shipments}), resources) as (backend, _):
        page = await backend.shipments(asking_shipments(ShipmentFilter(order_numbers=frozenset({"A1"}))))

    assert [gap.message for gap in page.gaps] == ["Cenports may hold more records of order number A1 than it lets anyone read."]


async def test_an_order_with_more_shipments_than_a_reply_holds_fails_no_other(resources: Resources) -> None:
    order = {"channelId": "C", "orderDate": "2026-03-01"}
    orders = [{"orderNo": number, **order} for number in ("A1", "A2", "A3")]
    shipments = [{"orderNo": "A1", "shipmentId": str(part)} for part in range(120)]
    shipments += [{"orderNo": number, "shipmentId": "1"} for number in ("A2", "A3")]
    async with reaching(answering({"C": shipments}, orders), resources) as (backend, _):
        found = await backend.shipments_by_order((await backend.orders(asking(sort=Sort.ASC))).records)

    assert isinstance(found["C/A1"], Incomplete)
    assert [[one.backend_id for one in whole({"": found[order]})[""]] for order in ("C/A2", "C/A3")] == [["C/A2/1"], ["C/A3/1"]]


def whole(answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers, where none is an error."""
    assert not [answer for answer in answers.values() if isinstance(answer, Exception)]
    return answers
