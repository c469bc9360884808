"""What the gateway is told of Centra's records, once the queue has been read."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

import httpx
import pytest
from starlette.responses import Response

from gateway.backends.centra import soap
from gateway.backends.centra.backend import CentraBackend
from gateway.errors import BackendError, ErrorCode, GatewayError, NotSupported
from gateway.models import (
    CatalogStatus,
    Order,
    OrderFilter,
    OrderStatus,
    ShipmentFilter,
    ShipmentStatus,
    Sort,
    TimeRange,
    VariantRecord,
)
from gateway.ports import (
    ChannelSource,
    Copied,
    ListQuery,
    OrderSource,
    Position,
    ProductSource,
    ShipmentSource,
    StockSource,
    Synchronised,
    VariantSource,
    WarehouseSource,
)
from tests.backends.centra.conftest import BackendAt
from tests.backends.centra.cookbook import RETAIL, WHOLESALE
from tests.backends.centra.scripted import ScriptedCentra, centra, event, order, recorded
from tests.backends.centra.test_projection import members

HOUR = timedelta(hours=1)
After: TypeAlias = Callable[..., AbstractAsyncContextManager[CentraBackend]]

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def after(backend_at: BackendAt) -> After:
    """The backend after it has read a queue of these events."""

    @asynccontextmanager
    async def read(*events: str) -> AsyncIterator[CentraBackend]:
        with centra(ScriptedCentra(list(events))) as address:
            backend = backend_at(address, queue="consume")
            await backend.synchronise()
            yield backend

    return read


def page_events() -> list[str]:
    """The two order events of the vendor's page."""
    replies = [recorded(name) for name in (RETAIL, WHOLESALE)]
    return [each.body for reply in replies for each in soap.read_events(httpx.Response(200, content=reply))]


def placed(order_id: object, hours: float, more: str = "", event_id: int | None = None) -> str:
    created = (NOON + hours * HOUR).isoformat()
    return event(event_id or 1000 + int(str(order_id)), data=order(order_id, created=created, more=more))


def ask(wanted: OrderFilter | None = None, *, sort: Sort = Sort.ASC, limit: int = 100) -> ListQuery[OrderFilter]:
    return ListQuery(filter=wanted or OrderFilter(), sort=sort, after=None, limit=limit)


def ask_shipments(wanted: ShipmentFilter | None = None) -> ListQuery[ShipmentFilter]:
    return ListQuery(filter=wanted or ShipmentFilter(), sort=Sort.ASC, after=None, limit=100)


async def listed(backend: CentraBackend, wanted: OrderFilter) -> list[str]:
    return [each.backend_id for each in (await backend.orders(ask(wanted))).records]


async def walked(backend: CentraBackend, wanted: OrderFilter, sort: Sort, limit: int) -> list[str]:
    ids: list[str] = []
    position: Position | None = None
    for _ in range(100):
        page = await backend.orders(ListQuery(filter=wanted, sort=sort, after=position, limit=limit))
        ids += [each.backend_id for each in page.records]
        if not page.more:
            return ids
        assert page.position is not None
        position = page.position
    raise AssertionError("the walk has no end")


def good(found: object) -> Order:
    assert isinstance(found, Order)
    return found


def skus(records: Sequence[VariantRecord] | BackendError) -> list[tuple[str, str | None]]:
    assert not isinstance(records, BackendError)
    return [(each.backend_id, each.sku) for each in records]


async def test_it_offers_what_events_tell(after: After) -> None:
    async with after() as backend:
        ports = (OrderSource, ShipmentSource, VariantSource, ProductSource, WarehouseSource, StockSource, ChannelSource)
        assert all(isinstance(backend, port) for port in (*ports, Copied, Synchronised))


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("sort", list(Sort))
async def test_orders_are_walked_in_list_order_each_once(after: After, sort: Sort, limit: int) -> None:
    hours = {"10": 0, "9": 0, "3": 2, "4": 1, "5": 0, "6": -1}
    async with after(*(placed(each, when) for each, when in hours.items())) as backend:
        ascending = ["6", "10", "5", "9", "4", "3"]
        assert await walked(backend, OrderFilter(), sort, limit) == (ascending if sort is Sort.ASC else ascending[::-1])


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_a_filtered_walk_ends_and_misses_nothing(after: After, limit: int) -> None:
    confirmed = "<status>confirmed</status>"
    events = [placed(i, i, confirmed if i % 97 == 0 else "") for i in range(1, 400)]
    async with after(*events) as backend:
        wanted = OrderFilter(statuses=frozenset({OrderStatus.CONFIRMED}))
        assert await walked(backend, wanted, Sort.ASC, limit) == ["97", "194", "291", "388"]
        nothing = await backend.orders(ask(OrderFilter(statuses=frozenset({OrderStatus.DRAFT}))))
        assert (list(nothing.records), nothing.more) == ([], False)


async def test_one_call_for_a_sparse_list_looks_at_a_bounded_part_of_it(after: After) -> None:
    events = [placed(i, i / 100, "<status>confirmed</status>" if i == 2_200 else "") for i in range(1, 2_201)]
    async with after(*events) as backend:
        wanted = OrderFilter(statuses=frozenset({OrderStatus.CONFIRMED}))
        first = await backend.orders(ask(wanted))
        assert (list(first.records), first.more) == ([], True)
        rest = await backend.orders(ListQuery(filter=wanted, sort=Sort.ASC, after=first.position, limit=100))
        assert [each.backend_id for each in rest.records] == ["2200"]


async def test_an_empty_filter_finds_nothing_without_looking(after: After) -> None:
    shipments = "".join(f"<shipment><id>{i}</id></shipment>" for i in range(100))
    events = [placed(i, i, f"<shipments>{shipments}</shipments>") for i in range(1, 26)]
    async with after(*events) as backend:
        for nothing in (ShipmentFilter(order_numbers=frozenset()), ShipmentFilter(tracking_numbers=frozenset())):
            page = await backend.shipments(ask_shipments(nothing))
            assert (list(page.records), page.more) == ([], False)


async def test_orders_are_filtered(after: After) -> None:
    async with after(*page_events()) as backend:
        assert await listed(backend, OrderFilter()) == ["25", "30"]
        assert await listed(backend, OrderFilter(numbers=frozenset({"Example1", "x"}))) == ["25"]
        assert await listed(backend, OrderFilter(channel_ids=frozenset({"Retail-Sweden"}))) == ["30"]
        assert await listed(backend, OrderFilter(skus=frozenset({"TURTLE00103"}))) == ["25"]
        placed_late = TimeRange(start=datetime(2019, 3, 27, tzinfo=UTC))
        assert await listed(backend, OrderFilter(placed_at=placed_late)) == ["30"]
        told_late = TimeRange(start=datetime(2019, 3, 27, 13, tzinfo=UTC))
        assert await listed(backend, OrderFilter(updated_at=told_late)) == ["25"]


async def test_filters_on_what_centra_does_not_tell_are_refused(after: After) -> None:
    async with after() as backend:
        with pytest.raises(NotSupported):
            await backend.orders(ask(OrderFilter(acknowledged=False)))
        with pytest.raises(NotSupported):
            await backend.shipments(ask_shipments(ShipmentFilter(acknowledged=True)))
        with pytest.raises(NotSupported):
            await backend.shipments(ask_shipments(ShipmentFilter(shipped_at=TimeRange())))


async def test_orders_are_found_by_id_and_by_any_of_their_numbers(after: After) -> None:
    async with after(*page_events(), placed(7, 0, "<ordernumber>30</ordernumber>")) as backend:
        assert list(await backend.orders_by_id(["25", "unknown"])) == ["25"]
        found = await backend.orders_by_number(["30", " Example1 ", "7", "unknown"])

    assert {number: [each.backend_id for each in orders] for number, orders in found.items() if isinstance(orders, list)} == {
        "30": ["30", "7"],
        " Example1 ": ["25"],
        "7": ["7"],
    }


async def test_a_full_sku_from_a_stock_event_completes_the_lines_of_orders(after: After) -> None:
    goods = event(900, "stock", f"<stock>{members('centra-05-sweater.request.http', 'products')}</stock>")
    async with after(*page_events(), goods) as backend:
        lines = good((await backend.orders_by_id(["30"]))["30"]).lines
        assert [line.sku for line in lines] == [None, "TURTLE001RED01"]
        assert await listed(backend, OrderFilter(skus=frozenset({"TURTLE001RED01"}))) == ["30"]
        assert await listed(backend, OrderFilter(skus=frozenset({"TURTLE00101"}))) == []
        (shipment,) = (await backend.shipments(ask_shipments())).records
        assert [line.sku for line in shipment.lines] == [None, "TURTLE001RED01"]


async def test_shipments_are_listed_filtered_and_found(after: After) -> None:
    carried = "<carrierinformation><tracking>{2}</tracking></carrierinformation>"
    sent = f"<shipment><id>{{0}}</id><shipped>{{1}}</shipped>{carried}</shipment>"
    both = f"<shipments>{sent.format('a', 'yes', 'T1')}{sent.format('b', 'no', '')}</shipments>"
    async with after(*page_events(), placed(40, 0, both), placed(41, 1)) as backend:

        async def ids(wanted: ShipmentFilter) -> list[str]:
            return [each.backend_id for each in (await backend.shipments(ask_shipments(wanted))).records]

        assert await ids(ShipmentFilter()) == ["30/8", "40/a", "40/b"]
        assert await ids(ShipmentFilter(statuses=frozenset({ShipmentStatus.SHIPPED}))) == ["40/a"]
        assert await ids(ShipmentFilter(order_numbers=frozenset({"40"}))) == ["40/a", "40/b"]
        assert await ids(ShipmentFilter(tracking_numbers=frozenset({"T1", "T2"}))) == ["40/a"]
        both_filters = ShipmentFilter(tracking_numbers=frozenset({"T1"}), order_numbers=frozenset({"30"}))
        assert await ids(both_filters) == []

        assert list(await backend.shipments_by_id(["40/b", "40/c"])) == ["40/b"]
        orders = [good(each) for each in (await backend.orders_by_id(["40", "41"])).values()]
        by_order = await backend.shipments_by_order(orders)
        assert {
            order_id: [each.backend_id for each in found] for order_id, found in by_order.items() if isinstance(found, list)
        } == {"40": ["40/a", "40/b"], "41": []}


async def test_what_orders_and_stock_tell_of_a_variant_is_put_together_whichever_came_last(after: After) -> None:
    goods = event(900, "stock", f"<stock>{members('centra-05-sweater.request.http', 'products')}</stock>")
    retail, wholesale = page_events()
    async with after(goods, retail, wholesale) as backend:
        found = await backend.variants_by_sku(["TURTLE001RED01", " TURTLE001BLUE02 ", "TURTLE00101", "unknown"])
        assert {sku: skus(records) for sku, records in found.items()} == {
            "TURTLE001RED01": [("T001/T001_RED/S", "TURTLE001RED01")],
            " TURTLE001BLUE02 ": [("T001/T001_BLUE/M", "TURTLE001BLUE02")],
        }
        variant = (await backend.variants_by_id(["T001/T001_RED/S"]))["T001/T001_RED/S"]
        product = (await backend.products_by_id(["T001", "x"]))["T001"]
        assert list(await backend.products_by_sku(["TURTLE001", ""])) == ["TURTLE001"]

    assert isinstance(variant, VariantRecord)
    assert (variant.barcode, variant.status, variant.name) == ("1234567890123", CatalogStatus.ACTIVE, "Turtleneck sweater")
    assert (variant.color, variant.size) == ("Red", "Small"), "the size's name stands in the order alone"
    assert (variant.product_backend_id, variant.updated_at) == ("T001", datetime(2019, 3, 27, 12, 52, 20, tzinfo=UTC))
    assert not isinstance(product, BackendError)
    assert (product.name, product.brand, product.category, product.status) == (
        "Turtleneck sweater",
        "Example Brand",
        "Sweaters / Turtleneck",
        CatalogStatus.ACTIVE,
    )


async def test_variants_without_a_sku_are_found_by_id_alone(after: After) -> None:
    async with after(*page_events()) as backend:
        chair = (await backend.variants_by_id(["PWC/PWC/OS", "PWC"]))["PWC/PWC/OS"]
        assert await backend.variants_by_sku([""]) == {}

    assert isinstance(chair, VariantRecord)
    assert (chair.sku, chair.size, chair.name) == (None, None, "Plain wood chair")


async def test_stock_is_what_is_free_to_allocate_by_warehouse_as_of_its_event(after: After) -> None:
    goods = event(900, "stock", f"<stock>{members('centra-05-sweater.request.http', 'products')}</stock>")
    stock = event(901, "stock", f"<stock>{members('centra-05-stock.request.http', 'products')}</stock>")
    named = event(902, "warehouse", members("centra-06-warehouses.request.http", "warehouse"))
    async with after(goods, stock, named) as backend:
        variants = await backend.variants_by_id(["PWC/PWC/OS", "T001/T001_RED/S"])
        found = await backend.stock_by_variant([each for each in variants.values() if isinstance(each, VariantRecord)])

    readings = found["PWC/PWC/OS"]
    assert not isinstance(readings, BackendError)
    assert [(each.warehouse.code, each.warehouse.name, each.available) for each in readings] == [
        ("MainWarehouse", "Main Warehouse", Decimal(1)),
        ("OtherWarehouse", None, Decimal(2)),
    ]
    assert {(each.on_hand, each.as_of) for each in readings} == {(None, datetime(2019, 3, 27, 12, 52, 20, tzinfo=UTC))}
    assert found["T001/T001_RED/S"] == ()


async def test_product_data_that_comes_later_leaves_the_quantities(after: After) -> None:
    stock = event(901, "stock", f"<stock>{members('centra-05-stock.request.http', 'products')}</stock>")
    held = members("centra-05-stock.request.http", "products")
    data = event(902, "stock", held.replace("<warehouseitems>", "<sku>OS</sku><w>").replace("</warehouseitems>", "</w>"))
    async with after(stock, data) as backend:
        (variant,) = (await backend.variants_by_id(["PWC/PWC/OS"])).values()
        assert isinstance(variant, VariantRecord)
        (readings,) = (await backend.stock_by_variant([variant])).values()

    assert variant.sku == "OS"
    assert not isinstance(readings, BackendError)
    assert [each.available for each in readings] == [1, 2]


async def test_warehouses_and_markets_are_those_with_events_and_those_that_were_mentioned(after: After) -> None:
    named = event(902, "warehouse", members("centra-06-warehouses.request.http", "warehouse"))
    market = event(903, "market", "<market><id>Retail-Sweden</id><description>Sverige</description></market>")
    async with after(named, market, *page_events()) as backend:
        warehouses = {each.code: each.name for each in await backend.warehouses()}
        channels = {each.channel_id: each.name for each in await backend.sales_channels()}
        by_id = await backend.warehouses_by_id(["CW", "x"])

    assert warehouses == {"CW": None, "MainWarehouse": "Main Warehouse", "OtherWarehouse": None}
    assert channels == {"Retail-Sweden": "Sverige", "Wholesale-Market": "Global"}
    assert list(by_id) == ["CW"]


async def test_nothing_is_answered_before_the_queue_was_read(backend_at: BackendAt) -> None:
    system = ScriptedCentra()
    with centra(system) as address:
        backend = backend_at(address)
        with pytest.raises(BackendError, match=r"Centra has not been read yet\.") as unread:
            await backend.orders_by_id(["1"])
        assert unread.value.code == ErrorCode.BACKEND_UNAVAILABLE

        system.answer = Response(status_code=401)
        await backend.synchronise()
        for ask_for in (backend.orders(ask()), backend.variants_by_sku(["x"]), backend.warehouses()):
            with pytest.raises(BackendError, match="refuses the gateway's credentials") as refused:
                await ask_for
            assert refused.value.code == ErrorCode.BACKEND_UNAUTHENTICATED


async def test_an_older_copy_is_served_while_centra_fails_and_says_so(backend_at: BackendAt) -> None:
    system = ScriptedCentra(page_events())
    with centra(system) as address:
        backend = backend_at(address)
        await backend.synchronise()
        well = await backend.freshness()
        assert well.error is None

        system.answer = Response(status_code=500)
        await backend.synchronise()
        assert await listed(backend, OrderFilter()) == ["25", "30"]
        failing = await backend.freshness()

    assert failing.as_of == well.as_of
    assert failing.error is not None
    assert failing.error.code == ErrorCode.BACKEND_UNAVAILABLE


async def test_with_the_queue_off_nothing_can_be_read(backend_at: BackendAt) -> None:
    with centra(ScriptedCentra()) as address:
        backend = backend_at(address, queue="off")
        for a_list in (
            backend.orders(ask()),
            backend.shipments(ask_shipments()),
            backend.warehouses(),
            backend.sales_channels(),
        ):
            with pytest.raises(NotSupported, match="switched off"):
                await a_list
        with pytest.raises(GatewayError) as refused:
            await backend.orders_by_id(["1"])
        assert refused.value.code == ErrorCode.BACKEND_NOT_CONFIGURED
