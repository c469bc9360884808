"""ShipmentSource: lists of shipments, and shipments by id and by order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.errors import NotSupported
from gateway.models import Shipment, ShipmentFilter, ShipmentStatus, Sort, TimeRange
from gateway.ports import ShipmentSource
from tests.conformance.keys import assert_hundreds_at_once, assert_matched_by_key, assert_strange_keys_do_no_harm
from tests.conformance.known import plain, sure
from tests.conformance.lists import LIMITS, assert_every_place_leads_on, assert_filter, assert_walk, ids, walked
from tests.conformance.records import assert_well_formed
from tests.conformance.subject import Subject

PORT = ShipmentSource


async def test_a_shipment_is_whole(subject: Subject) -> None:
    shipments = subject.known.shipments
    assert len(shipments) > 2
    assert_well_formed(subject.name, shipments)
    orders = {order.backend_id: order for order in subject.known.orders}
    for shipment in shipments:
        assert {line.backend for line in shipment.lines} <= {subject.name}
        if shipment.order_backend_id is not None:
            assert shipment.order_number in orders[shipment.order_backend_id].numbers
        for line in shipment.lines:
            if line.order_backend_id and line.order_line_id:
                assert line.order_line_id in {each.line_id for each in orders[line.order_backend_id].lines}


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", LIMITS)
async def test_a_walk_yields_every_shipment_once_and_in_order(subject: Subject, limit: int, sort: Sort) -> None:
    await assert_walk(subject.backend.shipments, ShipmentFilter(), subject.known.shipments, sort, limit)


@pytest.mark.parametrize("sort", Sort)
async def test_a_walk_is_the_same_where_the_backend_gives_few_in_one_reply(subject: Subject, sort: Sort) -> None:
    async with subject.another(page_size=5) as backend:
        for limit in (3, 5, 250):
            await assert_walk(backend.shipments, ShipmentFilter(), subject.known.shipments, sort, limit)
        some = ShipmentFilter(statuses=frozenset(shipment.status for shipment in subject.known.shipments[::2]))
        await assert_walk(backend.shipments, some, list(filter(some.matches, subject.known.shipments)), sort, 250)


@pytest.mark.parametrize("sort", Sort)
async def test_from_every_place_the_list_goes_on(subject: Subject, sort: Sort) -> None:
    await assert_every_place_leads_on(subject.backend.shipments, ShipmentFilter(), subject.known.shipments, sort)


async def test_a_filter_holds_what_its_model_says(subject: Subject) -> None:
    shipments = subject.known.shipments
    for wanted in _filters(shipments):
        expected = [shipment for shipment in shipments if wanted.matches(shipment)]
        optional = wanted.tracking_numbers is not None or wanted.shipped_at is not None
        await assert_filter(subject.backend.shipments, wanted, expected, optional=optional)


async def test_acknowledged_or_not_is_told_of_each_shipment_that_the_filter_finds(subject: Subject) -> None:
    """A backend may tell it by the filter alone."""
    known = [shipment.backend_id for shipment in subject.known.shipments]
    found: list[str] = []
    for wanted in (True, False):
        try:
            slices = await walked(subject.backend.shipments, ShipmentFilter(acknowledged=wanted), Sort.ASC, 250)
        except NotSupported:
            continue
        shipments = [shipment for given in slices for shipment in given.records]
        assert all(shipment.acknowledged is wanted for shipment in shipments)
        found += ids(shipments)
    assert sorted(found) in ([], sorted(known))


async def test_a_shipment_by_its_id_is_that_of_the_list(subject: Subject) -> None:
    expected = {shipment.backend_id: shipment for shipment in subject.known.shipments}
    await assert_matched_by_key(subject.backend.shipments_by_id, expected)


async def test_ids_that_nobody_has_do_no_harm(subject: Subject) -> None:
    expected = {shipment.backend_id: shipment for shipment in subject.known.shipments}
    await assert_strange_keys_do_no_harm(subject.backend.shipments_by_id, expected)
    await assert_hundreds_at_once(subject.backend.shipments_by_id, expected)


async def test_an_orders_shipments_are_those_that_name_it(subject: Subject) -> None:
    orders, ask = subject.known.orders, subject.backend.shipments_by_order
    found = {order_id: sure(shipments) for order_id, shipments in (await ask(orders)).items()}
    assert set(found) <= {order.backend_id for order in orders}
    listed = {shipment.backend_id: shipment for shipment in subject.known.shipments}
    for order in orders:
        mine = found.get(order.backend_id, ())
        assert all(plain(shipment) == plain(_undated(listed[shipment.backend_id], shipment)) for shipment in mine)
        named = [shipment.backend_id for shipment in listed.values() if shipment.order_backend_id == order.backend_id]
        assert {shipment.backend_id for shipment in mine} >= set(named)
    assert plain(await ask([*reversed(orders), *orders])) == plain(found), "the order of orders, or a second time, matters"
    assert await ask([]) == {}


async def test_an_order_that_nobody_has_has_no_shipments(subject: Subject) -> None:
    known = subject.known.orders[0]
    stranger = replace(known, backend_id="nobody's", number="nobody's", references=(), lines=(), raw=None)
    found = await subject.backend.shipments_by_order([stranger, known])
    assert not found.get("nobody's")
    assert plain(found.get(known.backend_id)) == plain(
        (await subject.backend.shipments_by_order([known])).get(known.backend_id)
    )


def _undated(listed: Shipment, alone: Shipment) -> Shipment:
    """As it came with its order: the place in a list may be another where the backend does not date shipments."""
    return replace(listed, list_time=alone.list_time)


def _filters(shipments: Sequence[Shipment]) -> Iterator[ShipmentFilter]:
    """Each part of the filter by itself, with values that shipments have and such that none has, and some together."""
    for status in ShipmentStatus:
        yield ShipmentFilter(statuses=frozenset({status}))
    yield ShipmentFilter(statuses=frozenset(shipment.status for shipment in shipments[::2]))
    numbers = [shipment.order_number for shipment in shipments if shipment.order_number]
    yield ShipmentFilter(order_numbers=frozenset({*numbers[:3], "nobody's"}))
    yield ShipmentFilter(order_numbers=frozenset(numbers[2:4]), statuses=frozenset({shipments[2].status}))
    tracked = [shipment.tracking_number for shipment in shipments if shipment.tracking_number]
    yield ShipmentFilter(tracking_numbers=frozenset({*tracked[:3], "nobody's"}))
    times = [shipment.shipped_at for shipment in shipments if shipment.shipped_at] or [shipments[0].list_time]
    early, late = min(times), max(times)
    for span in (
        TimeRange(start=early), TimeRange(end=late), TimeRange(start=late, end=early),
        TimeRange(start=early, end=early + timedelta(microseconds=1)),
    ):  # fmt: skip
        yield ShipmentFilter(shipped_at=span)
    nothing: frozenset[str] = frozenset()
    yield ShipmentFilter(order_numbers=nothing)
    yield ShipmentFilter(tracking_numbers=nothing)
    yield ShipmentFilter(statuses=frozenset())
