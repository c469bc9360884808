"""Reconciliation: an order that changed without a notice is found, once, however close to others it changed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.database import Database
from gateway.inbox.letters import Inbox, Letter
from gateway.models import Backend
from gateway.readmodel.store import MessageState
from gateway.sandbox.world import Stage, System, make_world
from tests import databases
from tests.backends.centry.backing import Backing, backing

WORLD = make_world(orders=30)
PLACED = [order.number for order in WORLD.orders_of(System.CENTRY) if order.stage is Stage.PLACED]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with databases.opened(database_url) as made:
        yield made


async def letters(centry: Backing, database: Database) -> list[Letter]:
    """Those that wait; they are dealt with then."""
    inbox = Inbox(database)
    found = await inbox.listed([MessageState.WAITING], [Backend.CENTRY], 100)
    await inbox.settle(found, await centry.backend.read_letters(found), timedelta(days=1))
    return found


async def test_what_changed_without_a_notice_is_found_once(database: Database) -> None:
    sandbox = CentrySandbox(WORLD)
    async with backing(sandbox, databases.resources(database), page_size=2) as centry:
        place = await centry.backend.reconcile(None)
        assert len(PLACED) >= 3
        for number in PLACED[:3]:
            sandbox.advance(number, Stage.CONFIRMED)
        place = await centry.backend.reconcile(place)
        assert {each.type for each in await letters(centry, database)} == {"on_order_save"}

        place = await centry.backend.reconcile(place)
        assert await letters(centry, database) == []

        sandbox.advance(PLACED[0], Stage.SHIPPED)
        place = await centry.backend.reconcile(place)
        assert len(await letters(centry, database)) == 1


async def test_of_what_a_notice_told_nothing_is_told_again(database: Database) -> None:
    sandbox = CentrySandbox(WORLD)
    async with backing(sandbox, databases.resources(database), webhook_secret="a-webhook-secret") as centry:
        place = await centry.backend.reconcile(None)
        sandbox.advance(PLACED[0], Stage.CONFIRMED)
        place = await centry.backend.reconcile(place)
        (letter,) = await letters(centry, database)

        sandbox.advance(PLACED[0], Stage.SHIPPED)
        assert (await centry.backend.receive({}, {}, letter.body.encode(), "a-webhook-secret")).status == 200
        assert len(await letters(centry, database)) == 1

        await centry.backend.reconcile(place)
        assert await letters(centry, database) == []
