"""Forms of the simulated Centry: what a client may write of each kind of record, and what a new one has besides.

What the page calls read only, and what it does not name, is passed over in silence.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gateway.backends.centry.sandbox_account import COMPANY, USER
from gateway.backends.centry.sandbox_goods import MISSING_IMAGE
from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_store import Store, invalid

Rule: TypeAlias = Callable[[Any, Store], Any]
"""Takes a value as it was sent and gives it as it is kept. Raises ValueError with a message for the client."""


@dataclass(frozen=True)
class Form:
    """What may be written, and under which rule; `blank` is what a new record has where nothing was written.

    `named` are the names that a record shows beside an id: id's field -> (collection, name's field).
    """

    rules: Mapping[str, Rule]
    blank: Fields = field(default_factory=dict)
    named: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def written(self, sent: Mapping[str, Any], store: Store) -> Fields:
        """The fields to take over from what was sent. Raises Rejected."""
        taken: Fields = {}
        for name, rule in self.rules.items():
            if name in sent:
                try:
                    taken[name] = rule(sent[name], store)
                except ValueError as error:
                    raise invalid(**{name: str(error)}) from None
        for name, (kind, shown) in self.named.items():
            if name in taken:
                taken[shown] = (store.find(kind, taken[name]) or {}).get("name")
        return taken


def as_sent(value: Any, _store: Store) -> Any:
    """Anything, kept as it was sent."""
    return value


def text(value: Any, _store: Store) -> Any:
    """Kept as text, also where a number was sent: a warehouse's 70.04 is read as "70.04"."""
    if isinstance(value, bool | dict | list):
        raise ValueError("no es un texto")
    return value if value is None else str(value)


def whole(value: Any, _store: Store) -> Any:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("no es un número entero")
    return value


def flag(value: Any, _store: Store) -> Any:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("no es un booleano")
    return value


def dictionary(value: Any, _store: Store) -> Any:
    """An object, such as the dimensions of a box."""
    if not isinstance(value, Mapping):
        raise ValueError("no es un diccionario")
    return value


def day(value: Any, _store: Store) -> Any:
    """Year, month and day; whether there is such a day is the marketplace's to say: the page sends February 31."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        raise ValueError("no es una fecha")
    return value


def one_of(*words: str) -> Rule:
    """One of the words that the page names."""

    def rule(value: Any, _store: Store) -> Any:
        if value not in words:
            raise ValueError("no está incluido en la lista")
        return value

    return rule


def optional(rule: Rule) -> Rule:
    """What the rule says, or null."""
    return lambda value, store: None if value is None else rule(value, store)


def known(kind: str) -> Rule:
    """The id of a record that is there."""

    def rule(value: Any, store: Store) -> Any:
        if store.find(kind, value) is None:
            raise ValueError("no existe")
        return value

    return rule


def _rules(names: str, rule: Rule = as_sent) -> dict[str, Rule]:
    return dict.fromkeys(names.split(), rule)


def _nulls(names: str) -> Fields:
    return dict.fromkeys(names.split())


PRODUCT = Form(
    _rules(
        "name sku barcode description shortdescription condition brand_id category_id cover_url deliverytimesupplier gender_id"
        " is_fullproductname packageheight packagelength packageweight packagewidth price_compare price salestartdate"
        " saleenddate season seasonyear seo_title seo_description warranty"
    )
    | {"status": flag},
    _nulls(
        "barcode brand_id category_id color condition cover_content_type cover_file_name cover_file_size cover_fingerprint"
        " cover_updated_at deliverytimesupplier description gender_id id_mercadolibre id_shopify id_woocommerce"
        " is_fullproductname listing_type name original_data packageheight packagelength packageweight packagewidth price"
        " price_compare quantity saleenddate salestartdate season seasonyear seo_description seo_title shortdescription sku"
        " skusupplierconfig warranty"
    )
    | {"company_id": COMPANY, "publish": True, "status": True, "cover_url": MISSING_IMAGE}
    | {"category_attribute_values": []},
)
VARIANT = Form(
    _rules("barcode bulk_upload color_id id_shopify integrations modifier_id original_data size_id sku")
    | {"position": whole, "price": text, "price_compare": text, "product_id": known("products"), "quantity": optional(whole)},
    _nulls(
        "barcode color_id color_name company_id custom_data description id_mercadolibre id_shopify id_woocommerce modifier_id"
        " original_data price price_compare product_id quantity size_id size_name sku"
    )
    | {"bulk_upload": False, "integrations": {}, "position": 0, "version": 1, "created_by_id": USER, "updated_by_id": USER},
    {"color_id": ("colors", "color_name"), "size_id": ("sizes", "size_name")},
)
ASSET = Form(
    {"url": text, "position": whole},
    _nulls("alt image_content_type image_file_name image_file_size image_fingerprint locked_at locked_until name url")
    | {"image_processing": False, "integrations": {}, "position": 0},
)
ATTRIBUTE_VALUE = Form(_rules("category_attribute_id value_filled value_selected_ids"))
WAREHOUSE = Form(
    _rules("name address country_id region_id city_id commune_id integrations") | {"latitude": text, "longitude": text},
    _nulls("name address country_id region_id city_id commune_id") | {"latitude": "", "longitude": "", "company_id": COMPANY},
)
VARIANT_WAREHOUSE = Form(
    {"variant_id": known("variants"), "warehouse_id": known("warehouses"), "quantity": whole},
    {"variant_id": None, "warehouse_id": None, "quantity": 0, "modifier_id": None, "version": 1}
    | {"created_by_id": USER, "updated_by_id": USER},
)
VARIANT_ASSET = Form({"asset_id": as_sent, "position": whole}, {"asset_id": None, "position": 0})
TOPICS = tuple(
    f"on_{resource}_{event}" for resource in ("product", "order", "integration_config") for event in ("save", "delete")
)
WEBHOOK = Form(
    {"callback_url": text} | dict.fromkeys(TOPICS, flag),
    # The page's new webhook hears of removed integrations without having asked for it, and of nothing else.
    {"callback_url": None, "company_id": COMPANY} | dict.fromkeys(TOPICS, False) | {"on_integration_config_delete": True},
)
_ADDRESS_FIELDS = "email first_name last_name phone1 phone2 line1 line2 zip_code county city state country"
ADDRESS = Form(
    _rules(_ADDRESS_FIELDS, text),
    _nulls(_ADDRESS_FIELDS),
)
_ITEM_FIELDS = (
    "id_origin sku name unit_price paid_price tax_amount discount_amount shipping_amount currency quantity quantity_restocked"
    " shipment_provider shipping_type tracking_code tracking_code_pre tracking_url variant_id"
)
ITEM = Form(_rules(_ITEM_FIELDS) | {"quantity": whole}, _nulls(_ITEM_FIELDS))
_STATUSES = ("pending", "shipped", "received", "cancelled", "cancelled_before_shipping", "cancelled_after_shipping")
ORDER = Form(
    _rules(
        "status_origin buyer_dni buyer_email buyer_first_name buyer_last_name buyer_phone buyer_mobilephone buyer_birthdate"
        " origin original_data id_origin number_origin id_pack url_origin total_amount shipping_amount discount_amount"
        " paid_amount date_for_delivery date_for_reception received_date shipped_date cancelled_date"
    )
    | _rules("billable invoice_required modify_stock own_shipment fraud_risk_detected priority_shipping", flag)
    | {
        "_status": one_of(*_STATUSES),
        "_buyer_gender": one_of("undefined", "male", "female", "other"),
        "_payment_mode": one_of("undefined", "cash", "credit_card", "debit_card", "transfer"),
    },
    _nulls(
        "buyer_birthdate buyer_dni buyer_email buyer_first_name buyer_last_name buyer_mobilephone buyer_phone cancelled_date"
        " date_for_delivery date_for_reception discount_amount id_origin number_origin origin original_data paid_amount"
        " received_date shipment_label shipped_date shipping_amount status_origin tax_amount total_amount url_origin"
    )
    | {"_buyer_gender": "undefined", "_payment_mode": "undefined", "_status": "pending", "company_id": COMPANY}
    | {"integrations": {}},
)


def nested(form: Form, sent: Any, store: Store, kind: str) -> Fields:
    """A new record within another, such as an order's address. Raises Rejected."""
    if not isinstance(sent, Mapping):
        raise invalid(**{kind: "no es un objeto"})
    return form.blank | form.written(sent, store) | {"_id": store.new_id(kind)}


def each(sent: Any, kind: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a list that was sent. Raises Rejected."""
    if not isinstance(sent, list) or not all(isinstance(value, Mapping) for value in sent):
        raise invalid(**{kind: "no es un arreglo de objetos"})
    return sent
