"""What Centry sends: orders, products, variants, warehouses and stock, field for field under the names of its page.

Numbers, times and texts are `Any`: Centry sends prices now as numbers, now as text (its table of variants says string, its
table of products integer), and null for most of what it does not know. Where an object or a list is due, anything else is
let through too: the mapping takes what it recognises, the rest stays in the record's JSON text.
"""

from typing import Any, TypeAlias

from msgspec import Raw, Struct

Odd: TypeAlias = list[Any] | str | int | float | bool | None
"""What may stand where an object is due."""

Blank: TypeAlias = str | int | float | bool | None
"""What may stand where a list is due."""

_NULL = Raw(b"null")


class Record(Struct, frozen=True, kw_only=True):
    """What every record has. The page's tables of products and variants say `id`, all of its examples `_id`."""

    _id: Any = None
    id: Any = None
    created_at: Any = None
    updated_at: Any = None


class Variant(Record, frozen=True, kw_only=True):
    """One of GET /variants.json, and of an order's items if they were asked for with `expand`."""

    sku: Any = None
    barcode: Any = None
    color_name: Any = None
    size_name: Any = None
    price: Any = None
    price_compare: Any = None
    product_id: Any = None


class Address(Struct, frozen=True, kw_only=True):
    """`address_billing` and `address_shipping` of an order: the page's "Formulario de direcciones"."""

    first_name: Any = None
    last_name: Any = None
    email: Any = None
    phone1: Any = None
    phone2: Any = None
    line1: Any = None
    line2: Any = None
    zip_code: Any = None
    county: Any = None
    city: Any = None
    state: Any = None
    country: Any = None


class Item(Struct, frozen=True, kw_only=True):
    """One item of an order. The page does not show what `expand` adds: `variant`, or the variant in place of its id.

    Both are kept as text, so that an expanded variant keeps its own.
    """

    _id: Any = None
    sku: Any = None
    name: Any = None
    unit_price: Any = None
    paid_price: Any = None
    tax_amount: Any = None
    discount_amount: Any = None
    currency: Any = None
    quantity: Any = None
    shipment_provider: Any = None
    shipping_type: Any = None
    tracking_code: Any = None
    tracking_url: Any = None
    variant_id: Raw = _NULL
    variant: Raw = _NULL


class Order(Record, frozen=True, kw_only=True):
    """One of GET /orders.json. `tax_amount` stands in the page's examples only."""

    _status: Any = None
    address_billing: Address | Odd = None
    address_shipping: Address | Odd = None
    buyer_dni: Any = None
    buyer_email: Any = None
    buyer_first_name: Any = None
    buyer_last_name: Any = None
    buyer_phone: Any = None
    buyer_mobilephone: Any = None
    items: list[Item | Odd] | Item | Blank = None
    origin: Any = None
    id_origin: Any = None
    number_origin: Any = None
    id_pack: Any = None
    total_amount: Any = None
    shipping_amount: Any = None
    discount_amount: Any = None
    tax_amount: Any = None
    paid_amount: Any = None
    date_for_delivery: Any = None
    received_date: Any = None
    shipped_date: Any = None


class Asset(Record, frozen=True, kw_only=True):
    """A picture of a product beside its cover. `url` stands in the page's table, but not in its example of assets.json."""

    url: Any = None
    position: Any = None


class VariantAsset(Record, frozen=True, kw_only=True):
    """One of GET /variants/<variant_id>/assets.json: that a picture of the product shows the variant."""

    asset_id: Any = None
    product_id: Any = None
    position: Any = None


class Product(Record, frozen=True, kw_only=True):
    """One of GET /products.json. `status` is true for an active, false for a paused product.

    `assets` stands in the page's table, but in none of its examples: it may be missing.
    """

    sku: Any = None
    name: Any = None
    description: Any = None
    brand_id: Any = None
    category_id: Any = None
    status: Any = None
    price: Any = None
    price_compare: Any = None
    cover_url: Any = None
    assets: list[Asset | Odd] | dict[str, Any] | Blank = None
    variants: list[Variant | Odd] | dict[str, Any] | Blank = None


class Note(Record, frozen=True, kw_only=True):
    """One of GET /orders/<order_id>/order_notes.json."""

    text: Any = None
    user_id: Any = None


class Document(Record, frozen=True, kw_only=True):
    """One of GET /orders/<order_id>/documents.json. What the file holds is not sent."""

    _document_type: Any = None
    number: Any = None
    file_content_type: Any = None
    file_file_name: Any = None
    file_file_size: Any = None
    confirmation_box_id: Any = None


class Label(Struct, frozen=True, kw_only=True):
    """A file of shipping labels."""

    content_type: Any = None
    filename: Any = None
    content_base_64: Any = None
    confirmation_box_id: Any = None


class Labels(Record, frozen=True, kw_only=True):
    """One of GET /orders/shipping_labels.json: files, and the orders that they are all for. It has no id."""

    orders: list[Record] = []
    files: list[Label] = []


class PackedSku(Struct, frozen=True, kw_only=True):
    """What of one SKU is in a box of a confirmation."""

    sku: Any = None
    quantity: Any = None


class PackedBox(Struct, frozen=True, kw_only=True):
    """A box of a confirmation."""

    skus: list[PackedSku] | Blank = None


class StateChange(Record, frozen=True, kw_only=True):
    """What is answered to a confirmation, a rescheduling, a cancellation, and to the news that an order was delivered.

    `success_response` is what the marketplace said; it is there only if that took the change. What it refused, now or
    earlier, stands in `failed_attempts`.
    """

    order_id: Any = None
    success_response: Any = None
    failed_attempts: list[Any] | Blank = None
    boxes: list[PackedBox] | Blank = None


class Warehouse(Record, frozen=True, kw_only=True):
    """One of GET /warehouses.json."""

    name: Any = None
    address: Any = None
    country_id: Any = None
    region_id: Any = None
    city_id: Any = None
    commune_id: Any = None


class VariantWarehouse(Record, frozen=True, kw_only=True):
    """One of GET /variant_warehouses.json: what one warehouse has of one variant."""

    variant_id: Any = None
    warehouse_id: Any = None
    quantity: Any = None


class Token(Struct, frozen=True, kw_only=True):
    """The reply of POST /oauth/token. `expires_in` is in seconds."""

    access_token: Any = None
    refresh_token: Any = None
    expires_in: Any = None

    def __repr__(self) -> str:
        return "Token()"


def items_of(order: Order) -> list[Item]:
    """The items that can be read as such."""
    if isinstance(order.items, Item):
        return [order.items]
    return [item for item in order.items if isinstance(item, Item)] if isinstance(order.items, list) else []


def variants_of(product: Product) -> list[Variant]:
    """Those that a product shows, as far as they have ids."""
    shown = product.variants if isinstance(product.variants, list) else []
    return [variant for variant in shown if isinstance(variant, Variant) and (variant._id or variant.id)]


def expanded(item: Item) -> bytes | None:
    """The JSON text of the variant that came with an item, if one did."""
    return next((bytes(text) for text in (item.variant, item.variant_id) if bytes(text).startswith(b"{")), None)
