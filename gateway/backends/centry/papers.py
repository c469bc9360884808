"""What goes with Centry's orders as the gateway's: tables of fields for notes, documents and labels, with their rules."""

from typing import Any

from gateway.backends.centry.goods import ID, first_text
from gateway.mapping import Absent, Field, Scope, Table, constant, instant, integer, text
from gateway.models import DocumentKind, OrderDocument, OrderNote

KINDS = {
    "bill": DocumentKind.BILL,
    "invoice": DocumentKind.INVOICE,
    "credit_note": DocumentKind.CREDIT_NOTE,
    "debit_note": DocumentKind.DEBIT_NOTE,
    "shipping_guide": DocumentKind.SHIPPING_GUIDE,
}


def kind(value: Any, scope: Scope) -> DocumentKind:
    """bill, invoice, credit_note, debit_note or shipping_guide; any other word is OTHER"""
    return KINDS.get((text(value, scope) or "").lower(), DocumentKind.OTHER)


def words(value: Any, scope: Scope) -> str:
    """text; blank is an empty text"""
    return text(value, scope) or ""


def filename(value: Any, scope: Scope) -> str:
    """text; a file without a name is called `file`"""
    return text(value, scope) or "file"


NOTE = Table(
    OrderNote,
    "order note",
    (
        Field("id", ID, first_text),
        Field("text", "text", words),
        Field("author", "user_id", text),
        Field("created_at", "created_at", instant),
    ),
)

DOCUMENT = Table(
    OrderDocument,
    "document of an order",
    (
        Field("id", ID, first_text),
        Field("kind", "_document_type", kind),
        Field("box_id", "confirmation_box_id", text),
        Field("number", "number", text),
        Field("filename", "file_file_name", filename),
        Field("content_type", "file_content_type", text),
        Field("size", "file_file_size", integer),
        Absent("content_base64", "Centry lets files in, but documents no way to read them."),
    ),
)

LABEL = Table(
    OrderDocument,
    "file of shipping labels",
    (
        Absent("id", "Centry gives labels no id."),
        Field("kind", "", constant(DocumentKind.SHIPPING_LABEL)),
        Field("box_id", "confirmation_box_id", text),
        Absent("number", "The page has no such attribute."),
        Field("filename", "filename", filename),
        Field("content_type", "content_type", text),
        Absent("size", "The page has no such attribute."),
        Field("content_base64", "content_base_64", text),
    ),
)
