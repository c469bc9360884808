"""Notes, documents and shipping labels of Centry's orders: how they are mapped, and what they cost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.errors import BackendError, MalformedReply, Rejected, Unavailable
from gateway.models import DocumentKind, Order, OrderDocument, OrderNote
from gateway.ports import DocumentSource, LabelSource, NoteSource, Resources
from gateway.sandbox.world import make_world
from tests.backends.centry.backing import DOCUMENTS, LABELS, NOTES, Backing, backing, orders

WORLD = make_world(seed=7, orders=60)
NOTE = {
    "_id": "6035671984c6e1147fa0dca2",
    "created_at": "2021-02-23T17:35:37.060-03:00",
    "order_id": "602bd13084c6e18fca85b820",
    "text": "Nota pedido 4",
    "updated_at": "2021-02-23T17:35:37.060-03:00",
    "user_id": "5fd0e51784c6e117832602cd",
}
DOCUMENT = {
    "_document_type": "invoice",
    "number": "800566",
    "_id": "6052202e84c6e19ccecb1966",
    "c_at": "2021-03-17T12:28:46.171-03:00",
    "file_content_type": "application/pdf",
    "file_file_name": "nombre_archivo.pdf",
    "file_file_size": 35517,
    "file_fingerprint": "f69fd4473948e0bb7aa8e0d71610e1a5",
    "file_updated_at": "2021-03-17T10:32:24.412-03:00",
    "order_id": "6048df5184c6e187a31a6200",
    "confirmation_box_id": None,
}
LABEL = {
    "content_type": "application/pdf",
    "filename": "labels_and_manifest.pdf",
    "content_base_64": "JVBERi0=",
    "confirmation_box_id": "66290d46606d7237e304635d",
}


async def some(centry: Backing, count: int) -> Sequence[Order]:
    found = await centry.backend.orders(orders(count))
    await centry.calls()
    return found.records


def kinds(found: Mapping[str, Any]) -> list[type]:
    return [type(value) for value in found.values()]


async def test_it_offers_the_ports_that_centrys_page_allows(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        for port in (NoteSource, DocumentSource, LabelSource):
            assert isinstance(centry.backend, port)


async def test_notes_as_on_the_page_cost_a_call_for_each_order(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        three = await some(centry, 3)
        await centry.fault(match=NOTES, body=[NOTE])
        found = await centry.backend.notes_by_order(three)

        assert await centry.calls() == {NOTES: 3}
    note = OrderNote(
        id="6035671984c6e1147fa0dca2",
        text="Nota pedido 4",
        author="5fd0e51784c6e117832602cd",
        created_at=datetime(2021, 2, 23, 20, 35, 37, 60000, UTC),
    )
    assert found == {order.backend_id: [note] for order in three}


async def test_documents_as_on_the_page_cost_a_call_for_each_order(resources: Resources) -> None:
    boxed = {**DOCUMENT, "_document_type": "shipping_guide", "number": "", "confirmation_box_id": "6048df5184c6e187a31b5673"}
    async with backing(CentrySandbox(WORLD), resources) as centry:
        two = await some(centry, 2)
        await centry.fault(match=DOCUMENTS, body=[DOCUMENT, boxed, {"_id": "x", "_document_type": "poem"}])
        found = await centry.backend.documents_by_order(two)

        assert await centry.calls() == {DOCUMENTS: 2}
    invoice = OrderDocument(
        id="6052202e84c6e19ccecb1966",
        kind=DocumentKind.INVOICE,
        number="800566",
        filename="nombre_archivo.pdf",
        content_type="application/pdf",
        size=35517,
    )
    guide = replace(invoice, kind=DocumentKind.SHIPPING_GUIDE, number=None, box_id="6048df5184c6e187a31b5673")
    other = OrderDocument(id="x", kind=DocumentKind.OTHER, filename="file")
    assert found == {order.backend_id: [invoice, guide, other] for order in two}


async def test_a_record_that_is_gone_is_missing_and_one_that_fails_is_an_error(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        one = await some(centry, 1)
        for status in (404, 410):
            await centry.fault(match="/conexion/v1/orders/*", status=status, times=3)
            assert await centry.backend.notes_by_order(one) == {}
            assert await centry.backend.documents_by_order(one) == {}
            assert await centry.backend.labels_by_order(one) == {}
        await centry.fault(match="/conexion/v1/orders/*", status=500)
        assert kinds(await centry.backend.notes_by_order(one)) == [Unavailable]
        assert kinds(await centry.backend.documents_by_order(one)) == [Unavailable]
        assert kinds(await centry.backend.labels_by_order(one)) == [Unavailable]


async def test_what_is_no_list_of_records_is_an_error(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        one = await some(centry, 1)
        bodies: list[object] = [{"notes": []}, [7], [{"text": "without an id"}]]
        for body in bodies:
            await centry.fault(match=NOTES, body=body, times=1)
            assert kinds(await centry.backend.notes_by_order(one)) == [MalformedReply]


async def test_labels_as_on_the_page_cost_a_call_for_twenty_orders(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        many = await some(centry, 45)
        await centry.fault(match=LABELS, body=[{"orders": [{"_id": many[0].backend_id}], "files": [LABEL]}])
        found = await centry.backend.labels_by_order(many)

        assert await centry.calls() == {LABELS: 3}
    label = OrderDocument(
        kind=DocumentKind.SHIPPING_LABEL,
        box_id="66290d46606d7237e304635d",
        filename="labels_and_manifest.pdf",
        content_type="application/pdf",
        content_base64="JVBERi0=",
    )
    assert found.keys() == {order.backend_id for order in many}
    assert "JVBERi0" not in repr(label)
    assert [of for of in found.values() if of] == [[label]]


async def test_labels_of_several_orders_are_given_for_each(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        three = await some(centry, 3)
        named = [{"_id": order.backend_id} for order in three[:2]]
        await centry.fault(match=LABELS, body=[{"orders": named, "files": [LABEL]}, {"orders": named[:1], "files": [LABEL]}])
        found = await centry.backend.labels_by_order(three)

    assert [len(of) for of in found.values() if not isinstance(of, BackendError)] == [2, 1, 0]


async def test_an_order_without_labels_to_give_does_not_keep_those_of_others(resources: Resources) -> None:
    """Centry may refuse the whole call because of one of its orders: then each is asked for by itself."""
    async with backing(CentrySandbox(WORLD), resources) as centry:
        three = await some(centry, 3)
        await centry.fault(match=LABELS, status=422, body={"error": "no label"}, times=1)
        await centry.fault(match=LABELS, body=[], times=3)
        found = await centry.backend.labels_by_order(three)
        assert await centry.calls() == {LABELS: 4}

        await centry.fault(match=LABELS, status=422, body={"error": "no label"})
        refused = await centry.backend.labels_by_order(three)
        assert kinds(refused) == [Rejected] * 3
    assert found.keys() == refused.keys() == {order.backend_id for order in three}
