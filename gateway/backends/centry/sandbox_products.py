"""The simulated Centry's products: what is written together with them, and how lists and reads show them.

Variants and pictures are kept as records of their own: a product shows those that it has.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from gateway.backends.centry import sandbox_forms as forms
from gateway.backends.centry.sandbox_forms import Form, each
from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_store import Store, invalid
from gateway.backends.centry.sandbox_times import utc_time

_LISTED_VARIANT = (
    "_id", "barcode", "color_id", "created_at", "original_data", "price", "price_compare", "product_id", "quantity", "size_id",
    "sku", "updated_at",
)  # fmt: skip
_NOT_LISTED = ("category_attribute_values",)
_Parts = Mapping[str, Sequence[tuple[str | None, Fields]]]
"""`variants` and `assets` that were sent: `_id`, if any, and what is to be taken over."""

_PART_FORMS: Mapping[str, Form] = {"variants": forms.VARIANT, "assets": forms.ASSET}


def in_list(product: Fields, store: Store) -> Fields:
    """A product as lists have it: the page shows some parts in the reply for one product only."""
    listed = {name: value for name, value in product.items() if name not in _NOT_LISTED}
    return _in_utc(listed) | {"variants": [_variant(v, _LISTED_VARIANT) for v in _variants(product, store)]}


def whole(product: Fields, store: Store) -> Fields:
    """A product as it is read by its id."""
    variants = [_variant(variant, (*_LISTED_VARIANT, "company_id")) for variant in _variants(product, store)]
    return _in_utc(product) | {"variants": variants, "assets": store.all("products/assets", product["_id"])}


def put_products(products: Sequence[Fields], store: Store) -> None:
    """Have these products, each with the variants and pictures that it shows; variants that are there stay as they are."""
    for product in products:
        parts = {"variants", "assets"}
        store.put("products", [{name: value for name, value in product.items() if name not in parts}])
        store.put("variants", [v for v in product.get("variants", ()) if store.find("variants", v["_id"]) is None])
        store.put("products/assets", product.get("assets", ()), product["_id"])


def create_product(sent: Fields, store: Store) -> Fields:
    """A new product with what was sent within it, whatever `_id` that has. Raises Rejected."""
    parts = {name: [(None, fields) for _, fields in values] for name, values in _parts(sent, store).items()}
    product = store.add("products", forms.PRODUCT.blank | _written(sent, store))
    _save_parts(product, parts, store)
    return whole(product, store)


def change_product(product: Fields, sent: Fields, store: Store) -> Fields:
    """A changed product. A variant or picture that was sent with an `_id` is changed, one without is new.

    Raises Rejected.
    """
    parts = _parts(sent, store)
    _check_ids(product, parts, store)
    saved = store.save("products", product | _written(sent, store))
    _save_parts(saved, parts, store)
    return whole(saved, store)


def _parts(sent: Fields, store: Store) -> _Parts:
    return {
        name: [(value.get("_id"), _part(name, form, value, store)) for value in each(sent[name], name)]
        for name, form in _PART_FORMS.items()
        if name in sent
    }


def _part(name: str, form: Form, value: Mapping[str, Any], store: Store) -> Fields:
    written = form.written({key: told for key, told in value.items() if key != "product_id"}, store)
    return written | _file(written, "image") if name == "assets" else written


def _check_ids(product: Fields, parts: _Parts, store: Store) -> None:
    held = {
        "variants": [variant["_id"] for variant in _variants(product, store)],
        "assets": [asset["_id"] for asset in store.all("products/assets", product["_id"])],
    }
    for name, values in parts.items():
        if any(identifier is not None and identifier not in held[name] for identifier, _ in values):
            raise invalid(**{name: "no existe"})


def _save_parts(product: Fields, parts: _Parts, store: Store) -> None:
    for name, values in parts.items():
        kind, owner = ("variants", "") if name == "variants" else ("products/assets", product["_id"])
        for identifier, fields in values:
            if identifier is not None:
                store.save(kind, store.get(kind, identifier, owner) | fields, owner)
                continue
            position = len(store.all(kind, owner)) if name == "assets" else len(_variants(product, store))
            own = {"product_id": product["_id"]} if name == "variants" else {}
            store.add(kind, _PART_FORMS[name].blank | {"position": position} | fields | own, owner)


def _written(sent: Fields, store: Store) -> Fields:
    written = forms.PRODUCT.written(sent, store)
    if "category_attribute_values" in sent:
        values = each(sent["category_attribute_values"], "category_attribute_values")
        written["category_attribute_values"] = [
            forms.ATTRIBUTE_VALUE.written(value, store) | {"_id": value.get("_id") or store.new_id("attribute values")}
            for value in values
        ]
    if "cover_url" in written:
        file = _file({"url": written["cover_url"]}, "cover")
        written |= file | {"cover_updated_at": store.now()}
    return written


def _file(fields: Fields, prefix: str) -> Fields:
    """What Centry tells of a picture's file; size and checksum only after it has fetched it, which never happens here."""
    if not fields.get("url"):
        return {}
    name = urlsplit(str(fields["url"])).path.rpartition("/")[2]
    return {f"{prefix}_file_name": name, f"{prefix}_content_type": mimetypes.guess_type(name)[0]}


def _variants(product: Fields, store: Store) -> list[Fields]:
    return [variant for variant in store.all("variants") if variant["product_id"] == product["_id"]]


def _variant(variant: Fields, names: Sequence[str]) -> Fields:
    """A variant within its product: fewer fields, and times in UTC. The deprecated quantity may be absent."""
    return _in_utc({name: variant[name] for name in names if name in variant})


def _in_utc(fields: Fields) -> Fields:
    return fields | {name: utc_time(datetime.fromisoformat(fields[name])) for name in ("created_at", "updated_at")}
