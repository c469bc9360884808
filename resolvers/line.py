"""Fields of the lines of orders and shipments that other records answer."""

from gateway import ids
from gateway.entities import Variant
from gateway.models import OrderLine, ShipmentLine
from resolvers.context import Info
from resolvers.loaders import VariantKey


def id(root: OrderLine) -> str:  # noqa: A001  # the field's name
    return _line_id(root, root.line_id)


def part_of_line_id(root: OrderLine) -> str | None:
    return None if root.part_of_line_id is None else _line_id(root, root.part_of_line_id)


def order_line_id(root: ShipmentLine) -> str | None:
    if root.order_line_id is None or root.order_backend_id is None:
        return None
    return ids.encode("OrderLine", root.backend, f"{root.order_backend_id}/{root.order_line_id}")


async def variant(root: OrderLine | ShipmentLine, info: Info) -> Variant | None:
    sku = (root.sku or "").strip() or None
    record = (root.backend, root.variant_backend_id) if root.variant_backend_id else None
    if sku is None and record is None:
        return None
    found: Variant | None = await info.context.loaders.variant_by_key.load(VariantKey(sku, record, root.variant_record))
    return found


def _line_id(line: OrderLine, line_id: str) -> str:
    return ids.encode("OrderLine", line.backend, f"{line.order_backend_id}/{line_id}")
