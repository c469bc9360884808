"""Centry's shipments: out of its orders, in the orders' order, and without calls of their own."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.backends.centry.mapping import shipment_id
from gateway.backends.centry.sandbox import CentrySandbox
from gateway.backends.centry.sandbox_orders import wire_order
from gateway.errors import BackendError, NotSupported
from gateway.models import Shipment, ShipmentStatus, Sort
from gateway.ports import Resources
from gateway.sandbox.world import System, make_world
from tests.backends.centry.backing import ORDER, ORDERS, Backing, backing, orders, shipments

WORLD = make_world(seed=7, orders=120)
TRACKED = {
    order.number: order
    for order in WORLD.orders_of(System.CENTRY)
    if any(item["tracking_code"] for item in wire_order(order)["items"])
}
"""Not every dispatched order: like the first of the vendor's examples, some come without any tracking code."""


async def walk(centry: Backing, limit: int, sort: Sort, **wanted: Any) -> list[Shipment]:
    found: list[Shipment] = []
    after = None
    while True:
        part = await centry.backend.shipments(shipments(limit, sort=sort, after=after, **wanted))
        found += part.records
        if not part.more:
            return found
        assert part.position not in (None, after), "the walk stands still"
        after = part.position


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_a_walk_yields_every_shipment_once_and_in_order(sort: Sort, limit: int, resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        found = await walk(centry, limit, sort)

    placed = sorted(TRACKED.values(), key=lambda order: order.placed_at, reverse=sort is Sort.DESC)
    assert [shipment.order_number for shipment in found] == [order.number for order in placed]


async def test_several_shipments_of_one_order_are_not_lost_between_two_slices(resources: Resources) -> None:
    def item(code: str) -> dict[str, Any]:
        return {"_id": code, "tracking_code": code, "sku": "A", "quantity": 1}

    first = {"_id": "a1", "created_at": "2026-06-01T00:00:00Z", "items": [item("T2"), item("T1"), item("T3")]}
    second = {"_id": "a2", "created_at": "2026-06-01T00:00:00Z", "items": [item("T4")]}
    for sort in Sort:
        async with backing(CentrySandbox(make_world(orders=0)), resources) as centry:
            await centry.fault(match="GET /conexion/v1/orders.json", body=[first, second], times=1)
            found = await centry.backend.shipments(shipments(2, sort=sort))
            await centry.fault(match="GET /conexion/v1/orders.json", body=[first, second], times=1)
            rest = await centry.backend.shipments(shipments(2, sort=sort, after=found.position))

        seen = [shipment.backend_id for shipment in (*found.records, *rest.records)]
        everything = ["a1/T1", "a1/T2", "a1/T3", "a2/T4"]
        assert seen == (everything if sort is Sort.ASC else everything[::-1])


async def test_an_order_at_hand_gives_its_shipments_without_a_call(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        page = (await centry.backend.orders(orders(120))).records
        await centry.calls()

        found = await centry.backend.shipments_by_order(page)

        assert await centry.calls() == {}
    by_number = {order.number: found[order.backend_id] for order in page}
    assert {number for number, of in by_number.items() if of} == TRACKED.keys()
    for number, of in by_number.items():
        assert not isinstance(of, BackendError)
        for shipment in of:
            dispatch = TRACKED[number].dispatch
            assert dispatch is not None
            assert (shipment.tracking_number, shipment.carrier) == (dispatch.tracking, dispatch.carrier)
            assert {line.sku for line in shipment.lines} == {line.item.sku for line in TRACKED[number].lines}


async def test_an_order_without_its_text_is_read_again(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        page = (await centry.backend.orders(orders(120))).records
        order = next(order for order in page if order.number in TRACKED)
        await centry.calls()

        found = await centry.backend.shipments_by_order([replace(order, raw=None)])

        assert (await centry.calls())[ORDER] == 1
    (shipment,) = found[order.backend_id]  # type: ignore[misc]  # no error here
    assert shipment.order_number == order.number


async def test_shipments_by_id_cost_one_call_for_each_order(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD, honours_expand=True), resources) as centry:
        (shipment,) = (await centry.backend.shipments(shipments(1))).records
        order_id = shipment.order_backend_id or ""
        await centry.calls()

        wanted = [shipment.backend_id, shipment_id(order_id, "no such code"), f"{'0' * 24}/T"]
        found = await centry.backend.shipments_by_id(wanted)

        assert (await centry.calls())[ORDER] == 2
    assert found.keys() == {shipment.backend_id}


async def test_shipments_are_found_by_the_orders_number(resources: Resources) -> None:
    number = next(iter(TRACKED))
    async with backing(CentrySandbox(WORLD), resources) as centry:
        found = await centry.backend.shipments(shipments(10, order_numbers=frozenset((number, "unknown"))))

        assert (await centry.calls())[ORDERS] <= 8
    assert [shipment.order_number for shipment in found.records] == [number]


async def test_shipments_are_filtered_by_status(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        found = await walk(centry, 5, Sort.DESC, statuses=frozenset((ShipmentStatus.DELIVERED,)))

    delivered = {number for number, order in TRACKED.items() if order.dispatch and order.dispatch.delivered_at}
    assert {shipment.order_number for shipment in found} == delivered


@pytest.mark.parametrize("wanted", [{"acknowledged": True}, {"tracking_numbers": frozenset(("T",))}])
async def test_what_centry_cannot_be_asked_for_is_not_supported(wanted: dict[str, Any], resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        with pytest.raises(NotSupported):
            await centry.backend.shipments(shipments(10, **wanted))
