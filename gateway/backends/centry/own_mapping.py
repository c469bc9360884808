"""What Centry alone has as the gateway's: tables of fields with their rules."""

from datetime import datetime
from typing import Any, TypeVar

from msgspec import Raw

from gateway.backends.centry import own_wire
from gateway.backends.centry.goods import ID, absolute, first_text
from gateway.backends.centry.papers import kind
from gateway.mapping import Absent, Field, Scope, Table, decimal, instant, integer, raw_text, read_at, text, yes_or_no
from gateway.models import JSON
from gateway.own import centry as own

R = TypeVar("R", bound=own.Record)

_MESSAGES = [name for name in own_wire.SyncHistory.__struct_fields__ if name.endswith("messages")]


def record_id(*values: Any) -> str:
    """the first that is not blank"""
    return first_text(*values) or ""


def texts(value: Any, scope: Scope) -> tuple[str, ...]:
    """each that is not blank"""
    return tuple(found for one in (value if isinstance(value, list) else ()) if (found := text(one, scope)))


def json(value: Raw, _scope: Scope) -> JSON:
    """as sent"""
    return None if bytes(value) == b"null" else value


def file(content_type: Any, name: Any, size: Any, fingerprint: Any, updated_at: Any, scope: Scope) -> own.File | None:
    """what is known of the file; null where nothing is"""
    found = own.File(
        content_type=text(content_type, scope),
        file_name=text(name, scope),
        size=integer(size, scope),
        fingerprint=text(fingerprint, scope),
        updated_at=instant(updated_at, scope),
    )
    nothing = own.File(content_type=None, file_name=None, size=None, fingerprint=None, updated_at=None)
    return None if found == nothing else found


def messages(history: own_wire.SyncHistory, scope: Scope) -> tuple[own.SyncMessages, ...]:
    """one for each attribute of which something was said, and one for what is of none"""
    sent = ((name.removesuffix("messages").removesuffix("_") or None, getattr(history, name)) for name in _MESSAGES)
    told = [
        own.SyncMessages(
            attribute=attribute, mistakes=texts(said.get("mistakes"), scope), warnings=texts(said.get("warnings"), scope)
        )
        for attribute, said in sent
        if isinstance(said, dict)
    ]
    return tuple(one for one in told if one.mistakes or one.warnings)


def either_instant(*values: Any) -> datetime | None:
    """the first that is an instant"""
    *sent, scope = values
    return next((found for value in sent if (found := instant(value, scope))), None)


_RECORD = (Field("id", ID, record_id), Field("fetched_at", "", read_at), Field("raw", "", raw_text))
_TIMES = (Field("created_at", "created_at", instant), Field("updated_at", "updated_at", instant))
_UNTIMED = tuple(Absent(name, "The page shows no such attribute.") for name in ("created_at", "updated_at"))
_NAMED = (*_RECORD, Field("name", "name", text))
_FILE = ("content_type", "file_name", "file_size", "fingerprint", "updated_at")


def _file(name: str, prefix: str) -> Field:
    return Field(name, tuple(f"{prefix}_{part}" for part in _FILE), file)


def _same(*names: str) -> tuple[Field, ...]:
    """Texts whose names are Centry's."""
    return tuple(Field(name, name, text) for name in names)


def _flags(**sources: str) -> tuple[Field, ...]:
    return tuple(Field(name, source, yes_or_no) for name, source in sources.items())


CATEGORY = Table(own.Category, "category", (*_NAMED, *_TIMES))
BRAND = Table(own.Brand, "brand", (*_NAMED, *_TIMES))
COLOR = Table(own.Color, "color", (*_NAMED, *_TIMES))
SIZE = Table(own.Size, "size", (*_NAMED, *_TIMES))
COUNTRY = Table(own.Country, "country", (*_NAMED, *_TIMES, *_same("iso_code", "language")))
REGION = Table(own.Region, "region", (*_NAMED, *_TIMES, *_same("country_id"), Field("position", "position", integer)))
CITY = Table(own.City, "city", (*_NAMED, *_TIMES, *_same("region_id")))
COMMUNE = Table(own.Commune, "commune", (*_NAMED, *_TIMES, *_same("city_id", "region_id")))
CONFIRMATION_REASON = Table(own.ConfirmationReason, "confirmation reason", (*_NAMED, *_UNTIMED, *_same("description")))
CANCELLATION_REASON = Table(
    own.CancellationReason,
    "cancellation reason",
    (*_NAMED, *_UNTIMED, *_same("description"), Field("restock", "_restock", text)),
)
BUYER_RATE = Table(own.BuyerRate, "buyer rate", (*_NAMED, *_UNTIMED, *_same("description")))
INTEGRATION_CONFIG = Table(
    own.IntegrationConfig,
    "integration config",
    (
        *_RECORD,
        *_TIMES,
        *_same("target", "company_id", "sku_prefix"),
        Field("use", "_use", text),
        Field("delete_status", "_delete_status", text),
        Field("price_factor", "price_factor", decimal),
        Field("price_round", "price_round", integer),
        Field("stock_discount", "stock_discount", integer),
        Field("excluded_brand_ids", "excluded_brand_ids", texts),
        Field("excluded_category_ids", "excluded_category_ids", texts),
        Field("excluded_product_ids", "excluded_product_ids", texts),
        *_flags(
            enabled="enabled",
            sends_name="name",
            sends_description="description",
            sends_short_description="shortdescription",
            sends_price="price",
            sends_price_compare="price_compare",
            sends_condition="condition",
            sends_package_dimensions="package_dimensions",
            sends_package_weight="package_weight",
            sends_warranty="warranty",
            sends_barcode="barcode",
            sends_sku="sku",
            sends_images="images",
            sends_category="category",
        ),
    ),
)
WAREHOUSE_PRIORITY = Table(
    own.WarehousePriority,
    "warehouse priority",
    (
        *_RECORD,
        Field("created_at", ("c_at", "created_at"), either_instant),
        Field("updated_at", ("u_at", "updated_at"), either_instant),
        Field("deleted_at", "deleted_at", instant),
        Field("priority", "priority", integer),
        *_same("integration_config_id", "warehouse_id", "location_id"),
    ),
)
COMPANY = Table(
    own.Company,
    "company",
    (
        *_NAMED,
        *_TIMES,
        *_same("address", "bio", "url", "sector", "main_warehouse_id"),
        Field("users_count", "users_count", integer),
        Field("keywords", "_keywords", texts),
        _file("logo", "logo"),
        *(Field(name, f"social_{name}", text) for name in ("facebook", "instagram", "linkedin", "pinterest", "twitter")),
    ),
)
USER = Table(
    own.User,
    "user",
    (
        *_RECORD,
        *_TIMES,
        *_same("first_name", "last_name", "email", "address", "region_id", "commune_id", "birthday", "gender", "job_title"),
        *_same("bio", "company_id", "company_api_id", "user_group_id"),
        Field("phone", "telephone", text),
        Field("mobile_phone", "phone", text),
        Field("address_line2", "address_cont", text),
        Field("tax_id", "rut", text),
        _file("avatar", "avatar"),
        Field("company_ids", "company_ids", texts),
        Field("role", "role", integer),
        Field("roles_mask", "roles_mask", integer),
        Field("status", "status", integer),
        *_flags(show_wizard="show_wizard"),
    ),
)
WEBHOOK = Table(
    own.Webhook,
    "webhook",
    (
        *_RECORD,
        *_TIMES,
        *_same("callback_url", "company_id"),
        *(
            Field(f"on_{what}_{event}", f"on_{what}_{event}", yes_or_no)
            for what in ("product", "order", "integration_config")
            for event in ("save", "delete")
        ),
    ),
)
ASSET = Table(
    own.Asset,
    "asset of a product, by itself",
    (
        *_RECORD,
        *_TIMES,
        *_same("name", "alt"),
        Field("url", "url", absolute),
        Field("position", "position", integer),
        _file("file", "image"),
        *_flags(processing="image_processing"),
        Field("locked_at", "locked_at", instant),
        Field("locked_until", "locked_until", instant),
        Field("integrations", "integrations", json),
    ),
)
VARIANT_ASSET = Table(
    own.VariantAsset,
    "asset of a variant",
    (*_RECORD, *_TIMES, *_same("variant_id", "asset_id", "product_id"), Field("position", "position", integer)),
)
VARIANT_WAREHOUSE = Table(
    own.VariantWarehouse,
    "variant_warehouse, by itself",
    (
        *_RECORD,
        *_TIMES,
        *_same("variant_id", "warehouse_id", "created_by_id", "updated_by_id", "modifier_id"),
        Field("quantity", "quantity", integer),
        Field("version", "version", integer),
    ),
)
WAREHOUSE = Table(
    own.Warehouse,
    "warehouse, by itself",
    (
        *_NAMED,
        *_TIMES,
        *_same("address", "country_id", "region_id", "city_id", "commune_id", "company_id"),
        Field("latitude", "latitude", decimal),
        Field("longitude", "longitude", decimal),
        Field("integrations", "integrations", json),
    ),
)
DOCUMENT = Table(
    own.OrderDocument,
    "document of an order, by itself",
    (
        *_RECORD,
        Field("created_at", ("c_at", "created_at"), either_instant),
        Field("updated_at", "updated_at", instant),
        Field("order_id", "order_id", text),
        Field("kind", "_document_type", kind),
        Field("number", "number", text),
        Field("box_id", "confirmation_box_id", text),
        _file("file", "file"),
    ),
)
_HISTORY = (
    *_RECORD,
    *_TIMES,
    *_same("action", "marketplace", "integration_config_id", "company_id", "product_id", "asset_id", "variant_id"),
    *_same("variant_warehouse_id", "request", "response", "request_response_id"),
    *_flags(success="success", is_last="is_last"),
    Field("messages", "", messages),
)
PRODUCT_HISTORY = Table(own.ProductSyncHistory, "synchronization history of a product", _HISTORY)
ASSET_HISTORY = Table(own.AssetSyncHistory, "synchronization history of an asset", _HISTORY)
VARIANT_HISTORY = Table(own.VariantSyncHistory, "synchronization history of a variant", _HISTORY)
STOCK_HISTORY = Table(own.VariantWarehouseSyncHistory, "synchronization history of a variant_warehouse", _HISTORY)

TABLES: tuple[Table[Any], ...] = (
    CATEGORY,
    BRAND,
    COLOR,
    SIZE,
    COUNTRY,
    REGION,
    CITY,
    COMMUNE,
    CONFIRMATION_REASON,
    CANCELLATION_REASON,
    BUYER_RATE,
    INTEGRATION_CONFIG,
    WAREHOUSE_PRIORITY,
    COMPANY,
    USER,
    WEBHOOK,
    ASSET,
    VARIANT_ASSET,
    VARIANT_WAREHOUSE,
    WAREHOUSE,
    DOCUMENT,
    PRODUCT_HISTORY,
    ASSET_HISTORY,
    VARIANT_HISTORY,
    STOCK_HISTORY,
)
