"""Fields of shipments that other records answer."""

from gateway.links.parcels import carried
from gateway.models import Order, Shipment
from gateway.ports import OrderSource
from resolvers.context import Info


async def order(root: Shipment, info: Info) -> Order | None:
    """Its order in the same backend; where that is not told, the one of the same number that it must be of."""
    if root.order_backend_id is not None:
        known: Order | None = await info.context.loaders.order_by_id.load((root.backend, root.order_backend_id))
        return known
    if root.order_number is None or not info.context.sources.registry.find(root.backend, OrderSource):
        return None
    found: list[Order] = await info.context.loaders.orders_by_number.load((root.backend, root.order_number))
    sent = carried(root, found)
    return sent[0] if len(sent) == 1 else None
