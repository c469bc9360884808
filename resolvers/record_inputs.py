"""The inputs of mutations that change orders and shipments: updates, papers, returns."""

from datetime import date

import strawberry
from strawberry import UNSET

from gateway.changes import NewFile
from gateway.models import DocumentKind
from resolvers.change_inputs import (
    AddressInput,
    FreeJSON,
    LineQuantityInput,
    MoneyInput,
    OrderLineInput,
    ReferenceInput,
    ShipmentItemInput,
)
from resolvers.inputs import mutation_input, transaction_input

ID = strawberry.ID


@transaction_input
class RescheduleOrderInput:
    """Another day for an order."""

    order_id: ID
    """The order."""
    date: date
    """The new day."""


@transaction_input
class ConfirmDeliveryInput:
    """An order that has reached its buyer."""

    order_id: ID
    """The order."""
    buyer_rate_id: str | None = UNSET
    """How the buyer is rated, by the marketplace's id (CENTRY)."""
    message: str | None = UNSET
    """What the buyer is told (CENTRY)."""


@mutation_input
class OrderChangesInput:
    """What is left out stays as it is; `lines` and `references` replace what is there."""

    references: list[ReferenceInput] | None = UNSET
    """Other numbers that it goes by."""
    shipping_address: AddressInput | None = UNSET
    """Where the goods go."""
    warehouse_code: str | None = UNSET
    """The warehouse that fills it, by the backend's own code."""
    required_date: date | None = UNSET
    """The day on which it should leave (outbound), or arrive (inbound)."""
    delivery_date: date | None = UNSET
    """The day on which it should be with the recipient (outbound)."""
    instructions: str | None = UNSET
    """What the warehouse should know."""
    delivery_instructions: str | None = UNSET
    """What the carrier should know."""
    urgent: bool | None = UNSET
    """To be done first."""
    cash_on_delivery: MoneyInput | None = UNSET
    """What the carrier is to collect."""
    total: MoneyInput | None = UNSET
    """What the goods are worth."""
    properties: FreeJSON | None = UNSET
    """An object with custom fields of the order."""
    lines: list[OrderLineInput] | None = UNSET
    """What is ordered, in the place of all that was."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@transaction_input
class UpdateOrderInput:
    """Changes of an order."""

    order_id: ID
    """The order."""
    version: int | None = UNSET
    """The version that you read (`Order.version`): a newer one in the backend fails the change with BACKEND_CONFLICT. Left out:
    it is changed whatever was changed meanwhile."""
    changes: OrderChangesInput
    """What is to be changed."""


@transaction_input
class AddOrderNoteInput:
    """A note on an order."""

    order_id: ID
    """The order."""
    text: str
    """What it says."""


@mutation_input
class AttachOrderDocumentInput:
    """A file for an order."""

    order_id: ID
    """The order."""
    kind: DocumentKind
    """What it is."""
    file: NewFile
    """The file."""
    number: str | None = UNSET
    """The document's own number."""
    confirmation_box_id: str | None = UNSET
    """The box that it belongs to (CENTRY: `OrderDocument.boxId`); the whole order where left out."""
    idempotency_key: str | None = UNSET
    """The same key with the same input, the file included, gives the same transaction, however often it is sent."""


@transaction_input
class DeleteOrderDocumentInput:
    """A document of an order that is to be deleted."""

    order_id: ID
    """The order."""
    document_id: str
    """`OrderDocument.id`."""


@mutation_input
class ShipmentChangesInput:
    """What is left out stays as it is; `items` and `references` replace what is there."""

    references: list[ReferenceInput] | None = UNSET
    """Other numbers that it goes by."""
    origin: AddressInput | None = UNSET
    """Where it is collected."""
    destination: AddressInput | None = UNSET
    """Where it goes."""
    required_date: date | None = UNSET
    """The day on which it should be there."""
    instructions: str | None = UNSET
    """What the carrier should know."""
    cash_on_delivery: MoneyInput | None = UNSET
    """What the carrier is to collect."""
    invoice_value: MoneyInput | None = UNSET
    """What the goods are worth."""
    items: list[ShipmentItemInput] | None = UNSET
    """What is carried, in the place of all that was."""
    properties: FreeJSON | None = UNSET
    """An object with custom fields of the shipment."""
    status: str | None = UNSET
    """The backend's own word of where it is to stand."""
    extra: FreeJSON | None = UNSET
    """Fields of this backend's own message, merged into it (RFC 7396) after the gateway has filled it. A field that the gateway
    fills itself is BAD_USER_INPUT."""


@transaction_input
class UpdateShipmentInput:
    """Changes of a shipment."""

    shipment_id: ID
    """The shipment."""
    version: int | None = UNSET
    """The version that you read (`Shipment.version`): a newer one in the backend fails the change with BACKEND_CONFLICT. Left
    out: it is changed whatever was changed meanwhile."""
    changes: ShipmentChangesInput
    """What is to be changed."""


@transaction_input
class CreateReturnInput:
    """Lines of a shipment that come back."""

    shipment_id: ID
    """The shipment."""
    return_id: str | None = UNSET
    """Unique in the backend over all orders; made by the gateway where left out."""
    lines: list[LineQuantityInput]
    """Which lines of the order, and how many of each."""
    comment: str | None = UNSET
    """Why."""
    shipping: MoneyInput | None = UNSET
    """What is paid back of the price of shipping, zero or more."""
    handling: MoneyInput | None = UNSET
    """What is paid back of the price of handling, zero or more."""
    return_fee: MoneyInput | None = UNSET
    """What is kept for the return, zero or more."""
