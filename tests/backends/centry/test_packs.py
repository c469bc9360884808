"""Packs of Centry's: found among what was made at the same time."""

from dataclasses import replace

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.errors import BackendError
from gateway.links.facts import pack_of
from gateway.models import Order
from gateway.ports import Resources
from gateway.sandbox.collisions import Collision, with_collisions
from gateway.sandbox.world import System, make_world
from tests.backends.centry.backing import ORDERS, Backing, backing, orders

WORLD = with_collisions(make_world(seed=7, orders=40), [Collision.PACK])
PACKED = {order.number: order.pack for order in WORLD.orders_of(System.CENTRY) if order.pack}


async def packed(centry: Backing) -> list[Order]:
    """Once a page was seen, Centry's shorter ones are known to be whole."""
    page = await centry.backend.orders(orders(100))
    await centry.calls()
    return [order for order in page.records if order.number in PACKED]


async def test_orders_of_packs_that_were_made_together_cost_one_call(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        page = await packed(centry)
        found = await centry.backend.orders_by_pack(page)
        calls = await centry.calls()

    assert calls == {ORDERS: 1}
    for order in page:
        siblings = found[order.backend_id]
        assert not isinstance(siblings, BackendError)
        assert {each.number for each in siblings} == {
            number for number, pack in PACKED.items() if pack == pack_of(order) and number != order.number
        }
        assert all(line.sku for each in siblings for line in each.lines)


async def test_orders_without_a_pack_are_not_asked_for(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        page = await centry.backend.orders(orders(100))
        await centry.calls()
        assert await centry.backend.orders_by_pack([order for order in page.records if not pack_of(order)]) == {}
        assert not await centry.calls()


async def test_packs_of_other_times_are_asked_for_apart_and_one_that_fails_spares_the_others(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        page = await packed(centry)
        alone = [order for order in (await centry.backend.orders(orders(100))).records if pack_of(order)]
        other = next(order for order in alone if order.number not in PACKED)
        await centry.calls()
        await centry.fault(match="GET /conexion/v1/orders.json", status=400, times=1)

        found = await centry.backend.orders_by_pack([page[0], other])

        assert (await centry.calls())[ORDERS] == 2
    failed = {key for key, answer in found.items() if isinstance(answer, BackendError)}
    assert len(failed) == 1
    assert found.keys() == {page[0].backend_id, other.backend_id}


async def test_a_pack_of_another_origin_is_another_pack(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        page = await packed(centry)
        stranger = replace(page[0], channel_id="Ripley")
        found = await centry.backend.orders_by_pack([stranger])
    assert found == {stranger.backend_id: []}
