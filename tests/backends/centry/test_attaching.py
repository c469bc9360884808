"""A file is put on an order once, whatever is heard of it; through the real client, before a simulated Centry."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.changes import NewDocument, NewFile
from gateway.clock import now
from gateway.errors import BackendError, NotFound
from gateway.models import Backend, DocumentKind, OrderDocument
from gateway.ports import Resources
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Change, Done, Job, NotApplied, Ready
from gateway.transport import skip_cache
from tests.backends.centry.asking import WORLD
from tests.backends.centry.backing import Backing, backing, orders

FILE = NewFile(filename="Factura 1.pdf", content_type="application/pdf", content=b"%PDF-1.4 \xff\x00 a file")


class Case:
    """An order, and what is to be put on it."""

    def __init__(self, centry: Backing, order_id: str) -> None:
        self.centry = centry
        self.order_id = order_id
        self.change: Change[Any] = centry.backend.changes["attachOrderDocument"]
        document = NewDocument(order_id=order_id, kind=DocumentKind.INVOICE, file=FILE, number="17")
        self.job: Job[NewDocument] = Job(key="k", items={0: document}, submitted_at=now())

    async def prepared(self) -> Job[NewDocument]:
        ready = await self.change.prepare(self.job)
        assert isinstance(ready, Ready)
        return replace(self.job, message=ready.message)

    async def documents(self) -> Sequence[OrderDocument]:
        (order,) = (await self.centry.backend.orders_by_id([self.order_id])).values()
        assert not isinstance(order, BackendError)
        found = (await self.centry.backend.documents_by_order([order]))[self.order_id]
        assert not isinstance(found, BackendError)
        return [document for document in found if document.number == "17"]


async def case(centry: Backing) -> Case:
    skip_cache()
    return Case(centry, (await centry.backend.orders(orders(1))).records[0].backend_id)


async def test_a_file_is_put_on_an_order(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        made = await case(centry)
        done = await made.change.send(await made.prepared())

        assert done == Done({0: Achieved(RecordRef("Order", Backend.CENTRY, made.order_id))})
        (shown,) = await made.documents()
        assert (shown.kind, shown.filename, shown.content_type, shown.size) == (
            DocumentKind.INVOICE, "Factura 1.pdf", "application/pdf", len(FILE.content),
        )  # fmt: skip


@pytest.mark.parametrize("lands", [True, False])
async def test_one_of_which_nothing_was_heard_is_found_or_sent_again(resources: Resources, lands: bool) -> None:
    """One like it that was there before is not taken for it."""
    async with backing(CentrySandbox(WORLD), resources) as centry:
        made = await case(centry)
        await made.change.send(await made.prepared())
        job = await made.prepared()
        await centry.fault(match="centry-68", times=1, status=500, **({"lands": 0} if lands else {}))
        with pytest.raises(BackendError):
            await made.change.send(job)

        skip_cache()
        found = await made.change.settle(job)
        assert isinstance(found, Done if lands else NotApplied)
        assert len(await made.documents()) == (2 if lands else 1)


async def test_what_cannot_be_put_on_an_order_is_refused(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        made = await case(centry)
        label = replace(made.job.items[0], kind=DocumentKind.SHIPPING_LABEL)
        assert [wrong.path for wrong in made.change.problems(label)] == [("kind",)]

        gone = Case(centry, "5eece46148f039166bf5ffad")
        with pytest.raises(NotFound):
            await gone.prepared()
