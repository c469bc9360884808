"""What it costs to ask Centry: most questions take a call or two for each key, lists as many as they have pages."""

from math import inf

from gateway.backends.centry.names import FEW, PAGES
from gateway.backends.centry.order_list import TOO_MANY_CALLS, left_to_us, nothing_fits
from gateway.backends.centry.order_papers import AT_ONCE
from gateway.backends.centry.orders import AN_ID, KINDS
from gateway.backends.centry.own import KINDS as OWN_KINDS
from gateway.backends.centry.settings import CentrySettings
from gateway.backends.centry.walk import PATIENCE
from gateway.costs import Asked, Cost, CostOf, Costs, nothing, parts, times
from gateway.models import Backend

_SHORT = 2
"""Calls for a list that is short: while nobody knows how much Centry gives at most, only an empty page tells its end."""

_SWEEP = PATIENCE + 1
"""Calls for a list of fewer pages than the walk has patience for, with the empty one."""


def costs(settings: CentrySettings) -> Costs:
    """What each question costs with these settings."""
    full = PATIENCE * settings.page_size
    lists = Lists(f"Centry gives its orders page by page: more calls where the list has {full} or more.")
    return {
        "check": _fixed("centry-82"),
        "orders": lists.orders,
        "orders_by_id": _orders_by_id,
        "orders_by_number": _orders_by_number,
        "orders_by_pack": _orders_by_pack(settings.page_size),
        "notes_by_order": _each("centry-64"),
        "documents_by_order": _each("centry-66"),
        "labels_by_order": _labels,
        "shipments": lists.shipments,
        "shipments_by_id": _orders_by_id,
        "shipments_by_order": nothing,
        "variants_by_sku": _variants_by_sku,
        "variants_by_id": _variants_by_id,
        "products_by_sku": _products_by_sku,
        "products_by_id": _products_by_id,
        "images_by_product": _images_by_product,
        "images_by_variant": _images_by_variant,
        "warehouses": _warehouses,
        "warehouses_by_id": _warehouses,
        "stock_by_variant": _stock_by_variant,
        "addresses_by_warehouse": _addresses_by_warehouse,
        "centry_records": _own_records,
        "centry_list": _own_list(settings.page_size),
        "product_count": _fixed("centry-08"),
    }


class Lists:
    """Lists of orders, and of shipments, which come with their orders. `unless` says when they take more calls."""

    def __init__(self, unless: str) -> None:
        self._unless = unless

    def orders(self, asked: Asked) -> list[Cost]:
        """Where Centry cannot apply the filter, a page may take several walks through parts of the list."""
        wanted = asked.orders
        if wanted.acknowledged is not None or nothing_fits(wanted, KINDS):
            return []
        if wanted.numbers is not None:
            return _of_numbers(wanted.numbers)
        return self._walked(TOO_MANY_CALLS - 1 + _SWEEP if left_to_us(wanted) else _SWEEP)

    def shipments(self, asked: Asked) -> list[Cost]:
        """The orders of a part may have no shipments."""
        wanted = asked.shipments
        if wanted.acknowledged is not None or wanted.tracking_numbers is not None:
            return []
        if wanted.order_numbers is not None:
            return _of_numbers(wanted.order_numbers)
        return self._walked(TOO_MANY_CALLS - 1 + _SWEEP)

    def _walked(self, calls: int) -> list[Cost]:
        return [Cost(operation="centry-55", calls=calls, unless=self._unless)]


def _fixed(operation: str) -> CostOf:
    return lambda _asked: [Cost(operation=operation, calls=1, read=operation)]


def _each(operation: str) -> CostOf:
    return lambda asked: [Cost(operation=operation, calls=times(asked.keys))]


def _orders_by_id(asked: Asked) -> list[Cost]:
    """An order by itself comes without the variants of its lines, in which their SKUs are."""
    unless = "An order that Centry is asked for by its id comes without its variants: one call more for each."
    return [
        Cost(operation="centry-56", calls=times(asked.keys)),
        Cost(operation="centry-17", calls=times(asked.keys, inf), unless=unless),
    ]


def _of_numbers(numbers: frozenset[str]) -> list[Cost]:
    return _by_number(len(numbers - {""}), sum(1 for number in numbers if AN_ID.fullmatch(number)))


def _orders_by_number(asked: Asked) -> list[Cost]:
    """Centry's shipments name their orders by id."""
    return [] if asked.taken_from == "shipment" else _by_number(asked.keys, asked.keys)


def _by_number(numbers: float, ids: float) -> list[Cost]:
    """By number_origin and by id_origin, and what can be an id by itself."""
    by_number = [Cost(operation="centry-55", calls=times(numbers, 2 * _SHORT))]
    if not ids:
        return by_number
    unless = "A number that is an order's id takes a call for each variant of that order."
    return [*by_number, Cost(operation="centry-56", calls=times(ids)), Cost(operation="centry-17", calls=0, unless=unless)]


def _orders_by_pack(page_size: int) -> CostOf:
    unless = f"More calls where {page_size} orders or more were made within the hours around an order."
    return lambda asked: [Cost(operation="centry-55", calls=times(asked.keys, _SHORT), unless=unless)]


def _labels(asked: Asked) -> list[Cost]:
    """Those of which a call for several gives no answer are asked for one by one."""
    alone = 0 if asked.keys <= 1 else parts(asked.keys, AT_ONCE)
    return [Cost(operation="centry-59", calls=alone + times(asked.keys))]


def _variants_by_sku(asked: Asked) -> list[Cost]:
    """Lists of its own orders and shipments bring the variants of the lines along."""
    if asked.holders == {Backend.CENTRY} and asked.listed:
        return []
    return [Cost(operation="centry-15", calls=_one_by_one_or_all(asked.keys))]


def _variants_by_id(asked: Asked) -> list[Cost]:
    return [] if asked.taken_from else [Cost(operation="centry-17", calls=times(asked.keys))]


def _stock_by_variant(asked: Asked) -> list[Cost]:
    return [Cost(operation="centry-28", calls=_one_by_one_or_all(asked.keys)), *_warehouses(asked)]


def _one_by_one_or_all(keys: float) -> float:
    """A pass over all of a list is given up at last when it has taken a call for each key: then each is asked for."""
    return times(keys, _SHORT) + (0 if keys <= 1 else keys)


def _warehouses(_asked: Asked) -> list[Cost]:
    return [Cost(operation="centry-23", calls=_SHORT, read="warehouses")]


def _products_by_id(asked: Asked) -> list[Cost]:
    """With the names of brand and category. Of several, those that are in use are read in one list, once in an operation."""
    lists = ("centry-41", "centry-39") if asked.keys > FEW else ()
    return [
        *(Cost(operation=operation, calls=times(asked.keys)) for operation in ("centry-04", "centry-42", "centry-40")),
        *(Cost(operation=operation, calls=PAGES, read=operation) for operation in lists),
    ]


def _addresses_by_warehouse(asked: Asked) -> list[Cost]:
    """The names of the places that a warehouse is in."""
    places = ("centry-48", "centry-50", "centry-52", "centry-54")
    return [Cost(operation=operation, calls=times(asked.keys)) for operation in places]


def _products_by_sku(asked: Asked) -> list[Cost]:
    """Those that the index knows, by id; what it does not know is looked for among what changed since it was in step."""
    unless = "Before the gateway's index of Centry's products is complete, or where many changed just now, more pages are read."
    return [*_products_by_id(asked), Cost(operation="centry-03", calls=times(asked.keys, _SHORT), unless=unless)]


def _images_by_product(asked: Asked) -> list[Cost]:
    """Where the list of pictures has no addresses, the product has them."""
    return [Cost(operation=operation, calls=times(asked.keys)) for operation in ("centry-11", "centry-04")]


def _images_by_variant(asked: Asked) -> list[Cost]:
    return [Cost(operation="centry-35", calls=times(asked.keys, _SHORT)), *_images_by_product(asked)]


def _own_records(asked: Asked) -> list[Cost]:
    """Of what there is once, the whole list."""
    kind = None if asked.kind is None else OWN_KINDS[asked.kind]
    if kind is None:
        return []
    if kind.once:
        return [Cost(operation=kind.many or "", calls=1, read=kind.many)]
    return [Cost(operation=kind.one or "", calls=times(asked.keys))]


def _own_list(page_size: int) -> CostOf:
    """One record more than wanted is asked for, and a page more where nobody knows whether the list has ended."""
    unless = "More calls where Centry gives fewer records at once than it is asked for."

    def cost(asked: Asked) -> list[Cost]:
        kind = None if asked.kind is None else OWN_KINDS[asked.kind]
        if kind is None:
            return []
        if not kind.paged:
            return [Cost(operation=kind.many or "", calls=1)]
        return [Cost(operation=kind.many or "", calls=parts(asked.first + 1, page_size) + 1, unless=unless)]

    return cost
