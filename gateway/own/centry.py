"""What Centry alone has, beside orders, products and the like: reference data, integrations, the account and its webhooks.

A type here is also the name by which its records are asked for. Ids are Centry's own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from gateway.models import JSON, DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has. `raw` is its JSON text."""

    id: str
    fetched_at: datetime
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that Centry keeps: what is known of it, not what it holds. The size is as Centry states it."""

    content_type: str | None
    file_name: str | None
    size: int | None
    fingerprint: str | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Record):
    """What has a name and nothing else."""

    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Named):
    """A category of goods; its name is the whole path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand(Named):
    """A brand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Color(Named):
    """A colour that variants can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size(Named):
    """A size that variants can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country(Named):
    """A country; `language` is the code of the one that is mainly spoken there."""

    iso_code: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Named):
    """A region; `position` is its place among those of its country."""

    country_id: str | None
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class City(Named):
    """A city."""

    region_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune(Named):
    """A commune, the smallest part of Chile that has a government of its own."""

    city_id: str | None
    region_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationReason(Named):
    """Why an order is sent in several parcels."""

    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationReason(Named):
    """Why an order is cancelled; `restock` is Centry's word for whether its goods go back into stock."""

    description: str | None
    restock: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerRate(Named):
    """A mark that a buyer can be given."""

    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationConfig(Record):
    """How the account is tied to a marketplace or shop. Each `sends_…` tells whether Centry sends that part of products."""

    target: str | None
    enabled: bool | None
    use: str | None
    delete_status: str | None
    company_id: str | None
    price_factor: Decimal | None
    price_round: int | None
    stock_discount: int | None
    sku_prefix: str | None
    excluded_brand_ids: tuple[str, ...]
    excluded_category_ids: tuple[str, ...]
    excluded_product_ids: tuple[str, ...]
    sends_name: bool | None
    sends_description: bool | None
    sends_short_description: bool | None
    sends_price: bool | None
    sends_price_compare: bool | None
    sends_condition: bool | None
    sends_package_dimensions: bool | None
    sends_package_weight: bool | None
    sends_warranty: bool | None
    sends_barcode: bool | None
    sends_sku: bool | None
    sends_images: bool | None
    sends_category: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehousePriority(Record):
    """A warehouse from which an integration sells; `priority` 0 is the first that goods are taken from."""

    integration_config_id: str | None
    warehouse_id: str | None
    priority: int | None
    location_id: str | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company(Named):
    """The company whose account this is."""

    address: str | None = field(repr=False)
    bio: str | None
    url: str | None
    sector: str | None
    main_warehouse_id: str | None
    users_count: int | None
    keywords: tuple[str, ...]
    logo: File | None
    facebook: str | None
    instagram: str | None
    linkedin: str | None
    pinterest: str | None
    twitter: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class User(Record):
    """The user on whose behalf the gateway asks Centry."""

    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    mobile_phone: str | None
    address: str | None
    address_line2: str | None
    region_id: str | None
    commune_id: str | None
    birthday: str | None
    gender: str | None
    tax_id: str | None
    job_title: str | None
    bio: str | None
    avatar: File | None
    company_id: str | None
    company_ids: tuple[str, ...]
    company_api_id: str | None
    user_group_id: str | None
    role: int | None
    roles_mask: int | None
    status: int | None
    show_wizard: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Record):
    """An address that Centry calls when something happens. The address may have a secret in it."""

    callback_url: str | None = field(repr=False)
    company_id: str | None
    on_product_save: bool | None
    on_product_delete: bool | None
    on_order_save: bool | None
    on_order_delete: bool | None
    on_integration_config_save: bool | None
    on_integration_config_delete: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset(Record):
    """A picture of a product."""

    url: str | None
    name: str | None
    alt: str | None
    position: int | None
    file: File | None
    processing: bool | None
    locked_at: datetime | None
    locked_until: datetime | None
    integrations: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantAsset(Record):
    """That a picture of a product shows one of its variants."""

    variant_id: str | None
    asset_id: str | None
    product_id: str | None
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantWarehouse(Record):
    """What one warehouse has of one variant."""

    variant_id: str | None
    warehouse_id: str | None
    quantity: int | None
    version: int | None
    created_by_id: str | None
    updated_by_id: str | None
    modifier_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse(Named):
    """A warehouse with all that Centry knows of where it is."""

    address: str | None
    country_id: str | None
    region_id: str | None
    city_id: str | None
    commune_id: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    company_id: str | None
    integrations: JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDocument(Record):
    """A file that goes with an order. What it holds, Centry does not send."""

    order_id: str | None
    kind: DocumentKind
    number: str | None
    box_id: str | None
    file: File | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncMessages:
    """What a marketplace said of one attribute of what was brought to it, by Centry's name; of none in particular: None."""

    attribute: str | None
    mistakes: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncHistory(Record):
    """What became of bringing goods to a marketplace, as an application told Centry."""

    action: str | None
    success: bool | None
    marketplace: str | None
    integration_config_id: str | None
    company_id: str | None
    product_id: str | None
    asset_id: str | None
    variant_id: str | None
    variant_warehouse_id: str | None
    is_last: bool | None
    messages: tuple[SyncMessages, ...]
    request: str | None
    response: str | None
    request_response_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSyncHistory(SyncHistory):
    """One of a product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSyncHistory(SyncHistory):
    """One of a picture of a product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSyncHistory(SyncHistory):
    """One of a variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantWarehouseSyncHistory(SyncHistory):
    """One of what a warehouse has of a variant."""
