"""Rows: the lines of an order, a shipment or a cancellation, and the ids and SKUs of what they sell."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from gateway.backends.centra import wire
from gateway.mapping import Scope, decimal

Tally = Mapping[Hashable, Decimal]

NO_SCOPE = Scope(zone=UTC, currency=None, fetched_at=datetime.fromtimestamp(0, UTC))


@dataclass(frozen=True, slots=True)
class Row:
    """One size of a product in an order or shipment: a line. `alone`: the product has no other size there."""

    product: wire.Product
    size: wire.Size
    position: int
    alone: bool

    @property
    def item(self) -> str | None:
        """The line's own id, "always unique within the order": the same goods may be in an order twice."""
        return plain(self.size.orderitem.id)

    @property
    def line_id(self) -> str:
        return self.item or str(self.position)

    @property
    def variant_id(self) -> str | None:
        return joined_id(self.product.id, self.product.variation.id, self.size.id)

    @property
    def quantity(self) -> Decimal | None:
        number = decimal(self.size.qty, NO_SCOPE)
        return decimal(self.product.qty, NO_SCOPE) if number is None and self.alone else number

    @property
    def warehouses(self) -> list[str]:
        return [known for item in self.size.warehouseitems.warehouse if (known := plain(item.id))]


def rows(products: wire.Products) -> list[Row]:
    """In the order of the document. A product without sizes is a line too."""
    found: list[Row] = []
    for product in products.product:
        sizes = product.sizes.size or [wire.Size()]
        found += [Row(product, size, len(found) + i, len(sizes) == 1) for i, size in enumerate(sizes, 1)]
    return found


def plain(value: Any) -> str | None:
    """Text without the white space around it; blank is None."""
    return None if value is None else str(value).strip() or None


def joined(*parts: str) -> str:
    """The id of a record that these parts make unique."""
    return "/".join(map(_quoted, parts))


@lru_cache(10_000)
def _quoted(part: str) -> str:
    """Ids of goods and warehouses come again in every order."""
    return quote(part, safe="")


def joined_id(*parts: Any) -> str | None:
    """The same of parts as they were sent; None if one is blank."""
    known = [plain(part) for part in parts]
    return None if None in known else joined(*(part for part in known if part))


def shipment_id(order_id: str | None, shipment: wire.Shipment, place: int) -> str:
    """Of its record: one that has no id is told apart by `appendix`, which counts an order's shipments, else by its place."""
    return joined(order_id or "", plain(shipment.id) or plain(shipment.appendix) or str(place))


def joined_sku(*parts: Any) -> str | None:
    """A SKU from the `sku` of product, variation and size; None if all are blank."""
    return "".join(plain(part) or "" for part in parts) or None


def lacks_sku(row: Row) -> bool:
    """The page shows order events whose variations have no `sku` element, so that their SKU cannot be told in full."""
    return row.product.variation.sku is None


def row_sku(row: Row, catalogue: Mapping[str, str]) -> str | None:
    """A line's SKU: joined from the order's parts; where the variation's was not sent, the one that the catalogue has for
    the same variant, else from the parts that are there."""
    known = catalogue.get(row.variant_id or "") if lacks_sku(row) else None
    return known or joined_sku(row.product.sku, row.product.variation.sku, row.size.sku)


def tally(moved: Iterable[wire.Products]) -> Tally:
    """How many of each line were cancelled or shipped, by the line's own id, else by what it sells."""
    counted: defaultdict[Hashable, Decimal] = defaultdict(Decimal)
    for products in moved:
        for row in rows(products):
            counted[row.item or (row.variant_id,)] += row.quantity or 0
    return counted


def moved_of(row: Row, counted: Tally, sole: bool) -> Decimal:
    """What was counted of one line. `sole`: no other line of its order sells the same, so what names no line is of this one."""
    named = counted.get(row.item, Decimal(0)) if row.item else Decimal(0)
    return named + (counted.get((row.variant_id,), Decimal(0)) if sole else Decimal(0))
