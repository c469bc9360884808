"""The inputs of mutations that change the catalogue: products, variants, warehouses, sales channels."""

from datetime import datetime
from decimal import Decimal

import strawberry
from strawberry import UNSET

from gateway.models import Backend, CatalogStatus
from resolvers.change_inputs import (
    AddressInput,
    FreeJSON,
    MoneyInput,
)
from resolvers.inputs import mutation_input, transaction_input

ID = strawberry.ID


@mutation_input
class ImageInput:
    """A picture."""

    url: str
    """Where the backend can fetch it; not blank."""
    position: int | None = UNSET
    """Its place among the product's pictures, from 0; in the order of the list where left out."""


@mutation_input
class UnitOfMeasureInput:
    """A unit that a product is counted in."""

    name: str
    """The backend's word, such as CARTON."""
    quantity_per_base: Decimal
    """How many of the base unit it holds."""
    weight: Decimal | None = UNSET
    """In kilograms."""
    volume: Decimal | None = UNSET
    """In cubic metres."""


@mutation_input
class ProductVariantInput:
    """A variant of the product that is saved."""

    record_id: ID | None = UNSET
    """The VariantRecord to change; left out, one is made."""
    sku: str
    """Its SKU."""
    barcode: str | None = UNSET
    """Its barcode."""
    color_id: str | None = UNSET
    """Its colour, by the backend's id."""
    size_id: str | None = UNSET
    """Its size, by the backend's id."""
    price: MoneyInput | None = UNSET
    """Its price, where it differs from the product's."""
    compare_at_price: MoneyInput | None = UNSET
    """The price without the discount."""
    status: CatalogStatus | None = UNSET
    """Whether it is sold."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it."""


@mutation_input
class ProductInput:
    """A product to be made in one backend, or changed there: what is left out stays as it is."""

    backend: Backend
    """Where."""
    record_id: ID | None = UNSET
    """The ProductRecord to change; left out, one is made."""
    sku: str | None = UNSET
    """Its SKU."""
    barcode: str | None = UNSET
    """Its barcode."""
    name: str | None = UNSET
    """What it is called."""
    description: str | None = UNSET
    """What it is."""
    brand_id: str | None = UNSET
    """Its brand, by the backend's id."""
    category_id: str | None = UNSET
    """Its category, by the backend's id."""
    status: CatalogStatus | None = UNSET
    """Whether it is sold."""
    price: MoneyInput | None = UNSET
    """Its price."""
    compare_at_price: MoneyInput | None = UNSET
    """The price without the discount."""
    sale_from: datetime | None = UNSET
    """When the discount begins."""
    sale_to: datetime | None = UNSET
    """When the discount ends; not before `saleFrom`."""
    images: list[ImageInput] | None = UNSET
    """Its pictures, in the place of all that were."""
    package_length: Decimal | None = UNSET
    """Of the package, in centimetres."""
    package_width: Decimal | None = UNSET
    """Of the package, in centimetres."""
    package_height: Decimal | None = UNSET
    """Of the package, in centimetres."""
    package_weight: Decimal | None = UNSET
    """Of the package, in kilograms."""
    account: str | None = UNSET
    """The warehouse customer whose product it is (CARTONCLOUD: id, code or name; default from the settings)."""
    type: str | None = UNSET
    """The tenant's product type (CARTONCLOUD)."""
    transport: bool | None = False
    """A transport product, not a warehouse product (CARTONCLOUD)."""
    default_unit_of_measure: str | None = UNSET
    """The unit that is meant where none is named (CARTONCLOUD)."""
    units_of_measure: list[UnitOfMeasureInput] | None = UNSET
    """Its units (CARTONCLOUD)."""
    variants: list[ProductVariantInput] | None = UNSET
    """Its variants; those that are not named stay as they are."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@transaction_input
class SaveProductsInput:
    """Products to be made or changed."""

    products: list[ProductInput]
    """The products."""


@mutation_input
class VariantInput:
    """A variant to be made in one backend, or changed there: what is left out stays as it is."""

    backend: Backend
    """Where."""
    record_id: ID | None = UNSET
    """The VariantRecord to change; left out, the one with this SKU, else one is made."""
    product_record_id: ID | None = UNSET
    """The ProductRecord that it belongs to; needed where one is made."""
    sku: str
    """Its SKU."""
    barcode: str | None = UNSET
    """Its barcode."""
    color_id: str | None = UNSET
    """Its colour, by the backend's id."""
    size_id: str | None = UNSET
    """Its size, by the backend's id."""
    price: MoneyInput | None = UNSET
    """Its price, where it differs from the product's."""
    compare_at_price: MoneyInput | None = UNSET
    """The price without the discount."""
    status: CatalogStatus | None = UNSET
    """Whether it is sold."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@transaction_input
class SaveVariantsInput:
    """Variants to be made or changed."""

    variants: list[VariantInput]
    """The variants."""


@transaction_input
class DeleteCatalogInput:
    """Ids of ...Record objects: an entity is deleted in the backends that are named, never everywhere at once."""

    record_ids: list[ID]
    """The records."""


@mutation_input
class WarehouseInput:
    """A warehouse to be made in one backend, or changed there: what is left out stays as it is."""

    backend: Backend
    """Where."""
    record_id: ID | None = UNSET
    """The WarehouseRecord to change; left out, one is made."""
    code: str | None = UNSET
    """Its code, where the backend lets one choose it."""
    name: str | None = UNSET
    """What it is called."""
    address: AddressInput | None = UNSET
    """Where it stands."""
    latitude: Decimal | None = UNSET
    """In degrees, north positive."""
    longitude: Decimal | None = UNSET
    """In degrees, east positive."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@transaction_input
class SaveWarehousesInput:
    """Warehouses to be made or changed."""

    warehouses: list[WarehouseInput]
    """The warehouses."""


@transaction_input
class CreateSalesChannelInput:
    """A sales channel to be made."""

    backend: Backend
    """Where."""
    channel_id: str | None = UNSET
    """The id that it is to have; left out: the gateway chooses one."""
    name: str
    """What it is called."""
    email: str | None = UNSET
    """The contact's e-mail address; or give `phone`."""
    phone: str | None = UNSET
    """The contact's phone number; or give `email`."""
    contact: AddressInput
    """Where the channel is."""
    billing: AddressInput | None = UNSET
    """Where its bills go."""
    logo_base64: str | None = UNSET
    """A picture (jpg, jpeg, png, svg) for labels and packing slips, in Base64."""


@mutation_input
class CentraNamedInput:
    """Something of Centra's by its id: it is made or renamed where a description is given."""

    id: str
    """Its id. At most 84 characters, percent-encoded."""
    description: str | None = UNSET
    """What it is called."""


@mutation_input
class CentraSizeInput:
    """A size of a variation."""

    id: str
    """Its id in the size table. At most 84 characters, percent-encoded."""
    sku: str | None = UNSET
    """The last part of the variant's SKU."""
    ean: str | None = UNSET
    """Its barcode."""
    extra: FreeJSON | None = UNSET
    """Elements of Centra's message, merged into it (RFC 7396) after the gateway has filled it."""


@mutation_input
class CentraVariationInput:
    """A variation of a product, such as a colour."""

    id: str
    """Its id, unique in the product. At most 84 characters, percent-encoded."""
    stock_id: str | None = UNSET
    """The id under which its stock is kept."""
    description: str | None = UNSET
    """What it is called."""
    sku: str | None = UNSET
    """The middle part of the variants' SKUs."""
    status: CatalogStatus | None = UNSET
    """Whether it is sold."""
    size_table_id: str | None = UNSET
    """Its size table."""
    sizes: list[CentraSizeInput] | None = UNSET
    """Its sizes, each once."""
    extra: FreeJSON | None = UNSET
    """Elements of Centra's message, merged into it (RFC 7396) after the gateway has filled it."""


@mutation_input
class CentraProductInput:
    """A product as Centra has it. What is left out stays as it is."""

    id: str
    """Its id, which is yours to choose: an unknown one makes a product. At most 84 characters, percent-encoded."""
    status: CatalogStatus | None = UNSET
    """Whether it is sold."""
    sku: str | None = UNSET
    """The first part of its variants' SKUs."""
    description: str | None = UNSET
    """What it is called."""
    folder: str | None = UNSET
    """The folder that Centra's staff find it in."""
    brand: CentraNamedInput | None = UNSET
    """Its brand."""
    collection: CentraNamedInput | None = UNSET
    """Its collection."""
    variations: list[CentraVariationInput] | None = UNSET
    """Its variations, each once."""
    extra: FreeJSON | None = UNSET
    """Elements of Centra's message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway fills
    itself is BAD_USER_INPUT."""


@transaction_input
class CentraSaveProductsInput:
    """Products as Centra has them."""

    products: list[CentraProductInput]
    """The products."""
