"""What becomes of a creation of which nothing was heard, and how customers are named; at the simulated CartonCloud."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.backends.cartoncloud.backend import CartonCloudBackend
from gateway.changes import NewOrder, NewOrderLine
from gateway.clock import now
from gateway.errors import BackendError, Rejected, Unavailable
from gateway.models import Address, Backend, OrderKind
from gateway.ports import Resources
from gateway.sandbox.world import World
from gateway.transactions.work import Achieved, Done, Job, NotApplied, Ready, Unknowable
from tests.backends.cartoncloud.simulated import CartonCloud, simulated

CODE, NAME = "C100001", "Example Trading"


@pytest.fixture
def searched(world: World) -> Iterator[CartonCloud]:
    """With the newer documents' searches, and numbers that must be unique."""
    with simulated(world, searches=True, unique_references=True) as running:
        yield running


def order(at: CartonCloud, number: str = "N-1", **changes: Any) -> NewOrder:
    product = at.records("product")[0]["references"]["code"]
    made = NewOrder(
        backend=Backend.CARTONCLOUD,
        kind=OrderKind.INBOUND,
        number=number,
        lines=(NewOrderLine(quantity=Decimal(2), sku=product),),
        account=CODE,
    )
    return replace(made, **changes)


async def prepared(backend: CartonCloudBackend, wanted: NewOrder) -> Job[NewOrder]:
    """A job that was sent a minute ago."""
    job: Job[NewOrder] = Job(key="a-key", items={0: wanted}, submitted_at=now())
    ready = await backend.changes["createOrders"].prepare(job)
    assert isinstance(ready, Ready)
    return replace(job, message=ready.message, sent_at=now() - timedelta(minutes=1))


async def send(backend: CartonCloudBackend, job: Job[NewOrder]) -> Achieved:
    return achieved(await backend.changes["createOrders"].send(job))


def achieved(done: object) -> Achieved:
    assert isinstance(done, Done)
    result = done.results[0]
    assert isinstance(result, Achieved)
    return result


def held(at: CartonCloud, number: str = "N-1", kind: str = "inbound") -> list[str]:
    return [record["id"] for record in at.records(kind) if record["references"]["customer"] == number]


async def unheard(at: CartonCloud, backend: CartonCloudBackend, job: Job[NewOrder]) -> None:
    """It is made, and the answer breaks off."""
    at.fault(match="cartoncloud-03", mode="truncated", times=1)
    with pytest.raises(BackendError):
        await send(backend, job)
    assert len(held(at, job.message["number"])) == 1


async def test_without_searches_a_webhook_tells_what_was_made(cartoncloud: CartonCloud, resources: Resources) -> None:
    backend = cartoncloud.backend(resources)
    job = await prepared(backend, order(cartoncloud))
    await unheard(cartoncloud, backend, job)
    change = backend.changes["createOrders"]

    with pytest.raises(Unavailable, match="waited for"):
        await change.settle(job)
    cartoncloud.tell_everything()
    found = achieved(await change.settle(job))

    assert found.record
    assert [found.record.backend_id] == held(cartoncloud)
    assert cartoncloud.calls().count("cartoncloud-search") == 1, "that there are none is remembered"
    await backend.close()


async def test_after_an_hour_without_a_webhook_nobody_knows(cartoncloud: CartonCloud, resources: Resources) -> None:
    backend = cartoncloud.backend(resources, search="off")
    job = await prepared(backend, order(cartoncloud))
    change = backend.changes["createOrders"]

    with pytest.raises(Unavailable):
        await change.settle(replace(job, sent_at=now() - timedelta(minutes=59)))
    found = await change.settle(replace(job, sent_at=now() - timedelta(minutes=61)))
    assert isinstance(found, Unknowable)
    assert "inbound order N-1" in found.hint
    deaf = cartoncloud.backend(resources, search="off", webhook_token="")
    assert isinstance(await deaf.changes["createOrders"].settle(job), Unknowable), "no webhook can come"
    assert "cartoncloud-search" not in cartoncloud.calls()
    await backend.close()
    await deaf.close()


async def test_searches_are_probed_once_a_day_by_all_processes(cartoncloud: CartonCloud, resources: Resources) -> None:
    first, second = (cartoncloud.backend(resources) for _ in range(2))
    for backend in (first, second, first):
        with pytest.raises(Unavailable):
            await backend.changes["createOrders"].settle(await prepared(backend, order(cartoncloud)))
    assert cartoncloud.calls().count("cartoncloud-search") == 1

    told = cartoncloud.backend(resources, search="on")
    with pytest.raises(Rejected, match="GATEWAY_CARTONCLOUD__SEARCH"):
        await told.changes["createOrders"].settle(await prepared(told, order(cartoncloud)))
    for backend in (first, second, told):
        await backend.close()


async def test_a_search_finds_what_was_made_and_what_was_not(searched: CartonCloud, resources: Resources) -> None:
    backend = searched.backend(resources)
    change = backend.changes["createOrders"]
    job = await prepared(backend, order(searched))
    with pytest.raises(Unavailable, match="looked for once more"):
        await change.settle(replace(job, sent_at=now() - timedelta(seconds=20)))
    assert isinstance(await change.settle(job), NotApplied)

    await unheard(searched, backend, job)
    found = achieved(await change.settle(job))

    assert found.record
    assert [found.record.backend_id] == held(searched)
    await resources.read_model.synchronised(Backend.CARTONCLOUD)
    [[shown]] = (await backend.orders_by_number(["N-1"])).values()  # type: ignore[misc]
    assert shown.backend_id == found.record.backend_id
    await backend.close()


async def test_a_number_that_very_many_have_is_searched_for_on_every_page(searched: CartonCloud, resources: Resources) -> None:
    backend = searched.backend(resources, cache_ttl=0)
    job = await prepared(backend, order(searched))
    theirs = {**searched.records("inbound")[0], "references": {"customer": "N-1"}, "customer": searched.records("customer")[1]}
    for each in range(100):
        searched.put("inbound", {**theirs, "id": f"{each:08}-a68f-11e8-98d0-529269fb1459"})
    await send(backend, await prepared(backend, order(searched, number="N-2")))
    [ours] = [each for each in searched.records("inbound") if each["references"]["customer"] == "N-2"]
    searched.put("inbound", {**ours, "references": {"customer": "N-1"}})

    found = achieved(await backend.changes["createOrders"].settle(job))

    assert found.record
    assert found.record.backend_id == ours["id"]
    assert searched.calls().count("cartoncloud-search") == 2
    await backend.close()


async def test_an_order_that_was_there_before_is_not_taken_for_ours(searched: CartonCloud, resources: Resources) -> None:
    """Numbers need not be unique: one is known from before, one is told to be older, one is another customer's."""
    backend = searched.backend(resources)
    first = await send(backend, await prepared(backend, order(searched)))
    old = {"created": {"time": "2026-01-01T00:00:00Z"}, "modified": {"time": "2026-01-01T00:00:00Z"}}
    other, quiet = searched.records("inbound")[-1], searched.records("customer")[1]
    searched.put("inbound", {**other, "id": "11111111-a68f-11e8-98d0-529269fb1459", "timestamps": old})
    searched.put("inbound", {**other, "id": "21111111-a68f-11e8-98d0-529269fb1459", "customer": quiet})

    job = await prepared(backend, order(searched))

    assert first.record
    assert first.record.backend_id in job.message["before"]
    assert isinstance(await backend.changes["createOrders"].settle(job), NotApplied)
    with pytest.raises(Rejected, match="already in use"):
        await send(backend, job)
    await backend.close()


async def test_a_call_that_lands_late_is_not_made_twice(searched: CartonCloud, resources: Resources) -> None:
    """It was not there when it was searched for; sent again, it is refused as a duplicate of itself, which it is not when it is
    sent for the first time."""
    backend = searched.backend(resources)
    job = await prepared(backend, order(searched))
    not_there = await backend.changes["createOrders"].settle(job)
    assert isinstance(not_there, NotApplied)
    assert not_there.message
    await unheard(searched, backend, job)

    again = await send(backend, replace(job, message=not_there.message))

    assert again.record
    assert [again.record.backend_id] == held(searched)
    with pytest.raises(Rejected, match="/references/customer: Customer reference is already in use"):
        await send(backend, job)
    await backend.close()


@pytest.mark.parametrize(("named", "calls"), [(CODE, 1), (NAME, 1), ("id", 1), ("Solo", 2), ("C 1", 2)])
async def test_a_customer_is_named_by_its_id_code_or_name(
    named: str, calls: int, cartoncloud: CartonCloud, resources: Resources
) -> None:
    """A word with a space is taken for a name first, another one for a code; if there is no such, for the other."""
    customer = cartoncloud.records("customer")[0]
    known: dict[str, dict[str, Any]] = {"Solo": {"name": "Solo"}, "C 1": {"references": {"code": "C 1"}}}
    cartoncloud.put("customer", customer | known.get(named, {}))
    backend = cartoncloud.backend(resources, customer=customer["id"] if named == "id" else named)

    await send(backend, await prepared(backend, order(cartoncloud, account=None)))

    [record] = [each for each in cartoncloud.records("inbound") if each["references"]["customer"] == "N-1"]
    assert record["customer"]["id"] == customer["id"]
    assert cartoncloud.calls().count("cartoncloud-03") == calls
    await backend.close()


async def test_an_unknown_customer_is_told(cartoncloud: CartonCloud, resources: Resources) -> None:
    backend = cartoncloud.backend(resources)
    with pytest.raises(Rejected, match="/customer: Customer does not exist"):
        await send(backend, await prepared(backend, order(cartoncloud, account="Nobody")))
    await backend.close()


async def test_what_was_made_is_done_although_it_cannot_be_read(cartoncloud: CartonCloud, resources: Resources) -> None:
    """The webhook that tells of it later is news, though it tells the same version."""
    backend = cartoncloud.backend(resources)
    outbound = order(cartoncloud, kind=OrderKind.OUTBOUND, shipping_address=Address(line1="1 Main Street", country="AU"))
    cartoncloud.fault(match="cartoncloud-08", status=503)

    done = await send(backend, await prepared(backend, outbound))

    assert done.record
    cartoncloud.mend()
    await resources.read_model.synchronised(Backend.CARTONCLOUD)
    assert await backend.orders_by_number(["N-1"]) == {}
    cartoncloud.tell_everything()
    [[shown]] = (await backend.orders_by_number(["N-1"])).values()  # type: ignore[misc]
    assert (shown.backend_id, shown.backend_status) == (done.record.backend_id, "AWAITING_PICK_AND_PACK")
    await backend.close()
