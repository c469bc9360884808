"""What the simulated Centry does alike for every kind of record: lists, reads, creations, changes, removals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.datastructures import QueryParams

from gateway.backends.centry import sandbox_forms as forms
from gateway.backends.centry.sandbox_forms import Form
from gateway.backends.centry.sandbox_lists import BadFilter, Fields, Paging, Query, matching
from gateway.backends.centry.sandbox_operations import Target
from gateway.backends.centry.sandbox_products import in_list, whole
from gateway.backends.centry.sandbox_store import Rejected, Store, invalid

FORMS: Mapping[str, Form] = {
    "variants": forms.VARIANT,
    "variants/assets": forms.VARIANT_ASSET,
    "warehouses": forms.WAREHOUSE,
    "variant_warehouses": forms.VARIANT_WAREHOUSE,
    "webhooks": forms.WEBHOOK,
}
_USED_BY_COMPANY = {"brands": "brand_id", "categories": "category_id"}


@dataclass(frozen=True)
class Call:
    """A call that is allowed. `sent` is its JSON body; `body` and `content_type` are those of the one form with a file."""

    target: Target
    store: Store
    paging: Paging
    query: QueryParams
    sent: Fields
    body: bytes
    content_type: str

    @property
    def kind(self) -> str:
        return self.target.kind

    @property
    def owner(self) -> str:
        """The id of the record to which the addressed ones belong; "" for those of an outer collection."""
        return self.target.owners[-1].identifier if self.target.owners else ""

    @property
    def record(self) -> Fields:
        """The addressed record. Raises Rejected."""
        return self.store.get(self.kind, self.target.identifier or "", self.owner)


Handler: TypeAlias = Callable[[Call], Any]
"""Gives the JSON value to answer with. Raises Rejected."""


def read_list(call: Call) -> list[Fields]:
    """One page of the records that pass the filters."""
    found = call.store.all(call.kind, call.owner)
    try:
        page = call.paging.page(call.kind, _used(call, matching(call.kind, found, call.query)), call.query)
    except BadFilter:
        raise Rejected(400, {"error": "Bad Request"}) from None
    shown = _LISTED.get(call.kind)
    return [shown(record, call.store, call.query) for record in page] if shown else page


def read_one(call: Call) -> Fields:
    """One record by its id."""
    return _shown(call, call.record)


def create(call: Call) -> Fields:
    """A new record of what was sent; the page shows such an answer for warehouses and webhooks only."""
    form = FORMS[call.kind]
    fields = form.blank | form.written(call.sent, call.store)
    complete = _COMPLETE.get(call.kind)
    return call.store.add(call.kind, complete(fields, call) if complete else fields, call.owner)


def change(call: Call) -> Fields:
    """A record with what was sent in place of what it had."""
    return call.store.save(call.kind, call.record | FORMS[call.kind].written(call.sent, call.store), call.owner)


def remove(call: Call) -> bool:
    """The page answers every removal but a document's with a bare `true`."""
    call.store.remove(call.kind, call.target.identifier or "", call.owner)
    return True


def change_by_sku(call: Call) -> Fields:
    """PUT /variants/sku.json: the SKU says which variant and stays as it is."""
    sku = call.sent.get("sku")
    found = next((variant for variant in call.store.all("variants") if variant["sku"] == sku), None)
    if found is None:
        raise Rejected(404, {"error": "Not Found"})
    return call.store.save("variants", found | FORMS["variants"].written(call.sent, call.store))


def _shown(call: Call, record: Fields) -> Fields:
    return whole(record, call.store) if call.kind == "products" else record


def _used(call: Call, found: list[Fields]) -> list[Fields]:
    """Of brands and categories, if so asked, those that one of the company's products has."""
    if call.kind not in _USED_BY_COMPANY or "filtered_used_by_company" not in call.query:
        return found
    used = {product[_USED_BY_COMPANY[call.kind]] for product in call.store.all("products")}
    return [record for record in found if record["_id"] in used]


def _expanded(order: Fields, store: Store, query: Query) -> Fields:
    """With "the complete information of the variants in the items", as the page says of lists only."""
    if "expand" not in query:
        return order
    items = [item | {"variant": store.find("variants", item["variant_id"])} for item in order["items"]]
    return order | {"items": items}


_LISTED: Mapping[str, Callable[[Fields, Store, Query], Fields]] = {
    "orders": _expanded,
    "products": lambda product, store, _query: in_list(product, store),
}


def _complete_variant(fields: Fields, call: Call) -> Fields:
    """A variant comes after those that its product has."""
    required(fields, "product_id")
    return fields | {"position": sum(v["product_id"] == fields["product_id"] for v in call.store.all("variants"))}


def _complete_stock(fields: Fields, call: Call) -> Fields:
    """There is one row for a variant in a warehouse."""
    required(fields, "variant_id", "warehouse_id")
    key = (fields["variant_id"], fields["warehouse_id"])
    if any((row["variant_id"], row["warehouse_id"]) == key for row in call.store.all("variant_warehouses")):
        raise invalid(warehouse_id="ya está en uso")
    return fields


def _complete_link(fields: Fields, call: Call) -> Fields:
    """Of the pictures, a variant can show those of its product."""
    variant = call.store.get("variants", call.owner)
    product = variant["product_id"]
    if call.store.find("products/assets", fields["asset_id"], product) is None:
        raise invalid(asset_id="no existe")
    return fields | {"variant_id": call.owner, "product_id": product}


def required(fields: Mapping[str, Any], *names: str) -> None:
    """These must have been sent. Raises Rejected."""
    missing = [name for name in names if fields.get(name) in (None, "", [])]
    if missing:
        raise invalid(**dict.fromkeys(missing, "no puede estar en blanco"))


_COMPLETE: Mapping[str, Callable[[Fields, Call], Fields]] = {
    "variants": _complete_variant,
    "variant_warehouses": _complete_stock,
    "variants/assets": _complete_link,
}
