"""What a client can do to an order of the simulated Centry: create, confirm, reschedule, cancel, tell of its delivery.

The page has lost the lists of marketplaces that allow each of these; here all do. An order has one confirmation,
rescheduling and so on, which keeps the attempts that its marketplace refused; `success_response` tells of success.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from gateway.backends.centry import sandbox_forms as forms
from gateway.backends.centry.sandbox_forms import Form, as_sent, day, dictionary, each, flag, known, nested, optional, text
from gateway.backends.centry.sandbox_lists import CHILE, Fields
from gateway.backends.centry.sandbox_resources import Call, required
from gateway.backends.centry.sandbox_store import Rejected, Store, invalid
from gateway.backends.centry.sandbox_times import offset_time
from gateway.sandbox.world import object_id, uuid

_DONE = "success_response"
_CONFIRMATION = Form({"reason_id": known("confirmation_reasons")}, {"reason_id": None, "boxes": []})
_RESCHEDULE = Form({"date": day})
_CANCELLATION = Form(
    {
        "buyer_rate_id": known("buyer_rates"),
        "reason_id": known("cancellation_reasons"),
        "message": text,
        "restock": flag,
    },
    {"buyer_rate_id": None, "reason_id": None, "message": None, "restock": False},
)
_DELIVERY = Form(
    {"buyer_rate_id": known("buyer_rates"), "message": text},
    {"buyer_rate_id": None, "message": None},
)
_BOX = Form({"package_id": as_sent, "dimensions": optional(dictionary), "items": dictionary})


def create_order(call: Call) -> Fields:
    """A new order; the page names no field that it must have."""
    store, sent = call.store, call.sent
    order = forms.ORDER.blank | forms.ORDER.written(sent, store)
    for name in ("address_billing", "address_shipping"):
        order[name] = _stamped(nested(forms.ADDRESS, sent.get(name) or {}, store, name), store)
    items = each(sent.get("items") or [], "items")
    order["items"] = [_stamped(nested(forms.ITEM, item, store, "items"), store) for item in items]
    return store.add("orders", order)


def confirm(call: Call) -> Fields:
    """The order will be delivered, in these boxes. MercadoLibre divides an order into two, and only once."""
    order = _order(call, "pending")
    earlier = next(iter(call.store.all(call.kind, call.owner)), None)
    if earlier is not None and earlier[_DONE] is not None:
        raise Rejected(400, {"error": "Order already confirmed", "confirmation": earlier})
    written = _CONFIRMATION.blank | _CONFIRMATION.written(call.sent, call.store)
    if order["origin"] == "MercadoLibre":
        required(written, "reason_id")
    written["boxes"] = _boxes(order, call.sent.get("boxes") or [], call.store)
    answer = _keep(call, written, _refusal(order, len(written["boxes"])), _marketplace(order))
    if answer[_DONE] is not None:
        call.store.save("orders", order)
    return answer


def reschedule(call: Call) -> Fields:
    """The order is expected to be sent on another day."""
    order = _order(call, "pending")
    required(call.sent, "date")
    written = _RESCHEDULE.written(call.sent, call.store)
    try:
        expected = offset_time(datetime.fromisoformat(written["date"]).replace(tzinfo=CHILE))
    except ValueError:
        expected = order["date_for_delivery"]
    call.store.save("orders", order | {"date_for_delivery": expected})
    return _keep(call, written, None, _done(call))


def cancel(call: Call) -> Fields:
    """The order will not be delivered; its goods are on sale again if the reason allows it and `restock` says so."""
    order = _order(call, "pending")
    written = _CANCELLATION.blank | _CANCELLATION.written(call.sent, call.store)
    reason = call.store.find("cancellation_reasons", written["reason_id"]) or {}
    if written["restock"] and reason.get("_restock") == "not_allowed":
        raise invalid(restock="no está permitido")
    items = order["items"]
    if written["restock"]:
        items = [item | {"quantity_restocked": item["quantity"]} for item in items]
        _restock(items, call.store)
    changes = {"_status": "cancelled_before_shipping", "cancelled_date": call.store.now(), "items": items}
    call.store.save("orders", order | changes)
    return _keep(call, written, None, _done(call))


def confirm_delivery(call: Call) -> Fields:
    """The buyer has the order."""
    order = _order(call, "pending", "shipped")
    written = _DELIVERY.blank | _DELIVERY.written(call.sent, call.store)
    now = call.store.now()
    dates = {"received_date": now, "shipped_date": order["shipped_date"] or now}
    call.store.save("orders", order | {"_status": "received"} | dates)
    rated = _rating(written, call, now) if order["origin"] == "MercadoLibre" else _done(call)
    return _keep(call, written, None, rated)


def _order(call: Call, *statuses: str) -> Fields:
    """The order, which must be in one of these states. Raises Rejected."""
    order = call.store.get("orders", call.owner)
    if order["_status"] not in statuses:
        raise Rejected(400, {"error": f"Order is {order['_status']}"})
    return order


def _keep(call: Call, written: Fields, refusal: str | None, success: Fields) -> Fields:
    """What was asked, with how the marketplace took it."""
    store = call.store
    earlier = next(iter(store.all(call.kind, call.owner)), {})
    failed = list(earlier.get("failed_attempts", ()))
    if refusal is not None:
        seconds = store.moment().astimezone(CHILE).isoformat(timespec="seconds")
        failed.append({"timestamp": seconds, "response": {"error": refusal}})
    fields = written | {"order_id": call.owner, _DONE: success if refusal is None else None, "failed_attempts": failed}
    if earlier:
        return store.save(call.kind, earlier | fields, call.owner)
    return store.add(call.kind, fields, call.owner, stamps=("created_at",))


def _boxes(order: Fields, sent: Any, store: Store) -> list[Fields]:
    """The boxes as the page shows them in its answers. Raises Rejected."""
    boxes = [_BOX.written(box, store) for box in each(sent, "boxes")]
    contents = [_contents(box) for box in boxes]
    if boxes and sum(contents, Counter()) != _ordered(order, store):
        raise invalid(boxes="Las cajas deben incluir exactamente todos los ítemes")
    return [_box(box, content, store) for box, content in zip(boxes, contents, strict=True)]


def _contents(box: Fields) -> Counter[str]:
    items = box.get("items", {})
    if not all(isinstance(units, int) for units in items.values()):
        raise invalid(boxes="Las cajas deben incluir exactamente todos los ítemes")
    return Counter(items)


def _ordered(order: Fields, store: Store) -> Counter[str]:
    """Units by SKU; where the marketplace told none, by that of the variant."""
    units: Counter[str] = Counter()
    for item in order["items"]:
        variant = store.find("variants", item["variant_id"]) or {}
        units[str(item["sku"] or variant.get("sku"))] += item["quantity"] or 0
    return units


def _box(box: Fields, content: Counter[str], store: Store) -> Fields:
    sizes = box.get("dimensions") or {}
    return {
        "_id": store.new_id("boxes"),
        "skus": [{"_id": store.new_id("skus"), "sku": sku, "quantity": units} for sku, units in content.items()],
        "l": sizes.get("length"),
        "w": sizes.get("width"),
        "h": sizes.get("height"),
        "e": sizes.get("weight"),
        "pid": box.get("package_id"),
    }


def _refusal(order: Fields, boxes: int) -> str | None:
    """Why MercadoLibre does not divide the order. One that has an `id_pack` stands for what comes of a division."""
    if order["origin"] != "MercadoLibre" or boxes < 2:
        return None
    if order.get("id_pack"):
        return f"Shipment {number(order)} has only one item and can't be splitted"
    return "Pack count should be between 2, 2" if boxes > 2 else None


def number(order: Fields) -> int:
    """A number that a marketplace would have given to the order's shipment."""
    return int(object_id("centry-shipment", order["_id"])[:9], 16)


def _marketplace(order: Fields) -> Fields:
    """How a marketplace answers a confirmation; "respose" is as on the page."""
    if order["origin"] == "MercadoLibre":
        return {"respose": "empty response"}
    return {"uuid": uuid("centry-confirmation", order["_id"]), "status": "DONE", "errors": []}


def _done(call: Call) -> Fields:
    return {"uuid": uuid(call.kind, call.owner, call.store.now()), "status": "DONE", "errors": []}


def _rating(written: Fields, call: Call, now: str) -> Fields:
    """How MercadoLibre answers that an order was delivered: with what it now says of the buyer."""
    rate = call.store.find("buyer_rates", written["buyer_rate_id"]) or {}
    ratings = {"Neutra": "NEUTRAL", "Negativa": "NEGATIVE"}
    ids = {name: number({"_id": f"{call.owner} {name}"}) for name in ("id", "cust_from", "cust_to", "order_id")}
    return {
        "cust_role": "seller",
        "date_created": now,
        "fulfilled": True,
        "message": written["message"],
        "rating": ratings.get(rate.get("name", "Neutra"), "POSITIVE"),
        "reason": None,
        "reply": None,
        "reply_date": None,
        "reply_status": None,
        "site_id": "MLC",
        "status": "hidden",
        "visibility_date": None,
        **ids,
    }


def _restock(items: list[Fields], store: Store) -> None:
    """What was ordered goes back to the company's main warehouse."""
    main = next(iter(store.all("company_info")), {}).get("main_warehouse_id")
    for row in store.all("variant_warehouses"):
        back = sum(item["quantity"] or 0 for item in items if item["variant_id"] == row["variant_id"])
        if back and row["warehouse_id"] == main:
            store.save("variant_warehouses", row | {"quantity": row["quantity"] + back})


def _stamped(fields: Fields, store: Store) -> Fields:
    now = store.now()
    return fields | {"created_at": now, "updated_at": now}
