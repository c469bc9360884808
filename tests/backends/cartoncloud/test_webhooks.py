"""Webhooks: who may send them, what is kept of them, and what they change."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import IntegrityError

from gateway.backends.cartoncloud.backend import CartonCloudBackend
from gateway.models import Backend, Order, OrderFilter, Shipment, ShipmentFilter, Sort
from gateway.ports import ListQuery, Resources
from gateway.readmodel.tables import inbox, record_keys, records
from tests.backends.cartoncloud.recordings import HEADERS, SECRET, recorded, settings, written
from tests.databases import refuse_inserts
from tests.secrets import WRONG


@pytest.fixture
def resources(resources_of_each_kind: Resources) -> Resources:
    return resources_of_each_kind


@pytest.fixture
async def backend(resources: Resources) -> AsyncIterator[CartonCloudBackend]:
    """In step, of a CartonCloud that only calls."""
    made = CartonCloudBackend(settings(), resources)
    await resources.read_model.synchronised(Backend.CARTONCLOUD)
    yield made
    await made.close()


async def send(backend: CartonCloudBackend, message: object, **query: str) -> int:
    body = message if isinstance(message, bytes) else written(message)
    return (await backend.receive(HEADERS, query, body)).status


async def orders(backend: CartonCloudBackend) -> Sequence[Order]:
    return (await backend.orders(ListQuery(filter=OrderFilter(), sort=Sort.ASC, after=None, limit=50))).records


async def shipments(backend: CartonCloudBackend) -> Sequence[Shipment]:
    return (await backend.shipments(ListQuery(filter=ShipmentFilter(), sort=Sort.ASC, after=None, limit=50))).records


async def rows(resources: Resources, table: Table) -> list[dict[str, Any]]:
    def work(connection: Connection) -> list[dict[str, Any]]:
        return [dict(row._mapping) for row in connection.execute(select(table))]

    return await resources.database.read(work)


async def test_without_a_token_in_the_settings_there_are_no_webhooks(resources: Resources) -> None:
    backend = CartonCloudBackend(settings(webhook_token=""), resources)
    for headers in ({}, {"x-webhook-token": ""}, HEADERS):
        assert (await backend.receive(headers, {}, written(recorded("outbound-order")))).status == 404
    assert await rows(resources, inbox) == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-webhook-token": ""}, {"x-webhook-token": WRONG}, {"x-webhook-token": SECRET + "x"}, {"x-other": SECRET},
     {"x-webhook-token": "\u00fc\u20ac"}],
)  # fmt: skip
async def test_who_does_not_know_the_token_is_refused(
    backend: CartonCloudBackend, resources: Resources, headers: dict[str, str]
) -> None:
    assert (await backend.receive(headers, {}, written(recorded("outbound-order")))).status == 401
    assert (await rows(resources, inbox), await rows(resources, records)) == ([], [])


async def test_the_header_may_have_any_name(resources: Resources) -> None:
    backend = CartonCloudBackend(settings(webhook_header="X-Warehouse-Says"), resources)
    assert (await backend.receive({"x-warehouse-says": SECRET}, {}, written(recorded("outbound-order")))).status == 200
    assert (await backend.receive(HEADERS, {}, written(recorded("outbound-order")))).status == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'"text"', b"{", b"<html>", b'{"a": "\xff"}', b'{"a": "\\ud800"}', b'{"a":' * 3000,
     b'{"a": 1e99999999999999999999}', b'{"a": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
async def test_what_is_no_json_object_is_refused_and_not_kept(
    backend: CartonCloudBackend, resources: Resources, body: bytes
) -> None:
    assert await send(backend, body) == 400
    assert await rows(resources, inbox) == []


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
async def test_a_webhook_is_kept_and_read(backend: CartonCloudBackend, resources: Resources, mark: bytes) -> None:
    body = written(recorded("outbound-order-webhook"))

    assert await send(backend, mark + body) == 200

    (message,) = await rows(resources, inbox)
    assert (message["type"], message["body"], message["problem"]) == ("OUTBOUND", body.decode(), None)
    (order,) = await orders(backend)
    assert (order.number, order.backend_status, order.raw) == ("REF-1234", "DISPATCHED", body)


async def test_a_webhooks_address_may_say_what_it_is(backend: CartonCloudBackend) -> None:
    message = recorded("outbound-order-webhook", details={})
    assert await send(backend, message, type="inbound") == 200
    assert [order.kind for order in await orders(backend)] == ["INBOUND"]


async def test_the_same_webhook_twice_is_one(backend: CartonCloudBackend, resources: Resources) -> None:
    message = recorded("consignment-webhook")
    assert await send(backend, message) == 200
    before = await rows(resources, records)

    assert await send(backend, message) == 200

    assert len(await rows(resources, inbox)) == 1
    assert await rows(resources, records) == before


async def test_an_older_version_after_a_newer_one_changes_nothing(backend: CartonCloudBackend, resources: Resources) -> None:
    newer = recorded("outbound-order-webhook", version=10)
    older = recorded("outbound-order-webhook", version=9, status="PACKED", warehouse__name="Old name", references={})
    older["items"][0]["details"]["product"]["name"] = "Old name"
    assert await send(backend, newer) == 200
    before = await rows(resources, records), await rows(resources, record_keys)

    assert await send(backend, older) == 200

    assert (await rows(resources, records), await rows(resources, record_keys)) == before
    assert len(await rows(resources, inbox)) == 2


async def test_a_newer_version_takes_the_place_of_an_older_one(backend: CartonCloudBackend) -> None:
    await send(backend, recorded("outbound-order-webhook", version=9, references={"customer": "OLD"}))
    await send(backend, recorded("outbound-order-webhook", version="10", references={"customer": "NEW"}))
    found = await backend.orders_by_number(["OLD", " NEW ", "REF-1234"])
    assert {number: [order.version for order in known] for number, known in found.items() if isinstance(known, list)} == {
        " NEW ": [10]
    }


async def test_of_webhooks_that_come_at_once_the_newest_version_stays(
    backend: CartonCloudBackend, resources: Resources
) -> None:
    versions = list(range(1, 31))
    random.Random(5).shuffle(versions)
    sent = (send(backend, recorded("outbound-order-webhook", version=version, status=f"S{version}")) for version in versions)

    assert set(await asyncio.gather(*sent)) == {200}

    (order,) = await orders(backend)
    assert (order.version, order.backend_status) == (30, "S30")
    assert len(await rows(resources, inbox)) == 30


async def test_without_versions_the_last_to_come_is_the_newest(backend: CartonCloudBackend) -> None:
    for status in ("PICKED", "PACKED"):
        await send(backend, recorded("outbound-order-webhook", version=None, status=status))
    assert [order.backend_status for order in await orders(backend)] == ["PACKED"]

    await send(backend, recorded("outbound-order-webhook", version=3, status="DISPATCHED"))
    await send(backend, recorded("outbound-order-webhook", version=None, status="PICKED"))
    assert [order.backend_status for order in await orders(backend)] == ["DISPATCHED"]


async def test_a_records_place_in_lists_never_changes(backend: CartonCloudBackend) -> None:
    await send(backend, recorded("outbound-order-webhook", version=1))
    (first,) = await orders(backend)

    times = {"created": {"time": "2018-06-20T00:00:00Z"}, "modified": {"time": "2018-06-21T00:00:00Z"}}
    await send(backend, recorded("outbound-order-webhook", version=2, timestamps=times))

    (second,) = await orders(backend)
    assert second.created_at == datetime(2018, 6, 20, tzinfo=UTC)
    assert second.placed_at == first.placed_at > second.created_at


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-02T00:00:00+23:59", "soon", 5, None])
async def test_a_time_that_is_none_costs_nothing_but_the_time(backend: CartonCloudBackend, time: object) -> None:
    assert await send(backend, recorded("outbound-order", timestamps={"created": {"time": time}})) == 200
    assert len(await orders(backend)) == 1


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"id": "1", "version": 1}, "It cannot be told what kind of record it is."),
        ({"id": "1", "type": "FROZEN", "scope": "WAREHOUSE"}, "It cannot be told what kind of record it is."),
        (recorded("outbound-order", id=None), "A record of CartonCloud's has no id."),
        (recorded("outbound-order", items__0__measures=None), "A line of an order of CartonCloud's has no quantity."),
    ],
)
async def test_what_cannot_be_read_is_kept_with_the_reason(
    backend: CartonCloudBackend, resources: Resources, message: dict[str, Any], problem: str
) -> None:
    assert await send(backend, message) == 200

    (kept,) = await rows(resources, inbox)
    assert (kept["problem"], kept["body"]) == (problem, written(message).decode())
    assert await rows(resources, records) == []


async def test_what_cannot_be_stored_is_not_answered_as_if_it_were(backend: CartonCloudBackend, resources: Resources) -> None:
    await resources.database.write(lambda connection: refuse_inserts(connection, "inbox"))
    with pytest.raises(IntegrityError):
        await send(backend, recorded("outbound-order-webhook"))
    assert await rows(resources, records) == []


async def test_every_kind_of_webhook_finds_its_place(backend: CartonCloudBackend) -> None:
    for name in ("inbound-order-webhook", "outbound-order-webhook", "consignment-webhook"):
        assert await send(backend, recorded(name)) == 200
    assert {(order.kind, order.status) for order in await orders(backend)} == {
        ("INBOUND", "COMPLETED"),
        ("OUTBOUND", "SHIPPED"),
    }
    assert [shipment.status for shipment in await shipments(backend)] == ["DELIVERED"]
