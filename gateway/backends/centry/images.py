"""Centry's pictures: of products, and those of a product's that show one variant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gateway.backends.centry import goods, wire
from gateway.backends.centry.batch import each, sure
from gateway.backends.centry.client import CentryClient, Page, ScopeOf, Sent, product_of
from gateway.errors import BackendError
from gateway.mapping import integer
from gateway.models import Image, ProductRecord, VariantRecord

Assets = Mapping[str, Image]
"""The pictures of a product by the ids of its assets; those without an address are missing."""


class Images:
    """`scope_of` gives what the mapping of a record needs to know."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf) -> None:
        self._client = client
        self._scope_of = scope_of

    async def by_product(self, products: Sequence[ProductRecord]) -> Mapping[str, Sequence[Image] | BackendError]:
        """One call for each that came without its assets, as out of lists; two where those say no address."""
        covers = {product.backend_id: self._cover(product) for product in products if product.images is None}
        assets = await each(covers, self._assets)
        known = {product.backend_id: product.images for product in products if product.images is not None}
        read = {
            product_id: of if isinstance(of, BackendError) else (*covers[product_id], *of.values())
            for product_id, of in assets.items()
        }
        return known | read

    async def by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[Image] | BackendError]:
        """One call for each, and as for products where there is a picture to look up."""
        links = await each((variant.backend_id for variant in variants), self._links)
        products = {variant.backend_id: variant.product_backend_id for variant in variants}
        owners = (_owner(link, products[key]) for key, of in links.items() for link in _read(of))
        assets = await each((owner for owner in owners if owner), self._assets)
        return {key: self._shown(of, products[key], assets) for key, of in links.items()}

    def _cover(self, product: ProductRecord) -> Sequence[Image]:
        """Out of the record as it came."""
        raw = product.raw or b"{}"
        sent = product_of(raw)
        return goods.cover(sent.cover_url, self._scope_of(Sent(product.backend_id, sent, raw, product.fetched_at)))

    async def _links(self, variant_id: str) -> Page[wire.VariantAsset]:
        return await self._client.found(lambda after: self._client.variant_assets(variant_id, after))

    async def _assets(self, product_id: str) -> Assets:
        """The page's example of assets.json has no addresses: then they are in the product, if it comes with its assets."""
        sent = await self._client.product_assets(product_id) or ()
        found = {one.id: goods.picture(one.record, self._scope_of(one)) for one in sent}
        if None in found.values():
            found |= await self._within(product_id)
        return {asset_id: image for asset_id, image in found.items() if image}

    async def _within(self, product_id: str) -> Assets:
        sent = await self._client.product(product_id)
        if sent is None or not isinstance(sent.record.assets, list):
            return {}
        scope = self._scope_of(sent)
        assets = [asset for asset in sent.record.assets if isinstance(asset, wire.Asset)]
        return {str(asset._id or asset.id): image for asset in assets if (image := goods.picture(asset, scope))}

    def _shown(
        self, links: Page[wire.VariantAsset] | BackendError, product_id: str | None, assets: Mapping[str, Assets | BackendError]
    ) -> Sequence[Image] | BackendError:
        """The pictures that a variant's links name, at the positions that they have for it."""
        try:
            named = [(link, sure(assets.get(_owner(link, product_id) or "", {}))) for link in sure(links)]
        except BackendError as error:
            return error
        found = ((link, of.get(str(link.record.asset_id))) for link, of in named)
        return [replace(image, position=integer(link.record.position, self._scope_of(link))) for link, image in found if image]


def _read(links: Page[wire.VariantAsset] | BackendError) -> Iterable[Sent[wire.VariantAsset]]:
    return () if isinstance(links, BackendError) else links


def _owner(link: Sent[wire.VariantAsset], product_id: str | None) -> str | None:
    """The product whose picture it is, as the link says, else the variant."""
    sent = link.record.product_id
    return str(sent).strip() if sent else product_id
