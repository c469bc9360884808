"""Fields of warehouses, and of records that name one."""

from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.entities import Page, StockLevel, Warehouse
from gateway.models import Order, OrderLine, Shipment
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


async def of_record(root: Order | OrderLine | Shipment, info: Info) -> Warehouse | None:
    if root.warehouse_backend_id is None:
        return None
    return await info.context.loaders.warehouse_by_backend_id(root.backend, root.warehouse_backend_id)
