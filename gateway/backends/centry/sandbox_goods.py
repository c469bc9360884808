"""The world's goods, sites and stock as Centry's records: products with variants, warehouses, rows of stock, and lists."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from gateway.backends.centry.sandbox_account import COMPANY, FOUNDED, USER, stamped
from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_times import offset_time, utc_time
from gateway.sandbox.world import LAST_DAY, Item, Site, Stock, System, World, object_id

MISSING_IMAGE = "/images/defaults/products/missing_original.png"

_BRANDS = ("Andes Goods", "Example Brand", "ZIKO")
_CATEGORIES = ("Accesorios / Accesorios Femeninos", "Hogar / Muebles", "Deporte / Zapatillas", "Vestuario / Abrigos")
_OTHER_COLOURS = ("Violeta oscuro", "Verde oscuro")
_OTHER_SIZES = ("Tamaño Único", "XXS")
_UNUSED = (
    "color", "gender_id", "id_mercadolibre", "id_shopify", "id_woocommerce", "is_fullproductname", "listing_type",
    "original_data",
)  # fmt: skip


def records(world: World) -> dict[str, list[Fields]]:
    """Collection (such as `products`) -> records."""
    items = world.items_of(System.CENTRY)
    sites = world.sites_of(System.CENTRY)
    return {
        "variants": [_variant(item, position) for f in _families(items) for position, item in enumerate(f)],
        "products": [_product(family) for family in _families(items)],
        "warehouses": [_warehouse(site, index) for index, site in enumerate(sites)],
        "variant_warehouses": [_stock_row(row) for row in world.stock_of(System.CENTRY)],
        "brands": _named("brand", _BRANDS),
        "categories": _named("category", _CATEGORIES),
        "colors": _named("color", (*sorted({item.colour for item in items}), *_OTHER_COLOURS)),
        "sizes": _named("size", (*sorted({item.size for item in items}), *_OTHER_SIZES)),
        **_locations(sites),
    }


def one_in(count: int, *parts: object) -> bool:
    """True for about one in `count` of the things so called, always for the same ones."""
    return int(object_id("centry", *parts)[:8], 16) % count == 0


def variant_id(item: Item) -> str:
    """The `_id` of the variant that is this item."""
    return object_id("centry-variant", item.sku)


def number(amount: Decimal) -> int | float:
    """An amount as a JSON number, without a fraction where it has none."""
    return int(amount) if amount == int(amount) else float(amount)


def _named(kind: str, names: Sequence[str]) -> list[Fields]:
    stamp = {"created_at": utc_time(FOUNDED), "updated_at": utc_time(FOUNDED)}
    return [{"_id": _named_id(kind, name), "name": name, **stamp} for name in names]


def _named_id(kind: str, name: str) -> str:
    return object_id(f"centry-{kind}", name)


def _families(items: Sequence[Item]) -> list[list[Item]]:
    families: dict[str, list[Item]] = {}
    for item in items:
        families.setdefault(item.product, []).append(item)
    return list(families.values())


def _lifetime(*parts: object) -> tuple[datetime, datetime]:
    """When a record was made and last changed, within the world's days."""
    digits = object_id("centry-time", *parts)
    age = timedelta(minutes=int(digits[:8], 16) % (100 * 24 * 60), milliseconds=int(digits[8:16], 16) % 1000)
    return LAST_DAY - age, LAST_DAY - age * (int(digits[16], 16) / 16)


def _product(family: Sequence[Item]) -> Fields:
    code = family[0].product
    made, changed = _lifetime("product", code)
    return {
        "_id": object_id("centry-product", code),
        "barcode": None,
        "brand_id": _named_id("brand", _BRANDS[one_in(2, code, "brand")]),
        "category_id": _named_id("category", _CATEGORIES[one_in(2, code, "category")]),
        "company_id": COMPANY,
        "condition": "new",
        "created_at": utc_time(made),
        "deliverytimesupplier": 3,
        "description": f"<p>{family[0].name}</p>",
        "name": family[0].name,
        "publish": True,
        "quantity": 1000,
        "season": "Centry 2026",
        "seasonyear": "2026",
        "seo_description": "",
        "seo_title": family[0].name,
        "shortdescription": f"<ul><li>{family[0].name}</li></ul>",
        "sku": code,
        "skusupplierconfig": code,
        "status": any(item.active for item in family),
        "updated_at": utc_time(changed),
        "warranty": "2",
        "category_attribute_values": [_attribute(code)],
        **dict.fromkeys(_UNUSED),
        **_measures(),
        **_prices(family[0]),
        **_images(code, changed),
    }


def _measures() -> Fields:
    """The attribute table says integers, the examples have strings."""
    return {"packageheight": "20", "packagelength": "40", "packageweight": "1", "packagewidth": "20"}


def _prices(item: Item) -> Fields:
    """`price` is the offer's, `price_compare` the usual one; without an offer the page shows null and a number."""
    if not one_in(4, item.product, "offer"):
        return {"price": None, "price_compare": number(item.price), "salestartdate": None, "saleenddate": None}
    offer = {"price": number(item.price), "price_compare": number(item.price * 2)}
    start, end = LAST_DAY - timedelta(days=30), LAST_DAY + timedelta(days=30)
    return offer | {"salestartdate": offset_time(start), "saleenddate": offset_time(end)}


def _images(code: str, changed: datetime) -> Fields:
    """No picture, one at a relative address, or one elsewhere; further pictures only with a first one."""
    parts = ("content_type", "file_name", "file_size", "fingerprint", "updated_at")
    if one_in(2, code, "image"):
        return dict.fromkeys(f"cover_{part}" for part in parts) | {"cover_url": MISSING_IMAGE, "assets": []}
    base = "/system/products" if one_in(2, code, "relative") else "https://images.example.com"
    values = ("image/jpeg", f"{code}.jpg", 26_136, object_id("cover", code), utc_time(changed))
    cover = {f"cover_{part}": value for part, value in zip(parts, values, strict=True)}
    return cover | {"cover_url": f"{base}/{code}.jpg", "assets": [_asset(code, base, changed)]}


def _asset(code: str, base: str, changed: datetime) -> Fields:
    return {
        "_id": object_id("centry-asset", code),
        "url": f"{base}/{code}-2.jpg",
        "alt": None,
        "image_content_type": "image/jpeg",
        "image_file_name": f"{code}-2.jpg",
        "image_file_size": 28_465,
        "image_fingerprint": object_id("asset", code),
        "image_processing": False,
        "image_updated_at": offset_time(changed),
        "integrations": {},
        "locked_at": None,
        "locked_until": None,
        "name": None,
        "position": 0,
        "created_at": offset_time(changed),
        "updated_at": offset_time(changed),
    }


def _attribute(code: str) -> Fields:
    return {
        "_id": object_id("centry-attribute-value", code),
        "category_attribute_id": object_id("centry-attribute"),
        "value_filled": "Valor atributo.",
    }


def _variant(item: Item, position: int) -> Fields:
    made, changed = _lifetime("variant", item.sku)
    return {
        "_id": variant_id(item),
        "barcode": item.barcode,
        "bulk_upload": False,
        "color_id": _named_id("color", item.colour),
        "color_name": item.colour,
        "company_id": None,
        "created_at": offset_time(made),
        "created_by_id": USER,
        "custom_data": None,
        "description": item.title,
        "id_mercadolibre": None,
        "id_shopify": None,
        "id_woocommerce": None,
        "integrations": {},
        "modifier_id": None,
        "original_data": None,
        "position": position,
        "product_id": object_id("centry-product", item.product),
        "size_id": _named_id("size", item.size),
        "size_name": item.size,
        "sku": item.sku,
        "updated_at": offset_time(changed),
        "updated_by_id": USER,
        "version": 1,
        **_variant_prices(item),
        **_old_quantity(item),
    }


def _variant_prices(item: Item) -> Fields:
    """Strings, or null where the product's prices are the variant's, as in every example."""
    if one_in(3, item.product, "priced by product"):
        return {"price": None, "price_compare": None}
    return {"price": str(item.price), "price_compare": str(item.price * 2) if one_in(2, item.sku) else None}


def _old_quantity(item: Item) -> Fields:
    """The page calls a variant's `quantity` deprecated: it is old, null or absent. Stock is in variant_warehouses."""
    if one_in(3, item.sku, "no quantity"):
        return {}
    return {"quantity": None if one_in(3, item.sku, "null quantity") else 9995}


def _stock_row(row: Stock) -> Fields:
    code = row.site.codes[System.CENTRY]
    made, _ = _lifetime("variant", row.item.sku)
    return {
        "_id": object_id("centry-variant-warehouse", row.item.sku, code),
        "created_at": offset_time(min(made, row.counted_at)),
        "created_by_id": None if one_in(2, row.item.sku, code) else USER,
        "modifier_id": None,
        "quantity": row.available,
        "updated_at": offset_time(row.counted_at),
        "updated_by_id": USER,
        "variant_id": variant_id(row.item),
        "version": 11,
        "warehouse_id": code,
    }


def _warehouse(site: Site, index: int) -> Fields:
    """The first one as on the page, with blank and missing parts; others are complete."""
    place, sparse = site.place, index == 0
    return stamped(
        {
            "_id": site.codes[System.CENTRY],
            "address": place.street,
            "city_id": None if sparse else _named_id("city", place.city),
            "commune_id": _named_id("commune", place.suburb),
            "company_id": COMPANY,
            "country_id": None if sparse else _named_id("country", place.country),
            "integrations": {},
            "latitude": "" if sparse else "-33.43",
            "longitude": "" if sparse else "-70.61",
            "name": site.name,
            "region_id": _named_id("region", place.state),
        }
    )


def _locations(sites: Sequence[Site]) -> dict[str, list[Fields]]:
    """The places of these sites. A commune's `region_id` is in the page's examples, not in its table."""
    named: dict[str, list[Fields]] = {name: [] for name in ("countries", "regions", "cities", "communes")}
    for position, place in enumerate((site.place for site in sites), 1):
        country, region = _named_id("country", place.country), _named_id("region", place.state)
        city, commune = _named_id("city", place.city), _named_id("commune", place.suburb)
        language = "es" if place.country == "CL" else "en"
        named["countries"].append({"_id": country, "name": place.country_name, "iso_code": place.country, "language": language})
        named["regions"].append({"_id": region, "name": place.state, "country_id": country, "position": position})
        named["cities"].append({"_id": city, "name": place.city, "region_id": region})
        named["communes"].append({"_id": commune, "name": place.suburb, "city_id": city, "region_id": region})
    return {f"locations/{name}": [stamped(place) for place in places] for name, places in named.items()}
