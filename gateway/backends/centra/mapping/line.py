"""The lines of orders and shipments."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.mapping.fields import BACKEND
from gateway.backends.centra.rows import Row, Tally, joined_id, moved_of, plain, row_sku, rows, tally
from gateway.errors import MalformedReply
from gateway.mapping import Absent, Field, Scope, Table, money, text, yes_or_no
from gateway.models import Backend, Money, OrderLine, ShipmentLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LineGiven:
    """The order of a line: what was cancelled and shipped of it, the lines of its bundles, how often it sells each variant."""

    order_id: str | None
    catalogue: Mapping[str, str]
    cancelled: Tally
    shipped: Tally
    bundles: Mapping[str | None, str]
    times: Mapping[str | None, int]


def line_id(row: Row, _scope: Scope) -> str:
    """`orderitem.id` of the size, else the line's position"""
    return row.line_id


def line_order(_row: Any, scope: Scope) -> str | None:
    """the order's id, percent-encoded"""
    order_id: str | None = scope.given.order_id
    return order_id


def line_sku(row: Row, scope: Scope) -> str | None:
    """the `sku` of product, variation and size joined; where the variation's is not sent, the catalogue's if it is known"""
    return row_sku(row, scope.given.catalogue)


def line_variant(row: Row, _scope: Scope) -> str | None:
    """ids of product, variation and size"""
    return row.variant_id


def line_quantity(row: Row, _scope: Scope) -> Decimal:
    """`qty` of the size; of a product with one size at most, else the product's"""
    if row.quantity is None:
        raise MalformedReply(Backend.CENTRA, "A line of Centra's order has no quantity.")
    return row.quantity


def moved_quantity(row: Row, _scope: Scope) -> Decimal | None:
    """`qty` of the size; of a product with one size at most, else the product's"""
    return row.quantity


def cancelled_quantity(row: Row, scope: Scope) -> Decimal:
    """the sum of `qty` under the order's `cancelled` for this line"""
    return moved_of(row, scope.given.cancelled, sole=scope.given.times[row.variant_id] == 1)


def shipped_quantity(row: Row, scope: Scope) -> Decimal:
    """the sum of `qty` for this line in the order's shipments with `shipped` yes"""
    return moved_of(row, scope.given.shipped, sole=scope.given.times[row.variant_id] == 1)


def of_whole_product(name: str) -> Callable[[Row, Scope], Money | None]:
    """A rule for an amount that Centra states for all sizes of a product together."""

    def amount(row: Row, scope: Scope) -> Money | None:
        return money(getattr(row.product, name), scope) if row.alone else None

    amount.__doc__ = f"`{name}` of the product, which is of all its sizes together: null where there are several"
    return amount


def bundle_line(row: Row, scope: Scope) -> str | None:
    """the line of the product that `bundleinfo.partof` names"""
    found = scope.given.bundles.get(plain(row.product.bundleinfo.partof.product.id))
    return None if found == row.line_id else found


def is_bundle(value: Any, scope: Scope) -> bool:
    """whether it says true"""
    return yes_or_no(value, scope) is True


def sole_warehouse(row: Row, _scope: Scope) -> str | None:
    """the warehouse in `warehouseitems` of the size, if there is one alone"""
    known = set(row.warehouses)
    return joined_id(*known) if len(known) == 1 else None


def properties(tax: Any, preorder: Any, comment: Any, _scope: Scope) -> dict[str, str] | None:
    """those that are not blank; `tax` is a rate in per cent"""
    said = {"tax": plain(tax), "preorder": plain(preorder), "comment": plain(comment)}
    return {name: value for name, value in said.items() if value} or None


_OF_SHIPMENT = "a shipment has it, not a line"

ORDER_LINE = Table(
    OrderLine,
    "product of an order, a line for each of its sizes",
    (
        BACKEND,
        Field("order_backend_id", (), line_order),
        Field("line_id", (), line_id),
        Field("position", "position"),
        Field("sku", (), line_sku),
        Field("name", "product.description", text),
        Field("quantity", (), line_quantity),
        Absent("unit_of_measure", "Centra counts pieces"),
        Field("quantity_cancelled", (), cancelled_quantity),
        Field("quantity_shipped", (), shipped_quantity),
        Field("unit_price", "product.price", money),
        Field("discount", (), of_whole_product("discount")),
        Absent("tax", "Centra's `tax` is a rate: it is among the properties"),
        Field("subtotal", (), of_whole_product("subtotal")),
        Absent("total", "Centra states a subtotal"),
        Field("part_of_line_id", (), bundle_line),
        Field("is_bundle", "product.bundleinfo.isbundle", is_bundle),
        Absent("backend_status", "Centra's lines have no status"),
        Absent("carrier", _OF_SHIPMENT),
        Absent("tracking_number", _OF_SHIPMENT),
        Absent("tracking_url", "Centra sends a number alone"),
        Field("properties", ("product.tax", "size.preorder", "product.comment"), properties),
        Field("variant_backend_id", (), line_variant),
        Absent("variant_record", "its id names it"),
        Field("warehouse_backend_id", (), sole_warehouse),
    ),
)


def lines(order: wire.Order, scope: Scope) -> list[OrderLine]:
    """see the table of `OrderLine`"""
    found = rows(order.products)
    bundles: dict[str | None, str] = {plain(row.product.id): row.line_id for row in reversed(found)}
    bundles |= {plain(row.product.id): row.line_id for row in found if is_bundle(row.product.bundleinfo.isbundle, scope)}
    given = LineGiven(
        order_id=joined_id(order.id),
        catalogue=scope.given.catalogue,
        cancelled=tally((order.cancelled,)),
        shipped=tally(sent.products for sent in order.shipments.shipment if yes_or_no(sent.shipped, scope)),
        bundles=bundles,
        times=Counter(row.variant_id for row in found),
    )
    return [ORDER_LINE(row, replace(scope, given=given)) for row in found]


SHIPMENT_LINE = Table(
    ShipmentLine,
    "product of a shipment, a line for each of its sizes",
    (
        BACKEND,
        Field("order_backend_id", (), line_order),
        Field("order_line_id", "size.orderitem.id", text),
        Field("sku", (), line_sku),
        Field("name", "product.description", text),
        Field("quantity", (), moved_quantity),
        Absent("unit_of_measure", "Centra counts pieces"),
        Absent("pallets", "not in Centra's shipments"),
        Absent("weight", "not in Centra's shipments"),
        Absent("volume", "not in Centra's shipments"),
        Absent("properties", "the order's line has them"),
        Field("variant_backend_id", (), line_variant),
        Absent("variant_record", "its id names it"),
    ),
)


def shipment_lines(products: wire.Products, scope: Scope) -> list[ShipmentLine]:
    """see the table of `ShipmentLine`"""
    order_id, catalogue = joined_id(scope.given.order.id), scope.given.catalogue
    given = LineGiven(order_id=order_id, catalogue=catalogue, cancelled={}, shipped={}, bundles={}, times={})
    return [SHIPMENT_LINE(row, replace(scope, given=given)) for row in rows(products)]
