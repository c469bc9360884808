"""Kinds: what a record of CartonCloud is, and how that is told where its address does not say it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from gateway.readmodel.store import Kind


class RecordKind(StrEnum):
    """The `type` that the vendor's page gives each kind of record."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
    CONSIGNMENT = "CONSIGNMENT"

    @property
    def stored_as(self) -> Kind:
        return Kind.SHIPMENT if self is RecordKind.CONSIGNMENT else Kind.ORDER

    @property
    def label(self) -> str:
        """Such as `inbound order`, for messages."""
        return "consignment" if self is RecordKind.CONSIGNMENT else f"{self.lower()} order"


def kind_of(body: Mapping[str, Any], written: str | None) -> RecordKind | None:
    """What a webhook's body is: by its own `type`, else as `written` in the webhook's address, else by its structure.

    The page's webhooks carry no `type`, its replies do. A `type` that is another word (a product's is the tenant's own,
    such as FROZEN) says that it is none of the three.
    """
    own = body.get("type")
    for word in (own, written):
        if isinstance(word, str) and word.strip():
            return named(word)
    return _by_structure(body)


def named(word: str) -> RecordKind | None:
    """The kind that a word names, also as `inbound-orders` or `Outbound Order`."""
    return next((kind for kind in RecordKind if kind in word.upper()), None)


def _by_structure(body: Mapping[str, Any]) -> RecordKind | None:
    """By the members that the page shows in one kind alone.

    Of `details`: `arrivalDate` is an inbound order's; `collect.address` a consignment's; `collect.requiredDate` an
    outbound order's; `urgent` and `instructions` are those of both kinds of order, as is `warehouse` beside `details`;
    `deliver` (where the address is required) an outbound order's and a consignment's. `deliver.requiredDate`,
    `invoiceValue`, `properties` and `items` tell nothing: outbound orders and consignments both have them.
    """
    details = _object(body.get("details"))
    collect, deliver = _object(details.get("collect")), _object(details.get("deliver"))
    if "arrivalDate" in details:
        return RecordKind.INBOUND
    if "warehouse" not in body and collect.get("address"):
        return RecordKind.CONSIGNMENT
    of_order = "warehouse" in body or "requiredDate" in collect or bool(details.keys() & {"urgent", "instructions"})
    if of_order and (collect or deliver):
        return RecordKind.OUTBOUND
    if of_order and details:
        return RecordKind.INBOUND
    return RecordKind.CONSIGNMENT if deliver.get("address") else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
