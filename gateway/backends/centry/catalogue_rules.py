"""What is wrong with a product, variant or warehouse that Centry shall make or change, as its page tells without asking it."""

from collections.abc import Iterator
from typing import Any

from gateway.backends.centry.catalogue_messages import STATUS, product, variant, warehouse
from gateway.backends.centry.results import not_supported
from gateway.backends.centry.settings import CentrySettings
from gateway.changes import ProductChange, ProductVariantChange, VariantChange, WarehouseChange
from gateway.merging import clashes
from gateway.models import JSON, Address, Money
from gateway.transactions.work import Wrong


def wrong_products(change: ProductChange, settings: CentrySettings) -> Iterator[Wrong]:
    """All that is wrong with a product."""
    yield from _of_warehouses_alone(change)
    if change.record_id is None and not (change.sku or "").strip() and not (change.name or "").strip():
        yield Wrong(path=("sku",), message="Give a SKU or a name: the new product is known by them.")
    if change.status is not None and change.status not in STATUS:
        yield not_supported("Centry's products are ACTIVE or INACTIVE.", "status")
    for name, money in (("price", change.price), ("compareAtPrice", change.compare_at_price)):
        yield from _price(money, settings, name)
        if money is not None and money.amount != money.amount.to_integral_value():
            yield Wrong(path=(name, "amount"), message="Centry keeps whole prices of products. Give a whole number.")
    sizes = (("Length", change.package_length), ("Width", change.package_width), ("Height", change.package_height))
    for name, size in (*sizes, ("Weight", change.package_weight)):
        if size is not None and size <= 0:
            yield Wrong(path=(f"package{name}",), message="Give a measure above zero, or leave it out.")
    yield from _pictures(change)
    if change.sale_from is not None and change.sale_to is not None and change.sale_to < change.sale_from:
        yield Wrong(path=("saleTo",), message="Give a time that is not before `saleFrom`.")
    for index, each in enumerate(change.variants or ()):
        yield from _variant(each, settings, ("variants", str(index)))
        if each.record_id is not None and change.record_id is None:
            yield Wrong(path=("variants", str(index), "recordId"), message="A new product has new variants. Leave it out.")
    yield from _clashing(product(change), change.extra, change.record_id)


def _pictures(change: ProductChange) -> Iterator[Wrong]:
    if change.images == () and change.record_id is not None:
        yield not_supported("Centry documents no way to remove pictures.", "images")
    for index, image in enumerate(change.images or ()):
        if not image.url.strip():
            yield Wrong(path=("images", str(index), "url"), message="Give the address where Centry can fetch the picture.")


def wrong_variants(change: VariantChange, settings: CentrySettings) -> Iterator[Wrong]:
    """All that is wrong with a variant."""
    yield from _variant(change, settings, ())


def wrong_warehouses(change: WarehouseChange) -> Iterator[Wrong]:
    """All that is wrong with a warehouse."""
    if change.code is not None:
        yield not_supported("Centry gives warehouses their codes. Leave it out.", "code")
    given = change.address or Address()
    parts = {
        "name": given.name,
        "firstName": given.first_name,
        "lastName": given.last_name,
        "company": given.company,
        "line2": given.line2,
        "suburb": given.suburb,
        "city": given.city,
        "state": given.state,
        "postalCode": given.postal_code,
        "country": given.country,
        "phone": given.phone,
        "email": given.email,
    }
    for name, part in parts.items():
        if part:
            message = "A warehouse's address is one line at Centry, beside ids of places (`extra`). Leave it out."
            yield not_supported(message, "address", name)
    for name, degrees, most in (("latitude", change.latitude, 90), ("longitude", change.longitude, 180)):
        if degrees is not None and abs(degrees) > most:
            yield Wrong(path=(name,), message=f"Give degrees from -{most} to {most}.")
    if change.record_id is None and not (change.name or "").strip():
        yield Wrong(path=("name",), message="Give a name: the new warehouse is known by it.")
    yield from _clashing(warehouse(change), change.extra, change.record_id)


def _of_warehouses_alone(change: ProductChange) -> Iterator[Wrong]:
    given = {
        "account": change.account,
        "type": change.type,
        "transport": change.transport,
        "defaultUnitOfMeasure": change.default_unit_of_measure,
        "unitsOfMeasure": change.units_of_measure,
    }
    for name, value in given.items():
        if value:
            yield not_supported("Centry's products have no place for it. Leave it out.", name)


def _variant(change: VariantChange | ProductVariantChange, settings: CentrySettings, path: tuple[str, ...]) -> Iterator[Wrong]:
    if not change.sku.strip():
        yield Wrong(path=(*path, "sku"), message="Give the SKU.")
    if change.status is not None:
        yield not_supported("Variants have no status at Centry; their product has.", *path, "status")
    for name, money in (("price", change.price), ("compareAtPrice", change.compare_at_price)):
        yield from _price(money, settings, *path, name)
    yield from _extra(variant(change), change.extra, path)


def _price(money: Money | None, settings: CentrySettings, *path: str) -> Iterator[Wrong]:
    if money is None:
        return
    if money.amount < 0:
        yield Wrong(path=(*path, "amount"), message="Give a price of zero or more.")
    if money.currency and money.currency != settings.currency:
        usual = settings.currency or "the account's currency, which GATEWAY_CENTRY__CURRENCY does not name"
        yield Wrong(path=(*path, "currency"), message=f"Centry's prices are in {usual}. Leave it out.")


def _clashing(message: dict[str, Any], extra: dict[str, JSON] | None, record_id: str | None) -> Iterator[Wrong]:
    yield from _extra(message, extra, ())
    if record_id is not None and not message and not extra:
        yield Wrong(path=("recordId",), message="Say what is to be changed.")


def _extra(message: dict[str, Any], extra: dict[str, JSON] | None, path: tuple[str, ...]) -> Iterator[Wrong]:
    for clash in clashes(message, extra or {}):
        yield Wrong(path=(*path, "extra", *clash), message="The gateway fills this itself. Leave it out of `extra`.")
