"""The simulated Cenports tells of the world as the vendor's page shows: orders, channels, shipments, inventories."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.sandbox.world import LAST_DAY, ShopOrder, Stage, System, World, make_world
from tests.backends.cenports.asking import CHANNEL, PARTNER, ask, connected, numbers, one_order, orders, refused


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, orders=400)


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[httpx.Client]:
    with connected(CenportsSandbox(world, calls_per_minute=100_000)) as client:
        yield client


# Orders


def test_fifty_orders_are_given_and_never_more_than_300(client: httpx.Client) -> None:
    assert len(numbers(ask(client, "/orders"))) == 50
    assert len(numbers(ask(client, "/orders", limit=300))) == 300
    assert len(numbers(ask(client, "/orders", limit=400))) == 300


def test_there_is_no_second_page_and_no_order(client: httpx.Client) -> None:
    first = ask(client, "/orders", limit=300, isPaginated="true")
    second = ask(client, "/orders", limit=300, isPaginated="true", page=2)

    assert numbers(first) == numbers(second) != sorted(numbers(first))
    assert list(first.json()) == ["data"]


def test_the_same_world_tells_the_same_in_the_same_order(client: httpx.Client, world: World) -> None:
    with connected(CenportsSandbox(make_world(seed=world.seed, orders=400))) as other:
        assert ask(client, "/orders").json() == ask(other, "/orders").json()


def test_days_are_whole_and_in_utc_and_both_count(world: World) -> None:
    day = datetime(2026, 6, 10, tzinfo=UTC)
    example = world.orders_of(System.CENPORTS)[0]
    edges = {
        "BEFORE": day - timedelta(seconds=1),
        "FIRST": day,
        "LAST": day + timedelta(days=2) - timedelta(seconds=1),
        "AFTER": day + timedelta(days=2),
    }
    placed = tuple(replace(example, number=f"A{i}", note=name, placed_at=at) for i, (name, at) in enumerate(edges.items()))
    with connected(CenportsSandbox(replace(world, orders=placed))) as client:
        answer = ask(client, "/orders", startDate="2026-06-10", endDate="2026-06-11").json()["data"]

    assert {record["notes"]["retailerMsg"] for record in answer} == {"FIRST", "LAST"}


def test_each_day_needs_the_other(client: httpx.Client) -> None:
    refused(ask(client, "/orders", startDate="2026-06-10"), "endDate")
    refused(ask(client, "/orders", endDate="2026-06-10"), "startDate")
    refused(ask(client, "/orders", startDate="2026-06-10", endDate="10/06/2026"), "endDate")
    refused(ask(client, "/orders", startDate="2026-06-31", endDate="20260610"), "startDate", "endDate")


def test_orders_are_filtered_by_channel_and_by_acknowledgement(client: httpx.Client, world: World) -> None:
    not_acknowledged = ask(client, "/orders", limit=300, isAcknowledged="false")
    of_one_channel = ask(client, "/orders", limit=300, channelId=CHANNEL)
    of_both = ask(client, "/orders", limit=300, channelId=CHANNEL, isAcknowledged="0")

    assert set(numbers(not_acknowledged)) == orders(world, lambda order: order.stage is Stage.PLACED)
    assert set(numbers(of_one_channel)) == orders(world, lambda order: order.channel == CHANNEL)
    assert set(numbers(of_both)) == set(numbers(not_acknowledged)) & set(numbers(of_one_channel))
    assert "cknowledged" not in not_acknowledged.text


def test_orders_are_found_by_number(client: httpx.Client) -> None:
    assert set(numbers(ask(client, "/orders", orders="A10002, A10001,A99999"))) == {"A10001", "A10002"}
    assert numbers(ask(client, "/orders", orders="A99999")) == []
    assert len(numbers(ask(client, "/orders", orders=",".join(f"A{n}" for n in range(10001, 10037)) + ",A99"))) == 36


def test_one_number_is_answered_with_one_bare_order(client: httpx.Client) -> None:
    alone = ask(client, "/orders", orders="A10001").json()

    assert alone["orderNo"] == "A10001"
    assert "data" not in alone


def test_one_number_of_two_channels_is_answered_with_a_list(world: World) -> None:
    first = world.orders_of(System.CENPORTS)[0]
    twins = (replace(first, channel="AMAZON"), replace(first, channel="WDSDL-1"))
    with connected(CenportsSandbox(replace(world, orders=twins))) as client:
        answer = ask(client, "/orders", orders=first.number)
        narrowed = ask(client, "/orders", orders=first.number, channelId="AMAZON")

    assert numbers(answer) == [first.number] * 2
    assert narrowed.json()["channelId"] == "AMAZON"


def test_an_order_looks_as_on_the_page(client: httpx.Client, world: World) -> None:
    order = one_order(world, lambda order: order.stage is Stage.CONFIRMED and not order.number.endswith(("0", "5")))

    told = ask(client, "/orders", orders=order.number).json()

    assert list(told) == [
        "orderNo", "customerOrderNo", "orderDate", "channel", "channelId", "customerName", "contactName", "contactEmail",
        "contactPhone", "status", "billTo", "shipFrom", "shipTo", "shippingInfo", "lineItems", "pricing", "notes",
    ]  # fmt: skip
    assert told["status"] == "Incompleted"
    assert told["orderDate"] == order.placed_at.strftime("%Y-%m-%dT%H:%M:%S") + ".000000Z"
    assert (told["customerOrderNo"], told["contactName"]) == (order.reference, None)
    assert list(told["billTo"]) == ["name", "address1", "address2", "city", "state", "country", "postalCode"]
    assert list(told["shipTo"]) == ["address1", "address2", "city", "state", "country", "postalCode"]
    assert told["shipFrom"]["warehouseCode"] == order.site.codes[System.CENPORTS]
    assert told["shippingInfo"] == {"carrierCode": None, "serviceLevel": None}


def test_lines_have_a_number_in_a_string_and_a_price_in_a_number(client: httpx.Client, world: World) -> None:
    order = one_order(world, lambda order: len(order.lines) > 2 and order.shipping > 0)

    told = ask(client, "/orders", orders=order.number).json()

    first, line = told["lineItems"][0], order.lines[0]
    assert first["lineItem"] == "1"
    assert (first["productSku"], first["quantity"]) == (line.item.sku, line.quantity)
    assert isinstance(first["price"], float)
    assert Decimal(str(first["price"])) == line.unit_price
    assert Decimal(str(told["pricing"]["grandTotal"])) == order.total
    assert sum(Decimal(str(entry["price"])) * entry["quantity"] for entry in told["lineItems"]) == order.subtotal


def test_some_fields_are_null_as_on_the_page(client: httpx.Client) -> None:
    told = ask(client, "/orders", limit=300).json()["data"]

    assert {record["customerOrderNo"] is None for record in told} == {True, False}
    assert {record["contactEmail"] is None for record in told} == {True, False}
    assert {line["retailerSku"] is None for record in told for line in record["lineItems"]} == {True, False}


@pytest.mark.parametrize(
    ("stage", "word", "line_word"),
    [
        (Stage.PLACED, "Pending", "pending"),
        (Stage.CONFIRMED, "Incompleted", "pending"),
        (Stage.PACKED, "Incompleted", "pending"),
        (Stage.SHIPPED, "Shipped", "shipped"),
        (Stage.DELIVERED, "Completed", "shipped"),
        (Stage.CANCELLED, "Cancelled", "cancelled"),
    ],
)
def test_each_stage_has_its_word(client: httpx.Client, world: World, stage: Stage, word: str, line_word: str) -> None:
    order = one_order(world, lambda order: order.stage is stage)

    told = ask(client, "/orders", orders=order.number).json()

    assert told["status"] == word
    assert {line["status"] for line in told["lineItems"]} == {line_word}


# Channels


def test_channels_are_those_of_the_orders(client: httpx.Client, world: World) -> None:
    told = ask(client, "/channels").json()["data"]

    assert {record["channelId"] for record in told} == {order.channel for order in world.orders_of(System.CENPORTS)}
    assert list(told[0]) == ["channelName", "channelId", "channelEmail", "channelPhone", "location", "features"]
    assert told[0]["features"] is None


# Shipments


def shipped(world: World, channel: str) -> dict[str, ShopOrder]:
    found = [order for order in world.orders_of(System.CENPORTS) if order.channel == channel]
    return {order.number: order for order in found if order.dispatch and not order.warehoused}


def test_shipments_are_what_the_shop_ships_itself(client: httpx.Client, world: World) -> None:
    told = numbers(ask(client, "/shipments", channelId=CHANNEL, limit=99))
    warehoused = one_order(world, lambda order: order.warehoused and order.channel == CHANNEL and bool(order.dispatch))

    assert set(told) == set(shipped(world, CHANNEL)) != set()
    assert numbers(ask(client, "/shipments", channelId=CHANNEL, orders=warehoused.number)) == []


def test_a_shipment_looks_like_its_order(client: httpx.Client, world: World) -> None:
    order = one_order(world, lambda order: order.number in shipped(world, CHANNEL))
    assert order.dispatch is not None

    (told,) = ask(client, "/shipments", channelId=CHANNEL, orders=order.number).json()["data"]

    assert list(told) == [
        "orderNo", "shipmentId", "channelId", "shippingInfo", "trackingNumber", "shipDate", "status", "shipFrom", "shipTo",
        "lineItems", "isAcknowledged",
    ]  # fmt: skip
    assert told["shippingInfo"] == {"carrierCode": order.dispatch.carrier, "serviceLevel": order.dispatch.service}
    assert told["trackingNumber"] == order.dispatch.tracking
    assert told["lineItems"] == [{"productSku": line.item.sku, "quantity": line.quantity} for line in order.lines]


def test_the_channel_of_shipments_is_required_and_the_limit_has_two_digits(client: httpx.Client) -> None:
    assert refused(ask(client, "/shipments"), "channelId") == {"channelId": ["The channel id field is required."]}
    refused(ask(client, "/shipments", channelId=CHANNEL, limit=100), "limit")
    assert len(numbers(ask(client, "/shipments", channelId=CHANNEL, limit=3))) == 3


def test_fifty_shipments_are_given_unless_more_are_asked_for() -> None:
    world = make_world(orders=400)
    order = one_order(world, lambda order: bool(order.dispatch) and not order.warehoused and order.channel == CHANNEL)
    copies = tuple(replace(order, number=f"A{n}") for n in range(120))
    with connected(CenportsSandbox(replace(world, orders=copies))) as client:
        assert len(numbers(ask(client, "/shipments", channelId=CHANNEL))) == 50
        assert len(numbers(ask(client, "/shipments", channelId=CHANNEL, limit=99))) == 99


def test_shipments_are_asked_for_by_order_in_the_query_or_the_body(client: httpx.Client, world: World) -> None:
    first, second, *_ = sorted(shipped(world, CHANNEL))
    common = {"partnerId": PARTNER, "channelId": CHANNEL}

    in_query = client.get("/shipments", params={**common, "orders[0][orderNo]": first, "orders[1][orderNo]": second})
    in_body = client.request("GET", "/shipments", json={**common, "orders": [{"orderNo": first}, {"orderNo": second}]})
    in_a_string = client.get("/shipments", params={**common, "orders": f"{first},{second}"})

    for answer in (in_query, in_body, in_a_string):
        assert set(numbers(answer)) == {first, second}
    refused(client.request("GET", "/shipments", json={**common, "orders": [{"number": first}]}), "orders")


def test_shipments_are_filtered_by_day_and_acknowledgement(client: httpx.Client, world: World) -> None:
    all_shipped = shipped(world, CHANNEL)
    day = LAST_DAY.date() - timedelta(days=40)

    since = ask(client, "/shipments", channelId=CHANNEL, limit=99, startDate=day)
    until = ask(client, "/shipments", channelId=CHANNEL, limit=99, endDate=day - timedelta(days=1))
    acknowledged = ask(client, "/shipments", channelId=CHANNEL, limit=99, acknowledged="true")
    others = ask(client, "/shipments", channelId=CHANNEL, limit=99, acknowledged="false")

    by_day = {n for n, order in all_shipped.items() if order.dispatch and order.dispatch.shipped_at.date() >= day}
    assert set(numbers(since)) == by_day != set()
    assert set(numbers(until)) == set(all_shipped) - by_day != set()
    assert set(numbers(acknowledged)) | set(numbers(others)) == set(all_shipped)
    assert {record["isAcknowledged"] for record in acknowledged.json()["data"]} == {True}
    assert {record["isAcknowledged"] for record in others.json()["data"]} == {False}


# Inventories


def quantities(answer: httpx.Response) -> dict[tuple[str, str], str]:
    assert answer.status_code == 200, answer.text
    return {
        (held["warehouseCode"], entry["productSku"]): entry["quantity"]
        for held in answer.json()["data"]
        for entry in held["warehouseInventory"]
    }


def test_available_stock_is_a_channels_and_actual_stock_the_warehouses(client: httpx.Client, world: World) -> None:
    rows = {(row.site.codes[System.CENPORTS], row.item.sku): row for row in world.stock_of(System.CENPORTS)}

    available = quantities(ask(client, "/inventories", channelId=CHANNEL))
    actual = quantities(ask(client, "/inventories", actualStock="true"))

    assert available == {key: str(row.available) for key, row in rows.items()}
    assert actual == {key: str(row.on_hand) for key, row in rows.items()} != available


def test_a_channel_is_needed_unless_actual_stock_is_asked_for(client: httpx.Client) -> None:
    refused(ask(client, "/inventories"), "channelId")
    refused(ask(client, "/inventories", actualStock="false"), "channelId")
    both = client.request("GET", "/inventories", json={"partnerId": PARTNER, "channelId": CHANNEL, "actualStock": True})
    assert quantities(both) == quantities(ask(client, "/inventories", actualStock=1))


def test_stock_is_filtered_by_warehouse(client: httpx.Client) -> None:
    one = quantities(ask(client, "/inventories", channelId=CHANNEL, warehouseCode="CENPORTS"))
    two = quantities(ask(client, "/inventories", channelId=CHANNEL, warehouseCode="CENPORTS, WDSDL-WH-CA"))
    none = quantities(ask(client, "/inventories", channelId=CHANNEL, warehouseCode="ELSEWHERE"))

    assert {code for code, _ in one} == {"CENPORTS"}
    assert {code for code, _ in two} == {"CENPORTS", "WDSDL-WH-CA"}
    assert none == {}


def test_stock_looks_as_on_the_page(client: httpx.Client, world: World) -> None:
    answer = ask(client, "/inventories", actualStock="true").json()
    held = answer["data"][0]
    expected = {entry["nextAvailabileQuantity"] for entry in held["warehouseInventory"]}
    barcodes = {item.sku: item.barcode for item in world.items}

    assert {key: answer[key] for key in ("code", "status", "message")} == {"code": 200, "status": "success", "message": "OK"}
    assert list(held) == ["warehouseName", "warehouseCode", "warehouseAddress", "warehouseInventory"]
    assert list(held["warehouseAddress"])[:2] == ["streetAddress", "streetAddress2"]
    assert expected == {None, "25"}
    for entry in held["warehouseInventory"]:
        assert entry["productUpc"] == barcodes[entry["productSku"]]
        assert entry["productExtras"] == []
        assert (entry["nextAvailabilityDate"] is None) == (entry["nextAvailabileQuantity"] is None)
    assert {entry["isDiscontinued"] for entry in held["warehouseInventory"]} == {True, False}
