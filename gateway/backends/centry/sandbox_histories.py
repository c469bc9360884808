"""The simulated Centry's synchronization histories: what applications told of bringing goods to their marketplaces."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.backends.centry.sandbox_account import COMPANY
from gateway.backends.centry.sandbox_forms import Form, Rule, one_of
from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_resources import Call, required
from gateway.backends.centry.sandbox_store import Store

_ACTION = one_of(
    "Product save", "Product create", "Product update", "Product unpublish", "Product delete", "Image save",
    "Description update", "Active Meli Flex", "Deactive Meli Flex",
)  # fmt: skip


def _messages(value: Any, store: Store) -> Fields:
    """Warnings and mistakes of one field."""
    if not isinstance(value, Mapping):
        raise ValueError("no es un objeto")
    told = {name: value.get(name, []) for name in ("mistakes", "warnings")}
    if not all(isinstance(texts, list) for texts in told.values()):
        raise ValueError("no es un arreglo")
    return {"_id": store.new_id("messages")} | told


def _form(*subjects: str) -> Form:
    rules: dict[str, Rule] = {"action": _ACTION} | {f"{subject}_messages": _messages for subject in subjects}
    return Form(rules | {"messages": _messages})


_FORMS = {
    "products/synchronization_histories": _form(
        "name", "description", "price", "price_compare", "barcode", "status", "seo_title", "seo_description", "packageheight",
        "packagewidth", "packagelength", "shortdescription", "salestartdate", "saleenddate", "condition", "seasonyear",
        "season", "sku", "deliverytimesupplier", "is_fullproductname", "category", "brand", "gender", "warranty",
    ),
    "products/assets/synchronization_histories": _form("name", "alt", "position", "url"),
    "variants/synchronization_histories": _form("description", "sku"),
    "variant_warehouses/synchronization_histories": _form("quantity"),
}  # fmt: skip
KINDS = tuple(_FORMS)


def read_histories(call: Call) -> list[Fields] | Fields:
    """The page says "all histories" and shows one object: so one is answered as such, and any other number as an array."""
    found = call.store.all(call.kind, call.owner)
    return found[0] if len(found) == 1 else found


def add_history(call: Call) -> Fields:
    """`success` follows from there being no mistakes; `response` is the record as it was before it was kept."""
    required(call.sent, "action")
    written = _FORMS[call.kind].written(call.sent, call.store)
    mistaken = any(value["mistakes"] for value in written.values() if isinstance(value, dict))
    unknown = ("created_at", "is_last", "request_response_id", "response", "success", "updated_at")
    history = written | _subject(call) | _origin(call.store) | {"request": "{}"} | dict.fromkeys(unknown)
    added = call.store.add(call.kind, history | {"success": not mistaken}, call.owner)
    before = json.dumps(history | {"_id": added["_id"]}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return call.store.keep(call.kind, added | {"response": before}, call.owner)


def _origin(store: Store) -> Fields:
    """Which application tells: here that of the company's first integration."""
    integration = next(iter(store.all("integration_configs")), {})
    return {
        "company_id": COMPANY,
        "integration_config_id": integration.get("_id"),
        "marketplace": integration.get("target"),
    }


def _subject(call: Call) -> Fields:
    """The ids of what the history is of, and of what that belongs to."""
    store, owner = call.store, call.owner
    if call.kind.startswith("products"):
        products = {"product_id": call.target.owners[0].identifier}
        return products | ({"asset_id": owner} if "assets" in call.kind else {})
    if call.kind.startswith("variants"):
        return {"variant_id": owner, "product_id": store.get("variants", owner)["product_id"]}
    row = store.get("variant_warehouses", owner)
    variant = store.find("variants", row["variant_id"]) or {}
    return {"variant_warehouse_id": owner, "variant_id": row["variant_id"], "product_id": variant.get("product_id")}
