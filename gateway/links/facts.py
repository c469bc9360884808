"""Facts of a pair of orders: in what they agree, which is evidence, and in what they contradict each other.

Pure. What one of the two does not tell is neither.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from gateway.links.channels import Channels, Named
from gateway.models import Backend, Order, OrderKind, OrderRelation, OrderStatus, Reference

PACK_REFERENCE = "id_pack"
"""The reference that orders of one pack share (Centry: `id_pack`)."""

NEAR = timedelta(days=7)
REUSED = timedelta(days=180)
"""Orders that lie further apart are not the same: their number was given out again."""
EARLY = timedelta(days=2)
"""So much earlier than its sale, by a clock or zone that is off, a warehouse order may have been made."""

CALLED_OFF = (OrderStatus.CANCELLED, OrderStatus.REJECTED)
_ZIP, _ZIP4 = 5, 9


@dataclass(frozen=True, slots=True)
class Pair:
    """Two orders that may belong together: a sale, and the warehouse's or another sales system's order that may name it.

    `relation` is what `other` is to `sale`. `named` are the places where `other` gives the sale's number.
    """

    sale: Order
    other: Order
    relation: OrderRelation
    named: Sequence[Named] = ()

    @property
    def of_warehouse(self) -> bool:
        return self.other.kind is OrderKind.OUTBOUND


class Agreement(StrEnum):
    """In what two orders may agree."""

    CHANNEL = "CHANNEL"
    NUMBER = "NUMBER"
    SAME_NUMBER = "SAME_NUMBER"
    PACK = "PACK"
    GOODS = "GOODS"
    POSTAL_CODE = "POSTAL_CODE"
    DAYS = "DAYS"


class Contradiction(StrEnum):
    """What speaks against two orders being one, whatever else they share."""

    GOODS = "GOODS"
    POSTAL_CODE = "POSTAL_CODE"
    DATES = "DATES"


def pairs(one: Order, two: Order, channels: Channels) -> list[Pair]:
    """The ways in which the two could belong together, whichever of them is `one`; mostly none."""
    if one.kind is OrderKind.SALE and two.kind is OrderKind.SALE:
        first, second = sorted((one, two), key=identity)
        return _of_sales(first, second, channels)
    if one.kind is OrderKind.SALE:
        return _fulfilments(one, two, channels)
    return _fulfilments(two, one, channels) if two.kind is OrderKind.SALE else []


def identity(order: Order) -> tuple[Backend, str]:
    return order.backend, order.backend_id


def _fulfilments(sale: Order, other: Order, channels: Channels) -> list[Pair]:
    named = _named(sale, other, channels)
    return [Pair(sale, other, OrderRelation.FULFILLED_BY, named)] if named else []


def _of_sales(first: Order, second: Order, channels: Channels) -> list[Pair]:
    if identity(first) == identity(second):
        return []
    if first.backend is not second.backend:
        return [*_twins(first, second, channels), *_twins(second, first, channels)]
    return [Pair(first, second, OrderRelation.PACK_SIBLING)] if pack_of(first) else []


def _twins(sale: Order, other: Order, channels: Channels) -> list[Pair]:
    named = _named(sale, other, channels)
    return [Pair(sale, other, OrderRelation.SAME_ORDER, named)] if named or sale.number == other.number else []


def _named(sale: Order, other: Order, channels: Channels) -> list[Named]:
    return [named for named in channels.named(other) if named.means(sale)] if sale.number in other.numbers else []


def agreements(pair: Pair) -> Mapping[Agreement, Sequence[Reference]]:
    """What the two share, with what shows it."""
    return {kind: evidence for kind, (_, find) in AGREEMENTS.items() if (evidence := find(pair))}


def contradictions(pair: Pair) -> frozenset[Contradiction]:
    return frozenset(kind for kind, (_, is_so) in CONTRADICTIONS.items() if is_so(pair))


def is_settled(pair: Pair, shared: Mapping[Agreement, Sequence[Reference]]) -> bool:
    """Whether no other sale of the same number can be meant: it is of the right channel, or all goods go to the same door.

    A sale that was called off while its warehouse order was not may have been entered again.
    """
    if pair.sale.status in CALLED_OFF and pair.other.status not in CALLED_OFF:
        return False
    if Agreement.CHANNEL in shared:
        return True
    near = Agreement.POSTAL_CODE in shared and Agreement.DAYS in shared
    return near and pair.other.skus <= pair.sale.skus and _same_door(pair)


def _same_door(pair: Pair) -> bool:
    """Personal data: it decides, and is no evidence that is shown. Of an address that is written otherwise nothing is known."""
    ours, theirs = (order.shipping_address.line1 if order.shipping_address else None for order in (pair.sale, pair.other))
    return bool(ours and theirs) and _plain(ours or "") == _plain(theirs or "")


def _channel(pair: Pair) -> list[Reference]:
    return [Reference(named.reference, named.number) for named in pair.named if named.sellers is not None]


def _number(pair: Pair) -> list[Reference]:
    return [Reference("number", pair.sale.number)] if pair.named else []


def _same_number(pair: Pair) -> list[Reference]:
    same = pair.relation is OrderRelation.SAME_ORDER and pair.sale.number == pair.other.number
    return [Reference("number", pair.sale.number)] if same else []


def _pack(pair: Pair) -> list[Reference]:
    if pair.relation is not OrderRelation.PACK_SIBLING or pair.sale.channel_id != pair.other.channel_id:
        return []
    pack = pack_of(pair.sale)
    return [Reference(PACK_REFERENCE, pack)] if pack and pack == pack_of(pair.other) else []


def pack_of(order: Order) -> str | None:
    """The pack that an order is part of."""
    return next((reference.value for reference in order.references if reference.name == PACK_REFERENCE), None)


def _goods(pair: Pair) -> list[Reference]:
    return [Reference("sku", sku) for sku in sorted(pair.sale.skus & pair.other.skus)]


def _postal_code(pair: Pair) -> list[Reference]:
    ours, theirs = postal_code(pair.sale), postal_code(pair.other)
    return [Reference("postalCode", ours)] if ours and theirs and same_place(ours, theirs) else []


def _days(pair: Pair) -> list[Reference]:
    apart = _apart(pair)
    return [Reference("daysApart", str(abs(apart) // timedelta(days=1)))] if apart is not None and abs(apart) <= NEAR else []


def _other_goods(pair: Pair) -> bool:
    """Bundles are picked as their parts, which may go by other SKUs."""
    sale, other = pair.sale, pair.other
    comparable = sale.skus and other.skus and not any(line.is_bundle for line in (*sale.lines, *other.lines))
    return bool(comparable) and sale.skus.isdisjoint(other.skus)


def _another_place(pair: Pair) -> bool:
    ours, theirs = postal_code(pair.sale), postal_code(pair.other)
    return bool(ours and theirs) and not same_place(ours or "", theirs or "")


def _another_time(pair: Pair) -> bool:
    apart = _apart(pair)
    if apart is None:
        return False
    return abs(apart) > REUSED or (pair.of_warehouse and apart < -EARLY)


def _apart(pair: Pair) -> timedelta | None:
    """How much later than the sale the other was made."""
    ours, theirs = made_at(pair.sale), made_at(pair.other)
    return theirs - ours if ours and theirs else None


def made_at(order: Order) -> datetime | None:
    """Where a warehouse does not tell when an order was made, the day on which it was to leave is near that."""
    if order.kind is OrderKind.SALE:
        return order.placed_at
    if order.created_at is None and order.required_date is not None:
        return datetime.combine(order.required_date, time(12), UTC)
    return order.created_at


def postal_code(order: Order) -> str | None:
    """Of the place that the goods go to."""
    address = order.shipping_address
    return address.postal_code if address else None


def same_place(one: str, two: str) -> bool:
    """Whether two postal codes mean the same, however they are written; a ZIP code may come with its four digits more."""
    short, long = sorted((_plain(one), _plain(two)), key=len)
    return short == long or (short.isdigit() and len(short) == _ZIP and len(long) == _ZIP4 and long.startswith(short))


def _plain(written: str) -> str:
    return re.sub(r"[\W_]", "", written).upper()


AGREEMENTS: dict[Agreement, tuple[str, Callable[[Pair], list[Reference]]]] = {
    Agreement.CHANNEL: ("the number stands in the reference that the settings give to the sale's channel", _channel),
    Agreement.NUMBER: ("the sale's number stands in a reference that is meant for it", _number),
    Agreement.SAME_NUMBER: ("two sales systems have orders of the same number", _same_number),
    Agreement.PACK: (f"two orders of one channel have the same `{PACK_REFERENCE}`", _pack),
    Agreement.GOODS: ("at least one SKU is in both", _goods),
    Agreement.POSTAL_CODE: ("the goods go to the same postal code", _postal_code),
    Agreement.DAYS: (f"they were made within {NEAR.days} days", _days),
}
"""Each with its meaning, and what gives the evidence for it: nothing where they do not agree."""

CONTRADICTIONS: dict[Contradiction, tuple[str, Callable[[Pair], bool]]] = {
    Contradiction.GOODS: ("both name SKUs, none of them in both, and neither has a bundle", _other_goods),
    Contradiction.POSTAL_CODE: ("the goods go to different postal codes", _another_place),
    Contradiction.DATES: (
        f"they were made more than {REUSED.days} days apart, or the warehouse's more than {EARLY.days} days before the sale",
        _another_time,
    ),
}
