"""Fields of warehouses, and of records that name one."""

from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.entities import Page, StockLevel, Warehouse
from gateway.errors import GatewayError
from gateway.models import Address, Order, OrderLine, Shipment, WarehouseRecord
from gateway.ports import AddressSource
from resolvers import older
from resolvers.arguments import After, First, given
from resolvers.catalogue import page_of_stock
from resolvers.context import Info
from resolvers.inputs import trimmed


def id(root: Warehouse) -> str:  # noqa: A001  # the field's name
    return ids.encode("Warehouse", None, root.code)


async def stock(
    root: Warehouse,
    info: Info,
    first: First = 50,
    after: After = UNSET,
    skus: Annotated[list[str] | None, strawberry.argument(description="Only of these SKUs.")] = UNSET,
) -> Page[StockLevel]:
    wanted = trimmed(given(skus))
    bound = info.context.cursors.bind("Warehouse.stock", root.code, None if wanted is None else sorted(wanted))
    return await page_of_stock(info.context, root, wanted, bound=bound, first=first, after=given(after))


async def address(root: Warehouse | WarehouseRecord, info: Info) -> Address | None:
    """Of several records the first that tells one. Where the names of its places cannot be read, an error says so beside it."""
    for record in [root] if isinstance(root, WarehouseRecord) else root.records:
        if found := await _address_of(record, info):
            return found
    return None


async def _address_of(record: WarehouseRecord, info: Info) -> Address | None:
    context = info.context
    if context.sources.registry.find(record.backend, AddressSource) is None:
        return record.address
    try:
        found: Address | None = await context.loaders.address_by_warehouse.load(record)
    except GatewayError as error:
        context.warnings.append((info.path.as_list(), error))
        return record.address
    older.tell(info, record.backend, AddressSource)
    return found or record.address


async def of_record(root: Order | OrderLine | Shipment, info: Info) -> Warehouse | None:
    if root.warehouse_backend_id is None:
        return None
    return await info.context.loaders.warehouse_by_backend_id(root.backend, root.warehouse_backend_id)
