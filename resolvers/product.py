"""Fields of products and product records."""

from collections.abc import Sequence

from gateway import ids
from gateway.entities import Product
from gateway.models import Image, ProductRecord
from gateway.ports import ImageSource
from resolvers.context import Context, Info
from resolvers.image import together


def id(root: Product) -> str:  # noqa: A001  # the field's name
    if root.sku is not None:
        return ids.encode("Product", None, root.sku)
    return ids.encode("Product", root.records[0].backend, root.records[0].backend_id)


async def images(root: Product | ProductRecord, info: Info) -> list[Image]:
    records = [root] if isinstance(root, ProductRecord) else root.records
    return await together((_images_of(record, info.context) for record in records), info)


async def _images_of(record: ProductRecord, context: Context) -> Sequence[Image] | None:
    if record.images is not None or not context.sources.registry.find(record.backend, ImageSource):
        return record.images
    read: Sequence[Image] | None = await context.loaders.images_by_product.load(record)
    return read
