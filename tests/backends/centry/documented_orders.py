"""Examples of Centry's page: orders, what is done to them, their notes, documents and labels (lines 2881 to 4244)."""

from collections.abc import Mapping
from typing import Any

from gateway.backends.centry import mapping, papers
from gateway.backends.centry.client import CentryClient
from tests.backends.centry import written
from tests.backends.centry.documented import (
    CREATED,
    ID,
    Account,
    Example_,
    Held,
    Lines,
    comma,
    example,
    slash,
    there,
)
from tests.backends.centry.documented_goods import mapped, scope_of
from tests.contract.examples import Slip
from tests.contract.same import Differs

ORDER, CHANGED, NOTED, DOCUMENTED = (
    "096ef853335bc7e6df20c8ba", "5eece46148f039166bf5ffad", "602bd13084c6e18fca85b820", "6048df5184c6e187a31a6200",
)  # fmt: skip
RATE, REASON, DIVISION = "5e45b03d48f0392442dbd1bc", "5e45b03c48f0392442dbd1a6", "62617fda606d72ad5f126268"


async def _orders(client: CentryClient) -> list[object]:
    return [mapped(sent, mapping.ORDER) for sent in await client.orders({})]


async def _order(client: CentryClient) -> object:
    sent = await client.order(ORDER)
    return sent and mapped(sent, mapping.ORDER)


async def _labels(client: CentryClient) -> list[object]:
    groups = await client.shipping_labels([ORDER]) or ()
    return [papers.LABEL(file, scope_of(group)) for group in groups for file in group.record.files]


async def _notes(client: CentryClient) -> list[object]:
    return [mapped(sent, papers.NOTE) for sent in await client.order_notes("<order_id>") or ()]


async def _documents(client: CentryClient) -> list[object]:
    return [mapped(sent, papers.DOCUMENT) for sent in await client.order_documents("<order_id>") or ()]


_EXPANDED = Differs("/query/expand", "the items' variants are asked for", free=True)
_ANOTHER = Differs("/order_id", "the page answers for another order than the one that it asks for")
_UUID = Differs("/success_response/uuid", "given by the marketplace")

ORDERS: list[Example_] = [
    example(
        55, "list-orders", (2981, 2982), (2986, 3172),
        slips=(slash(2981),),
        holds=(Held("orders"),),
        sends=(Differs("/query/limit", "a page is asked for, with a limit", free=True), _EXPANDED),
        call=_orders,
    ),
    example(
        56, "read-order", (3198, 3199), (3203, 3294),
        slips=(slash(3198),),
        holds=(Held("orders"),),
        sends=(_EXPANDED,),
        call=_order,
    ),
    example(
        57, "create-order", (3310, 3352),
        sends=tuple(
            Differs(f"/body/{name}", "the number by which the order is found again", free=True)
            for name in ("number_origin", "id_origin")
        ),
        call=written.order,
    ),
    example(
        58, "delete-order", (3363, 3364), (3368, 3368),
        slips=(Slip(3364, " > deleteResponse.json", "", "what the shell does with the answer"),),
        holds=(Held("orders", "centry-56-read-order"),),
        call=lambda client: written.done(client.delete_order(ORDER)),
    ),
    example(
        59, "read-shipping-labels", (3384, 3385), (3389, 3412),
        slips=(slash(3384),),
        holds=(there("orders", ORDER, origin="MercadoLibre", id_origin="2032305225"),),
        differs=(
            Differs("/0/orders/0/_id", "the page answers for another order than the one that it asks for"),
            Differs("/0/orders/0/extras/shipping/id", "given by the marketplace"),
            Differs("/0/files/0/content_base_64", "the page shows dots"),
            Differs("/0/files/0/confirmation_box_id", "there for an order only that was confirmed in parts", free=True),
        ),
        call=_labels,
    ),
]  # fmt: skip


def _pending(identifier: str, origin: str, units: Mapping[str, int], **fields: Any) -> Held:
    """An order of so many units of these SKUs."""
    items = [{"_id": f"item {sku}", "sku": sku, "quantity": count, "variant_id": None} for sku, count in units.items()]
    dates = dict.fromkeys(("shipped_date", "received_date", "date_for_delivery"))
    order = {"origin": origin, "_status": "pending", "items": items, "updated_at": "2022-05-19T12:21:32.869-04:00"}
    return there("orders", identifier, **{**order, **dates, **fields})


def _reason(kind: str, identifier: str) -> Held:
    return there(kind, identifier, name="Neutra", _restock="optional")


_BOXES = (
    ID,
    CREATED,
    *(Differs(f"/boxes/*{rest}/_id", "given by Centry") for rest in ("", "/skus/*")),
)
_REFUSED = (
    ID,
    CREATED,
    *(Differs(f"/boxes/*{rest}/_id", "given by Centry; the page repeats one", free=True) for rest in ("", "/skus/*")),
    Differs("/failed_attempts/0/timestamp", "the time of the call"),
)


def _confirmed(name: str, origin: str, begins: Slip, answer: Lines, *more: Slip, differs: tuple[Differs, ...] = ()) -> Example_:
    """Confirming: the page leaves the marketplace's answer out of the reply, and shows it below by itself."""
    return example(
        60, f"confirm-at-{name}", (3434, 3453), (3457, 3482), answer, (3486, 3488),
        slips=(comma(3479, '"5e45b03c48f0392442dbd1a6"'), begins, *more),
        holds=(
            _pending(CHANGED, origin, {"sku_ejemplo_1": 1, "sku_ejemplo_2": 1}),
            _reason("confirmation_reasons", "627d45751a61bb7eba979e95"),
        ),
        differs=(
            *_BOXES,
            Differs("/boxes/0/reason_id", "the page's newer answers have it beside the boxes", free=True),
            Differs("/reason_id", "the page's newer answers have it here", free=True),
            *differs,
        ),
        call=written.confirmation,
    )  # fmt: skip


def _begins(line: int) -> Slip:
    return Slip(line, "{", '"success_response": {', "the page shows the marketplace's answer by itself, and words in its place")


def _confirm_first(account: Account) -> None:
    account.ask("centry-60-confirm-twice")


_HALVES = {"sku_ejemplo_1": 1, "sku_ejemplo_2": 2}
_DIVISION = _reason("confirmation_reasons", DIVISION)

CONFIRMATIONS: list[Example_] = [
    _confirmed("falabella", "Falabella", _begins(3494), (3494, 3498), differs=(_UUID,)),
    _confirmed(
        "mercadolibre", "MercadoLibre", _begins(3502), (3502, 3504),
        Slip(3504, "}", "},", "the page shows the marketplace's answer by itself"),
    ),
    example(
        60, "confirm-twice", None, (3510, 3554),
        holds=(_pending("6286a41f606d72638813ccf5", "MercadoLibre", _HALVES), _DIVISION),
        given=_confirm_first,
        differs=tuple(Differs(f"/confirmation{rule.path}", rule.why) for rule in _BOXES),
        status=400,
        call=written.second_confirmation,
    ),
    example(
        60, "confirm-without-all-items", None, (3558, 3562),
        holds=(_pending(CHANGED, "Falabella", _HALVES),),
        status=400,
        call=written.confirmation_in_part,
    ),
    example(
        60, "confirm-what-was-divided", None, (3566, 3612),
        holds=(
            _pending("6286a77d606d72e6adb19ec2", "MercadoLibre", {"sku_ejemplo_1": 1, "sku_ejemplo_2": 1}, id_pack="1"),
            _DIVISION,
        ),
        differs=(*_REFUSED, Differs("/failed_attempts/0/response/error", "it names the marketplace's shipment")),
        call=written.division_of_a_part,
    ),
    example(
        60, "confirm-in-three-boxes", None, (3616, 3677),
        holds=(_pending("628bec53606d7250f717ad7c", "MercadoLibre", {"sku_ejemplo_1": 1, "sku_ejemplo_2": 3}), _DIVISION),
        differs=_REFUSED,
        call=written.division_into_three,
    ),
]  # fmt: skip

STATES: list[Example_] = [
    example(
        61, "reschedule-order", (3716, 3720), (3724, 3734),
        holds=(_pending(CHANGED, "Falabella", {"sku": 1}),),
        differs=(
            ID, CREATED, _ANOTHER, _UUID, Differs("/date", "the page's table names it, its example leaves it out", free=True),
        ),
        call=lambda client: written.done(client.reschedule_order(CHANGED, {"date": "2021-02-31"})),
    ),
    example(
        62, "cancel-order", (3765, 3772), (3776, 3790),
        holds=(
            _pending(CHANGED, "Falabella", {"sku": 1}),
            _reason("cancellation_reasons", REASON),
            _reason("buyer_rates", RATE),
        ),
        differs=(ID, CREATED, _ANOTHER, _UUID),
        call=written.cancellation,
    ),
    example(
        63, "confirm-delivery", (3827, 3832), (3836, 3861),
        holds=(_pending(CHANGED, "MercadoLibre", {"sku": 1}), _reason("buyer_rates", RATE)),
        differs=(
            ID, CREATED, _ANOTHER,
            *(
                Differs(f"/success_response/{name}", "given by the marketplace")
                for name in ("date_created", "id", "cust_from", "cust_to", "order_id")
            ),
        ),
        call=written.delivery,
    ),
]  # fmt: skip


def _entity(line: int) -> Slip:
    return Slip(line, "&lt;order_id&gt;", "<order_id>", "brackets as HTML has them")


_THIS = {"<order_id>": NOTED}
_PAPERS = {"<order_id>": DOCUMENTED, "<document_id>": "6052203884c6e19ccecb1968"}
_FILE = (
    ID,
    *(Differs(f"/{name}", "the time of the call") for name in ("c_at", "file_updated_at")),
    *(Differs(f"/{name}", "that of the file") for name in ("file_file_size", "file_fingerprint")),
)


def _address(line: int) -> Slip:
    return Slip(line, "'www.", "'https://www.", "an address without https://")


def _open_end(line: int, printed: str) -> Slip:
    return Slip(line, printed, f"{printed} \\", "the backslash that ends the line is missing")


PAPERS: list[Example_] = [
    example(
        64, "list-notes", (3894, 3895), (3899, 3932),
        slips=(_entity(3894),),
        known=_THIS,
        holds=(there("orders", NOTED), Held("orders/order_notes", owner=NOTED)),
        call=_notes,
    ),
    example(
        65, "create-note", (3957, 3962), (3966, 4007),
        slips=(_entity(3957),),
        known=_THIS,
        holds=(there("orders", NOTED), Held("orders/order_notes", "centry-64-list-notes", NOTED)),
        differs=(
            Differs("/0/_id", "given by Centry"),
            Differs("/0/user_id", "the account's user"),
            *(Differs(f"/0/{name}", "the time of the call") for name in ("created_at", "updated_at")),
        ),
        call=lambda client: written.done(client.add_order_note("<order_id>", "Nota pedido 5")),
    ),
    example(
        66, "list-documents", (4036, 4037), (4041, 4068),
        known=_PAPERS,
        holds=(there("orders", DOCUMENTED), Held("orders/documents", owner=DOCUMENTED)),
        call=_documents,
    ),
    example(
        67, "read-document", (4095, 4096), (4100, 4112),
        known=_PAPERS,
        holds=(there("orders", DOCUMENTED), Held("orders/documents", owner=DOCUMENTED)),
    ),
    example(
        68, "create-document", (4140, 4144), (4148, 4160),
        slips=(_address(4140), _open_end(4143, "nombre_archivo.pdf'")),
        known=_PAPERS,
        holds=(there("orders", DOCUMENTED),),
        differs=_FILE,
        call=written.document,
    ),
    example(
        68, "create-document-of-a-box", (4164, 4169), (4173, 4185),
        slips=(_address(4164), _open_end(4167, "nombre_archivo.pdf'"), _open_end(4168, "'number=800566'")),
        known=_PAPERS,
        holds=(there("orders", DOCUMENTED),),
        differs=_FILE,
        call=written.document_of_a_box,
    ),
    example(
        69, "delete-document", (4220, 4221), (4225, 4227),
        known=_PAPERS,
        holds=(there("orders", DOCUMENTED), Held("orders/documents", "centry-67-read-document", DOCUMENTED)),
        call=lambda client: written.done(client.delete_order_document("<order_id>", "<document_id>")),
    ),
]  # fmt: skip

EXAMPLES = [*ORDERS, *CONFIRMATIONS, *STATES, *PAPERS]
