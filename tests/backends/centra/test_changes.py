"""Changes of Centra's on the cookbook's orders: what may be sent again, and what its events have to tell first."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from gateway.backends.centra.means import Means
from gateway.backends.centra.sandbox import CentraSandbox
from gateway.backends.centra.settings import CentraSettings, StoreType
from gateway.backends.centra.updates import too_long
from gateway.centra_changes import CentraAccount, CentraBuyer, CentraCustomer, CentraPriceAlterationDate
from gateway.changes import (
    Cancellation,
    Confirmation,
    Dispatch,
    LineQuantity,
    NewOrder,
    NewOrderLine,
    NewReturn,
    NewShipment,
    OrderTask,
)
from gateway.clock import now
from gateway.errors import Rejected, Unavailable
from gateway.models import Backend, Money
from gateway.sandbox.server import running
from gateway.transactions.work import Achieved, Done, NotApplied, Unknowable
from tests.backends.centra.asked import chairs
from tests.backends.centra.changing import at_work, prepared
from tests.backends.centra.cookbook import EMPTY, RETAIL, WHOLESALE, order_xml

SIZED = "<sizetable><id>OneSize</id></sizetable>"
CHAIR = f"<variation><id>PWC</id>{SIZED}<sizes><size><id>OS</id></size></sizes></variation>"
GOODS = (
    SIZED,
    f"<size><id>OS</id>{SIZED}</size>",
    f"<product><id>PWC</id><variations>{CHAIR}</variations></product>",
    "<store><id>1</id><type>retail</type></store>",
    "<currency><id>EUR</id><rate>10.43100</rate></currency>",
)
CHAIRS = NewOrderLine(variant_record_id="PWC/PWC/OS", quantity=Decimal(1), unit_price=Money(Decimal(700), "EUR"))
ONE_CHAIR = (LineQuantity(line_id="67", quantity=Decimal(1)),)
SAFE: Sequence[tuple[str, object]] = (
    ("lockOrders", OrderTask(order_id="25")),
    ("confirmOrders", Confirmation(order_id="25", lock=True)),
    ("createOrders", NewOrder(backend=Backend.CENTRA, number="1", lines=(CHAIRS, CHAIRS))),
    ("createShipments", NewShipment(backend=Backend.CENTRA, order_id="25", lines=ONE_CHAIR)),
    ("markShipmentsShipped", Dispatch(shipment_id="30/8", carrier="UPS")),
    ("adjustStock", chairs("MainWarehouse", 7)),
)


@asynccontextmanager
async def cookbook(**options: Any) -> AsyncIterator[tuple[CentraSandbox, Means]]:
    """A Centra that has the cookbook's orders and one of its products."""
    system = CentraSandbox(EMPTY, **options)
    for xml in (*GOODS, order_xml(RETAIL), order_xml(WHOLESALE)):
        system.put(xml)
    with running({"CENTRA": system}) as addresses:
        login = {"username": "sandbox", "password": "sandbox-password"}
        settings = CentraSettings.model_validate({"soap_url": addresses["CENTRA"] + system.path, **login})
        async with at_work(settings) as means:
            yield system, means


def everything(system: CentraSandbox) -> list[bytes]:
    """All that changes are made of, as it is."""
    keys = (("order", "25"), ("order", "30"), ("order", "key"), ("product", "PWC"))
    return [etree.tostring(record) for key in keys if (record := system.record(*key)) is not None]


@pytest.mark.parametrize("reference_replies", [False, True])
@pytest.mark.parametrize(("mutation", "facts"), SAFE, ids=[name for name, _ in SAFE])
async def test_a_message_that_arrives_twice_changes_nothing_more(
    mutation: str, facts: object, *, reference_replies: bool
) -> None:
    async with cookbook(reference_replies=reference_replies) as (system, means):
        before = everything(system)
        made = await prepared(means, mutation, [facts])
        done = await made.send()
        after = everything(system)
        assert after != before
        assert all(isinstance(result, Achieved) for result in done.results.values())

        await made.send()
        assert everything(system) == after


@pytest.mark.parametrize(("mutation", "facts"), SAFE, ids=[name for name, _ in SAFE])
async def test_what_events_tell_is_done_and_what_they_do_not_tell_is_sent_again(mutation: str, facts: object) -> None:
    async with cookbook() as (_, means):
        made = await prepared(means, mutation, [facts])
        assert await made.change.settle(made.job) == NotApplied()
        await made.change.update(made.job.message)
        assert isinstance(await made.change.settle(made.job), Done)


async def begun(system: CentraSandbox, means: Means, mutation: str) -> None:
    """What comes back must have been shipped; here Centra's staff did it."""
    if mutation == "createReturn":
        system.put(order_xml(RETAIL).replace("shipped>no<", "shipped>yes<"))
        await means.learn()


RISKY: Sequence[tuple[str, object]] = (
    ("cancelOrders", Cancellation(order_id="25", lines=ONE_CHAIR)),
    ("markShipmentsShipped", Dispatch(shipment_id="30/8", capture=True)),
    ("createReturn", NewReturn(shipment_id="30/8", lines=(LineQuantity(line_id="81", quantity=Decimal(1)),))),
)


@pytest.mark.parametrize(("mutation", "facts"), RISKY, ids=[name for name, _ in RISKY])
async def test_what_must_not_be_done_twice_waits_for_its_event_and_is_then_left_to_a_person(
    mutation: str, facts: object
) -> None:
    """Here Centra tells of no change that was made through its SOAP API."""
    async with cookbook(tells_updates=False) as (system, means):
        await begun(system, means, mutation)
        made = await prepared(means, mutation, [facts])
        await means.client.orders_update(made.job.message["order"])
        with pytest.raises(Unavailable):
            await made.change.settle(replace(made.job, sent_at=now()))
        long_ago = now() - timedelta(seconds=means.events_tell_within)
        assert isinstance(await made.change.settle(replace(made.job, sent_at=long_ago)), Unknowable)


@pytest.mark.parametrize(("mutation", "facts"), RISKY, ids=[name for name, _ in RISKY])
async def test_an_event_that_comes_in_time_settles_it(mutation: str, facts: object) -> None:
    async with cookbook() as (system, means):
        await begun(system, means, mutation)
        made = await prepared(means, mutation, [facts])
        await means.client.orders_update(made.job.message["order"])
        assert isinstance(await made.change.settle(replace(made.job, sent_at=now())), Done)


async def test_a_capture_for_what_was_shipped_before_is_shown_by_the_payment_alone() -> None:
    async with cookbook() as (_, means):
        await (await prepared(means, "markShipmentsShipped", [Dispatch(shipment_id="30/8")])).send()
        made = await prepared(means, "markShipmentsShipped", [Dispatch(shipment_id="30/8", capture=True)])
        with pytest.raises(Unavailable):
            await made.change.settle(replace(made.job, sent_at=now()))
        await means.client.orders_update(made.job.message["order"])
        assert isinstance(await made.change.settle(replace(made.job, sent_at=now())), Done)


async def test_a_whole_order_is_what_is_in_no_shipment_and_what_is_packed_is_named() -> None:
    async with cookbook() as (system, means):
        packed = NewShipment(backend=Backend.CENTRA, order_id="25", lines=ONE_CHAIR)
        await (await prepared(means, "createShipments", [packed])).send()
        made = await prepared(means, "cancelOrders", [Cancellation(order_id="25")])
        done = await made.send()

        result = done.results[0]
        assert isinstance(result, Achieved)
        assert [(type(issue), issue.message) for issue in result.issues] == [
            (Rejected, "What is in shipments that are not shipped yet was not cancelled: lines 67.")
        ]
        record = system.record("order", "25")
        assert record is not None
        rows = record.findall("{*}cancelled/{*}product/{*}sizes/{*}size")
        assert [(row.findtext("{*}orderitem/{*}id"), row.findtext("{*}qty")) for row in rows] == [
            ("67", "1"), ("68", "1"), ("69", "2"), ("70", "3"), ("71", "4"),
        ]  # fmt: skip


@pytest.mark.parametrize(("mutation", "facts", "seen"), [(*SAFE[0], "pending"), (*SAFE[1], "confirmed")])
async def test_the_queue_is_read_first_only_where_it_matters_how_an_order_stands(
    mutation: str, facts: object, seen: str
) -> None:
    async with cookbook() as (system, means):
        system.put(order_xml(WHOLESALE).replace("status>pending<", "status>confirmed<"))
        await prepared(means, mutation, [facts])
        order = await means.order("25")
        assert order is not None
        assert order.status == seen


def test_an_id_of_which_no_record_could_be_kept_is_refused() -> None:
    longest = NewShipment(backend=Backend.CENTRA, order_id="25", lines=ONE_CHAIR, number="å" * 15)
    assert list(too_long(longest.number, "number")) != []
    assert list(too_long("a" * 84, "number")) == []


@pytest.mark.parametrize(
    ("mutation", "item", "place", "kind"),
    [
        ("centraSavePriceAlterationDates", CentraPriceAlterationDate(id="H26"), (), StoreType.WHOLESALE),
        (
            "centraSaveAccounts",
            CentraAccount(id="A", buyers=(CentraBuyer(id="B"),)),
            ("buyers", "buyer", 0),
            StoreType.WHOLESALE,
        ),
        ("centraSaveCustomers", CentraCustomer(id="C"), (), StoreType.RETAIL),
    ],
)
async def test_the_store_of_the_settings_is_sent_where_it_is_of_the_right_kind_and_else_none(
    mutation: str, item: object, place: Sequence[str | int], kind: StoreType
) -> None:
    """The page: what is not sent is not changed."""
    async with cookbook() as (_, means):
        for own in StoreType:
            settings = means.settings.model_copy(update={"store": "7", "store_type": own})
            change = await prepared(replace(means, settings=settings), mutation, [item])
            [sent] = change.job.message["parts"][0]["elements"]
            for step in place:
                sent = sent[step]
            assert sent.get("store") == ("7" if own is kind else None)
