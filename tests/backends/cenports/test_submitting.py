"""What Cenports takes on: sent, asked for and found out, whatever it says of it. Against the simulated Cenports."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.backends.cenports.backend import CenportsBackend
from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.changes import NewOrder, ShipmentAcknowledgement, StockAdjustment
from gateway.clock import now
from gateway.errors import MalformedReply, Rejected
from gateway.models import StockChange, StockKind
from gateway.ports import Resources
from gateway.sandbox.world import System, make_world
from gateway.transactions.work import Achieved, Done, Job, NotApplied, Ready, TakenOn, Unknowable, Unsure
from tests.backends.cenports.backing import MANY, Calls, reaching, recorded
from tests.backends.cenports.written import FIRST

WORLD = make_world(seed=3, orders=10)
SKU, OTHER = [row.item.sku for row in WORLD.stock_of(System.CENPORTS) if row.site.key == "main"][:2]
PRINTED = recorded("cenports-11-transaction-failed.reply.json").decode()


@dataclass
class Place:
    backend: CenportsBackend
    calls: Calls
    system: CenportsSandbox

    async def sent(self, name: str, *items: Any) -> tuple[Any, Job[Any]]:
        """What came of sending, and the job as it is then."""
        change = self.backend.changes[name]
        job = Job(key="K", items=dict(enumerate(items)), submitted_at=now(), sent_at=now())
        ready = await change.prepare(job)
        assert isinstance(ready, Ready)
        job = replace(job, message=ready.message, items={i: item for i, item in job.items.items() if i not in ready.refused})
        outcome = await change.send(job)
        return outcome, replace(job, remote=outcome.remote if isinstance(outcome, TakenOn) else None)

    async def poll(self, name: str, job: Job[Any]) -> Any:
        return await self.backend.changes[name].poll(job)

    async def settle(self, name: str, job: Job[Any]) -> Any:
        return await self.backend.changes[name].settle(job)


@pytest.fixture
async def place(resources: Resources) -> AsyncIterator[Place]:
    system = CenportsSandbox(WORLD, calls_per_minute=MANY)
    async with reaching(system, resources) as (backend, calls):
        yield Place(backend, calls, system)


def order(number: str, sku: str = SKU) -> NewOrder:
    return replace(FIRST, number=number, channel_id=None, lines=(replace(FIRST.lines[0], sku=sku),))


def orders(*numbers: str) -> list[NewOrder]:
    return [order(number) for number in numbers]


def stock(sku: str = SKU, quantity: int = 1, change: StockChange = StockChange.SET) -> StockAdjustment:
    return StockAdjustment(warehouse="CENPORTS", sku=sku, quantity=quantity, change=change, kind=StockKind.ON_HAND)


def told(outcome: Any) -> list[str]:
    """The messages of a step's end, blank where an item was done."""
    assert isinstance(outcome, Done)
    return ["" if isinstance(each, Achieved) else each.message for _, each in sorted(outcome.results.items())]


async def test_it_is_worked_on_until_it_has_ended(place: Place) -> None:
    outcome, job = await place.sent("createOrders", *orders("N1", "N2"))
    assert isinstance(outcome, TakenOn)
    assert isinstance(await place.poll("createOrders", job), TakenOn)

    place.system.transactions.finish()
    done = await place.poll("createOrders", job)
    assert told(done) == ["", ""]
    assert [each.record.backend_id.rpartition("/")[2] for each in done.results.values()] == ["N1", "N2"]


@pytest.mark.parametrize(
    "body", [PRINTED, PRINTED.replace("[", "{").replace("{\n        {", "{\n        [")], ids=["JSON", "PHP"]
)
async def test_the_pages_failed_transaction_fails_the_orders_that_it_lists(place: Place, body: str) -> None:
    _, job = await place.sent("createOrders", *orders("A1234", "B1234", "C1234", "D1234"))
    await place.calls.fault(match="cenports-11", body=body)

    messages = told(await place.poll("createOrders", job))

    assert ["already existed" in messages[0], "sku does not exist" in messages[1], messages[2]] == [True, True, ""]
    assert "carrier code" in messages[3]


async def test_where_a_failed_transaction_names_no_order_those_that_exist_were_made(place: Place) -> None:
    _, job = await place.sent("createOrders", order("N1"), order("N2", sku="NOWHERE"))
    place.system.transactions.finish()
    await place.calls.fault(match="cenports-11", body={"status": "FAILED", "errors": "Out of order."}, times=1)
    await place.calls.fault(match="cenports-11", body={"status": "failed"})

    assert told(await place.poll("createOrders", job)) == ["", "Out of order."]
    assert told(await place.poll("createOrders", job)) == ["", "Cenports was not able to do this, and does not say why."]


async def test_what_was_set_and_failed_without_a_name_failed_and_of_what_was_added_nobody_knows(place: Place) -> None:
    _, setting = await place.sent("adjustStock", stock(), stock(OTHER))
    _, adding = await place.sent("adjustStock", stock(change=StockChange.ADD), stock(OTHER, change=StockChange.ADD))
    await place.calls.fault(match="cenports-11", body={"status": "FAILED", "errors": ["Out of order."]})

    assert told(await place.poll("adjustStock", setting)) == ["Out of order.", "Out of order."]
    assert isinstance(await place.poll("adjustStock", adding), Unsure)
    unknown = await place.settle("adjustStock", adding)
    assert isinstance(unknown, Unknowable)
    assert SKU in unknown.hint
    assert isinstance(await place.settle("adjustStock", setting), NotApplied)


async def test_a_handle_that_is_not_known_was_forgotten_once_no_work_can_take_that_long(place: Place) -> None:
    _, job = await place.sent("createOrders", *orders("N1"))
    lost = replace(job, remote="00000000-0000-0000-0000-000000000000")

    with pytest.raises(Rejected):
        await place.poll("createOrders", lost)
    assert isinstance(await place.poll("createOrders", replace(lost, sent_at=now() - timedelta(minutes=21))), Unsure)


async def test_what_is_taken_on_without_a_handle_cannot_be_asked_for(place: Place) -> None:
    await place.calls.fault(match="cenports-03", body={"status": "PROCESSING"}, times=1)
    await place.calls.fault(match="cenports-03", body={"data": {"status": "COMPLETED"}}, times=1)

    with pytest.raises(MalformedReply):
        await place.sent("createOrders", *orders("N1"))
    outcome, _ = await place.sent("createOrders", *orders("N1"))
    assert told(outcome) == [""]


async def test_orders_that_exist_need_not_be_sent_again(place: Place) -> None:
    _, job = await place.sent("createOrders", *orders("N1", "N2"))
    again = await place.settle("createOrders", job)
    assert isinstance(again, NotApplied)
    assert again.message is not None
    assert again.message.items() > job.message.items()

    place.system.transactions.finish()
    assert told(await place.settle("createOrders", job)) == ["", ""]


async def test_what_is_refused_for_some_entries_is_sent_without_them(place: Place) -> None:
    errors = {"shipments.0.orderNo": ["The shipments.0.orderNo is odd."]}
    await place.calls.fault(match="cenports-08", status=422, body={"message": "Invalid.", "errors": errors}, times=1)
    given = [ShipmentAcknowledgement(order_number=number) for number in ("S1", "S2", "S1")]

    outcome, job = await place.sent("acknowledgeShipments", *given)

    assert isinstance(outcome, TakenOn)
    assert _refused(outcome) == [0, 2]
    assert await place.calls.counted() == {"cenports-08": 2}
    left = replace(job, items={1: given[1]})
    place.system.transactions.finish()
    assert told(await place.poll("acknowledgeShipments", left)) == ["The shipment of order S2 does not exist."]


@pytest.mark.parametrize("errors", [{"channelId": ["No such channel."]}, None, "Invalid."])
async def test_what_is_refused_as_a_whole_is_not_sent_again(place: Place, errors: object) -> None:
    await place.calls.fault(match="cenports-03", status=422, body={"message": "Invalid.", "errors": errors})

    with pytest.raises(Rejected, match=r"Invalid\."):
        await place.sent("createOrders", *orders("N1", "N2"))
    assert await place.calls.counted() == {"cenports-03": 1}


def test_orders_go_together_by_channel_and_each_number_once(place: Place) -> None:
    change = place.backend.changes["createOrders"]

    assert change.group(order("N1")) != change.group(replace(order("N1"), channel_id="AMAZON"))
    assert change.fits(orders(*(f"N{n}" for n in range(50))))
    assert not change.fits(orders(*(f"N{n}" for n in range(51))))
    assert not change.fits(orders("N1", " N1 "))
    assert list(change.lanes(order("N1"))) == list(change.lanes(replace(order(" N1"), channel_id=_channel(place))))


def _refused(outcome: TakenOn) -> Sequence[int]:
    assert all(isinstance(error, Rejected) for error in outcome.results.values())
    return sorted(outcome.results)


def _channel(place: Place) -> str:
    return place.system.settings("")["GATEWAY_CENPORTS__CHANNEL_ID"]
