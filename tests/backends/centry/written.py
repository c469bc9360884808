"""The page's examples of changes, written by the gateway: out of what its callers give, by what its changes send."""

from collections.abc import Awaitable
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from gateway.backends.centry import catalogue_messages
from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.confirming import confirmation as confirming
from gateway.backends.centry.messages import new_order
from gateway.backends.centry.order_states import cancellation as cancelling
from gateway.backends.centry.order_states import delivery as delivering
from gateway.backends.centry.paper_changes import form_of
from gateway.backends.centry.stock_changes import changed_stock, new_stock
from gateway.changes import (
    Box,
    BoxItem,
    Cancellation,
    Confirmation,
    DeliveryConfirmation,
    NewDocument,
    NewFile,
    NewImage,
    NewOrder,
    NewOrderLine,
    ProductChange,
    VariantChange,
    WarehouseChange,
)
from gateway.errors import Rejected
from gateway.merging import merged
from gateway.models import JSON, Address, Backend, Customer, DocumentKind, Money

CHANGED = "5eece46148f039166bf5ffad"
DIVISION = "62617fda606d72ad5f126268"
SIZES = {"length": Decimal("10.0"), "width": Decimal("11.0"), "height": Decimal("12.0"), "weight": Decimal("1.5")}


async def order(client: CentryClient) -> object:
    """The page's order, out of what a caller of the gateway gives. A second phone is a field of Centry's alone."""
    address = Address(city="Santiago", country="Chile", line1="Dirección Cliente", line2="Dirección alternativa",
                      phone="89668063", state="EstadoFactura", postal_code="2948513")  # fmt: skip
    price = Money(Decimal("19999.0"))
    line = NewOrderLine(name="L, Café", quantity=Decimal(5), unit_price=price, variant_record_id="597906591d41c80b2e000010")
    new = NewOrder(
        backend=Backend.CENTRY,
        number="C-1",
        channel_id="cUrl app",
        billing_address=replace(address, email="Email@Factura.cl", first_name="Vía cUrl", last_name="Apellido Factura"),
        shipping_address=replace(address, email="Email@Envío.cl", first_name="Nombre Envío", last_name="Apellido Envío"),
        customer=Customer(first_name="Vía cURl", last_name="Apellido Cliente", email="Email@Cliente.cl"),
        lines=(line,),
        subtotal=Money(Decimal(6950493)),
        extra={
            "address_billing": {"phone2": "75927583"},
            "address_shipping": {"phone2": "89765482"},
        },
    )
    wire = new_order(new, ["597906591d41c80b2e000010"], ZoneInfo("America/Santiago"))
    return await client.create_order(merged(wire, new.extra or {}))


def box(package: str | None, sizes: dict[str, Decimal] | None = None, /, **units: int) -> Box:
    return Box(package_id=package, items=tuple(BoxItem(sku=sku, quantity=count) for sku, count in units.items()), **sizes or {})


async def confirmation(client: CentryClient) -> object:
    boxes = (box("10000", SIZES, sku_ejemplo_1=1, sku_ejemplo_2=1),)
    task = Confirmation(order_id=CHANGED, reason_id="627d45751a61bb7eba979e95", boxes=boxes)
    await client.confirm_order(task.order_id, confirming(task))
    return "confirmed"


async def second_confirmation(client: CentryClient) -> object:
    boxes = (box("10000", SIZES, sku_ejemplo_1=1), box("10001", SIZES, sku_ejemplo_2=2))
    return await _refused(client, "6286a41f606d72638813ccf5", "Order already confirmed", DIVISION, *boxes)


async def confirmation_in_part(client: CentryClient) -> object:
    said = "boxes: Las cajas deben incluir exactamente todos los ítemes"
    return await _refused(client, CHANGED, said, None, box(None, sku_ejemplo_1=1))


async def division_of_a_part(client: CentryClient) -> object:
    said = "The marketplace refuses it: Shipment 41385645354 has only one item and can't be splitted"
    boxes = (box("10000", sku_ejemplo_1=1), box("10001", sku_ejemplo_2=1))
    return await _refused(client, "6286a77d606d72e6adb19ec2", said, DIVISION, *boxes)


async def division_into_three(client: CentryClient) -> object:
    said = "The marketplace refuses it: Pack count should be between 2, 2"
    boxes = (box("10000", sku_ejemplo_1=1), box("10001", sku_ejemplo_2=2), box("10002", sku_ejemplo_2=1))
    return await _refused(client, "628bec53606d7250f717ad7c", said, DIVISION, *boxes)


async def cancellation(client: CentryClient) -> object:
    task = Cancellation(
        order_id=CHANGED,
        buyer_rate_id="5e45b03d48f0392442dbd1bc",
        reason_id="5e45b03c48f0392442dbd1a6",
        message="Solicitud del cliente",
        restock=True,
    )
    await client.cancel_order(task.order_id, cancelling(task))
    return "cancelled"


async def delivery(client: CentryClient) -> object:
    task = DeliveryConfirmation(order_id=CHANGED, buyer_rate_id="5e45b03d48f0392442dbd1bc", message="Solicitud del cliente")
    await client.confirm_delivery(task.order_id, delivering(task))
    return "delivered"


async def done(call: Awaitable[None]) -> object:
    """A change that gives nothing."""
    await call
    return "done"


async def stock(client: CentryClient) -> object:
    await client.create_variant_warehouse(new_stock("5cc36d8748f039156b45f78e", "577eb7b8f82f456ef4000001", 2))
    return "set"


async def more_stock(client: CentryClient) -> object:
    await client.change_variant_warehouse("<variant_warehouse_id>", changed_stock(30))
    return "set"


async def document(client: CentryClient) -> object:
    return await _attached(client, None)


async def document_of_a_box(client: CentryClient) -> object:
    return await _attached(client, "6048df5184c6e187a31b5673")


async def _attached(client: CentryClient, box_id: str | None) -> object:
    file = NewFile(filename="/Users/nameuser/Documents/nombre_archivo.pdf", content_type="application/pdf", content=b"%PDF")
    task = NewDocument(order_id="<order_id>", kind=DocumentKind.INVOICE, file=file, number="800566", confirmation_box_id=box_id)
    named = (file.filename, file.content, file.content_type)
    return await done(client.attach_order_document(task.order_id, form_of(task), named))


async def new_product(client: CentryClient) -> object:
    change = ProductChange(
        backend=Backend.CENTRY,
        sku="YOS0YUN54U",
        barcode="123456789",
        name="Un Nombre Fantástico, para un producto fantástico",
        description="Describiendo el asombroso producto que venderás",
        brand_id="57f63ffe4c266d1dec1edfb6",
        category_id="5769714df82f456e800001aa",
        price=Money(Decimal(10000)),
        images=(NewImage(url="https://placehold.it/800x1160"),),
        package_height=Decimal(20),
        package_length=Decimal(40),
        package_width=Decimal(20),
        package_weight=Decimal(1),
        extra={
            "deliverytimesupplier": 3,
            "seasonyear": "2015",
            "seo_description": "Descripción",
            "seo_title": "Título asombroso",
            "shortdescription": "<ul><li>asdasdasdasd</li></ul>",
        },
    )
    return await client.create_product(merged(catalogue_messages.product(change), change.extra or {}))


async def changed_product(client: CentryClient) -> object:
    extra: dict[str, JSON] = {"seo_title": "Calefactor de pantuflas"}
    change = ProductChange(backend=Backend.CENTRY, compare_at_price=Money(Decimal(19990)), extra=extra)
    body = merged(catalogue_messages.product(change), extra)
    return await done(client.change_product("597644781d41c846ea000006", body))


async def new_variant(client: CentryClient) -> object:
    change = VariantChange(
        backend=Backend.CENTRY,
        sku="<SKU de la nueva variante>",
        barcode="<Código de barras de la nueva variante>",
        color_id="<Identificador del color de la nueva variante>",
        size_id="<Identificador de la talla de la nueva variante>",
        product_record_id="<Identificador del producto al cual pertenece la nueva variante>",
        extra={
            "quantity": 20,
            "updated_at": "2017-10-19T12:24:30.029-03:00",
            "updated_by_id": "580450f81746bf7903000216",
            "version": 7,
        },
    )
    return await client.create_variant(merged(catalogue_messages.variant(change), change.extra or {}))


async def changed_variant(client: CentryClient) -> object:
    change = VariantChange(backend=Backend.CENTRY, sku="S")
    return await done(client.change_variant("<variant_id>", merged(catalogue_messages.variant(change), {"quantity": 30})))


async def changed_variant_by_sku(client: CentryClient) -> object:
    change = VariantChange(backend=Backend.CENTRY, sku="<SKU de la variante a actualizar>")
    return await done(client.change_variant_by_sku(merged(catalogue_messages.variant(change), {"quantity": 20})))


async def new_warehouse(client: CentryClient) -> object:
    address = Address(line1="Calle principal 5500")
    change = WarehouseChange(
        backend=Backend.CENTRY, name="Demo", address=address, latitude=Decimal("70.04"), longitude=Decimal("-30.43")
    )
    return await client.create_warehouse(catalogue_messages.warehouse(change))


async def changed_warehouse(client: CentryClient) -> object:
    change = WarehouseChange(backend=Backend.CENTRY, name="Nuevo nombre", longitude=Decimal("25.05"))
    return await done(client.change_warehouse("5dd2f56a48f0393d1d17f984", catalogue_messages.warehouse(change)))


async def _refused(client: CentryClient, order_id: str, said: str, reason: str | None, *boxes: Box) -> object:
    task = Confirmation(order_id=order_id, reason_id=reason, boxes=boxes)
    try:
        await client.confirm_order(order_id, confirming(task))
    except Rejected as refusal:
        return refusal.message == said
    return None
