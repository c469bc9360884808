"""Records that Centry alone has: what they are called, and what they tell."""

from datetime import datetime
from decimal import Decimal

import resolvers
from gateway.models import DocumentKind
from gateway.own import centry as own
from gateway.principal import Scope
from schema.base import field, interface, represents
from schema.scalars import ID, JSON


@interface
class CentryRecord:
    """What every record has that Centry alone has."""

    id: ID
    """Its id at Centry, as Centry's own lists and other records name it; not good for `node`."""
    created_at: datetime | None
    """When it was made, where Centry tells."""
    updated_at: datetime | None
    """When it was last changed, where Centry tells."""
    fetched_at: datetime
    """When the gateway read it."""
    raw: JSON | None = field(resolvers.record.raw)
    """Exactly as Centry sent it, under Centry's names."""


@represents(own.File)
class CentryFile:
    """What is known of a file that Centry keeps; what it holds, Centry does not send."""

    content_type: str | None
    """Its media type, such as image/jpeg."""
    file_name: str | None
    """What it is called."""
    size: int | None
    """How large it is, as Centry states it."""
    fingerprint: str | None
    """A checksum of it."""
    updated_at: datetime | None
    """When it was last replaced."""


@represents(own.Category)
class CentryCategory(CentryRecord):
    """A category of goods. They are Centry's, the same for every company."""

    name: str | None
    """Its name: the whole path, such as "Accesorios / Accesorios Femeninos / Anteojos"."""


@represents(own.Brand)
class CentryBrand(CentryRecord):
    """A brand. They are Centry's, the same for every company."""

    name: str | None
    """Its name."""


@represents(own.Color)
class CentryColor(CentryRecord):
    """A colour that a variant can have."""

    name: str | None
    """Its name, in Spanish."""


@represents(own.Size)
class CentrySize(CentryRecord):
    """A size that a variant can have."""

    name: str | None
    """Its name, such as XXS."""


@represents(own.Country)
class CentryCountry(CentryRecord):
    """A country."""

    name: str | None
    """Its name."""
    iso_code: str | None
    """Its ISO 3166-1 code, such as CL."""
    language: str | None
    """The code of the language that is mainly spoken there, such as es."""


@represents(own.Region)
class CentryRegion(CentryRecord):
    """A region of a country."""

    name: str | None
    """Its name."""
    country_id: ID | None
    """The country that it is in (`CentryCountry.id`)."""
    position: int | None
    """Its place among the regions of its country."""


@represents(own.City)
class CentryCity(CentryRecord):
    """A city, or province, of a region."""

    name: str | None
    """Its name."""
    region_id: ID | None
    """The region that it is in (`CentryRegion.id`)."""


@represents(own.Commune)
class CentryCommune(CentryRecord):
    """A commune: the part of a city that addresses name."""

    name: str | None
    """Its name."""
    city_id: ID | None
    """The city that it is in (`CentryCity.id`)."""
    region_id: ID | None
    """The region that it is in (`CentryRegion.id`)."""


@represents(own.ConfirmationReason)
class CentryConfirmationReason(CentryRecord):
    """Why an order is confirmed in several boxes. They are Centry's, the same for every company."""

    name: str | None
    """A short name of it, in Spanish."""
    description: str | None
    """The reason in a sentence, in Spanish."""


@represents(own.CancellationReason)
class CentryCancellationReason(CentryRecord):
    """Why an order is cancelled. They are Centry's, the same for every company."""

    name: str | None
    """A short name of it, in Spanish."""
    description: str | None
    """The reason in a sentence, in Spanish."""
    restock: str | None
    """Whether what was ordered may go back into stock: `not_allowed` or `optional`, in Centry's words."""


@represents(own.BuyerRate)
class CentryBuyerRate(CentryRecord):
    """A mark that a buyer can be given when an order is confirmed or cancelled."""

    name: str | None
    """A short name of it, in Spanish."""
    description: str | None
    """What it stands for, in Spanish."""


@represents(own.IntegrationConfig)
class CentryIntegrationConfig(CentryRecord):
    """How the account is tied to one marketplace or shop, and which parts of products Centry sends there."""

    raw: JSON | None = field(resolvers.record.raw, scope=Scope.ADMIN)
    """Exactly as Centry sent it, with the marketplace's keys and passwords."""
    target: str | None
    """The kind of marketplace or shop, such as Linio or MercadoLibre."""
    enabled: bool | None
    """Whether it is available."""
    use: str | None
    """Who leads catalogue and stock, in Centry's words: `slave`, Centry; `master`, the other side."""
    delete_status: str | None
    """What becomes of an offer whose product is deleted at Centry: `unpublish` pauses it, `delete` tries to delete it."""
    company_id: ID | None
    """The company whose integration it is."""
    price_factor: Decimal | None
    """By what prices are multiplied for it."""
    price_round: int | None
    """To what prices are rounded."""
    stock_discount: int | None
    """How many pieces of each variant are held back from it."""
    sku_prefix: str | None
    """What is put before SKUs for it."""
    excluded_brand_ids: list[ID]
    """Brands of which no product is sent (`CentryBrand.id`)."""
    excluded_category_ids: list[ID]
    """Categories of which no product is sent (`CentryCategory.id`)."""
    excluded_product_ids: list[ID]
    """Products that are not sent, by their ids at Centry."""
    sends_name: bool | None
    """Whether the product's name is sent with each synchronization."""
    sends_description: bool | None
    """Whether the description is sent."""
    sends_short_description: bool | None
    """Whether the short description is sent."""
    sends_price: bool | None
    """Whether the price of the offer is sent."""
    sends_price_compare: bool | None
    """Whether the usual price is sent."""
    sends_condition: bool | None
    """Whether it is sent if the product is new or used."""
    sends_package_dimensions: bool | None
    """Whether the measures of the package are sent."""
    sends_package_weight: bool | None
    """Whether the weight of the package is sent."""
    sends_warranty: bool | None
    """Whether the warranty is sent."""
    sends_barcode: bool | None
    """Whether the barcode is sent."""
    sends_sku: bool | None
    """Whether the SKU is sent."""
    sends_images: bool | None
    """Whether pictures are sent."""
    sends_category: bool | None
    """Whether the category is sent."""


@represents(own.WarehousePriority)
class CentryWarehousePriority(CentryRecord):
    """A warehouse from which an integration sells: its stock is offered there, and what is sold is taken from it."""

    integration_config_id: ID | None
    """The integration (`CentryIntegrationConfig.id`)."""
    warehouse_id: ID | None
    """The warehouse, by its id at Centry."""
    priority: int | None
    """Which comes first: 0 is the first from which goods are taken."""
    location_id: str | None
    """The marketplace's own branch or warehouse that this one stands for, where it has such."""
    deleted_at: datetime | None
    """When it was taken away."""


@represents(own.Company)
class CentryCompany(CentryRecord):
    """The company whose account the gateway uses."""

    raw: JSON | None = field(resolvers.record.raw, scope=Scope.PII)
    """Exactly as Centry sent it, under Centry's names."""
    name: str | None
    """Its name."""
    address: str | None = field(scope=Scope.PII)
    """Where it is."""
    bio: str | None
    """What it says of itself."""
    url: str | None
    """Its page on the web."""
    sector: str | None
    """The sector that it works in."""
    main_warehouse_id: ID | None
    """Its main warehouse, by its id at Centry."""
    users_count: int | None
    """How many users it has at Centry."""
    keywords: list[str]
    """Words that Centry keeps for it."""
    logo: CentryFile | None
    """Its logo."""
    facebook: str | None
    """Its page at Facebook."""
    instagram: str | None
    """Its page at Instagram."""
    linkedin: str | None
    """Its page at LinkedIn."""
    pinterest: str | None
    """Its page at Pinterest."""
    twitter: str | None
    """Its page at Twitter."""


@represents(own.User)
class CentryUser(CentryRecord):
    """The user on whose behalf the gateway asks Centry."""

    first_name: str | None
    """First name."""
    last_name: str | None
    """Last name."""
    email: str | None
    """E-mail address."""
    phone: str | None
    """Telephone number, as written."""
    mobile_phone: str | None
    """Number of the mobile telephone, as written."""
    address: str | None
    """Street and number."""
    address_line2: str | None
    """What else finds the door."""
    region_id: ID | None
    """The region where the user lives (`CentryRegion.id`)."""
    commune_id: ID | None
    """The commune where the user lives (`CentryCommune.id`)."""
    birthday: str | None
    """Date of birth, as written."""
    gender: str | None
    """As written."""
    tax_id: str | None
    """The Chilean RUT."""
    job_title: str | None
    """What the user does."""
    bio: str | None
    """What the user says of him- or herself."""
    avatar: CentryFile | None
    """The user's picture."""
    company_id: ID | None
    """The company that the user belongs to (`CentryCompany.id`)."""
    company_ids: list[ID]
    """Further companies."""
    company_api_id: ID | None
    """The company's API, by its id at Centry."""
    user_group_id: ID | None
    """The group of users, by its id at Centry."""
    role: int | None
    """The role as Centry counts them; its page does not say what the numbers mean."""
    roles_mask: int | None
    """Several roles in one number; Centry's page does not say what it means."""
    status: int | None
    """Where the user stands, as Centry counts; its page does not say what the numbers mean."""
    show_wizard: bool | None
    """Whether Centry's own pages show the user their introduction."""


@represents(own.Webhook)
class CentryWebhook(CentryRecord):
    """An address that Centry calls when something happens. It may hold a secret, so it takes the scope `admin` to see it."""

    raw: JSON | None = field(resolvers.record.raw, scope=Scope.ADMIN)
    """Exactly as Centry sent it, with the address."""
    callback_url: str | None = field(scope=Scope.ADMIN)
    """The address that is called."""
    company_id: ID | None
    """The company whose webhook it is."""
    on_product_save: bool | None
    """Whether it is called when a product was made or changed."""
    on_product_delete: bool | None
    """Whether it is called when a product was deleted."""
    on_order_save: bool | None
    """Whether it is called when an order was made or changed."""
    on_order_delete: bool | None
    """Whether it is called when an order was deleted."""
    on_integration_config_save: bool | None
    """Whether it is called when an integration was made or changed."""
    on_integration_config_delete: bool | None
    """Whether it is called when an integration was deleted."""


@represents(own.Asset)
class CentryAsset(CentryRecord):
    """A picture of a product."""

    url: str | None
    """Where it is to be had, where Centry tells; see `Product.images`."""
    name: str | None
    """Its name."""
    alt: str | None
    """The words that stand for it where it cannot be shown."""
    position: int | None
    """Its place among the product's pictures."""
    file: CentryFile | None
    """The file."""
    processing: bool | None
    """Whether Centry is still working on it."""
    locked_at: datetime | None
    """Since when Centry keeps it from being changed."""
    locked_until: datetime | None
    """Until when."""
    integrations: JSON | None
    """What some integrations keep with it."""


@represents(own.VariantAsset)
class CentryVariantAsset(CentryRecord):
    """That a picture of a product shows one of its variants."""

    variant_id: ID | None
    """The variant, by its id at Centry."""
    asset_id: ID | None
    """The picture (`CentryAsset.id`)."""
    product_id: ID | None
    """The product, by its id at Centry."""
    position: int | None
    """The picture's place among those of the variant."""


@represents(own.VariantWarehouse)
class CentryVariantWarehouse(CentryRecord):
    """What one warehouse has of one variant: a row of Centry's stock."""

    variant_id: ID | None
    """The variant, by its id at Centry."""
    warehouse_id: ID | None
    """The warehouse, by its id at Centry."""
    quantity: int | None
    """How many pieces are free to sell."""
    version: int | None
    """How often it was changed."""
    created_by_id: ID | None
    """The user who made it."""
    updated_by_id: ID | None
    """The user who changed it last."""
    modifier_id: ID | None
    """The user whom Centry calls its modifier."""


@represents(own.Warehouse)
class CentryWarehouse(CentryRecord):
    """A warehouse with all that Centry knows of where it is."""

    name: str | None
    """Its name."""
    address: str | None
    """Street and number, as one line."""
    country_id: ID | None
    """The country (`CentryCountry.id`)."""
    region_id: ID | None
    """The region (`CentryRegion.id`)."""
    city_id: ID | None
    """The city (`CentryCity.id`)."""
    commune_id: ID | None
    """The commune (`CentryCommune.id`)."""
    latitude: Decimal | None
    """Degrees north."""
    longitude: Decimal | None
    """Degrees east."""
    company_id: ID | None
    """The company whose warehouse it is."""
    integrations: JSON | None
    """What some integrations keep with it."""


@represents(own.OrderDocument)
class CentryOrderDocument(CentryRecord):
    """A file that goes with an order: what is known of it. What it holds, Centry does not send."""

    raw: JSON | None = field(resolvers.record.raw, scope=Scope.PII)
    """Exactly as Centry sent it, under Centry's names."""
    order_id: ID | None
    """The order, by its id at Centry."""
    kind: DocumentKind
    """What it is."""
    number: str | None
    """The number that stands on it, such as an invoice's."""
    box_id: ID | None
    """The box that it is for, where an order was confirmed in several."""
    file: CentryFile | None
    """The file."""


@represents(own.SyncMessages)
class CentrySyncMessages:
    """What a marketplace said of one attribute of what was brought to it."""

    attribute: str | None
    """The attribute, by Centry's name, such as `price_compare`; null for what is said of the record as a whole."""
    mistakes: list[str]
    """What kept it from being taken."""
    warnings: list[str]
    """What was taken, but could be better."""


@represents(own.SyncHistory)
class CentrySyncHistory(CentryRecord):
    """What became of bringing goods to a marketplace, as an application told Centry."""

    action: str | None
    """What was done, in Centry's words, such as `Product update`."""
    success: bool | None
    """Whether it was taken: whether there were no mistakes."""
    marketplace: str | None
    """The marketplace."""
    integration_config_id: ID | None
    """The integration (`CentryIntegrationConfig.id`)."""
    company_id: ID | None
    """The company."""
    product_id: ID | None
    """The product, by its id at Centry."""
    asset_id: ID | None
    """The picture that it is of, where it is of one (`CentryAsset.id`)."""
    variant_id: ID | None
    """The variant that it is of, where it is of one, by its id at Centry."""
    variant_warehouse_id: ID | None
    """What a warehouse has of the variant, where it is of that (`CentryVariantWarehouse.id`)."""
    is_last: bool | None
    """Whether it is the newest of its kind, where Centry tells."""
    messages: list[CentrySyncMessages]
    """What the marketplace said, attribute by attribute."""
    request: str | None
    """What was sent to the marketplace, as the application kept it."""
    response: str | None
    """What the marketplace answered, as Centry keeps it."""
    request_response_id: ID | None
    """Where Centry keeps both, by its id there."""
