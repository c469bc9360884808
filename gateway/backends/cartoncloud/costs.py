"""What it costs to ask CartonCloud: a call for each record that is asked for by id, and else nothing.

Lists, and what is found by number or SKU, are read from what its webhooks have told.
"""

from gateway.costs import Asked, Cost, Costs, nothing, times


def _check(_asked: Asked) -> list[Cost]:
    return [Cost(operation="cartoncloud-02", calls=1, read="check")]


def _orders_by_id(asked: Asked) -> list[Cost]:
    """An id does not say of which kind its order is. Consignments name no order's id."""
    if asked.taken_from == "shipment":
        return []
    return [Cost(operation=operation, calls=times(asked.keys)) for operation in ("cartoncloud-08", "cartoncloud-04")]


def _shipments_by_id(asked: Asked) -> list[Cost]:
    return [Cost(operation="cartoncloud-12", calls=times(asked.keys))]


COSTS: Costs = {
    "check": _check,
    "user_info": _check,
    "orders": nothing,
    "orders_by_id": _orders_by_id,
    "orders_by_number": nothing,
    "shipments": nothing,
    "shipments_by_id": _shipments_by_id,
    "shipments_by_order": nothing,
    "variants_by_sku": nothing,
    "variants_by_id": nothing,
    "warehouses": nothing,
    "warehouses_by_id": nothing,
}
