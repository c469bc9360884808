"""OrderSource: lists of orders, and orders by id and by number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

import pytest

from gateway.models import Order, OrderFilter, OrderKind, OrderStatus, Sort, TimeRange
from gateway.ports import AcknowledgementSource, OrderSource
from tests.conformance.keys import assert_hundreds_at_once, assert_matched_by_key, assert_strange_keys_do_no_harm
from tests.conformance.known import plain, sure
from tests.conformance.lists import LIMITS, assert_every_place_leads_on, assert_filter, assert_walk
from tests.conformance.records import assert_well_formed
from tests.conformance.subject import Subject

PORT = OrderSource


async def test_an_order_is_whole(subject: Subject) -> None:
    orders = subject.known.orders
    assert len(orders) > 3
    assert_well_formed(subject.name, orders)
    for order in orders:
        assert order.kind in subject.backend.order_kinds
        assert order.number
        assert order.lines
        assert len({line.line_id for line in order.lines}) == len(order.lines)
        assert {line.order_backend_id for line in order.lines} == {order.backend_id}
        assert {line.backend for line in order.lines} == {subject.name}


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", LIMITS)
async def test_a_walk_yields_every_order_once_and_in_order(subject: Subject, limit: int, sort: Sort) -> None:
    await assert_walk(subject.backend.orders, OrderFilter(), subject.known.orders, sort, limit)


@pytest.mark.parametrize("sort", Sort)
async def test_a_walk_is_the_same_where_the_backend_gives_few_in_one_reply(subject: Subject, sort: Sort) -> None:
    async with subject.another(page_size=5) as backend:
        for limit in (3, 5, 250):
            await assert_walk(backend.orders, OrderFilter(), subject.known.orders, sort, limit)
        some = OrderFilter(statuses=frozenset(order.status for order in subject.known.orders[::2]))
        await assert_walk(backend.orders, some, list(filter(some.matches, subject.known.orders)), sort, 250)


@pytest.mark.parametrize("sort", Sort)
async def test_from_every_place_the_list_goes_on(subject: Subject, sort: Sort) -> None:
    await assert_every_place_leads_on(subject.backend.orders, OrderFilter(), subject.known.orders, sort)


async def test_a_filter_holds_what_its_model_says(subject: Subject) -> None:
    orders = subject.known.orders
    for wanted in _filters(orders):
        expected = [order for order in orders if wanted.matches(order)]
        await assert_filter(subject.backend.orders, wanted, expected, optional=wanted.updated_at is not None)


async def test_a_filter_on_acknowledgement_agrees_with_what_is_told_of_each_order(subject: Subject) -> None:
    orders = subject.known.orders
    told: Mapping[str, bool | None] = {order.backend_id: order.acknowledged for order in orders}
    optional = not any(isinstance(known, bool) for known in told.values())
    if isinstance(subject.backend, AcknowledgementSource):
        answers = await subject.backend.acknowledged_by_order(orders)
        told, optional = {order_id: sure(answer) for order_id, answer in answers.items()}, False
    for wanted in (True, False):
        expected = [order for order in orders if told[order.backend_id] is wanted]
        await assert_filter(subject.backend.orders, OrderFilter(acknowledged=wanted), expected, optional=optional)


async def test_an_order_by_its_id_is_that_of_the_list(subject: Subject) -> None:
    expected = {order.backend_id: order for order in subject.known.orders}
    await assert_matched_by_key(subject.backend.orders_by_id, expected)


async def test_ids_that_nobody_has_do_no_harm(subject: Subject) -> None:
    expected = {order.backend_id: order for order in subject.known.orders}
    await assert_strange_keys_do_no_harm(subject.backend.orders_by_id, expected)
    await assert_hundreds_at_once(subject.backend.orders_by_id, expected)


async def test_an_order_is_found_by_its_number(subject: Subject) -> None:
    """And by a reference, where the backend lets one search it: then it is one of the numbers that the order goes by."""
    backend, orders = subject.backend, subject.known.orders
    by_number = _by_number(orders, (order.number for order in orders))
    await assert_matched_by_key(backend.orders_by_number, by_number)
    references = sorted({number for order in orders for number in order.numbers} - by_number.keys())
    for number, found in (await backend.orders_by_number(references)).items():
        assert plain(_oldest_first(found)) == plain(_by_number(orders, [number])[number])


async def test_white_space_around_a_number_does_not_count(subject: Subject) -> None:
    number = subject.known.orders[0].number
    found = await subject.backend.orders_by_number([f" {number}\t", number])
    assert plain(found) == dict.fromkeys((f" {number}\t", number), plain(found[number]))


async def test_numbers_that_nobody_has_do_no_harm(subject: Subject) -> None:
    expected = _by_number(subject.known.orders, (order.number for order in subject.known.orders))
    await assert_strange_keys_do_no_harm(subject.backend.orders_by_number, expected)
    await assert_hundreds_at_once(subject.backend.orders_by_number, expected)


def _by_number(orders: Sequence[Order], numbers: Iterable[str]) -> dict[str, list[Order]]:
    return {number: [order for order in orders if number in order.numbers] for number in numbers}


def _oldest_first(orders: Sequence[Order]) -> list[Order]:
    return sorted(orders, key=lambda order: (order.placed_at, order.backend_id))


def _filters(orders: Sequence[Order]) -> Iterator[OrderFilter]:
    """Each part of the filter by itself, with values that orders have and such that none has, and some together."""
    for kind in OrderKind:
        yield OrderFilter(kinds=frozenset({kind}))
    for status in OrderStatus:
        yield OrderFilter(statuses=frozenset({status}))
    yield OrderFilter(statuses=frozenset(order.status for order in orders[::2]))
    yield OrderFilter(numbers=frozenset({orders[0].number, orders[-1].number, "nobody's"}))
    yield OrderFilter(numbers=frozenset(reference.value for order in orders for reference in order.references))
    for channel_id in {order.channel_id for order in orders if order.channel_id}:
        yield OrderFilter(channel_ids=frozenset({channel_id}))
    yield OrderFilter(channel_ids=frozenset({*(order.channel_id or "" for order in orders[:3]), "nobody's"}))
    yield OrderFilter(skus=frozenset({*orders[1].skus, *orders[2].skus, "nobody's"}))
    yield OrderFilter(skus=frozenset({"nobody's"}))
    early, late = orders[2].placed_at, orders[-3].placed_at
    for span in (
        TimeRange(start=early), TimeRange(end=late), TimeRange(start=early, end=late), TimeRange(start=late, end=early),
        TimeRange(start=early, end=early + timedelta(microseconds=1)), TimeRange(end=early - timedelta(days=9999)),
    ):  # fmt: skip
        yield OrderFilter(placed_at=span)
        yield OrderFilter(updated_at=span)
    yield OrderFilter(placed_at=TimeRange(start=early), statuses=frozenset(order.status for order in orders[::3]))
    yield OrderFilter(numbers=frozenset({orders[1].number}), placed_at=TimeRange(end=early), skus=orders[1].skus)
    for nothing in (frozenset[str](),):
        yield OrderFilter(numbers=nothing)
        yield OrderFilter(skus=nothing)
        yield OrderFilter(channel_ids=nothing)
        yield OrderFilter(kinds=frozenset())
        yield OrderFilter(statuses=frozenset())
