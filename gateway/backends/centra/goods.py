"""Goods: the rows of an order that a change is about, and how many of each are left to be cancelled or shipped."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.rows import NO_SCOPE, Row, moved_of, plain, rows, tally
from gateway.backends.centra.settings import CentraSettings
from gateway.changes import LineQuantity
from gateway.errors import NotFound, Rejected
from gateway.mapping import yes_or_no
from gateway.models import Backend, Money
from gateway.transactions.work import Wrong


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a row of an order stands: how many were cancelled, are in shipments, and are packed but not yet shipped."""

    row: Row
    cancelled: Decimal
    in_shipments: Decimal
    packed: Decimal

    @property
    def left(self) -> Decimal:
        return max((self.row.quantity or Decimal(0)) - self.cancelled - self.in_shipments, Decimal(0))

    @property
    def is_sent(self) -> bool:
        """A bundle stands for other rows, and is never sent itself."""
        return not is_yes(self.row.product.bundleinfo.isbundle)


def standings(order: wire.Order) -> dict[str, Standing]:
    """By the line's id, in the order of the document."""
    found = rows(order.products)
    times = Counter(row.variant_id for row in found)
    shipments = order.shipments.shipment
    cancelled = tally((order.cancelled,))
    moved = tally(each.products for each in shipments)
    packed = tally(each.products for each in shipments if not is_yes(each.shipped))
    return {
        row.line_id: Standing(
            row, *(moved_of(row, counted, times[row.variant_id] == 1) for counted in (cancelled, moved, packed))
        )
        for row in found
    }


def asked_of(lines: Iterable[LineQuantity]) -> dict[str, Decimal]:
    """How many of which line; one that is named twice is meant twice."""
    wanted: dict[str, Decimal] = {}
    for line in lines:
        wanted[line.line_id] = wanted.get(line.line_id, Decimal(0)) + line.quantity
    return wanted


def check_left(wanted: Mapping[str, Decimal], left: Mapping[str, Decimal]) -> None:
    """Raises NotFound for a line that the order does not have, Rejected for more of one than is left of it."""
    for line_id, quantity in wanted.items():
        if line_id not in left:
            raise NotFound(f"The order has no line {line_id}.", backend=Backend.CENTRA)
        if quantity > left[line_id]:
            there = f"{left[line_id]:f} of line {line_id} are neither cancelled nor in a shipment"
            raise Rejected(Backend.CENTRA, f"{there}: {quantity:f} cannot be had.")


def products_of(wanted: Iterable[tuple[Row, Decimal]], **of_size: Any) -> list[dict[str, Any]]:
    """Rows with quantities as messages name them: each product with its variation and those of its sizes that are meant.

    `of_size` is what every size has besides.
    """
    products: dict[int, dict[str, Any]] = {}
    for row, quantity in wanted:
        empty: dict[str, Any] = {
            "id": plain(row.product.id),
            "variation": {"id": plain(row.product.variation.id)},
            "sizes": {"size": []},
        }
        product = products.setdefault(id(row.product), empty)  # the same product may be in an order twice
        size = {"id": plain(row.size.id), "qty": str(int(quantity))}
        product["sizes"]["size"].append(size | ({"orderitem": {"id": row.item}} if row.item else {}) | of_size)
    return list(products.values())


def same_currency(order: wire.Order, settings: CentraSettings, *amounts: Money | None) -> None:
    """Raises Rejected for an amount in another currency than the order's."""
    theirs = plain(order.currency)
    for given in filter(None, amounts):
        mine = given.currency or settings.currency
        if mine and theirs and mine != theirs:
            raise Rejected(Backend.CENTRA, f"The order is in {theirs}, not in {mine}.")


def not_whole(quantity: Decimal, *path: str) -> Iterable[Wrong]:
    if quantity != quantity.to_integral_value():
        yield Wrong(path=path, message="Centra counts pieces: give a whole number.")


def is_yes(value: Any) -> bool:
    return yes_or_no(value, NO_SCOPE) is True
