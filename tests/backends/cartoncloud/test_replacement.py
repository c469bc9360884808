"""What becomes of a replacement of which nothing was heard, while others change the record; at the simulated CartonCloud."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.backends.cartoncloud.backend import CartonCloudBackend
from gateway.changes import OrderChanges, OrderUpdate
from gateway.clock import now
from gateway.errors import Conflict, NotFound
from gateway.models import Address, Reference
from gateway.ports import Resources
from gateway.transactions.work import Again, Change, Done, Job, NotApplied, Ready, Unknowable
from tests.backends.cartoncloud.simulated import CartonCloud

WANTED = OrderChanges(instructions="Ours", shipping_address=Address(line1="1 Main Street", country="AU"))
Wanted = Job[OrderUpdate]


def outbound(at: CartonCloud) -> dict[str, Any]:
    return at.records("outbound")[0]


async def prepared(at: CartonCloud, backend: CartonCloudBackend, changes: OrderChanges = WANTED, *, insists: bool) -> Wanted:
    """A job that is about to be sent, with the order's version in its first wish if it insists on it."""
    record = outbound(at)
    item = OrderUpdate(order_id=record["id"], changes=changes, version=record["version"] if insists else None)
    job: Wanted = Job(key="a-key", items={0: item}, submitted_at=now())
    ready = await update(backend).prepare(job)
    assert isinstance(ready, Ready)
    return replace(job, message=ready.message, sent_at=now())


def update(backend: CartonCloudBackend) -> Change[Any]:
    return backend.changes["updateOrder"]


def others_change(at: CartonCloud, times: int = 1) -> None:
    """Others change the order's status, which no wish of ours is about."""
    for _ in range(times):
        at.advance("outbound", outbound(at)["id"], "PACKED", told=False)


async def test_a_version_that_was_overtaken_is_read_again_unless_the_caller_insists(
    cartoncloud: CartonCloud, resources: Resources
) -> None:
    backend = cartoncloud.backend(resources, cache_ttl=0)
    free, bound = [await prepared(cartoncloud, backend, insists=insists) for insists in (False, True)]
    others_change(cartoncloud)

    with pytest.raises(Again):
        await update(backend).send(free)
    with pytest.raises(Conflict):
        await update(backend).send(bound)
    assert outbound(cartoncloud)["details"]["instructions"] != "Ours"
    await backend.close()


async def test_a_call_that_lands_late_is_known_again(cartoncloud: CartonCloud, resources: Resources) -> None:
    """It was not there when it was looked for; sent again, it finds its own version in its place."""
    backend = cartoncloud.backend(resources, cache_ttl=0)
    job = await prepared(cartoncloud, backend, insists=True)
    assert isinstance(await update(backend).settle(job), NotApplied)
    assert isinstance(await update(backend).send(job), Done)

    assert isinstance(await update(backend).send(job), Done)
    assert isinstance(await update(backend).settle(job), Done)
    assert outbound(cartoncloud)["version"] == job.message["version"] + 1
    await backend.close()


@pytest.mark.parametrize(("insists", "times", "found"), [(True, 1, NotApplied), (True, 2, Unknowable), (False, 2, NotApplied)])
async def test_what_others_made_of_the_record_is_not_ours(
    insists: bool, times: int, found: type, cartoncloud: CartonCloud, resources: Resources
) -> None:
    """After one change of others ours cannot have been made. After two it may have been, and undone: who did not insist on a
    version has it made again."""
    backend = cartoncloud.backend(resources, cache_ttl=0)
    job = await prepared(cartoncloud, backend, insists=insists)
    others_change(cartoncloud, times)
    assert isinstance(await update(backend).settle(job), found)
    await backend.close()


async def test_fewer_members_in_the_place_of_more_are_not_taken_for_done(
    cartoncloud: CartonCloud, resources: Resources
) -> None:
    """All that is wanted is in the record as it was, too."""
    backend = cartoncloud.backend(resources, cache_ttl=0)
    references = [Reference("other", "1"), Reference("third", "3")]
    await update(backend).send(await prepared(cartoncloud, backend, OrderChanges(references=tuple(references)), insists=False))
    job = await prepared(cartoncloud, backend, OrderChanges(references=tuple(references[:1])), insists=False)
    others_change(cartoncloud, 2)
    assert isinstance(await update(backend).settle(job), NotApplied)
    await backend.close()


async def test_an_order_that_is_not_there_is_not_found(cartoncloud: CartonCloud, resources: Resources) -> None:
    backend = cartoncloud.backend(resources, cache_ttl=0)
    job: Wanted = Job(key="a", items={0: OrderUpdate(order_id="nobody", changes=WANTED)}, submitted_at=now())
    with pytest.raises(NotFound):
        await update(backend).prepare(job)
    await backend.close()
