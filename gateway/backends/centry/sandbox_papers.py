"""What goes with an order of the simulated Centry: notes, documents and shipping labels."""

import hashlib
from base64 import b64encode
from email import policy
from email.message import Message
from email.parser import BytesParser

from gateway.backends.centry.sandbox_account import USER
from gateway.backends.centry.sandbox_forms import Form, one_of, text
from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_order_status import number
from gateway.backends.centry.sandbox_resources import Call, required
from gateway.backends.centry.sandbox_store import Rejected, Store

_NOTE = Form({"text": text})
_DOCUMENT = Form(
    {
        "document_type": one_of("bill", "invoice", "credit_note", "debit_note", "shipping_guide", "other"),
        "number": text,
        "confirmation_box_id": text,
    },
    {"number": "", "confirmation_box_id": None},
)
_LABEL = b"%%PDF-1.4\n%% Shipping label of %s\n%%%%EOF\n"


def read_notes(call: Call) -> list[Fields]:
    """All notes of an order, the newest first, as the page shows them."""
    return sorted(call.store.all("orders/order_notes", call.owner), key=lambda note: str(note["created_at"]), reverse=True)


def add_note(call: Call) -> list[Fields]:
    """The page answers a new note with all of the order's."""
    required(call.sent, "text")
    note = _NOTE.written(call.sent, call.store) | {"order_id": call.owner, "user_id": USER}
    call.store.add("orders/order_notes", note, call.owner)
    return read_notes(call)


def add_document(call: Call) -> Fields:
    """A new document out of a form with a file; the page calls its box `confirmation_box` here, elsewhere …`_id`."""
    parts = _form(call)
    file = parts.get("file")
    words = {name: _content(part).decode(errors="replace") for name, part in parts.items() if name != "file"}
    required({**words, "file": file}, "document_type", "file")
    written = _DOCUMENT.blank | _DOCUMENT.written(words, call.store)
    kind = written.pop("document_type")
    stored = add_file(call.store, call.owner, written | {"_document_type": kind}, file) if file else {}
    shown = {name: value for name, value in stored.items() if name != "confirmation_box_id"}
    return shown | {"confirmation_box": stored["confirmation_box_id"]}


def add_file(store: Store, order: str, fields: Fields, file: Message) -> Fields:
    """Keep a document's file; the table says that its size is in KB, the examples look like bytes, as it is here."""
    content = _content(file)
    details = {
        "file_content_type": file.get_content_type(),
        "file_file_name": file.get_filename(),
        "file_file_size": len(content),
        "file_fingerprint": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "order_id": order,
    }
    return store.add("orders/documents", fields | details, order, stamps=("c_at", "file_updated_at"))


def remove_document(call: Call) -> Fields:
    call.store.remove(call.kind, call.record["_id"], call.owner)
    return {"message": "Document deleted"}


def read_labels(call: Call) -> list[Fields]:
    """The labels of these orders, those of one marketplace together."""
    ids = call.query.getlist("ids[]")
    if not ids:
        raise Rejected(400, {"error": "Bad Request"})
    orders = [call.store.get("orders", identifier) for identifier in ids]
    origins = dict.fromkeys(order["origin"] for order in orders)
    return [_labels([order for order in orders if order["origin"] == origin], call.store) for origin in origins]


def _labels(orders: list[Fields], store: Store) -> Fields:
    shown = ("_id", "origin", "id_origin")
    return {
        "orders": [{name: order[name] for name in shown} | {"extras": _extras(order)} for order in orders],
        "files": [file for order in orders for file in _files(order, store)],
    }


def _extras(order: Fields) -> Fields:
    """What else the page says of labels: a shipment's number of MercadoLibre, the ids of lines of Dafiti and Linio."""
    if order["origin"] == "MercadoLibre":
        return {"shipping": {"id": number(order)}}
    if order["origin"] in ("Dafiti", "Linio"):
        return {"order_item_ids": [item["id_origin"] for item in order["items"]]}
    return {}


def _files(order: Fields, store: Store) -> list[Fields]:
    """One label, or one for each box of an order that was confirmed in parts."""
    confirmed = next(iter(store.all("orders/order_status/confirmations", order["_id"])), {})
    boxes = [box["_id"] for box in confirmed.get("boxes", ())] if confirmed.get("success_response") else []
    label = {
        "content_type": "application/pdf",
        "filename": "labels_and_manifest.pdf",
        "content_base_64": b64encode(_LABEL % order["_id"].encode()).decode(),
    }
    return [label | {"confirmation_box_id": box} for box in boxes] if len(boxes) > 1 else [label]


def _form(call: Call) -> dict[str, Message]:
    """The parts of a multipart form by name. Raises Rejected."""
    if not call.content_type.startswith("multipart/form-data"):
        raise Rejected(400, {"error": "Bad Request"})
    head = f"Content-Type: {call.content_type}\r\n\r\n".encode()
    message = BytesParser(policy=policy.compat32).parsebytes(head + call.body)
    if not message.is_multipart():
        raise Rejected(400, {"error": "Bad Request"})
    return {str(part.get_param("name", header="content-disposition")): part for part in message.walk() if part is not message}


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
