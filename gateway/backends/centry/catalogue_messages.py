"""What Centry is sent of products, variants and warehouses, under the names of its page; what was left out is not sent.

The page's descriptions of `packageweight` and `packagewidth`, and of `salestartdate` and `saleenddate`, are each other's:
the names count.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from gateway.backends.centry.client import written
from gateway.backends.centry.messages import filled
from gateway.changes import NewImage, ProductChange, ProductVariantChange, VariantChange, WarehouseChange
from gateway.merging import merged
from gateway.models import CatalogStatus, Money

STATUS = {CatalogStatus.ACTIVE: True, CatalogStatus.INACTIVE: False}


def product(change: ProductChange, asset_ids: Sequence[str] = ()) -> dict[str, Any]:
    """The product without what its caller gives as `extra`. `asset_ids` are of the pictures that it has beside its cover.

    Sizes are text in the page's examples, prices whole numbers.
    """
    pictures = in_order(change.images or ())
    return filled(
        sku=_trimmed(change.sku),
        barcode=change.barcode,
        name=change.name,
        description=change.description,
        brand_id=change.brand_id,
        category_id=change.category_id,
        status=None if change.status is None else STATUS.get(change.status),
        price=_whole(change.price),
        price_compare=_whole(change.compare_at_price),
        salestartdate=None if change.sale_from is None else written(change.sale_from),
        saleenddate=None if change.sale_to is None else written(change.sale_to),
        packagelength=_text(change.package_length),
        packagewidth=_text(change.package_width),
        packageheight=_text(change.package_height),
        packageweight=_text(change.package_weight),
        cover_url=pictures[0].url if pictures else None,
        assets=_assets(pictures[1:], asset_ids) or None,
        variants=[_variant_of_product(variant) for variant in change.variants or ()] or None,
    )


def variant(change: VariantChange | ProductVariantChange) -> dict[str, Any]:
    """The variant without `extra`; one that is saved with its product names itself. Prices are text in the page's table."""
    return filled(
        _id=change.record_id if isinstance(change, ProductVariantChange) else None,
        sku=change.sku.strip(),
        product_id=change.product_record_id if isinstance(change, VariantChange) else None,
        barcode=change.barcode,
        color_id=change.color_id,
        size_id=change.size_id,
        price=None if change.price is None else _text(change.price.amount),
        price_compare=None if change.compare_at_price is None else _text(change.compare_at_price.amount),
    )


def warehouse(change: WarehouseChange) -> dict[str, Any]:
    """The warehouse without `extra`. Its address is one line."""
    return filled(
        name=change.name,
        address=change.address.line1 if change.address else None,
        latitude=change.latitude,
        longitude=change.longitude,
    )


def in_order(images: Sequence[NewImage]) -> list[NewImage]:
    """Those without a position stay where they are in the list. The first is the cover."""
    placed = sorted(enumerate(images), key=lambda each: (each[0] if each[1].position is None else each[1].position, each[0]))
    return [image for _, image in placed]


def _assets(images: Sequence[NewImage], asset_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The pictures beside the cover: in the place of those that are there, as far as these reach."""
    ids = [*asset_ids, *[None] * len(images)]
    return [filled(_id=ids[at], url=image.url, position=at) for at, image in enumerate(images)]


def _variant_of_product(change: ProductVariantChange) -> dict[str, Any]:
    return merged(variant(change), change.extra or {})


def _whole(money: Money | None) -> int | None:
    return None if money is None else int(money.amount)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else text
