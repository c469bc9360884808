"""Centry's goods as the gateway's: tables of fields for products, variants, warehouses and stock, with their rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from gateway.backends.centry import wire
from gateway.mapping import (
    Absent,
    Field,
    Scope,
    Table,
    constant,
    decimal,
    instant,
    integer,
    money,
    raw_text,
    read_at,
    text,
    yes_or_no,
)
from gateway.models import (
    Address,
    Backend,
    CatalogStatus,
    Image,
    ProductRecord,
    StockReading,
    VariantRecord,
    WarehouseRecord,
)
from gateway.own import centry as own

ID = ("_id", "id")


@dataclass(frozen=True, slots=True)
class Names:
    """What a product's brand and category are called."""

    brand: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where a warehouse is, as far as Centry knows these places."""

    country: own.Country | None
    region: own.Region | None
    city: own.City | None
    commune: own.Commune | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a row of stock is about: the variant's SKU and the warehouse."""

    sku: str
    warehouse: WarehouseRecord


def first_text(*values: Any) -> str | None:
    """the first that is not blank"""
    *sent, scope = values
    return next((found for value in sent if (found := text(value, scope))), None)


def catalog_status(value: Any, scope: Scope) -> CatalogStatus:
    """true: ACTIVE; false ("Pausado"): INACTIVE"""
    active = yes_or_no(value, scope)
    if active is None:
        return CatalogStatus.UNKNOWN
    return CatalogStatus.ACTIVE if active else CatalogStatus.INACTIVE


def brand_name(_id: Any, scope: Scope) -> str | None:
    """the name of the brand with this id, which is read for it"""
    names: Names = scope.given
    return names.brand


def category_name(_id: Any, scope: Scope) -> str | None:
    """the name of the category with this id, which is read for it"""
    names: Names = scope.given
    return names.category


def absolute(value: Any, scope: Scope) -> str | None:
    """an absolute address, a relative one from the base URL on; Centry's stand-in `missing_original.png` is null"""
    written = text(value, scope)
    if written is None or urlsplit(written).path.endswith("/missing_original.png"):
        return None
    address = urljoin(f"{scope.origin}/", written)
    return address if address.startswith(("https://", "http://")) else None


def picture(asset: wire.Asset, scope: Scope) -> Image | None:
    """The picture; None where no address came with it."""
    return IMAGE(asset, scope) if absolute(asset.url, scope) else None


def cover(url: Any, scope: Scope) -> tuple[Image, ...]:
    """The main picture, if there is one."""
    address = absolute(url, scope)
    return (Image(url=address),) if address else ()


def pictures(cover_url: Any, assets: Any, scope: Scope) -> tuple[Image, ...] | None:
    """the cover, without a position, and the assets (read if they did not come); those without an address are left out"""
    if not isinstance(assets, list):
        return None
    sent = (picture(asset, scope) for asset in assets if isinstance(asset, wire.Asset))
    return (*cover(cover_url, scope), *(image for image in sent if image))


def site_address(warehouse: wire.Warehouse, scope: Scope) -> Address | None:
    """its one line, with the names of its places where they are asked for; null where all is blank"""
    found = WAREHOUSE_ADDRESS(warehouse, scope)
    return None if found == Address() else found


def country(_id: Any, scope: Scope) -> str | None:
    """the ISO code, else the name, of the country with this id, which is read for it"""
    place = scope.given.country if isinstance(scope.given, Places) else None
    return None if place is None else place.iso_code or place.name


def region(_id: Any, scope: Scope) -> str | None:
    """the name of the region with this id, which is read for it"""
    return _called(scope.given.region if isinstance(scope.given, Places) else None)


def city(_id: Any, scope: Scope) -> str | None:
    """the name of the city with this id, which is read for it"""
    return _called(scope.given.city if isinstance(scope.given, Places) else None)


def commune(_id: Any, scope: Scope) -> str | None:
    """the name of the commune with this id, which is read for it"""
    return _called(scope.given.commune if isinstance(scope.given, Places) else None)


def _called(place: own.Named | None) -> str | None:
    return None if place is None else place.name


def stocked_sku(_row: Any, scope: Scope) -> str:
    """the variant's"""
    shelf: Shelf = scope.given
    return shelf.sku


def stocked_at(_row: Any, scope: Scope) -> WarehouseRecord:
    """the warehouse with this id, which is looked up"""
    shelf: Shelf = scope.given
    return shelf.warehouse


def counted_at(value: Any, scope: Scope) -> datetime:
    """when the row was last changed, else when the gateway read it"""
    return instant(value, scope) or scope.fetched_at


VARIANT = Table(
    VariantRecord,
    "variant",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("backend_id", ID, first_text),
        Field("fetched_at", "", read_at),
        Field("created_at", "created_at", instant),
        Field("updated_at", "updated_at", instant),
        Field("raw", "", raw_text),
        Field("sku", "sku", text),
        Field("barcode", "barcode", text),
        Absent("name", "Variants have none; their product has."),
        Field("color", "color_name", text),
        Field("size", "size_name", text),
        Absent("status", "Variants have none; their product has."),
        Field("price", "price", money),
        Field("compare_at_price", "price_compare", money),
        Absent("prices", "Centry has one price for a variant."),
        Field("product_backend_id", "product_id", text),
    ),
)

PRODUCT = Table(
    ProductRecord,
    "product",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("backend_id", ID, first_text),
        Field("fetched_at", "", read_at),
        Field("created_at", "created_at", instant),
        Field("updated_at", "updated_at", instant),
        Field("raw", "", raw_text),
        Field("sku", "sku", text),
        Field("name", "name", text),
        Field("description", "description", text),
        Field("brand", "brand_id", brand_name),
        Field("category", "category_id", category_name),
        Field("status", "status", catalog_status),
        Field("price", "price", money),
        Field("compare_at_price", "price_compare", money),
        Absent("prices", "Centry has one price for a product."),
        Field("images", ("cover_url", "assets"), pictures),
    ),
)

IMAGE = Table(
    Image,
    "asset of a product",
    (
        Field("url", "url", absolute),
        Field("position", "position", integer),
    ),
)

WAREHOUSE_ADDRESS = Table(
    Address,
    "warehouse",
    (
        Absent("name", "The warehouse's own."),
        Absent("first_name", "Warehouses name no person."),
        Absent("last_name", "Warehouses name no person."),
        Absent("company", "The page has no such attribute."),
        Field("line1", "address", text),
        Absent("line2", "The address is one line."),
        Field("suburb", "commune_id", commune),
        Field("city", "city_id", city),
        Field("state", "region_id", region),
        Absent("postal_code", "The page has no such attribute."),
        Field("country", "country_id", country),
        Absent("phone", "The page has no such attribute."),
        Absent("email", "The page has no such attribute."),
    ),
)

WAREHOUSE = Table(
    WarehouseRecord,
    "warehouse",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("backend_id", ID, first_text),
        Field("fetched_at", "", read_at),
        Field("created_at", "created_at", instant),
        Field("updated_at", "updated_at", instant),
        Field("raw", "", raw_text),
        Field("code", ID, first_text),
        Field("name", "name", text),
        Field("address", "", site_address),
    ),
)

STOCK = Table(
    StockReading,
    "variant_warehouse",
    (
        Field("backend", "", constant(Backend.CENTRY)),
        Field("sku", "variant_id", stocked_sku),
        Field("warehouse", "warehouse_id", stocked_at),
        Field("as_of", "updated_at", counted_at),
        Field("available", "quantity", decimal),
        Absent("on_hand", "Centry keeps one number, what is free to sell."),
        Absent("incoming", "The page has no such attribute."),
        Absent("incoming_on", "The page has no such attribute."),
    ),
)
