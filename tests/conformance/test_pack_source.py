"""PackSource: the other orders of what was bought at once."""

from collections.abc import Sequence

from gateway.links.facts import pack_of
from gateway.models import Order
from gateway.ports import PackSource
from tests.conformance.keys import assert_matched_by_record
from tests.conformance.known import plain, sure
from tests.conformance.subject import Subject

PORT = PackSource


async def test_an_order_is_answered_with_all_others_of_its_pack(subject: Subject) -> None:
    known = subject.known.orders
    found = await assert_matched_by_record(subject.backend.orders_by_pack, known)
    expected = {
        order.backend_id: [other for other in known if pack_of(other) == pack_of(order) and other != order]
        for order in known
        if pack_of(order)
    }
    assert max(map(len, expected.values())) > 1
    told = {key: _by_id(sure(answer)) for key, answer in found.items()}
    assert plain(told) == plain({key: _by_id(orders) for key, orders in expected.items()})


def _by_id(orders: Sequence[Order]) -> list[Order]:
    return sorted(orders, key=lambda order: order.backend_id)
