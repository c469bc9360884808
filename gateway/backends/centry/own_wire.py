"""What Centry sends of what it alone has: reference data, integrations, the account, field for field under its page's names."""

from typing import Any

from msgspec import Raw

from gateway.backends.centry.wire import Record

_NULL = Raw(b"null")


class Named(Record, frozen=True, kw_only=True):
    """A category, brand, colour or size."""

    name: Any = None


class Country(Named, frozen=True, kw_only=True):
    """One of GET /locations/countries.json."""

    iso_code: Any = None
    language: Any = None


class Region(Named, frozen=True, kw_only=True):
    """One of GET /locations/regions.json."""

    country_id: Any = None
    position: Any = None


class City(Named, frozen=True, kw_only=True):
    """One of GET /locations/cities.json."""

    region_id: Any = None


class Commune(Named, frozen=True, kw_only=True):
    """One of GET /locations/communes.json. `region_id` stands in the page's examples only."""

    city_id: Any = None
    region_id: Any = None


class Reason(Named, frozen=True, kw_only=True):
    """A reason of confirmations or cancellations, or a mark for buyers. `_restock` stands in the page's examples only."""

    description: Any = None
    _restock: Any = None


class IntegrationConfig(Record, frozen=True, kw_only=True):
    """One of GET /integration_configs.json. What an integration needs besides (an API key, …) stands in the text alone."""

    _delete_status: Any = None
    _use: Any = None
    target: Any = None
    name: Any = None
    description: Any = None
    shortdescription: Any = None
    price_compare: Any = None
    price: Any = None
    price_factor: Any = None
    price_round: Any = None
    stock_discount: Any = None
    condition: Any = None
    package_dimensions: Any = None
    package_weight: Any = None
    warranty: Any = None
    barcode: Any = None
    sku: Any = None
    sku_prefix: Any = None
    images: Any = None
    category: Any = None
    excluded_brand_ids: Any = None
    excluded_category_ids: Any = None
    excluded_product_ids: Any = None
    enabled: Any = None
    company_id: Any = None


class WarehousePriority(Record, frozen=True, kw_only=True):
    """One of GET /integration_configs/<integration_config_id>/warehouse_priorities.json."""

    priority: Any = None
    location_id: Any = None
    integration_config_id: Any = None
    warehouse_id: Any = None
    c_at: Any = None
    u_at: Any = None
    deleted_at: Any = None


class Company(Named, frozen=True, kw_only=True):
    """The one of GET /company_info.json."""

    _keywords: Any = None
    address: Any = None
    bio: Any = None
    logo_content_type: Any = None
    logo_file_name: Any = None
    logo_file_size: Any = None
    logo_fingerprint: Any = None
    logo_updated_at: Any = None
    main_warehouse_id: Any = None
    sector: Any = None
    social_facebook: Any = None
    social_instagram: Any = None
    social_linkedin: Any = None
    social_pinterest: Any = None
    social_twitter: Any = None
    url: Any = None
    users_count: Any = None


class User(Record, frozen=True, kw_only=True):
    """The one of GET /user_info.json."""

    address: Any = None
    address_cont: Any = None
    avatar_content_type: Any = None
    avatar_file_name: Any = None
    avatar_file_size: Any = None
    avatar_fingerprint: Any = None
    avatar_updated_at: Any = None
    bio: Any = None
    birthday: Any = None
    commune_id: Any = None
    company_api_id: Any = None
    company_id: Any = None
    company_ids: Any = None
    email: Any = None
    first_name: Any = None
    gender: Any = None
    job_title: Any = None
    last_name: Any = None
    phone: Any = None
    region_id: Any = None
    role: Any = None
    roles_mask: Any = None
    rut: Any = None
    show_wizard: Any = None
    status: Any = None
    telephone: Any = None
    user_group_id: Any = None


class Webhook(Record, frozen=True, kw_only=True):
    """One of GET /webhooks.json."""

    callback_url: Any = None
    on_product_save: Any = None
    on_product_delete: Any = None
    on_order_save: Any = None
    on_order_delete: Any = None
    on_integration_config_save: Any = None
    on_integration_config_delete: Any = None
    company_id: Any = None


class Asset(Record, frozen=True, kw_only=True):
    """GET /products/<product_id>/assets/<asset_id>.json. `url` stands in the page's table, but not in this example of it."""

    url: Any = None
    name: Any = None
    alt: Any = None
    position: Any = None
    image_content_type: Any = None
    image_file_name: Any = None
    image_file_size: Any = None
    image_fingerprint: Any = None
    image_processing: Any = None
    image_updated_at: Any = None
    integrations: Raw = _NULL
    locked_at: Any = None
    locked_until: Any = None


class VariantAsset(Record, frozen=True, kw_only=True):
    """GET /variants/<variant_id>/assets/<variant_asset_id>.json."""

    variant_id: Any = None
    asset_id: Any = None
    product_id: Any = None
    position: Any = None


class VariantWarehouse(Record, frozen=True, kw_only=True):
    """GET /variant_warehouses/<variant_warehouse_id>.json. `updated_by_id` stands in the page's examples only."""

    variant_id: Any = None
    warehouse_id: Any = None
    quantity: Any = None
    created_by_id: Any = None
    updated_by_id: Any = None
    modifier_id: Any = None
    version: Any = None


class Warehouse(Named, frozen=True, kw_only=True):
    """GET /warehouses/<warehouse_id>.json."""

    address: Any = None
    country_id: Any = None
    region_id: Any = None
    city_id: Any = None
    commune_id: Any = None
    latitude: Any = None
    longitude: Any = None
    integrations: Raw = _NULL
    company_id: Any = None


class Document(Record, frozen=True, kw_only=True):
    """GET /orders/<order_id>/documents/<document_id>.json."""

    _document_type: Any = None
    number: Any = None
    c_at: Any = None
    file_content_type: Any = None
    file_file_name: Any = None
    file_file_size: Any = None
    file_fingerprint: Any = None
    file_updated_at: Any = None
    order_id: Any = None
    confirmation_box_id: Any = None


class SyncHistory(Record, frozen=True, kw_only=True):
    """One of the four kinds of synchronization histories: each has messages of some of these fields."""

    action: Any = None
    success: Any = None
    company_id: Any = None
    integration_config_id: Any = None
    is_last: Any = None
    marketplace: Any = None
    product_id: Any = None
    asset_id: Any = None
    variant_id: Any = None
    variant_warehouse_id: Any = None
    request: Any = None
    request_response_id: Any = None
    response: Any = None
    messages: Any = None
    alt_messages: Any = None
    barcode_messages: Any = None
    brand_messages: Any = None
    category_messages: Any = None
    condition_messages: Any = None
    deliverytimesupplier_messages: Any = None
    description_messages: Any = None
    gender_messages: Any = None
    is_fullproductname_messages: Any = None
    name_messages: Any = None
    packageheight_messages: Any = None
    packagelength_messages: Any = None
    packagewidth_messages: Any = None
    position_messages: Any = None
    price_messages: Any = None
    price_compare_messages: Any = None
    quantity_messages: Any = None
    saleenddate_messages: Any = None
    salestartdate_messages: Any = None
    season_messages: Any = None
    seasonyear_messages: Any = None
    seo_description_messages: Any = None
    seo_title_messages: Any = None
    shortdescription_messages: Any = None
    sku_messages: Any = None
    status_messages: Any = None
    url_messages: Any = None
    warranty_messages: Any = None
