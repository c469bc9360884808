"""The backend and the simulated Centra, each written from the vendor's page alone, understand each other."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal

import httpx
import pytest

from gateway.backends.centra.backend import CentraBackend
from gateway.backends.centra.sandbox import CentraSandbox
from gateway.backends.centra.settings import CentraSettings
from gateway.errors import BackendError, ErrorCode
from gateway.models import Backend, Order, OrderFilter, OrderStatus, ShipmentFilter, ShipmentStatus, Sort, VariantRecord
from gateway.ports import ListQuery, Resources
from gateway.sandbox.server import running
from gateway.sandbox.world import Stage, System, World, make_world
from gateway.settings import load
from tests.backends.centra.conftest import BackendAt
from tests.backends.centra.cookbook import EMPTY, WHOLESALE, order_xml
from tests.backends.centra.scripted import CONTRACT, calls
from tests.contract.examples import Request, send
from tests.secrets import WRONG


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, orders=130)


@pytest.fixture
def address(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A simulated Centra of its own, and the environment that reaches it."""
    system = CentraSandbox(world)
    with running({"CENTRA": system}) as addresses:
        settings: Mapping[str, str] = system.settings(addresses["CENTRA"])
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield addresses["CENTRA"]


@pytest.fixture
async def backend(address: str, resources: Resources, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CentraBackend]:
    """A backend that has consumed the whole queue."""
    monkeypatch.setenv("GATEWAY_CENTRA__QUEUE", "consume")
    made = CentraBackend(load(CentraSettings), resources)
    await made.synchronise()
    yield made
    await made.close()


async def every_order(backend: CentraBackend) -> list[Order]:
    page = await backend.orders(ListQuery(filter=OrderFilter(), sort=Sort.ASC, after=None, limit=1_000))
    assert not page.more
    assert not page.gaps
    return list(page.records)


async def test_every_order_of_the_world_is_read(backend: CentraBackend, world: World) -> None:
    read = {order.number: order for order in await every_order(backend)}

    assert set(read) == {order.number for order in world.orders_of(System.CENTRA)}
    for told in world.orders_of(System.CENTRA):
        order = read[told.number]
        assert (order.placed_at, order.channel_id) == (told.placed_at, told.channel)
        assert order.updated_at == told.changed_at
        wholesale = order.account is not None  # whose events have no total, as in the page
        assert (order.totals.total.amount if order.totals.total else None) == (None if wholesale else told.total)
        goods = {line.sku: line.quantity for line in order.lines if not line.is_bundle}
        assert goods == {line.item.sku: Decimal(line.quantity) for line in told.lines}


async def test_the_parts_of_a_bundle_name_its_line(backend: CentraBackend) -> None:
    (order,) = [order for order in await every_order(backend) if any(line.is_bundle for line in order.lines)]
    (bundle,) = [line for line in order.lines if line.is_bundle]
    parts = [line for line in order.lines if not line.is_bundle]

    assert bundle.part_of_line_id is None
    assert {line.part_of_line_id for line in parts} == {bundle.line_id}


async def test_every_dispatched_order_has_its_shipment(backend: CentraBackend, world: World) -> None:
    told = {o.number: o.dispatch for o in world.orders_of(System.CENTRA) if o.dispatch and not o.warehoused}
    query = ListQuery(
        filter=ShipmentFilter(statuses=frozenset({ShipmentStatus.SHIPPED})), sort=Sort.ASC, after=None, limit=1_000
    )
    read = {shipment.order_number: shipment for shipment in (await backend.shipments(query)).records}

    assert set(told) <= set(read)
    assert all(read[number].tracking_number == dispatch.tracking for number, dispatch in told.items())
    by_order = await backend.shipments_by_order(await every_order(backend))
    found = [shipment for each in by_order.values() if not isinstance(each, BackendError) for shipment in each]
    assert {shipment.backend_id for shipment in found} >= {shipment.backend_id for shipment in read.values()}


async def test_stock_of_every_item_is_read_for_every_warehouse(backend: CentraBackend, world: World) -> None:
    rows = world.stock_of(System.CENTRA)
    skus = sorted({row.item.sku for row in rows})
    found = await backend.variants_by_sku(skus)
    assert sorted(found) == skus
    variants = [each for records in found.values() if not isinstance(records, BackendError) for each in records]
    assert len(variants) == len(skus)
    assert {variant.barcode for variant in variants} == {row.item.barcode for row in rows}

    stock = await backend.stock_by_variant(variants)
    read = {
        (each.sku, each.warehouse.code): each
        for readings in stock.values()
        if not isinstance(readings, BackendError)
        for each in readings
    }
    assert {key: each.available for key, each in read.items()} == {
        (row.item.sku, row.site.codes[System.CENTRA]): row.available for row in rows
    }


async def test_warehouses_and_markets_are_read(backend: CentraBackend, world: World) -> None:
    names = {each.code: each.name for each in await backend.warehouses()}
    assert names == {site.codes[System.CENTRA]: site.name for site in world.sites_of(System.CENTRA)}
    assert {each.channel_id for each in await backend.sales_channels()} >= {o.channel for o in world.orders_of(System.CENTRA)}


async def test_a_line_leads_to_its_variant_and_its_warehouse(backend: CentraBackend) -> None:
    order = (await every_order(backend))[0]
    line = order.lines[0]
    assert line.variant_backend_id is not None
    variant = (await backend.variants_by_id([line.variant_backend_id]))[line.variant_backend_id]

    assert isinstance(variant, VariantRecord)
    assert variant.sku == line.sku
    assert line.warehouse_backend_id in await backend.warehouses_by_id([line.warehouse_backend_id or ""])


async def test_what_the_cookbook_writes_is_what_the_gateway_then_tells(backend_at: BackendAt) -> None:
    """One of the four red sweaters is cancelled; what remains goes out in two shipments."""
    system = CentraSandbox(EMPTY, username="example", password="???")
    system.put(order_xml(WHOLESALE))
    with running({"CENTRA": system}) as addresses:
        for name in ("confirm", "cancel-item", "first-shipment", "second-shipment", "both-shipped"):
            request = Request.parse((CONTRACT / f"centra-04-{name}.request.http").read_text())
            assert "true" in send(addresses["CENTRA"], request).text
        url = addresses["CENTRA"] + CentraSandbox.path
        backend = backend_at("", soap_url=url, username="example", password="???", queue="consume")
        await backend.synchronise()
        (order,) = await every_order(backend)
        shipments = (await backend.shipments_by_order([order]))[order.backend_id]

    assert (order.number, order.status) == ("25", OrderStatus.CONFIRMED)
    lines = {line.line_id: (line.quantity, line.quantity_cancelled, line.quantity_shipped) for line in order.lines}
    expected = {"67": (2, 0, 2), "68": (1, 0, 1), "69": (2, 0, 2), "70": (3, 0, 3), "71": (4, 1, 3)}
    assert lines == {row: tuple(map(Decimal, counts)) for row, counts in expected.items()}
    assert not isinstance(shipments, BackendError)
    assert [(each.status, each.tracking_number) for each in shipments] == [
        (ShipmentStatus.SHIPPED, "876543210"),
        (ShipmentStatus.SHIPPED, "987654321"),
    ]


async def test_consume_ends_with_an_empty_queue_and_peek_never_acknowledges(
    address: str, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    peeking = CentraBackend(load(CentraSettings), resources)
    await peeking.synchronise()
    await peeking.check()
    await peeking.close()
    assert "centra-03" not in calls(address)

    monkeypatch.setenv("GATEWAY_CENTRA__QUEUE", "consume")
    consuming = CentraBackend(load(CentraSettings), resources)
    await consuming.synchronise()
    await consuming.synchronise()
    await consuming.close()
    seen = calls(address)
    assert seen[-3:] == ["centra-03", "centra-01", "centra-01"]


async def test_a_wrong_password_is_told_from_other_faults(
    address: str, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_CENTRA__PASSWORD", WRONG)
    backend = CentraBackend(load(CentraSettings), resources)
    with pytest.raises(BackendError) as refused:
        await backend.check()
    await backend.synchronise()
    await backend.close()

    assert refused.value.code == ErrorCode.BACKEND_UNAUTHENTICATED
    assert (await resources.read_model.synchronisation(Backend.CENTRA)).error_code == ErrorCode.BACKEND_UNAUTHENTICATED
    assert address not in refused.value.message


async def test_the_login_reaches_no_log_however_much_is_logged(
    address: str, resources: Resources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("GATEWAY_CENTRA__QUEUE", "consume")
    settings = load(CentraSettings)
    backend = CentraBackend(settings, resources)
    await backend.synchronise()
    async with httpx.AsyncClient() as control:
        (await control.put(f"{address}/__faults", json={"mode": "malformed"})).raise_for_status()
    await backend.synchronise()
    await backend.close()

    assert "centra-03" in caplog.text
    assert settings.password.get_secret_value() not in caplog.text


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"mode": "html"}, ErrorCode.BACKEND_MALFORMED_REPLY),
        ({"mode": "truncated"}, ErrorCode.BACKEND_MALFORMED_REPLY),
        ({"mode": "malformed"}, ErrorCode.BACKEND_MALFORMED_REPLY),
        ({"mode": "reset"}, ErrorCode.BACKEND_UNAVAILABLE),
        ({"status": 503}, ErrorCode.BACKEND_UNAVAILABLE),
        ({"status": 429}, ErrorCode.BACKEND_RATE_LIMITED),
        ({"latency": 5}, ErrorCode.BACKEND_TIMEOUT),
        ({"mode": "drip"}, ErrorCode.BACKEND_TIMEOUT),
    ],
    ids=str,
)
async def test_a_failing_centra_is_an_error_and_no_crash(
    address: str, resources: Resources, monkeypatch: pytest.MonkeyPatch, fault: dict[str, object], code: ErrorCode
) -> None:
    monkeypatch.setenv("GATEWAY_CENTRA__TIMEOUT", "1.5")
    async with httpx.AsyncClient() as control:
        (await control.put(f"{address}/__faults", json=fault)).raise_for_status()
    backend = CentraBackend(load(CentraSettings), resources)
    await backend.synchronise()
    await backend.close()

    assert (await resources.read_model.synchronisation(Backend.CENTRA)).error_code == code


async def test_settings_hold_their_secrets_back(address: str) -> None:
    settings = load(CentraSettings)

    assert settings.missing() == []
    assert settings.password.get_secret_value() not in repr(settings)
    assert CentraSettings.model_validate({"soap_url": "", "username": ""}).missing() == [
        "GATEWAY_CENTRA__SOAP_URL",
        "GATEWAY_CENTRA__USERNAME",
        *([] if settings.password else ["GATEWAY_CENTRA__PASSWORD"]),
    ]


def test_the_world_has_what_these_tests_speak_of(world: World) -> None:
    orders = world.orders_of(System.CENTRA)
    assert any(order.dispatch and not order.warehoused for order in orders)
    assert {order.stage for order in orders} == set(Stage)
