"""What it costs to ask Centra: nothing. Everything is read from what its events have told."""

from gateway.costs import Asked, Cost, Costs, nothing


def _check(_asked: Asked) -> list[Cost]:
    return [Cost(operation="centra-01", calls=1, read="check")]


COSTS: Costs = {
    "check": _check,
    "orders": nothing,
    "orders_by_id": nothing,
    "orders_by_number": nothing,
    "shipments": nothing,
    "shipments_by_id": nothing,
    "shipments_by_order": nothing,
    "variants_by_sku": nothing,
    "variants_by_id": nothing,
    "products_by_sku": nothing,
    "products_by_id": nothing,
    "warehouses": nothing,
    "warehouses_by_id": nothing,
    "stock_by_variant": nothing,
    "sales_channels": nothing,
}
"""Of the background's visits to the queue no question is the cause."""
