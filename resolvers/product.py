"""Fields of products."""

from gateway import ids
from gateway.entities import Product


def id(root: Product) -> str:  # noqa: A001  # the field's name
    if root.sku is not None:
        return ids.encode("Product", None, root.sku)
    return ids.encode("Product", root.records[0].backend, root.records[0].backend_id)
