"""Fields of warehouses, and of records that name one."""

from gateway import ids
from gateway.entities import Warehouse
from gateway.models import Order, OrderLine, Shipment
from resolvers.context import Info


def id(root: Warehouse) -> str:  # noqa: A001  # the field's name
    return ids.encode("Warehouse", None, root.code)


async def of_record(root: Order | OrderLine | Shipment, info: Info) -> Warehouse | None:
    if root.warehouse_backend_id is None:
        return None
    return await info.context.loaders.warehouse_by_backend_id(root.backend, root.warehouse_backend_id)
