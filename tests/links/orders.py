"""Orders and shipments with as few fields as a rule needs."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from gateway.models import Address, Backend, Order, OrderKind, OrderLine, Reference, Shipment, ShipmentLine

AT = datetime(2026, 1, 1, tzinfo=UTC)


def sale(backend: Backend, backend_id: str, *skus: str, **fields: Any) -> Order:
    """Its number is its id, where none is given; the goods go to `street` in `to`, a postal code."""
    return _order(backend, backend_id, skus, **{"kind": OrderKind.SALE, **fields})


def outbound(backend_id: str, *skus: str, customer: str | None = None, **fields: Any) -> Order:
    """A warehouse's order, which names the sale's number in `customer`, and others in `references`."""
    references = [Reference("customer", customer)] if customer else []
    given = {"kind": OrderKind.OUTBOUND, "number": customer or backend_id, "references": references, **fields}
    return _order(Backend.CARTONCLOUD, backend_id, skus, **given)


def shipment(*skus: str, number: str | None = None, to: str | None = None, quantity: int = 1) -> Shipment:
    return Shipment(
        backend=Backend.CARTONCLOUD,
        backend_id="s",
        fetched_at=AT,
        list_time=AT,
        order_number=number,
        destination=Address(postal_code=to) if to else None,
        lines=[ShipmentLine(backend=Backend.CARTONCLOUD, sku=sku, quantity=Decimal(quantity)) for sku in skus],
    )


def _order(backend: Backend, backend_id: str, skus: tuple[str, ...], **fields: Any) -> Order:
    quantity, to, street = Decimal(fields.pop("quantity", 1)), fields.pop("to", None), fields.pop("street", None)
    bundle = fields.pop("bundle", False)
    lines = [
        OrderLine(
            backend=backend, order_backend_id=backend_id, line_id=sku, position=i, sku=sku, quantity=quantity, is_bundle=bundle
        )
        for i, sku in enumerate(skus, 1)
    ]
    address = Address(postal_code=to, line1=street) if to else None
    known = {"number": backend_id, "placed_at": AT, "shipping_address": address, **fields}
    return Order(backend=backend, backend_id=backend_id, fetched_at=AT, lines=lines, **known)
