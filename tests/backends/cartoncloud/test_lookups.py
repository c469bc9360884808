"""Records by id: as CartonCloud has them now, else as it last told of them. And what older records cost to import."""

import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, delete

from gateway.backends.cartoncloud.backend import CartonCloudBackend
from gateway.clock import set_deadline
from gateway.errors import BackendError, MalformedReply, RateLimited, Rejected, TimedOut, Unauthenticated, Unavailable
from gateway.models import Backend, Order, OrderKind, Shipment
from gateway.ports import Resources
from gateway.readmodel.store import Kind
from gateway.readmodel.tables import inbox, record_keys, records
from gateway.sandbox.world import World
from tests.backends.cartoncloud.recordings import written
from tests.backends.cartoncloud.simulated import CartonCloud
from tests.secrets import WRONG

UNKNOWN = "00000000-0000-4000-8000-000000000000"
OUTBOUND, INBOUND, CONSIGNMENT = "cartoncloud-08", "cartoncloud-04", "cartoncloud-12"


@pytest.fixture
async def backend(cartoncloud: CartonCloud, resources: Resources) -> AsyncIterator[CartonCloudBackend]:
    made = cartoncloud.backend(resources)
    await made.synchronise()
    cartoncloud.forget_calls()
    yield made
    await made.close()


@pytest.fixture
async def told(cartoncloud: CartonCloud, backend: CartonCloudBackend) -> CartonCloudBackend:
    """The backend, once it has been told of everything."""
    cartoncloud.tell_everything()
    cartoncloud.forget_calls()
    return backend


async def an_order(backend: CartonCloudBackend, world: World, stage: str = "SHIPPED") -> Order:
    """An outbound order as the read model has it."""
    number = next(order.number for order in world.orders if order.warehoused and order.stage == stage)
    found = (await backend.orders_by_number([number]))[number]
    assert not isinstance(found, BackendError)
    return found[0]


async def an_arrival(backend: CartonCloudBackend, world: World) -> Order:
    found = (await backend.orders_by_number([world.arrivals[0].number]))[world.arrivals[0].number]
    assert not isinstance(found, BackendError)
    return found[0]


async def test_a_known_record_costs_one_call_of_its_kind(
    told: CartonCloudBackend, cartoncloud: CartonCloud, world: World
) -> None:
    outbound, inbound = await an_order(told, world), await an_arrival(told, world)

    found = await told.orders_by_id([inbound.backend_id, outbound.backend_id, inbound.backend_id])

    assert sorted(cartoncloud.calls()) == [INBOUND, OUTBOUND]
    assert {key: order.kind for key, order in found.items() if isinstance(order, Order)} == {
        inbound.backend_id: OrderKind.INBOUND,
        outbound.backend_id: OrderKind.OUTBOUND,
    }
    again = found[outbound.backend_id]
    assert isinstance(again, Order)
    assert again.fetched_at > outbound.fetched_at


async def test_an_unknown_id_is_asked_for_as_outbound_and_then_as_inbound(
    told: CartonCloudBackend, cartoncloud: CartonCloud, world: World, resources: Resources
) -> None:
    outbound, inbound = await an_order(told, world), await an_arrival(told, world)
    await forget(resources)

    found = await told.orders_by_id([outbound.backend_id])
    assert cartoncloud.calls() == [OUTBOUND]
    assert isinstance(found[outbound.backend_id], Order)

    cartoncloud.forget_calls()
    found = await told.orders_by_id([inbound.backend_id])
    assert cartoncloud.calls() == [OUTBOUND, INBOUND]
    assert isinstance(found[inbound.backend_id], Order)

    cartoncloud.forget_calls()
    assert await told.orders_by_id([UNKNOWN]) == {}
    assert cartoncloud.calls() == [OUTBOUND, INBOUND]


async def test_an_order_that_was_taken_for_the_wrong_kind_is_found_all_the_same(
    told: CartonCloudBackend, cartoncloud: CartonCloud, world: World, resources: Resources
) -> None:
    """A webhook without a type is told by its structure, which need not show what the order is."""
    outbound = await an_order(told, world)
    await forget(resources)
    bare = {
        "id": outbound.backend_id,
        "version": 1,
        "references": {"customer": outbound.number},
        "details": {"arrivalDate": None},
    }
    headers = {"x-webhook-token": cartoncloud.variables["GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN"]}
    assert (await told.receive(headers, {}, written(bare))).status == 200
    assert (await an_order(told, world)).kind is OrderKind.INBOUND

    found = (await told.orders_by_id([outbound.backend_id]))[outbound.backend_id]

    assert cartoncloud.calls() == [INBOUND, OUTBOUND]
    assert isinstance(found, Order)
    assert (found.kind, found.lines) == (OrderKind.OUTBOUND, outbound.lines)
    assert (await an_order(told, world)).kind is OrderKind.OUTBOUND  # the reply's version is newer


async def test_what_is_read_by_id_is_in_the_lists_too(told: CartonCloudBackend, world: World, resources: Resources) -> None:
    known = await an_order(told, world)
    await forget(resources)
    assert await told.orders_by_number([known.number]) == {}

    await told.orders_by_id([known.backend_id])

    assert (await an_order(told, world)).backend_id == known.backend_id
    assert await told.variants_by_sku([known.lines[0].sku or ""]) != {}


async def test_the_record_is_read_as_it_is_now_and_keeps_its_place(
    told: CartonCloudBackend, cartoncloud: CartonCloud, world: World
) -> None:
    before = await an_order(told, world, "CONFIRMED")
    cartoncloud.receiver.backend = None  # the webhook gets lost
    cartoncloud.advance("outbound", before.number, "PICKED", told=False)

    now = (await told.orders_by_id([before.backend_id]))[before.backend_id]

    assert isinstance(now, Order)
    assert (now.backend_status, now.placed_at) == ("PICKED", before.placed_at)
    assert (await an_order(told, world, "CONFIRMED")).backend_status == "PICKED"


async def test_a_webhook_overtakes_the_cache(told: CartonCloudBackend, cartoncloud: CartonCloud, world: World) -> None:
    before = await an_order(told, world, "CONFIRMED")
    await told.orders_by_id([before.backend_id])
    cartoncloud.advance("outbound", before.number, "PICKED")
    cartoncloud.forget_calls()

    now = (await told.orders_by_id([before.backend_id]))[before.backend_id]

    assert cartoncloud.calls() == []
    assert isinstance(now, Order)
    assert now.backend_status == "PICKED"


async def test_a_consignment_by_its_id(told: CartonCloudBackend, cartoncloud: CartonCloud, world: World) -> None:
    order = await an_order(told, world)
    sent = (await told.shipments_by_order([order]))[order.backend_id]
    assert not isinstance(sent, BackendError)
    (shipment,) = sent

    found = await told.shipments_by_id([shipment.backend_id, UNKNOWN])

    assert cartoncloud.calls() == [CONSIGNMENT, CONSIGNMENT]
    assert [(key, again.number, again.list_time) for key, again in found.items() if isinstance(again, Shipment)] == [
        (shipment.backend_id, order.number, shipment.list_time)
    ]


@pytest.mark.parametrize(
    ("fault", "error", "deadline"),
    [
        ({"mode": "down"}, Unavailable, 8),
        ({"status": 503}, Unavailable, 8),
        ({"status": 429, "headers": {"Retry-After": "60"}}, RateLimited, 8),
        ({"latency": 30}, TimedOut, 4),
    ],
)
async def test_a_copy_is_served_where_cartoncloud_cannot_be_asked(
    told: CartonCloudBackend,
    cartoncloud: CartonCloud,
    world: World,
    fault: dict[str, object],
    error: type[BackendError],
    deadline: float,
) -> None:
    known = await an_order(told, world)
    cartoncloud.fault(**fault)
    set_deadline(deadline)

    started = time.monotonic()
    found = await told.orders_by_id([known.backend_id, UNKNOWN])

    assert found[known.backend_id] == known
    assert isinstance(found[UNKNOWN], error)
    assert time.monotonic() - started < deadline / 2  # half of the operation's time is all that one question is given


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"mode": "malformed"}, MalformedReply),
        ({"mode": "html"}, MalformedReply),
        ({"mode": "truncated"}, MalformedReply),
        ({"status": 401}, Unauthenticated),
        ({"body": []}, MalformedReply),
        ({"body": {"version": 1}}, MalformedReply),
    ],
)
async def test_what_cartoncloud_gets_wrong_is_an_error_of_that_record_alone(
    told: CartonCloudBackend, cartoncloud: CartonCloud, world: World, fault: dict[str, object], error: type[BackendError]
) -> None:
    outbound, inbound = await an_order(told, world), await an_arrival(told, world)
    cartoncloud.fault(match=OUTBOUND, **fault)

    found = await told.orders_by_id([outbound.backend_id, inbound.backend_id])

    assert isinstance(found[outbound.backend_id], error)
    assert isinstance(found[inbound.backend_id], Order)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([{"field": "/id", "message": "Bad id."}, {"message": "See http://example.com/x"}], "/id: Bad id.; See …"),
        ({"message": "Bad id."}, "Bad id."),
        ("no JSON", "CartonCloud refuses the request (status 422)."),
    ],
)
async def test_errors_come_as_a_list_or_as_one(
    backend: CartonCloudBackend, cartoncloud: CartonCloud, body: object, message: str
) -> None:
    cartoncloud.fault(status=422, body=body)
    error = (await backend.orders_by_id([UNKNOWN]))[UNKNOWN]
    assert isinstance(error, Rejected)
    assert error.message == message


@pytest.mark.parametrize("odd", ["..", ".", "", "%2E%2E", "../../uaa/userinfo", "a/b?c=d#e"])
async def test_an_id_is_never_more_than_an_id(backend: CartonCloudBackend, cartoncloud: CartonCloud, odd: str) -> None:
    assert await backend.orders_by_id([odd]) == {}
    assert set(cartoncloud.calls()) <= {OUTBOUND, INBOUND}


async def test_many_records_at_once_and_none_twice(
    told: CartonCloudBackend, cartoncloud: CartonCloud, resources: Resources
) -> None:
    ids = [stored.record_id for stored in await resources.read_model.every(Backend.CARTONCLOUD, Kind.ORDER)]
    found = await told.orders_by_id([*ids, *ids])
    assert sorted(found) == sorted(ids)
    assert len(cartoncloud.calls()) == len(ids)


async def test_an_ended_token_is_renewed_once(told: CartonCloudBackend, cartoncloud: CartonCloud, resources: Resources) -> None:
    ids = [stored.record_id for stored in await resources.read_model.every(Backend.CARTONCLOUD, Kind.ORDER)]
    cartoncloud.revoke_tokens()
    found = await told.orders_by_id(ids)
    assert all(isinstance(order, Order) for order in found.values())
    assert cartoncloud.tokens() == 1


async def test_older_records_are_imported_by_kind_and_id(
    told: CartonCloudBackend, cartoncloud: CartonCloud, world: World, resources: Resources
) -> None:
    outbound, inbound = await an_order(told, world), await an_arrival(told, world)
    sent = (await told.shipments_by_order([outbound]))[outbound.backend_id]
    assert not isinstance(sent, BackendError)
    await forget(resources)
    wanted = [("outbound", outbound.backend_id), ("inbound", inbound.backend_id), ("consignment", sent[0].backend_id)]

    errors = await told.import_records([*wanted, ("inbound", outbound.backend_id), ("pallet", "1"), wanted[0]])

    assert len(cartoncloud.calls()) == 4
    assert {key: error.message for key, error in errors.items()} == {
        ("inbound", outbound.backend_id): "CartonCloud knows no inbound order with this id.",
        ("pallet", "1"): "CartonCloud knows no record of the kind 'pallet' with this id.",
    }
    assert {type(error) for error in errors.values()} == {Rejected}
    assert (await an_order(told, world)).lines == outbound.lines
    assert (await an_arrival(told, world)).lines == inbound.lines
    again = (await told.shipments_by_order([outbound]))[outbound.backend_id]
    assert not isinstance(again, BackendError)
    assert [shipment.backend_id for shipment in again] == [sent[0].backend_id]


async def test_an_import_says_what_could_not_be_read_and_takes_the_rest(
    told: CartonCloudBackend, cartoncloud: CartonCloud, world: World, resources: Resources
) -> None:
    outbound, inbound = await an_order(told, world), await an_arrival(told, world)
    await forget(resources)
    cartoncloud.fault(match=INBOUND, mode="html")

    errors = await told.import_records([("inbound", inbound.backend_id), ("outbound", outbound.backend_id)])

    assert [(key[0], type(error)) for key, error in errors.items()] == [("inbound", MalformedReply)]
    assert (await an_order(told, world)).number == outbound.number


async def test_a_wrong_secret_shows(cartoncloud: CartonCloud, resources: Resources) -> None:
    backend = cartoncloud.backend(resources, client_secret=WRONG)
    error = (await backend.orders_by_id([UNKNOWN]))[UNKNOWN]
    assert isinstance(error, Unauthenticated)
    await backend.close()


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_no_token_is_no_access(cartoncloud: CartonCloud, resources: Resources, status: int) -> None:
    cartoncloud.fault(match="cartoncloud-01", status=status, body={"error": "invalid_client"})
    backend = cartoncloud.backend(resources)
    error = (await backend.orders_by_id([UNKNOWN]))[UNKNOWN]
    assert isinstance(error, Unauthenticated)
    assert error.message == "CartonCloud refuses the gateway's credentials."
    await backend.close()


async def forget(resources: Resources) -> None:
    """Empty the read model, but for when it was last in step."""

    def work(connection: Connection) -> None:
        for table in (records, record_keys, inbox):
            connection.execute(delete(table))

    await resources.database.write(work)
