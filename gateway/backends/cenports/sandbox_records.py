"""The records of the simulated Cenports, in the form and with the oddities of its page: the seeded world's, and their parts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from gateway.sandbox.world import (
    LAST_DAY,
    Dispatch,
    Line,
    Place,
    ShopOrder,
    Site,
    Stage,
    Stock,
    System,
    World,
    uuid,
)  # fmt: skip

Record: TypeAlias = dict[str, Any]

CHANNEL_NAMES = {"AMAZON": "Amazon Seller Central", "WDSDL-1": "My Channel"}

# The page shows "Incompleted" for an order under way, and "shipped" and "pending" for its lines; the rest is by analogy.
_STATUSES = {
    Stage.PLACED: "Pending",
    Stage.CONFIRMED: "Incompleted",
    Stage.PACKED: "Incompleted",
    Stage.SHIPPED: "Shipped",
    Stage.DELIVERED: "Completed",
    Stage.CANCELLED: "Cancelled",
}
_LINE_STATUSES = {Stage.SHIPPED: "shipped", Stage.DELIVERED: "shipped", Stage.CANCELLED: "cancelled"}


def order_record(order: ShopOrder, partner_id: str) -> Record:
    return {
        "orderNo": order.number,
        "customerOrderNo": None if _is_sparse(order) else order.reference,
        "orderDate": written(order.placed_at),
        "channel": CHANNEL_NAMES.get(order.channel, order.channel),
        "channelId": order.channel,
        "customerName": order.buyer.name,
        "contactName": None,
        "contactEmail": None if _is_sparse(order) else order.buyer.email,
        "contactPhone": order.buyer.phone,
        "status": _STATUSES[order.stage],
        "billTo": {"name": order.buyer.name, **_address(order.buyer)},
        "shipFrom": _ship_from(order.site, partner_id),
        "shipTo": _address(order.buyer),
        "shippingInfo": _shipping(order.dispatch),
        "lineItems": [_order_line(order, line) for line in order.lines],
        "pricing": _pricing(order),
        "notes": {"merchantMsg": None, "retailerMsg": order.note or None},
    }


def shipment_record(order: ShopOrder, dispatch: Dispatch, partner_id: str) -> Record:
    """The page shows no shipment: the names follow those of orders."""
    return {
        "orderNo": order.number,
        "shipmentId": uuid("cenports shipment", order.channel, order.number),
        "channelId": order.channel,
        "shippingInfo": _shipping(dispatch),
        "trackingNumber": dispatch.tracking,
        "shipDate": written(dispatch.shipped_at),
        "status": "Delivered" if dispatch.delivered_at else "Shipped",
        "shipFrom": _ship_from(order.site, partner_id),
        "shipTo": _address(order.buyer),
        "lineItems": [{"productSku": line.item.sku, "quantity": line.quantity} for line in order.lines],
        "isAcknowledged": dispatch.delivered_at is not None,
    }


def channel_record(channel: str) -> Record:
    return {
        "channelName": CHANNEL_NAMES.get(channel, channel),
        "channelId": channel,
        "channelEmail": f"{channel.lower()}@example.com",
        "channelPhone": "9999999999",
        "location": "Hayward, CA, US, 94545",
        "features": None,
    }


def warehouse_records(world: World) -> list[tuple[Record, dict[str, int]]]:
    """A record for each warehouse, with its actual stock, and what of it is reserved by SKU."""
    by_code: dict[str, list[Stock]] = {}
    for row in world.stock_of(System.CENPORTS):
        by_code.setdefault(_code(row.site), []).append(row)
    return [
        (_warehouse(world, code, held), {row.item.sku: row.on_hand - row.available for row in held})
        for code, held in world.shuffled(by_code.items(), "inventories")
    ]


def _warehouse(world: World, code: str, held: Sequence[Stock]) -> Record:
    return {
        "warehouseName": held[0].site.name,
        "warehouseCode": code,
        "warehouseAddress": _warehouse_address(held[0].site.place),
        "warehouseInventory": [_stock_record(row) for row in world.shuffled(held, "inventory", code)],
    }


def _stock_record(row: Stock) -> Record:
    expected = (LAST_DAY + timedelta(days=9)).date().isoformat() if row.incoming else None
    return {
        "productSku": row.item.sku,
        "retailerSku": row.item.sku if row.item.size == "M" else None,
        "productUpc": row.item.barcode,
        "productName": row.item.title,
        "quantity": str(row.on_hand),
        "isDiscontinued": not row.item.active,
        "nextAvailabilityDate": expected,
        "nextAvailabileQuantity": str(row.incoming) if row.incoming else None,
        "productExtras": [],
    }


def _order_line(order: ShopOrder, line: Line) -> Record:
    return {
        "orderNo": order.number,
        "lineItem": str(line.position),
        "productSku": line.item.sku,
        "retailerSku": line.item.sku if line.item.size == "M" else None,
        "productName": line.item.title,
        "shipFromWarehouseCode": _code(order.site),
        "quantity": line.quantity,
        "price": number(line.unit_price),
        "status": _LINE_STATUSES.get(order.stage, "pending"),
    }


def _pricing(order: ShopOrder) -> Record:
    return {
        "subTotal": number(order.subtotal),
        "discount": number(order.discount),
        "shipCost": number(order.shipping),
        "grandTotal": number(order.total),
    }


def _address(place: Place) -> Record:
    return {
        "address1": place.street,
        "address2": None,
        "city": place.city,
        "state": place.state_code,
        "country": place.country,
        "postalCode": place.postcode,
    }


def _warehouse_address(place: Place) -> Record:
    return {
        "streetAddress": place.street,
        "streetAddress2": None,
        "city": place.city,
        "province": None,
        "provinceAbbre": place.state_code,
        "countryCode": place.country,
        "country": None,
        "postalCode": place.postcode,
        "isResidential": None,
        "ignoreValidation": False,
    }


def _ship_from(site: Site, partner_id: str) -> Record:
    place = site.place
    return {
        "warehouseCode": _code(site),
        "warehouseName": site.name,
        "location": f"{place.street}, {place.city}, {place.state_code}, {place.country}, {place.postcode}",
        "contactPhone": place.phone,
        "availability": True,
        "owner": partner_id,
    }


def _shipping(dispatch: Dispatch | None) -> Record:
    return {
        "carrierCode": dispatch.carrier if dispatch else None,
        "serviceLevel": dispatch.service if dispatch else None,
    }


def _code(site: Site) -> str:
    return site.codes[System.CENPORTS]


def _is_sparse(order: ShopOrder) -> bool:
    """Whether an order has null where the page's example has null; every fifth one does."""
    return int(order.number.lstrip("A")) % 5 == 0


def listed(records: Iterable[object]) -> Record:
    """The page's answer with a list."""
    return {"data": list(records), "code": 200, "status": "success", "message": "OK"}


def number(amount: Decimal) -> int | float:
    """As the page writes numbers: 345.3 and 0."""
    return int(amount) if amount == int(amount) else float(amount)


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_time(text: str) -> datetime:
    """A time as `written` writes it."""
    return datetime.fromisoformat(text)
