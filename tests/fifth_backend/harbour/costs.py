"""What it costs to ask Harbour: a call for 50 keys, and a list as many as it has pages."""

from gateway.backends.harbour.client import MOST
from gateway.backends.harbour.settings import HarbourSettings
from gateway.costs import Asked, Cost, CostOf, Costs, parts
from gateway.models import OrderFilter, ShipmentFilter

_FILTERED = "Where the filter leaves few of Harbour's records, more pages are read."


def costs(settings: HarbourSettings) -> Costs:
    """What each question costs with these settings."""
    size = settings.page_size
    return {
        "check": _once("harbour-01"),
        "orders": lambda asked: _orders(asked, size),
        "orders_by_id": _by_key("harbour-03"),
        "orders_by_number": _by_key("harbour-03"),
        "shipments": lambda asked: [_list("harbour-04", asked, size, filtered=asked.shipments != ShipmentFilter())],
        "shipments_by_id": _by_key("harbour-05"),
        "shipments_by_order": _by_key("harbour-05"),
        "variants_by_sku": _by_key("harbour-06"),
        "variants_by_id": _by_key("harbour-06"),
        "warehouses": _once("harbour-07"),
        "warehouses_by_id": _once("harbour-07"),
    }


def _orders(asked: Asked, size: int) -> list[Cost]:
    numbers = asked.orders.numbers
    if numbers is not None:
        return [Cost(operation="harbour-03", calls=parts(len(numbers), MOST))]
    return [_list("harbour-02", asked, size, filtered=asked.orders != OrderFilter())]


def _list(operation: str, asked: Asked, size: int, *, filtered: bool) -> Cost:
    first = size if asked.page is None else asked.page[0]
    return Cost(operation=operation, calls=parts(first, size), unless=_FILTERED if filtered else None)


def _by_key(operation: str) -> CostOf:
    return lambda asked: [Cost(operation=operation, calls=parts(asked.keys, MOST))]


def _once(operation: str) -> CostOf:
    return lambda _asked: [Cost(operation=operation, calls=1, read=operation)]
