"""A new order at the simulated Cenports: what POST /orders must say, and the order that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gateway.backends.cenports.sandbox_goods import Goods, Row, Warehouse
from gateway.backends.cenports.sandbox_parameters import Parameters
from gateway.backends.cenports.sandbox_records import Record, number, written


@dataclass(frozen=True)
class NewLine:
    sku: str
    quantity: int
    number: int
    price: Decimal
    subtotal: Decimal


@dataclass(frozen=True)
class NewOrder:
    """`ship_to` is as GET tells it."""

    number: str
    customer_number: str | None
    placed_at: datetime
    customer: str
    contact: tuple[str | None, str | None, str | None]
    ship_to: Record
    carrier: str
    service: str
    lines: Sequence[NewLine]
    subtotal: Decimal
    shipping: Decimal
    total: Decimal


def read_new_order(entry: Parameters) -> NewOrder:
    """An entry of `orders`. What is wrong with it is in the errors, and then the order means nothing."""
    shipping = entry.inner("shippingInfo")
    shipping.day("estimatedShipDate")
    lines = _lines(entry.entries("lineItems"))
    return NewOrder(
        number=entry.text("orderNo", required=True) or "",
        customer_number=entry.text("customerOrderNo"),
        placed_at=entry.time("orderDate"),
        customer=entry.text("customerName", required=True) or "",
        contact=(entry.text("contactName"), entry.text("contactEmail"), entry.text("contactPhone")),
        ship_to=_address(entry.inner("shipTo")),
        carrier=shipping.text("carrierCode", required=True) or "",
        service=shipping.text("serviceLevel", required=True) or "",
        lines=lines,
        subtotal=entry.amount("subTotal") or sum((line.subtotal for line in lines), Decimal(0)),
        shipping=entry.amount("shippingCost", digits=5) or Decimal(0),
        total=entry.amount("grandTotal", required=True) or Decimal(0),
    )


def _address(place: Parameters) -> Record:
    return {
        "address1": place.text("address1", required=True),
        "address2": place.text("address2"),
        "city": place.text("city", required=True),
        "state": place.text("state", required=True),
        "country": place.text("country", required=True, most=10),
        "postalCode": place.text("postalCode", required=True, most=10),
    }


def _lines(entries: Sequence[Parameters]) -> Sequence[NewLine]:
    """A line without a number takes the one after the line before it."""
    lines: list[NewLine] = []
    for entry in entries:
        lines.append(
            NewLine(
                sku=entry.text("sku", required=True) or "",
                quantity=entry.number("quantity", required=True, most=99_999) or 0,
                number=entry.number("lineNumber", most=999) or (lines[-1].number if lines else 0) + 1,
                price=entry.amount("consumerPrice", required=True) or Decimal(0),
                subtotal=entry.amount("subTotal", required=True) or Decimal(0),
            )
        )
    return lines


def new_order(order: NewOrder, channel: str, channel_name: str, goods: Goods) -> Record:
    """The order as GET tells it; what it takes is reserved. The page does not say its first status: Pending."""
    taken = [goods.reserve(line.sku, line.quantity) for line in order.lines]
    name, email, phone = order.contact
    return {
        "orderNo": order.number,
        "customerOrderNo": order.customer_number,
        "orderDate": written(order.placed_at),
        "channel": channel_name,
        "channelId": channel,
        "customerName": order.customer,
        "contactName": name,
        "contactEmail": email,
        "contactPhone": phone,
        "status": "Pending",
        "billTo": {"name": order.customer, **order.ship_to},
        "shipFrom": goods.ship_from(taken[0][0]),
        "shipTo": order.ship_to,
        "shippingInfo": {"carrierCode": order.carrier, "serviceLevel": order.service},
        "lineItems": [_new_line(order.number, *both) for both in zip(order.lines, taken, strict=True)],
        "pricing": {
            "subTotal": number(order.subtotal),
            "discount": 0,
            "shipCost": number(order.shipping),
            "grandTotal": number(order.total),
        },
        "notes": {"merchantMsg": None, "retailerMsg": None},
    }


def _new_line(order_number: str, line: NewLine, taken: tuple[Warehouse, Row]) -> Record:
    warehouse, row = taken
    return {
        "orderNo": order_number,
        "lineItem": str(line.number),
        "productSku": line.sku,
        "retailerSku": row.record["retailerSku"],
        "productName": row.record["productName"],
        "shipFromWarehouseCode": warehouse.record["warehouseCode"],
        "quantity": line.quantity,
        "price": number(line.price),
        "status": "pending",
    }
