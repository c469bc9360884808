"""The simulated Centry's orders: made, confirmed in boxes, rescheduled, cancelled, delivered, with notes, documents, labels."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from hashlib import md5
from typing import Any

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.sandbox.world import System
from tests.backends.centry.asking import WORLD, Caller, calling

ITEMS = WORLD.items_of(System.CENTRY)
REASON, RATE = "5e4d26431a61bb54b678a153", "5e4d26431a61bb54b678a15d"
SOLD_OUT, ASKED_FOR = "5e4d26431a61bb54b678a145", "5e4d26431a61bb54b678a14c"


@pytest.fixture
def centry() -> Iterator[Caller]:
    with calling(CentrySandbox(WORLD)) as caller:
        yield caller


def make_order(centry: Caller, origin: str = "Falabella", **fields: object) -> dict[str, Any]:
    """An order of three units of one item and one of another, which the marketplace names by their variants only."""
    variants = [centry.get("variants.json", sku=item.sku)[0] for item in ITEMS[:2]]
    items = [{"quantity": units, "variant_id": variant["_id"]} for units, variant in zip((3, 1), variants, strict=True)]
    made = centry.write("POST", "orders.json", {"origin": origin, "number_origin": "N-1", "items": items, **fields})
    return dict(made)


def turn(centry: Caller, order: Mapping[str, Any], into: str, body: object, *, status: int = 200) -> dict[str, Any]:
    return dict(centry.write("POST", f"orders/{order['_id']}/order_status/{into}.json", body, status=status))


def read(centry: Caller, order: Mapping[str, Any]) -> dict[str, Any]:
    return dict(centry.get(f"orders/{order['_id']}.json"))


def box(first: int, second: int, **more: object) -> dict[str, object]:
    units = {ITEMS[0].sku: first, ITEMS[1].sku: second}
    return {"items": {sku: count for sku, count in units.items() if count}, **more}


def test_an_order_is_made_with_what_was_sent_and_found_by_its_number(centry: Caller) -> None:
    order = make_order(centry, buyer_email="a@example.com", address_shipping={"city": "Santiago", "county": "Vitacura"})

    assert (order["_status"], order["buyer_email"], order["buyer_dni"]) == ("pending", "a@example.com", None)
    assert (order["address_shipping"]["county"], order["address_shipping"]["line2"]) == ("Vitacura", None)
    assert order["address_billing"]["_id"] != order["address_shipping"]["_id"]
    assert [item["quantity"] for item in order["items"]] == [3, 1]
    assert centry.get("orders.json", number_origin="N-1") == [order] == [read(centry, order)]
    assert centry.write("DELETE", f"orders/{order['_id']}.json") is True
    assert centry.ask(f"orders/{order['_id']}.json").status_code == 410


def test_a_confirmed_order_is_not_confirmed_again(centry: Caller) -> None:
    order = make_order(centry)
    sizes = {"length": 10.0, "width": 11.0, "height": 12.0, "weight": 1.5}

    done = turn(centry, order, "confirmations", {"boxes": [box(3, 1, dimensions=sizes, package_id="10000")]})
    again = turn(centry, order, "confirmations", {}, status=400)

    (parcel,) = done["boxes"]
    assert [parcel[name] for name in ("l", "w", "h", "e", "pid")] == [10.0, 11.0, 12.0, 1.5, "10000"]
    assert {sku["sku"]: sku["quantity"] for sku in parcel["skus"]} == {ITEMS[0].sku: 3, ITEMS[1].sku: 1}
    assert done["success_response"]["status"] == "DONE"
    assert again == {"error": "Order already confirmed", "confirmation": done}
    assert read(centry, order)["_status"] == "pending"


@pytest.mark.parametrize("boxes", [[box(2, 1)], [box(3, 1), box(1, 0)], [{"items": {"unknown": 4}}], [{}]])
def test_boxes_hold_exactly_what_was_ordered(centry: Caller, boxes: list[object]) -> None:
    refused = turn(centry, make_order(centry), "confirmations", {"boxes": boxes}, status=400)

    assert refused == {"boxes": ["Las cajas deben incluir exactamente todos los ítemes"]}


def test_mercadolibre_divides_into_two_boxes_for_a_reason(centry: Caller) -> None:
    order = make_order(centry, "MercadoLibre")
    three = [box(1, 0), box(2, 0), box(0, 1)]

    no_reason = turn(centry, order, "confirmations", {"boxes": three}, status=400)
    too_many = turn(centry, order, "confirmations", {"boxes": three, "reason_id": REASON})
    two = turn(centry, order, "confirmations", {"boxes": [box(3, 0), box(0, 1)], "reason_id": REASON})

    assert no_reason == {"reason_id": ["no puede estar en blanco"]}
    assert too_many["success_response"] is None
    assert [attempt["response"] for attempt in too_many["failed_attempts"]] == [{"error": "Pack count should be between 2, 2"}]
    assert (two["_id"], two["reason_id"], two["failed_attempts"]) == (too_many["_id"], REASON, too_many["failed_attempts"])
    assert two["success_response"] == {"respose": "empty response"}


def test_an_order_out_of_a_division_is_not_divided(centry: Caller) -> None:
    order = make_order(centry, "MercadoLibre", id_pack="PACK-1")

    refused = turn(centry, order, "confirmations", {"boxes": [box(3, 0), box(0, 1)], "reason_id": REASON})

    assert refused["success_response"] is None
    assert "has only one item and can't be splitted" in refused["failed_attempts"][0]["response"]["error"]


def test_a_rescheduled_order_is_expected_on_that_day(centry: Caller) -> None:
    order = make_order(centry)

    done = turn(centry, order, "reschedules", {"date": "2026-08-03"})
    no_such_day = turn(centry, order, "reschedules", {"date": "2021-02-31"})

    assert (done["date"], done["order_id"], done["failed_attempts"]) == ("2026-08-03", order["_id"], [])
    assert no_such_day["success_response"]["status"] == "DONE"
    assert read(centry, order)["date_for_delivery"].startswith("2026-08-03T00:00:00.000")
    assert turn(centry, order, "reschedules", {"date": "monday"}, status=400) == {"date": ["no es una fecha"]}


def test_a_cancelled_order_gives_its_goods_back_if_so_asked(centry: Caller) -> None:
    order, main = make_order(centry), centry.get("company_info.json")[0]["main_warehouse_id"]
    key = {"variant_id": order["items"][0]["variant_id"], "warehouse_id": main}
    (before,) = centry.get("variant_warehouses.json", **key)

    sold_out = turn(centry, order, "cancellations", {"reason_id": SOLD_OUT, "restock": True}, status=400)
    body = {"reason_id": ASKED_FOR, "buyer_rate_id": RATE, "message": "Solicitud del cliente", "restock": True}
    done = turn(centry, order, "cancellations", body)

    assert sold_out == {"restock": ["no está permitido"]}
    assert done.items() >= body.items()
    after = read(centry, order)
    assert (after["_status"], after["cancelled_date"] is None) == ("cancelled_before_shipping", False)
    assert [item["quantity_restocked"] for item in after["items"]] == [3, 1]
    assert centry.get("variant_warehouses.json", **key)[0]["quantity"] == before["quantity"] + 3
    assert turn(centry, order, "cancellations", body, status=400) == {"error": "Order is cancelled_before_shipping"}


@pytest.mark.parametrize("origin", ["Falabella", "MercadoLibre"])
def test_a_delivered_order_was_received(centry: Caller, origin: str) -> None:
    order = make_order(centry, origin)

    done = turn(centry, order, "delivery_confirmations", {"buyer_rate_id": RATE, "message": "Gracias"})

    assert (done["buyer_rate_id"], done["message"]) == (RATE, "Gracias")
    assert done["success_response"].get("rating") == ("NEGATIVE" if origin == "MercadoLibre" else None)
    after = read(centry, order)
    assert (after["_status"], after["received_date"] is None) == ("received", False)
    assert turn(centry, order, "delivery_confirmations", {}, status=400) == {"error": "Order is received"}


def test_state_is_changed_without_naming_the_type_of_the_content(centry: Caller) -> None:
    order = make_order(centry)
    headers = {"Authorization": f"Bearer {centry.token}", "Content-Type": "application/x-www-form-urlencoded"}

    address = f"/conexion/v1/orders/{order['_id']}/order_status/cancellations.json"

    assert centry.http.post(address, content="{}", headers=headers).status_code == 200


def test_unknown_reasons_and_rates_are_refused(centry: Caller) -> None:
    order = make_order(centry)

    for into, name in (
        ("confirmations", "reason_id"),
        ("cancellations", "reason_id"),
        ("delivery_confirmations", "buyer_rate_id"),
    ):
        assert turn(centry, order, into, {name: "unknown"}, status=400) == {name: ["no existe"]}
    assert read(centry, order) == order


def test_notes_come_newest_first_and_a_new_one_is_answered_with_all(centry: Caller) -> None:
    address = f"orders/{make_order(centry)['_id']}/order_notes.json"

    first = centry.write("POST", address, {"text": "one"})
    second = centry.write("POST", address, {"text": "two"})

    assert [note["text"] for note in first] == ["one"]
    assert [note["text"] for note in second] == ["two", "one"]
    assert second == centry.get(address)
    assert centry.write("POST", address, {}, status=400) == {"text": ["no puede estar en blanco"]}


def test_the_worlds_notes_and_invoices_are_there(centry: Caller) -> None:
    orders = centry.get("orders.json", limit=1000)

    notes = [note for order in orders for note in centry.get(f"orders/{order['_id']}/order_notes.json")]
    papers = [paper for order in orders for paper in centry.get(f"orders/{order['_id']}/documents.json")]

    assert {note["text"] for note in notes} == {"Leave by the front door"}
    assert {(paper["_document_type"], len(paper["file_fingerprint"])) for paper in papers} == {("invoice", 32)}


def post_document(centry: Caller, order: Mapping[str, Any], content: bytes | None, **fields: str) -> Any:
    files = {"file": ("nombre_archivo.pdf", content, "application/pdf")} if content is not None else {"other": ("x", b"")}
    headers = {"Authorization": f"Bearer {centry.token}"}
    return centry.http.post(f"/conexion/v1/orders/{order['_id']}/documents.json", data=fields, files=files, headers=headers)


def test_a_document_is_kept_to_the_byte_and_removed(centry: Caller) -> None:
    order = make_order(centry)

    content = b"%PDF\r\n\x00\xff--x\n\n"

    made = post_document(centry, order, content, document_type="invoice", number="800566").json()
    address = f"orders/{order['_id']}/documents/{made['_id']}.json"
    read_again = centry.get(address)

    assert (made["file_file_size"], made["file_fingerprint"]) == (len(content), md5(content, usedforsecurity=False).hexdigest())
    assert (made["_document_type"], made["number"], made["confirmation_box"]) == ("invoice", "800566", None)
    assert read_again.pop("confirmation_box_id") is None
    assert made == read_again | {"confirmation_box": None}
    assert centry.get(f"orders/{order['_id']}/documents.json") == [centry.get(address)]
    assert centry.write("DELETE", address) == {"message": "Document deleted"}
    assert centry.ask(address).status_code == 410


def test_a_document_needs_a_file_and_a_known_type(centry: Caller) -> None:
    order = make_order(centry)

    answers = [
        post_document(centry, order, None, document_type="invoice"),
        post_document(centry, order, b"x"),
        post_document(centry, order, b"x", document_type="letter"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert [list(answer.json()) for answer in answers] == [["file"], ["document_type"], ["document_type"]]
    assert centry.write("POST", f"orders/{order['_id']}/documents.json", {"document_type": "invoice"}, status=400)


def labels(centry: Caller, *orders: Mapping[str, Any]) -> list[dict[str, Any]]:
    query = "&".join(f"ids[]={order['_id']}" for order in orders)
    return list(centry.get(f"orders/shipping_labels.json?{query}"))


def test_labels_of_one_marketplace_come_together(centry: Caller) -> None:
    one, two, other = make_order(centry, "MercadoLibre"), make_order(centry, "MercadoLibre"), make_order(centry, "Dafiti")

    found = labels(centry, one, other, two)

    assert [[order["_id"] for order in group["orders"]] for group in found] == [[one["_id"], two["_id"]], [other["_id"]]]
    assert [list(group["orders"][0]["extras"]) for group in found] == [["shipping"], ["order_item_ids"]]
    assert b64decode(found[1]["files"][0]["content_base_64"]).startswith(b"%PDF")
    assert [centry.ask(f"orders/shipping_labels.json{query}").status_code for query in ("", "?ids[]=unknown")] == [400, 404]


def test_an_order_confirmed_in_parts_has_a_label_for_each_box(centry: Caller) -> None:
    order = make_order(centry, "Falabella")
    boxes = turn(centry, order, "confirmations", {"boxes": [box(3, 0), box(0, 1)]})["boxes"]

    (group,) = labels(centry, order)

    assert [file["confirmation_box_id"] for file in group["files"]] == [parcel["_id"] for parcel in boxes]
