"""The world's orders as Centry's: what marketplaces told, with all that they left out."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.backends.centry.sandbox_account import COMPANY, USER
from gateway.backends.centry.sandbox_goods import number, one_in, variant_id
from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_times import offset_time
from gateway.sandbox.world import Dispatch, Line, Place, ShopOrder, Stage, object_id

_STATUS = {
    Stage.PLACED: "pending",
    Stage.CONFIRMED: "pending",
    Stage.PACKED: "pending",
    Stage.SHIPPED: "shipped",
    Stage.DELIVERED: "received",
}


def order_id(order: ShopOrder) -> str:
    """The order's `_id`, which tells nothing of when it came."""
    return object_id("centry-order", order.identity)


def advanced(order: ShopOrder, stage: Stage, at: datetime) -> ShopOrder:
    """The order as it is once it has come to this stage, dispatched now if it was not before."""
    dispatch = order.dispatch or Dispatch("Blue Express", "STANDARD", f"1Z{order.number}", at, None)
    if stage is Stage.DELIVERED and dispatch.delivered_at is None:
        dispatch = replace(dispatch, delivered_at=at)
    on_its_way = stage in (Stage.SHIPPED, Stage.DELIVERED)
    return replace(order, stage=stage, changed_at=at, dispatch=dispatch if on_its_way else order.dispatch)


def wire_order(order: ShopOrder) -> Fields:
    """An order as in the page's two examples: a bare one of a till, or a full one of a marketplace."""
    bare = _is_bare(order)
    amounts = {"shipping_amount": order.shipping, "total_amount": order.subtotal}
    return {
        "_id": order_id(order),
        "_buyer_gender": "undefined",
        "_payment_mode": "undefined",
        "_status": _status(order),
        "address_billing": _blank_address(order) if bare else _address(order, "billing"),
        "address_shipping": _blank_address(order) if bare else _address(order, "shipping"),
        "company_id": COMPANY,
        "created_at": offset_time(order.placed_at),
        "integrations": {},
        "items": [_item(order, line, bare) for line in order.lines],
        "origin": order.channel,
        "original_data": None if bare else json.dumps({"can_cancel": False, "channel": None, "message": order.note}),
        "shipment_label": None,
        "status_origin": None if bare else order.stage.value,
        "tax_amount": None,
        "updated_at": offset_time(order.changed_at),
        "url_origin": f"http://origin.example.com/orders/{order.number}" if bare else None,
        "discount_amount": None if bare and not order.discount else number(order.discount),
        # "If paid_amount has a value, the order is paid, in whole or in part."
        "paid_amount": None if order.stage is Stage.PLACED else number(order.total),
        **{name: number(amount) for name, amount in amounts.items()},
        **({"id_woocommerce": None} if bare else {}),
        **_numbers(order, bare),
        **_buyer(order, bare),
        **_dates(order, bare),
        **(_newer_fields(order) if order.channel == "MercadoLibre" and not bare else {}),
    }


def notes(order: ShopOrder) -> list[Fields]:
    """What the buyer asked for, as the note that the company's user made of it."""
    at = offset_time(order.placed_at)
    note = {"_id": object_id("centry-note", order.identity), "order_id": order_id(order), "text": order.note, "user_id": USER}
    return [note | {"created_at": at, "updated_at": at}] if order.note else []


def documents(order: ShopOrder) -> list[Fields]:
    """Of some orders that were sent, the invoice."""
    if order.dispatch is None or not one_in(3, order.number, "invoice"):
        return []
    at = offset_time(order.dispatch.shipped_at)
    return [
        {
            "_id": object_id("centry-document", order.identity),
            "_document_type": "invoice",
            "number": order.number,
            "c_at": at,
            "file_content_type": "application/pdf",
            "file_file_name": f"{order.number}.pdf",
            "file_file_size": 35_517,
            "file_fingerprint": object_id("file", order.number) + "00000000",
            "file_updated_at": at,
            "order_id": order_id(order),
            "confirmation_box_id": None,
        }
    ]


def _is_bare(order: ShopOrder) -> bool:
    return not (order.warehoused or order.pack) and one_in(6, order.number, "bare")


def _status(order: ShopOrder) -> str:
    if order.stage is Stage.CANCELLED:
        return "cancelled_before_shipping" if one_in(2, order.number, "before shipping") else "cancelled"
    return _STATUS[order.stage]


def _numbers(order: ShopOrder, bare: bool) -> Fields:
    """ "Not every integration gives the number": then the origin's id is the number."""
    if bare or one_in(10, order.number, "no number"):
        return {"id_origin": order.number, "number_origin": None}
    return {"id_origin": order.reference, "number_origin": order.number}


def _buyer(order: ShopOrder, bare: bool) -> Fields:
    first, last = _names(order, bare)
    return {
        "buyer_birthdate": None,
        "buyer_dni": None if bare else "19",
        "buyer_email": None if bare else order.buyer.email,
        "buyer_first_name": first,
        "buyer_last_name": last,
        "buyer_mobilephone": None,
        "buyer_phone": None if bare else order.buyer.phone,
    }


def _names(order: ShopOrder, bare: bool) -> tuple[str, str | None]:
    """First and last name; the whole is in the first where the page's example has no last."""
    first, _, last = order.buyer.name.partition(" ")
    return (order.buyer.name, None) if bare else (first, last)


def _dates(order: ShopOrder, bare: bool) -> Fields:
    """The page's received orders have neither shipped_date nor received_date: bare ones stay so here."""
    dispatch = None if bare else order.dispatch
    cancelled = order.changed_at if order.stage is Stage.CANCELLED else None
    return {
        "cancelled_date": _time_or_null(cancelled),
        "date_for_delivery": None,
        "date_for_reception": None,
        "received_date": _time_or_null(dispatch.delivered_at if dispatch else None),
        "shipped_date": _time_or_null(dispatch.shipped_at if dispatch else None),
    }


def _time_or_null(moment: datetime | None) -> str | None:
    return None if moment is None else offset_time(moment)


def _newer_fields(order: ShopOrder) -> Fields:
    """What the page's table names and its examples, which are older, do not have."""
    pack = order.pack or (f"PACK-{order.number}" if one_in(4, order.number, "pack") else None)
    return ({"id_pack": pack} if pack else {}) | {
        "billable": True,
        "created_at_origin": offset_time(order.placed_at),
        "date_for_delivery": offset_time(order.placed_at + timedelta(days=2)),
        "date_for_reception": offset_time(order.placed_at + timedelta(days=5)),
        "fraud_risk_detected": False,
        "invoice_required": False,
        "modify_stock": True,
        "own_shipment": not order.warehoused,
        "priority_shipping": False,
        "updated_at_origin": offset_time(order.changed_at),
    }


def _address(order: ShopOrder, kind: str) -> Fields:
    """`country` is a name to some integrations and a code to others."""
    buyer = order.buyer
    first, last = _names(order, bare=False)
    return {
        "_id": object_id("centry-address", order.identity, kind),
        "city": buyer.city,
        "country": _country(order, buyer),
        "county": None if one_in(5, order.number, "no county") else buyer.suburb,
        "created_at": offset_time(order.placed_at),
        "email": buyer.email if kind == "billing" else None,
        "first_name": first,
        "last_name": last,
        "line1": buyer.street,
        "line2": "" if one_in(2, order.number, "blank line") else None,
        "phone1": buyer.phone,
        "phone2": None,
        "state": buyer.state,
        "updated_at": offset_time(order.placed_at),
        "zip_code": buyer.postcode,
    }


def _country(order: ShopOrder, buyer: Place) -> str:
    return buyer.country if one_in(2, order.number, "country code") else buyer.country_name


def _blank_address(order: ShopOrder) -> Fields:
    blank = dict.fromkeys(("city", "line1", "line2", "phone1", "phone2", "state", "zip_code"), "")
    null = dict.fromkeys(("county", "created_at", "email", "last_name", "updated_at"))
    known = {"_id": object_id("centry-address", order.identity), "country": "Chile", "first_name": order.buyer.name}
    return known | blank | null


def _item(order: ShopOrder, line: Line, bare: bool) -> Fields:
    known_sku = not bare and not one_in(4, order.number, line.position, "no sku")
    return {
        "_id": object_id("centry-item", order.identity, line.position),
        "created_at": None if bare else offset_time(order.placed_at),
        "currency": "CLP" if order.channel == "Dafiti" else None,
        "discount_amount": None,
        "id_origin": None if bare else f"{order.number}{line.position}",
        "name": line.item.title,
        "paid_price": None if bare else number(line.total),
        "quantity": line.quantity,
        "quantity_restocked": None,
        "shipping_amount": None,
        "sku": line.item.sku if known_sku else None,
        "tax_amount": None,
        "tracking_code_pre": None,
        "tracking_url": None,
        "unit_price": number(line.unit_price),
        "updated_at": None if bare else offset_time(order.changed_at),
        "variant_id": variant_id(line.item),
        **_shipping(order),
    }


def _shipping(order: ShopOrder) -> Fields:
    """Only what the shop ships by itself is tracked here; of the warehouse's parcels Centry knows nothing."""
    if order.dispatch is None or order.warehoused:
        return dict.fromkeys(("shipment_provider", "shipping_type", "tracking_code"))
    dispatch = order.dispatch
    return {
        "shipment_provider": dispatch.carrier,
        "shipping_type": dispatch.service if order.channel == "Dafiti" else None,
        "tracking_code": dispatch.tracking,
    }
