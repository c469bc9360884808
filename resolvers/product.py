"""Fields of products and product records."""

from collections.abc import Sequence

from strawberry import UNSET

from gateway import ids
from gateway.catalogue.records import CatalogueKind
from gateway.entities import Page, Product, Variant
from gateway.errors import DatabaseUnavailable
from gateway.models import Backend, Image, ProductRecord
from gateway.ports import ImageSource
from resolvers.arguments import After, First, given
from resolvers.context import Context, Info
from resolvers.image import together
from resolvers.pages import page_of
from resolvers.standings import needing_all, without_database


def id(root: Product) -> str:  # noqa: A001  # the field's name
    if root.sku is not None:
        return ids.encode("Product", None, root.sku)
    return ids.encode("Product", root.records[0].backend, root.records[0].backend_id)


async def images(root: Product | ProductRecord, info: Info) -> list[Image]:
    records = [root] if isinstance(root, ProductRecord) else root.records
    return await together(((record.backend, _images_of(record, info.context)) for record in records), info)


async def _images_of(record: ProductRecord, context: Context) -> Sequence[Image] | None:
    if record.images is not None or not context.sources.registry.find(record.backend, ImageSource):
        return record.images
    read: Sequence[Image] | None = await context.loaders.images_by_product.load(record)
    return read


async def variants(root: Product, info: Info, first: First = 50, after: After = UNSET) -> Page[Variant]:
    """The variants of its records, as all backends know them."""
    context = info.context
    standings = needing_all(await context.loaders.standings(CatalogueKind.VARIANT), root.sources)
    keys = [(record.backend, record.backend_id) for record in root.records if standings[record.backend].error is None]
    try:
        found = await _variants_of(keys, context)
    except DatabaseUnavailable:
        found, standings = [], without_database(standings)
    return page_of(
        found,
        _key,
        first=first,
        after=given(after),
        cursors=context.cursors,
        bound=context.cursors.bind("Product.variants", id(root)),
        sources=[standing.report(()) for standing in standings.values()],
        backends_of=lambda variant: {record.backend for record in variant.records},
    )


async def _variants_of(keys: Sequence[tuple[Backend, str]], context: Context) -> list[Variant]:
    loaders = context.loaders
    places = {place for found in await loaders.variant_places_by_product.load_many(keys) for place in found}
    entities: list[Variant | None] = await loaders.entity_by_place[CatalogueKind.VARIANT].load_many(list(places))
    return [variant for variant in entities if variant is not None]


def _key(variant: Variant) -> tuple[str, ...]:
    """Those without SKU come last."""
    return ("0", variant.sku) if variant.sku else ("1", variant.records[0].backend_id, variant.records[0].backend)
