"""The inputs of mutations that change the catalogue: products, variants, warehouses, sales channels."""

from datetime import datetime
from decimal import Decimal

import strawberry

from gateway.models import Backend, CatalogStatus
from resolvers.change_inputs import (
    AddressInput,
    FreeJSON,
    MoneyInput,
)
from resolvers.inputs import mutation_input

ID = strawberry.ID


@mutation_input
class ImageInput:
    """A picture."""

    url: str
    """Where the backend can fetch it."""
    position: int | None = None
    """Its place among the product's pictures, from 0; in the order of the list where left out."""


@mutation_input
class UnitOfMeasureInput:
    """A unit that a product is counted in."""

    name: str
    """The backend's word, such as CARTON."""
    quantity_per_base: Decimal
    """How many of the base unit it holds."""
    weight: Decimal | None = None
    """In kilograms."""
    volume: Decimal | None = None
    """In cubic metres."""


@mutation_input
class ProductVariantInput:
    """A variant of the product that is saved."""

    record_id: ID | None = None
    """The VariantRecord to change; left out, one is made."""
    sku: str
    """Its SKU."""
    barcode: str | None = None
    """Its barcode."""
    color_id: str | None = None
    """Its colour, by the backend's id."""
    size_id: str | None = None
    """Its size, by the backend's id."""
    price: MoneyInput | None = None
    """Its price, where it differs from the product's."""
    compare_at_price: MoneyInput | None = None
    """The price without the discount."""
    status: CatalogStatus | None = None
    """Whether it is sold."""
    extra: FreeJSON | None = None
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it."""


@mutation_input
class ProductInput:
    """A product to be made in one backend, or changed there: what is left out stays as it is."""

    backend: Backend
    """Where."""
    record_id: ID | None = None
    """The ProductRecord to change; left out, one is made."""
    sku: str | None = None
    """Its SKU."""
    barcode: str | None = None
    """Its barcode."""
    name: str | None = None
    """What it is called."""
    description: str | None = None
    """What it is."""
    brand_id: str | None = None
    """Its brand, by the backend's id."""
    category_id: str | None = None
    """Its category, by the backend's id."""
    status: CatalogStatus | None = None
    """Whether it is sold."""
    price: MoneyInput | None = None
    """Its price."""
    compare_at_price: MoneyInput | None = None
    """The price without the discount."""
    sale_from: datetime | None = None
    """When the discount begins."""
    sale_to: datetime | None = None
    """When the discount ends."""
    images: list[ImageInput] | None = None
    """Its pictures, in the place of all that were."""
    package_length: Decimal | None = None
    """Of the package, in centimetres."""
    package_width: Decimal | None = None
    """Of the package, in centimetres."""
    package_height: Decimal | None = None
    """Of the package, in centimetres."""
    package_weight: Decimal | None = None
    """Of the package, in kilograms."""
    account: str | None = None
    """The warehouse customer whose product it is (CARTONCLOUD: id, code or name; default from the settings)."""
    type: str | None = None
    """The tenant's product type (CARTONCLOUD)."""
    transport: bool | None = False
    """A transport product, not a warehouse product (CARTONCLOUD)."""
    default_unit_of_measure: str | None = None
    """The unit that is meant where none is named (CARTONCLOUD)."""
    units_of_measure: list[UnitOfMeasureInput] | None = None
    """Its units (CARTONCLOUD)."""
    variants: list[ProductVariantInput] | None = None
    """Its variants; those that are not named stay as they are."""
    extra: FreeJSON | None = None
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@mutation_input
class SaveProductsInput:
    """Products to be made or changed."""

    products: list[ProductInput]
    """The products."""
    idempotency_key: str | None = None
    """The same key with the same input gives the same transaction, however often it is sent."""


@mutation_input
class VariantInput:
    """A variant to be made in one backend, or changed there: what is left out stays as it is."""

    backend: Backend
    """Where."""
    record_id: ID | None = None
    """The VariantRecord to change; left out, the one with this SKU, else one is made."""
    product_record_id: ID | None = None
    """The ProductRecord that it belongs to; needed where one is made."""
    sku: str
    """Its SKU."""
    barcode: str | None = None
    """Its barcode."""
    color_id: str | None = None
    """Its colour, by the backend's id."""
    size_id: str | None = None
    """Its size, by the backend's id."""
    price: MoneyInput | None = None
    """Its price, where it differs from the product's."""
    compare_at_price: MoneyInput | None = None
    """The price without the discount."""
    status: CatalogStatus | None = None
    """Whether it is sold."""
    extra: FreeJSON | None = None
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@mutation_input
class SaveVariantsInput:
    """Variants to be made or changed."""

    variants: list[VariantInput]
    """The variants."""
    idempotency_key: str | None = None
    """The same key with the same input gives the same transaction, however often it is sent."""


@mutation_input
class DeleteCatalogInput:
    """Ids of ...Record objects: an entity is deleted in the backends that are named, never everywhere at once."""

    record_ids: list[ID]
    """The records."""
    idempotency_key: str | None = None
    """The same key with the same input gives the same transaction, however often it is sent."""


@mutation_input
class WarehouseInput:
    """A warehouse to be made in one backend, or changed there: what is left out stays as it is."""

    backend: Backend
    """Where."""
    record_id: ID | None = None
    """The WarehouseRecord to change; left out, one is made."""
    code: str | None = None
    """Its code, where the backend lets one choose it."""
    name: str | None = None
    """What it is called."""
    address: AddressInput | None = None
    """Where it stands."""
    latitude: Decimal | None = None
    """In degrees, north positive."""
    longitude: Decimal | None = None
    """In degrees, east positive."""
    extra: FreeJSON | None = None
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@mutation_input
class SaveWarehousesInput:
    """Warehouses to be made or changed."""

    warehouses: list[WarehouseInput]
    """The warehouses."""
    idempotency_key: str | None = None
    """The same key with the same input gives the same transaction, however often it is sent."""


@mutation_input
class CreateSalesChannelInput:
    """A sales channel to be made."""

    backend: Backend
    """Where."""
    channel_id: str | None = None
    """The id that it is to have; left out: the gateway chooses one."""
    name: str
    """What it is called."""
    email: str | None = None
    """The contact's e-mail address; or give `phone`."""
    phone: str | None = None
    """The contact's phone number; or give `email`."""
    contact: AddressInput
    """Where the channel is."""
    billing: AddressInput | None = None
    """Where its bills go."""
    logo_base64: str | None = None
    """A picture (jpg, jpeg, png, svg) for labels and packing slips, in Base64."""
    idempotency_key: str | None = None
    """The same key with the same input gives the same transaction, however often it is sent."""


@mutation_input
class CentraNamedInput:
    """Something of Centra's by its id: it is made or renamed where a description is given."""

    id: str
    """Its id."""
    description: str | None = None
    """What it is called."""


@mutation_input
class CentraSizeInput:
    """A size of a variation."""

    id: str
    """Its id in the size table."""
    sku: str | None = None
    """The last part of the variant's SKU."""
    ean: str | None = None
    """Its barcode."""
    extra: FreeJSON | None = None
    """Elements of Centra's message, merged into it (RFC 7396) after the gateway has filled it."""


@mutation_input
class CentraVariationInput:
    """A variation of a product, such as a colour."""

    id: str
    """Its id, unique in the product."""
    stock_id: str | None = None
    """The id under which its stock is kept."""
    description: str | None = None
    """What it is called."""
    sku: str | None = None
    """The middle part of the variants' SKUs."""
    status: CatalogStatus | None = None
    """Whether it is sold."""
    size_table_id: str | None = None
    """Its size table."""
    sizes: list[CentraSizeInput] | None = None
    """Its sizes."""
    extra: FreeJSON | None = None
    """Elements of Centra's message, merged into it (RFC 7396) after the gateway has filled it."""


@mutation_input
class CentraProductInput:
    """A product as Centra has it. What is left out stays as it is."""

    id: str
    """Its id, which is yours to choose: an unknown one makes a product."""
    status: CatalogStatus | None = None
    """Whether it is sold."""
    sku: str | None = None
    """The first part of its variants' SKUs."""
    description: str | None = None
    """What it is called."""
    folder: str | None = None
    """The folder that Centra's staff find it in."""
    brand: CentraNamedInput | None = None
    """Its brand."""
    collection: CentraNamedInput | None = None
    """Its collection."""
    variations: list[CentraVariationInput] | None = None
    """Its variations."""
    extra: FreeJSON | None = None
    """Elements of Centra's message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway fills
    itself is BAD_USER_INPUT."""


@mutation_input
class CentraSaveProductsInput:
    """Products as Centra has them."""

    products: list[CentraProductInput]
    """The products."""
    idempotency_key: str | None = None
    """The same key with the same input gives the same transaction, however often it is sent."""
