"""What is answered from what CartonCloud's webhooks have told: lists, orders by number, variants and warehouses."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.backends.cartoncloud.backend import CartonCloudBackend
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import change
from gateway.errors import BackendError, NotSupported, Unauthenticated, Unavailable
from gateway.models import (
    Backend,
    Order,
    OrderFilter,
    OrderKind,
    OrderStatus,
    Shipment,
    ShipmentFilter,
    ShipmentStatus,
    Sort,
    TimeRange,
)
from gateway.ports import (
    BackendPort,
    Copied,
    ListQuery,
    OrderSource,
    Position,
    RecordImporter,
    Resources,
    ShipmentSource,
    Synchronised,
    VariantSource,
    WarehouseSource,
    WebhookReceiver,
)
from gateway.readmodel.walk import MOST_RECORDS
from gateway.sandbox.world import Stage, World
from tests.backends.cartoncloud.recordings import HEADERS, as_sent, recorded, settings, written
from tests.backends.cartoncloud.simulated import CartonCloud
from tests.secrets import WRONG

NOT_READ = "CartonCloud has not been read yet."


@pytest.fixture
async def offline(resources: Resources) -> AsyncIterator[CartonCloudBackend]:
    """A backend that is in step, of a CartonCloud that only calls."""
    made = CartonCloudBackend(settings(), resources)
    await resources.read_model.synchronised(Backend.CARTONCLOUD)
    yield made
    await made.close()


@pytest.fixture
async def told(cartoncloud: CartonCloud, resources: Resources) -> AsyncIterator[CartonCloudBackend]:
    """A backend that the simulated CartonCloud has told of everything."""
    made = cartoncloud.backend(resources)
    await made.synchronise()
    cartoncloud.tell_everything()
    cartoncloud.forget_calls()
    yield made
    await made.close()


async def tell(backend: CartonCloudBackend, message: dict[str, Any]) -> None:
    assert (await backend.receive(HEADERS, {}, written(message))).status == 200


def numbered(number: int, **changes: Any) -> dict[str, Any]:
    """An outbound order, other than those of other numbers."""
    return recorded("outbound-order", id=f"order-{number:04}", references={"customer": f"N{number}"}, **changes)


def ask(limit: int = 50, sort: Sort = Sort.ASC, after: Position | None = None, **wanted: Any) -> ListQuery[OrderFilter]:
    return ListQuery(filter=OrderFilter(**wanted), sort=sort, after=after, limit=limit)


def ask_shipments(**wanted: Any) -> ListQuery[ShipmentFilter]:
    return ListQuery(filter=ShipmentFilter(**wanted), sort=Sort.ASC, after=None, limit=50)


async def walk(backend: CartonCloudBackend, limit: int, sort: Sort, **wanted: Any) -> list[Order]:
    found: list[Order] = []
    part = await backend.orders(ask(limit, sort, **wanted))
    found += part.records
    while part.more:
        assert len(part.records) <= limit
        part = await backend.orders(ask(limit, sort, part.position, **wanted))
        found += part.records
    return found


async def numbers(backend: CartonCloudBackend, **wanted: Any) -> set[str]:
    return {order.number for order in (await backend.orders(ask(**wanted))).records}


async def test_it_is_what_it_says(offline: CartonCloudBackend) -> None:
    ports = (BackendPort, OrderSource, ShipmentSource, VariantSource, WarehouseSource, Copied, Synchronised)
    for port in (*ports[1:], WebhookReceiver, RecordImporter):
        assert isinstance(offline, port)
    assert offline.order_kinds == {OrderKind.OUTBOUND, OrderKind.INBOUND}
    assert (offline.name, offline.poll_interval) == (Backend.CARTONCLOUD, 10)


async def test_everything_that_the_webhooks_tell_is_there(told: CartonCloudBackend, world: World) -> None:
    orders = await walk(told, 50, Sort.DESC)
    warehoused = {order.number: order for order in world.orders if order.warehoused}
    outbound = {order.number: order for order in orders if order.kind is OrderKind.OUTBOUND}
    assert outbound.keys() == warehoused.keys()
    for number, order in outbound.items():
        assert [(line.sku, line.quantity) for line in order.lines] == [
            (line.item.sku, Decimal(line.quantity)) for line in warehoused[number].lines
        ]
    inbound = {order.number for order in orders if order.kind is OrderKind.INBOUND}
    assert inbound == {arrival.number for arrival in world.arrivals}
    sent = {number for number, order in warehoused.items() if order.dispatch}
    shipments = (await told.shipments(ask_shipments())).records
    assert {shipment.order_number for shipment in shipments} == sent


async def test_a_change_of_status_arrives(told: CartonCloudBackend, cartoncloud: CartonCloud, world: World) -> None:
    number = next(order.number for order in world.orders if order.warehoused and order.stage is Stage.CONFIRMED)
    cartoncloud.advance("outbound", number, "PICKED")
    found = (await told.orders_by_number([number]))[number]
    assert not isinstance(found, BackendError)
    assert [(order.status, order.backend_status) for order in found] == [(OrderStatus.PROCESSING, "PICKED")]


async def test_lists_cost_cartoncloud_no_call(told: CartonCloudBackend, cartoncloud: CartonCloud) -> None:
    orders = await walk(told, 50, Sort.DESC)
    await told.shipments(ask_shipments())
    await told.shipments_by_order(orders)
    await told.variants_by_sku([line.sku or "" for order in orders for line in order.lines])
    await told.warehouses()
    assert cartoncloud.calls() == []


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 3, 50])
async def test_a_walk_yields_every_order_once_and_in_order(told: CartonCloudBackend, limit: int, sort: Sort) -> None:
    found = [(order.placed_at, order.backend_id) for order in await walk(told, limit, sort)]
    assert found == sorted(set(found), reverse=sort is Sort.DESC)
    whole = await told.orders(ask(len(found), sort))
    assert ([order.backend_id for order in whole.records], whole.more) == ([backend_id for _, backend_id in found], False)


async def test_filters(offline: CartonCloudBackend) -> None:
    modified = {"created": {"time": "2026-01-01T00:00:00Z"}, "modified": {"time": "2026-01-03T00:00:00Z"}}
    await tell(offline, numbered(1, status="DISPATCHED", timestamps=modified))
    await tell(offline, numbered(2, items__0__details__product={"id": "other", "references": {"code": "OTHER"}}))
    await tell(offline, recorded("inbound-order", references={"customer": "IN", "po": "PO-9"}))

    assert await numbers(offline) == {"N1", "N2", "IN"}
    assert await numbers(offline, kinds=frozenset({OrderKind.INBOUND})) == {"IN"}
    assert await numbers(offline, kinds=frozenset({OrderKind.SALE})) == set()
    assert await numbers(offline, statuses=frozenset({OrderStatus.SHIPPED})) == {"N1"}
    assert await numbers(offline, numbers=frozenset({"N2", "PO-9", "N"})) == {"N2", "IN"}
    assert await numbers(offline, numbers=frozenset()) == set()
    assert await numbers(offline, skus=frozenset({"OTHER"})) == {"N2"}
    assert await numbers(offline, numbers=frozenset({"N1"}), skus=frozenset({"OTHER"})) == set()
    no_channels = await offline.orders(ask(channel_ids=frozenset({"any"})))
    assert (list(no_channels.records), no_channels.position, no_channels.more) == ([], None, False)
    new_year = TimeRange(start=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 1, 2, tzinfo=UTC))
    assert await numbers(offline, placed_at=new_year) == {"N1"}
    assert await numbers(offline, updated_at=TimeRange(start=datetime(2026, 1, 2, tzinfo=UTC))) == {"N1"}


async def test_filters_of_shipments(offline: CartonCloudBackend) -> None:
    first = recorded("consignment", id="1", references={"customer": "N1", "tracking": "T1"}, status="DELIVERED")
    await tell(offline, first)
    await tell(offline, recorded("consignment", id="2", references={"customer": "N2", "tracking": "N1"}))

    async def found(**wanted: Any) -> list[str]:
        return [shipment.backend_id for shipment in (await offline.shipments(ask_shipments(**wanted))).records]

    assert await found() == ["1", "2"]
    assert await found(order_numbers=frozenset({"N1"})) == ["1"]
    assert await found(tracking_numbers=frozenset({"N1"})) == ["2"]
    assert await found(order_numbers=frozenset({"N1"}), tracking_numbers=frozenset({"N1"})) == []
    assert await found(statuses=frozenset({ShipmentStatus.DELIVERED})) == ["1"]


async def test_what_cartoncloud_does_not_tell_cannot_be_asked_for(offline: CartonCloudBackend) -> None:
    with pytest.raises(NotSupported):
        await offline.orders(ask(acknowledged=False))
    with pytest.raises(NotSupported):
        await offline.shipments(ask_shipments(acknowledged=True))


async def test_a_sparse_filter_takes_several_calls(offline: CartonCloudBackend, resources: Resources) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    count = MOST_RECORDS + 100
    messages = [
        numbered(number, timestamps={"created": (start + timedelta(seconds=number)).isoformat()}) for number in range(count)
    ]
    messages[-1]["status"] = "CANCELLED"
    changes = [change(as_sent(RecordKind.OUTBOUND, message), settings()) for message in messages]
    await resources.read_model.take(Backend.CARTONCLOUD, [], changes)

    wanted = frozenset({OrderStatus.CANCELLED})
    first = await offline.orders(ask(statuses=wanted))
    assert (len(first.records), first.more) == (0, True)
    assert first.position is not None
    second = await offline.orders(ask(statuses=wanted, after=first.position))
    assert ([order.number for order in second.records], second.more) == ([f"N{count - 1}"], False)


async def test_before_the_first_pulse_nothing_is_known(cartoncloud: CartonCloud, resources: Resources) -> None:
    backend = cartoncloud.backend(resources)
    await tell_by(cartoncloud, backend, recorded("outbound-order"))
    questions = (
        lambda: backend.orders(ask()),
        lambda: backend.orders_by_number(["REF-1234"]),
        lambda: backend.shipments(ask_shipments()),
        lambda: backend.shipments_by_order([]),
        lambda: backend.variants_by_sku(["SKU123"]),
        lambda: backend.variants_by_id(["SKU123"]),
        backend.warehouses,
        lambda: backend.warehouses_by_id(["x"]),
    )
    for question in questions:
        with pytest.raises(Unavailable, match=NOT_READ):
            await question()
    assert (await backend.freshness()).as_of is None

    await backend.synchronise()

    assert await numbers(backend) == {"REF-1234"}
    await backend.close()


async def tell_by(cartoncloud: CartonCloud, backend: CartonCloudBackend, message: dict[str, Any]) -> None:
    headers = {"x-webhook-token": cartoncloud.variables["GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN"]}
    assert (await backend.receive(headers, {}, written(message))).status == 200


async def test_what_was_told_is_served_as_stale_when_cartoncloud_is_gone(
    told: CartonCloudBackend, cartoncloud: CartonCloud
) -> None:
    before = await told.freshness()
    cartoncloud.fault(mode="down")
    await told.synchronise()

    stale = await told.freshness()

    assert before.error is None
    assert isinstance(stale.error, Unavailable)
    assert stale.as_of == before.as_of is not None
    assert await numbers(told) != set()

    cartoncloud.mend()
    await told.synchronise()
    fresh = await told.freshness()
    assert fresh.error is None
    assert fresh.as_of is not None
    assert fresh.as_of > before.as_of


@pytest.mark.parametrize(
    ("changes", "fault", "error"),
    [
        ({}, {"mode": "down"}, Unavailable),
        ({"client_secret": WRONG}, {}, Unauthenticated),
        ({}, {"match": "cartoncloud-02", "body": {"tenants": [{"id": "another"}, None]}}, Unauthenticated),
    ],
)
async def test_with_nothing_stored_the_pulses_error_is_the_lists(
    cartoncloud: CartonCloud, resources: Resources, changes: dict[str, Any], fault: dict[str, Any], error: type[BackendError]
) -> None:
    backend = cartoncloud.backend(resources, **changes)
    if fault:
        cartoncloud.fault(**fault)

    await backend.synchronise()
    for question in (backend.check, lambda: backend.orders(ask()), backend.warehouses):
        with pytest.raises(error):
            await question()

    await tell_by(cartoncloud, backend, recorded("consignment"))
    assert len((await backend.shipments(ask_shipments())).records) == 1
    assert isinstance((await backend.freshness()).error, error)
    await backend.close()


async def test_the_tenants_id_may_be_written_in_capitals(cartoncloud: CartonCloud, resources: Resources) -> None:
    tenant = cartoncloud.variables["GATEWAY_CARTONCLOUD__TENANT_ID"]
    backend = cartoncloud.backend(resources, tenant_id=f" {tenant.upper()} ")
    await backend.check()
    await backend.close()


async def test_a_pulse_is_never_answered_by_the_cache(told: CartonCloudBackend, cartoncloud: CartonCloud) -> None:
    for _ in range(3):
        await told.synchronise()
    await told.check()
    assert cartoncloud.calls() == ["cartoncloud-02"] * 4


async def test_orders_are_found_by_every_number_that_they_go_by(offline: CartonCloudBackend) -> None:
    await tell(offline, recorded("outbound-order"))
    await tell(offline, recorded("inbound-order", references=None, id="in-1"))
    found = await offline.orders_by_number(["REF-1234", "ALT-REF-5678 ", "in-1", "REF"])
    kinds = {number: [order.kind for order in orders] for number, orders in found.items() if isinstance(orders, list)}
    assert kinds == {"REF-1234": ["OUTBOUND"], "ALT-REF-5678 ": ["OUTBOUND"], "in-1": ["INBOUND"]}


async def of_order(backend: CartonCloudBackend, orders: Sequence[Order]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for order_id, shipments in (await backend.shipments_by_order(orders)).items():
        assert not isinstance(shipments, BackendError)
        found[order_id] = [shipment.backend_id for shipment in shipments]
    return found


async def test_a_consignment_is_of_the_order_whose_number_and_goods_it_has(offline: CartonCloudBackend) -> None:
    goods = {"details": {"product": {"references": {"code": "SKU123"}}}, "measures": {"quantity": 1}}
    others = {"details": {"product": {"references": {"code": "OTHER"}}}, "measures": {"quantity": 1}}
    await tell(offline, recorded("consignment", id="same-goods", items=[goods, others]))
    await tell(offline, recorded("consignment", id="other-goods", items=[others]))
    await tell(offline, recorded("consignment", id="no-sku", items=[{"measures": {"pallets": 1}}]))
    await tell(offline, recorded("consignment", id="other-number", items=[goods], references={"customer": "REF-9"}))
    await tell(offline, recorded("consignment", id="by-the-way", items=[goods], references={"customer": "X", "po": "REF-1234"}))
    await tell(offline, recorded("outbound-order", id="out"))
    await tell(offline, recorded("outbound-order", id="unnamed", references={"po": "REF-1234"}))
    await tell(offline, recorded("inbound-order", id="in"))

    orders = (await offline.orders(ask())).records

    assert await of_order(offline, orders) == {"out": ["same-goods", "no-sku"], "unnamed": [], "in": []}


async def variant(backend: CartonCloudBackend, sku: str) -> list[tuple[str, str | None, str | None]]:
    found = (await backend.variants_by_sku([sku])).get(sku, [])
    assert not isinstance(found, BackendError)
    return [(record.backend_id, record.barcode, record.name) for record in found]


def selling(number: int, product: dict[str, Any], **changes: Any) -> dict[str, Any]:
    item = {"details": {"product": product}, "measures": {"quantity": 1}}
    return numbered(number, items=[item], **changes)


async def test_a_poorer_mention_loses_nothing_that_a_fuller_one_told(offline: CartonCloudBackend) -> None:
    await tell(offline, selling(1, {"id": "p", "name": "Drum", "references": {"code": "DRUM"}}))
    await tell(offline, selling(2, {"id": "p", "references": {"code": "DRUM", "barcode": "123"}}))
    await tell(offline, selling(3, {"id": "p"}))
    await tell(offline, selling(4, {"id": "p", "name": "", "references": {"code": "DRUM", "barcode": None}}))
    await tell(offline, selling(5, {"references": {"code": "DRUM"}}))

    assert await variant(offline, " DRUM ") == [("p", "123", "Drum")]

    await tell(offline, selling(6, {"id": "p", "name": "Steel drum"}))
    assert await variant(offline, "DRUM") == [("p", "123", "Steel drum")]
    by_id = await offline.variants_by_id(["p", "DRUM", "unknown"])
    assert {key: record.sku for key, record in by_id.items() if not isinstance(record, BackendError)} == {
        "p": "DRUM",
        "DRUM": "DRUM",
    }


async def test_an_older_record_has_no_say_on_what_a_newer_one_told(offline: CartonCloudBackend) -> None:
    def at(day: int) -> dict[str, Any]:
        return {"modified": {"time": f"2026-01-0{day}T00:00:00Z"}}

    await tell(offline, selling(1, {"id": "p", "name": "New", "references": {"code": "DRUM"}}, timestamps=at(2)))
    await tell(offline, selling(2, {"id": "p", "name": "Old", "references": {"code": "DRUM"}}, timestamps=at(1)))
    assert await variant(offline, "DRUM") == [("p", None, "New")]


async def test_a_product_whose_code_has_changed_is_found_by_the_new_one_alone(offline: CartonCloudBackend) -> None:
    await tell(offline, selling(1, {"id": "p", "references": {"code": "OLD", "barcode": "123"}}))
    await tell(offline, selling(2, {"id": "p", "name": "Drum", "references": {"code": "NEW"}}))
    assert await variant(offline, "OLD") == []
    assert await variant(offline, "NEW") == [("p", "123", "Drum")]


async def test_products_of_two_customers_may_have_the_same_code(offline: CartonCloudBackend) -> None:
    for number, product in enumerate(("p", "q")):
        await tell(offline, selling(number, {"id": product, "references": {"code": "DRUM"}}))
    assert [found[0] for found in await variant(offline, "DRUM")] == ["p", "q"]


async def test_warehouses_are_those_that_orders_name(offline: CartonCloudBackend) -> None:
    named = ({"id": "w1", "name": "North"}, {"id": "w1"}, {"name": "North"}, {"name": "South / 2"}, {"id": "w3"}, None)
    for number, warehouse in enumerate(named):
        await tell(offline, numbered(number, warehouse=warehouse))

    found = await offline.warehouses()

    assert sorted((warehouse.backend_id, warehouse.code, warehouse.name) for warehouse in found) == [
        ("South%20%2F%202", "South / 2", "South / 2"),
        ("w1", "North", "North"),
        ("w3", "w3", None),
    ]
    orders = (await offline.orders(ask())).records
    ids = [order.warehouse_backend_id for order in orders if order.warehouse_backend_id]
    by_id = await offline.warehouses_by_id([*ids, "unknown"])
    assert {key: record.code for key, record in by_id.items() if not isinstance(record, BackendError)} == {
        "w1": "North",
        "North": "North",
        "South%20%2F%202": "South / 2",
        "w3": "w3",
    }


async def test_what_a_consignment_carries_leads_to_its_variant(offline: CartonCloudBackend) -> None:
    await tell(offline, recorded("consignment"))
    (shipment,) = (await offline.shipments(ask_shipments())).records
    assert isinstance(shipment, Shipment)
    found = await offline.variants_by_id([line.variant_backend_id for line in shipment.lines if line.variant_backend_id])
    assert {key: record.sku for key, record in found.items() if not isinstance(record, BackendError)} == {"DRUM": "DRUM"}
