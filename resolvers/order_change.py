"""Fields of a change of an order: which order, and how it is now."""

from gateway import ids
from gateway.errors import GatewayError
from gateway.models import Order
from gateway.order_changes import ChangeKind, OrderChange
from resolvers.context import Info
from resolvers.node import read_order


def order_id(root: OrderChange) -> str:
    return ids.encode("Order", root.backend, root.backend_id)


async def order(root: OrderChange, info: Info) -> Order | None:
    """Where it cannot be read, the error is told beside the data."""
    if root.kind is ChangeKind.DELETED:
        return None
    try:
        return await read_order(ids.decode(order_id(root)), info.context)
    except GatewayError as error:
        info.context.warnings.append((info.path.as_list(), error))
        return None
