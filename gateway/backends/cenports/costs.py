"""What it costs to ask Cenports: a call for as many order numbers as it takes at once, and one for all of its stock."""

from collections.abc import Iterable
from math import inf

from gateway.backends.cenports.client import MAX_SHIPMENTS, USUAL_LIMITS
from gateway.backends.cenports.mapping.identity import split_id
from gateway.backends.cenports.numbers import LONGEST, listed, portions
from gateway.backends.cenports.orders import excludes_all, only_channel
from gateway.backends.cenports.settings import CenportsSettings
from gateway.backends.cenports.shipments import LONGEST as LONGEST_OF_SHIPMENTS
from gateway.backends.cenports.shipments import MOST
from gateway.costs import Asked, Cost, Costs, parts, times

_USUAL = 24
"""Characters of an order number that nobody has named: then as many as this allows are counted for one call."""

_LONG_NUMBERS = f"Order numbers of more than {_USUAL} characters, or that several channels share, take more calls."
_SHARED_NUMBERS = "Order numbers that several channels share may take more calls."
_CHANNELS = "Each sales channel of Cenports is asked, and how many there are must be looked up first."
_UNDATED = "The orders of shipments that come without a date are read too."
_PARCELS = "Orders with more shipments than fit into one reply take more calls."


def costs(settings: CenportsSettings) -> Costs:
    """What each question costs with these settings."""
    lists = Lists(settings)
    return {
        "check": _channels,
        "orders": lists.orders,
        "orders_by_id": lists.orders_by_id,
        "orders_by_number": lists.orders_by_number,
        "acknowledged_by_order": lists.acknowledged_by_order,
        "shipments": lists.shipments,
        "shipments_by_id": lists.shipments_by_id,
        "shipments_by_order": _shipments_by_order,
        "variants_by_sku": _actual_stock,
        "variants_by_id": lambda asked: [] if asked.taken_from else _actual_stock(asked),
        "warehouses": _actual_stock,
        "warehouses_by_id": _actual_stock,
        "stock_by_variant": _all_stock if settings.channel_id else _actual_stock,
        "sales_channels": _channels,
    }


class Lists:
    """Orders and shipments, whose replies hold as many as the settings say."""

    def __init__(self, settings: CenportsSettings) -> None:
        self._limit = settings.page_size
        at = sorted({limit for limit in USUAL_LIMITS if limit < self._limit})
        exactly = f" (or exactly {' or '.join(map(str, at))})" if at else ""
        self._unless = (
            f"Cenports gives {self._limit} orders in a reply: more calls where the list has so many or more{exactly}, "
            "for it is then asked for in shorter and shorter spans of days."
        )

    def orders(self, asked: Asked) -> list[Cost]:
        """A channel that it refuses to be asked for is looked up among its own."""
        wanted = asked.orders
        if wanted.updated_at is not None or excludes_all(wanted):
            return []
        foreign = [] if only_channel(wanted) is None else _channels(asked)
        if wanted.numbers is not None:
            return [self._numbered("cenports-02", portions(wanted.numbers)), *foreign]
        return [Cost(operation="cenports-02", calls=1, unless=self._unless), *foreign]

    def orders_by_id(self, asked: Asked) -> list[Cost]:
        """By the numbers that the ids hold."""
        return self._by_number(asked, [split[1] for known in asked.named or () if (split := split_id(known, 2))])

    def orders_by_number(self, asked: Asked) -> list[Cost]:
        """Cenports' shipments name their orders by id."""
        return [] if asked.taken_from == "shipment" else self._by_number(asked, asked.named or ())

    def acknowledged_by_order(self, asked: Asked) -> list[Cost]:
        """One call for the days of the orders; where these hold more than a reply, their numbers are asked for."""
        by_days = 0 if asked.keys <= 1 else 1
        (by_number,) = self._by_number(asked, ())
        return [Cost(operation="cenports-02", calls=by_days + by_number.calls, unless=by_number.unless)]

    def shipments(self, asked: Asked) -> list[Cost]:
        """Each channel by itself."""
        wanted = asked.shipments
        sets = (wanted.statuses, wanted.order_numbers, wanted.tracking_numbers)
        if any(one is not None and not one for one in sets):
            return []
        return [
            *_channels(asked),
            Cost(operation="cenports-07", calls=inf, unless=_CHANNELS),
            Cost(operation="cenports-02", calls=0, unless=_UNDATED),
        ]

    def shipments_by_id(self, asked: Asked) -> list[Cost]:
        """With the orders of those that come without a date."""
        of = [(split[0], split[1]) for known in asked.named or () if (split := split_id(known, 3))]
        channels = {channel for channel, _ in of}
        asked_for = [[number for own, number in of if own == channel] for channel in channels]
        calls = sum(len(listed(some, longest=LONGEST_OF_SHIPMENTS, most=MOST)) for some in asked_for)
        return [
            Cost(operation="cenports-07", calls=times(asked.keys) if asked.named is None else calls, unless=_PARCELS),
            *self._by_number(asked, [number for _, number in of]),
        ]

    def _by_number(self, asked: Asked, numbers: Iterable[str]) -> list[Cost]:
        if asked.named is not None:
            return [self._numbered("cenports-02", portions(numbers))]
        calls = parts(asked.keys, (LONGEST + 1) // (_USUAL + 1))
        return [Cost(operation="cenports-02", calls=calls, unless=None if asked.keys <= 1 else _LONG_NUMBERS)]

    def _numbered(self, operation: str, asked_for: Iterable[list[str]]) -> Cost:
        sizes = [len(portion) for portion in asked_for]
        shared = any(size > 1 for size in sizes)
        return Cost(operation=operation, calls=sum(map(self._halved, sizes)), unless=_SHARED_NUMBERS if shared else None)

    def _halved(self, size: int) -> int:
        """Calls for so many numbers, where each half of a reply that may have been cut is asked for again."""
        if size <= min(self._limit, MAX_SHIPMENTS, *USUAL_LIMITS):
            return 1
        return 1 + self._halved(size // 2) + self._halved(size - size // 2)


def _shipments_by_order(asked: Asked) -> list[Cost]:
    """A call is for one channel, and each order may be of a channel of its own."""
    return [Cost(operation="cenports-07", calls=times(asked.keys), unless=_PARCELS)]


def _channels(_asked: Asked) -> list[Cost]:
    return [Cost(operation="cenports-05", calls=1, read="channels")]


def _actual_stock(_asked: Asked) -> list[Cost]:
    return [Cost(operation="cenports-09", calls=1, read="actual stock")]


def _all_stock(asked: Asked) -> list[Cost]:
    return [*_actual_stock(asked), Cost(operation="cenports-09", calls=1, read="available stock")]
