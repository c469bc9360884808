"""The inputs of mutations that say what the page's examples say, and how the client is had to send them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.new_orders import order_message
from gateway.backends.cartoncloud.new_products import product_message
from gateway.backends.cartoncloud.new_shipments import consignment_message
from gateway.backends.cartoncloud.parts import Members, customers
from gateway.changes import NewOrder, NewOrderLine, NewShipment, NewShipmentItem, NewUnitOfMeasure, ProductChange
from gateway.merging import merged
from gateway.models import Address, Backend, Money, OrderKind, Reference
from tests.contract.same import Differs

CUSTOMER_ID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
_PRODUCT_ID = "c3706e8c-7526-11e8-adc0-fa7ae01b3ebc"
_ADDRESS = Address(
    company="Company A",
    name="Customer 17",
    line1="Unit 2, Corporate Tower",
    line2="1 Main Street",
    suburb="Springfield",
    city="Metropolis",
    state="QLD",
    postal_code="4000",
    country="AU",
    phone="07 5512 3456",
    email="customer-17@example.com",
)
_MONEY = Money(Decimal(1000), "AUD")
_LINES = tuple(
    NewOrderLine(
        variant_record_id=_PRODUCT_ID,
        name="Product Name",
        quantity=Decimal(quantity),
        unit_of_measure=unit,
        properties={"expiryDate": expiry, "batch": batch},
    )
    for quantity, unit, expiry, batch in ((25, "UNITS", "2018-10-25", "AAAA"), (2, "CASES", "2018-10-22", "BBBB"))
)
_ORDER = NewOrder(
    backend=Backend.CARTONCLOUD,
    number="REF-1234",
    references=(Reference("alternateReference", "ALT-REF-5678"),),
    account=CUSTOMER_ID,
    warehouse_code=CUSTOMER_ID,
    lines=_LINES,
    urgent=True,
    instructions="",
    properties={"myCustomField": "info"},
)
INBOUND = {"kind": OrderKind.INBOUND, "draft": True, "required_date": date(2018, 1, 31)}
OUTBOUND = {
    "kind": OrderKind.OUTBOUND,
    "required_date": date(2018, 6, 21),
    "delivery_date": date(2018, 6, 22),
    "shipping_address": _ADDRESS,
    "delivery_instructions": "Leave by front door",
    "cash_on_delivery": _MONEY,
    "total": _MONEY,
}


def _one_is_enough(*names: str) -> tuple[Differs, ...]:
    why = "one property names it: where there are several, the first one counts"
    return tuple(Differs(f"/body/{name}", why, free=True) for name in names)


_NAMED = ("customer/name", "customer/references", "warehouse/name", "items/*/details/product/references")
_STATE = ("state/name", "country/name", "country/iso3Code")
IN_SHORT = _one_is_enough(*_NAMED)
IN_SHORT_WITH_ADDRESS = (*IN_SHORT, *_one_is_enough(*(f"details/deliver/address/{name}" for name in _STATE)))


CONSIGNMENT_IN_SHORT = _one_is_enough(
    "customer/name",
    "customer/references",
    *(f"details/{stop}/address/{name}" for stop in ("collect", "deliver") for name in _STATE),
)
_CONSIGNMENT = NewShipment(
    backend=Backend.CARTONCLOUD,
    number="REF-1234",
    references=(Reference("alternateReference", "ALT-REF-5678"),),
    origin=_ADDRESS,
    destination=_ADDRESS,
    instructions="Leave by front door",
    required_date=date(2018, 6, 22),
    cash_on_delivery=_MONEY,
    invoice_value=_MONEY,
    service="EXPRESS",
    properties={"myCustomField": "info"},
    items=(
        NewShipmentItem(description="misc equipment", pallets=2, weight=Decimal(120), quantity=Decimal(10)),
        NewShipmentItem(sku="DRUM", pallets=3, weight=Decimal(160)),
    ),
)


PRODUCT_IN_SHORT = _one_is_enough("customer/name", "customer/references")
_UI = {"uiOptions": {"consignmentItems": {"cubicCalculator": {"multiplierField": "QUANTITY"}}}}
_PRODUCT = ProductChange(
    backend=Backend.CARTONCLOUD,
    sku="SKU123",
    barcode="00123246586",
    type="FROZEN",
    name="Ice Cream",
    description="Chocolate ice cream 4L",
)
TRANSPORT_PRODUCT = replace(
    _PRODUCT, transport=True, package_length=Decimal(10), package_weight=Decimal("1.3"), extra={"details": _UI}
)
WAREHOUSE_PRODUCT = replace(
    _PRODUCT,
    default_unit_of_measure="cartons",
    units_of_measure=(
        NewUnitOfMeasure(name="units", quantity_per_base=Decimal(1), weight=Decimal("1.2"), volume=Decimal("0.25")),
        NewUnitOfMeasure(name="cartons", quantity_per_base=Decimal(10)),
        NewUnitOfMeasure(name="pallets", quantity_per_base=Decimal(100)),
    ),
    extra={
        "details": {
            **_UI,
            "variableWeight": True,
            "storage": {"chargeMethod": "PER_LOCATION"},
            "inbound": {"initialStatus": "QC"},
            "stockSelection": {
                "method": "FEFO",
                "secondaryMethod": "MINIMISE_STORAGE",
                "strict": True,
                "expiryThresholdDays": 10,
            },
        },
        "itemPropertyRequirements": {"expiry": "REQUIRED", "batch": "OPTIONAL"},
        "notifications": [{"type": "STOCK_EXPIRY", "thresholdDays": 20}, {"type": "STOCK_LOW"}],
    },
)


def making(product: ProductChange) -> Callable[[CartonCloudClient], Awaitable[object]]:
    """The client makes the page's product."""

    async def make(client: CartonCloudClient) -> object:
        return await client.create_product(with_customer(merged(product_message(product), product.extra or {})))

    return make


async def consigning(client: CartonCloudClient) -> object:
    """The client makes the page's consignment."""
    return await client.create(
        RecordKind.CONSIGNMENT, with_customer(consignment_message(_CONSIGNMENT, str(_CONSIGNMENT.number), None))
    )


def creating(**changes: Any) -> Callable[[CartonCloudClient], Awaitable[object]]:
    """The client makes the page's order."""
    order = replace(_ORDER, **changes)
    kind = RecordKind(str(order.kind))

    async def create(client: CartonCloudClient) -> object:
        return await client.create(kind, with_customer(order_message(order, None)))

    return create


def with_customer(message: Members) -> Members:
    return {**message, "customer": customers(CUSTOMER_ID)[0]}
