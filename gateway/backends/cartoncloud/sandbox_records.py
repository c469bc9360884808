"""The records of the simulated CartonCloud: the world's warehouse orders in the words of the vendor's page of 2019.

What the page calls optional is now and then absent, as null or without the key; which, is the same for the same seed.
"""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from gateway.sandbox.world import Arrival, Item, Line, Place, ShopOrder, Site, Stage, System, World, uuid

Record: TypeAlias = dict[str, Any]


class Kind(StrEnum):
    """The kinds of records that change their status and are told of by webhooks."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    CONSIGNMENT = "consignment"

    @property
    def collection(self) -> str:
        """The last part of the address of all records of the kind."""
        return "consignments" if self is Kind.CONSIGNMENT else f"{self.value}-orders"


# The page of 2019 names DRAFT, RECEIVED, DISPATCHED and DELIVERED; the newer documents name the others.
_OUTBOUND_STATUSES = {
    Stage.CONFIRMED: ("AWAITING_PICK_AND_PACK", "AWAITING_PICK_AND_PACK", "AWAITING_PICK_AND_PACK", "AWAITING_STOCK"),
    Stage.PACKED: ("PACKED", "PACKED", "PICKED", "PACKING_IN_PROGRESS"),
    Stage.SHIPPED: ("DISPATCHED",),
    Stage.DELIVERED: ("DISPATCHED",),
    Stage.CANCELLED: ("CANCELLED", "CANCELLED", "CANCELLED", "REJECTED"),
}
_OUTBOUND_VERSIONS = {"PACKING_IN_PROGRESS": 2, "PICKED": 3, "PACKED": 4, "DISPATCHED": 5, "CANCELLED": 2}
_ISO3_CODES = {"AU": "AUS", "CL": "CHL", "SE": "SWE", "US": "USA"}
_CURRENCY = "USD"


def records(world: World) -> dict[Kind, list[Record]]:
    """Everything that CartonCloud holds of this world: consignments only of what has left the warehouse."""
    orders = world.warehouse_orders
    return {
        Kind.INBOUND: [_inbound(world, arrival) for arrival in world.arrivals],
        Kind.OUTBOUND: [_outbound(world, order) for order in orders],
        Kind.CONSIGNMENT: [_consignment(world, order) for order in orders if order.dispatch],
    }


def record_id(world: World, kind: Kind, order: ShopOrder) -> str:
    """The id of the outbound order or consignment that one of the world's warehouse orders became."""
    return uuid("cartoncloud", world.seed, kind.value, order.identity)


def customers() -> list[Record]:
    """The warehouse's customers: the selling company, and one that has no orders."""
    return [_customer("Example Trading", "C100001"), _customer("Quiet Goods", "C100002")]


def warehouses(world: World) -> list[Record]:
    """The tenant's warehouses, the default one first."""
    return [_warehouse(site) for site in world.sites_of(System.CARTONCLOUD)]


def products(world: World) -> list[Record]:
    """The selling company's goods, as products of the warehouse."""
    return [_whole_product(item) for item in world.items_of(System.CARTONCLOUD)]


def stock(world: World) -> list[tuple[str, str, Decimal]]:
    """How much is free: id of the product, id of the warehouse, quantity."""
    rows = world.stock_of(System.CARTONCLOUD)
    return [(_product_id(row.item), _warehouse(row.site)["id"], Decimal(row.available)) for row in rows]


def moved(record: Record, status: str) -> Record:
    """The record one version later, in this status, changed an hour after its last change."""
    after = {**record, "status": status, "version": record["version"] + 1}
    if record.get("timestamps"):
        before = datetime.fromisoformat(record["timestamps"]["modified"]["time"])
        after["timestamps"] = {**record["timestamps"], "modified": _at(before + timedelta(hours=1))}
    return after


def _inbound(world: World, arrival: Arrival) -> Record:
    dice = _dice(world, Kind.INBOUND, arrival.number)
    modified = max(arrival.announced_at, arrival.arrives_on) if arrival.received else arrival.announced_at
    return {
        "id": uuid("cartoncloud", world.seed, Kind.INBOUND.value, arrival.number),
        **_type(dice, "INBOUND"),
        "status": "RECEIVED" if arrival.received else dice.choice(("AWAITING_STOCK", "AWAITING_STOCK", "DRAFT")),
        "references": {"customer": arrival.number},
        "customer": customers()[0],
        "warehouse": _warehouse(arrival.site),
        "details": {
            "urgent": dice.random() < 0.1,
            **_text(dice, "instructions", ""),
            "arrivalDate": _day(arrival.arrives_on),
        },
        **_optional(dice, 0.5, "properties", {"container": f"CNT-{arrival.number}"}),
        "items": [_order_item(dice, line, dice.choice(("UNITS", "CASES"))) for line in arrival.lines],
        "version": 2 if arrival.received else 1,
        **_timestamps(dice, created=arrival.announced_at, modified=modified),
    }


def _outbound(world: World, order: ShopOrder) -> Record:
    dice = _dice(world, Kind.OUTBOUND, order.identity)
    status = dice.choice(_OUTBOUND_STATUSES[order.stage])
    return {
        "id": record_id(world, Kind.OUTBOUND, order),
        **_type(dice, "OUTBOUND"),
        "status": status,
        "references": {"customer": order.number, "alternateReference": order.reference},
        "customer": customers()[0],
        "warehouse": _warehouse(order.site),
        "details": {
            "urgent": dice.random() < 0.1,
            **_text(dice, "instructions", ""),
            "collect": {"requiredDate": _day(order.placed_at + timedelta(days=1))},
            "deliver": _delivery(dice, order),
            **_optional(dice, 0.8, "invoiceValue", {"amount": order.total, "currency": _CURRENCY}),
        },
        **_optional(dice, 0.7, "properties", {"salesChannel": order.channel}),
        "items": [_order_item(dice, line, "UNITS") for line in order.lines],
        "version": _OUTBOUND_VERSIONS.get(status, 1),
        **_order_timestamps(dice, order),
    }


def _consignment(world: World, order: ShopOrder) -> Record:
    if order.dispatch is None:
        raise ValueError("an order that has not left the warehouse has no consignment")
    dice = _dice(world, Kind.CONSIGNMENT, order.identity)
    shipped, delivered = order.dispatch.shipped_at, order.dispatch.delivered_at
    return {
        "id": record_id(world, Kind.CONSIGNMENT, order),
        **_type(dice, "CONSIGNMENT"),
        "status": "DELIVERED" if delivered else "IN_TRANSIT",
        "references": {"customer": order.number, **_optional(dice, 0.8, "tracking", order.dispatch.tracking)},
        "customer": customers()[0],
        "details": {
            "collect": {"address": _address(dice, order.site.place, company=order.site.name, contact=None)},
            "deliver": _delivery(dice, order),
            **_optional(dice, 0.5, "invoiceValue", {"amount": order.total, "currency": _CURRENCY}),
        },
        "properties": {"serviceType": order.dispatch.service},
        "items": [_consignment_item(dice, line) for line in order.lines],
        "version": 3 if delivered else 2,
        **_timestamps(dice, created=shipped, modified=delivered or shipped),
    }


def _dice(world: World, kind: Kind, number: str) -> random.Random:
    return random.Random(f"cartoncloud/{world.seed}/{kind}/{number}")


def _optional(dice: random.Random, share: float, name: str, value: object) -> Record:
    """The field in this share of the records; in the others null or nothing, for the page does not say which."""
    if dice.random() < share:
        return {name: value}
    return dice.choice(({name: None}, {}))


def _type(dice: random.Random, name: str) -> Record:
    """The page shows the type in the reply to a creation, and leaves it out of the webhook's example."""
    return {"type": name} if dice.random() < 0.5 else {}


def _text(dice: random.Random, name: str, value: str) -> Record:
    """A text field, which where empty may be blank (as in the page's examples), null or absent."""
    return {name: value} if value else dice.choice(({name: ""}, {name: None}, {}))


def _customer(name: str, code: str) -> Record:
    return {"id": uuid("cartoncloud", "customer", code), "name": name, "references": {"code": code}}


def _warehouse(site: Site) -> Record:
    return {"id": uuid("cartoncloud", "warehouse", site.key), "name": site.codes[System.CARTONCLOUD]}


def _delivery(dice: random.Random, order: ShopOrder) -> Record:
    return {
        "address": _address(dice, order.buyer, company="", contact=order.buyer.name),
        **_text(dice, "instructions", order.note),
        **_optional(dice, 0.7, "requiredDate", _day(order.placed_at + timedelta(days=4))),
    }


def _address(dice: random.Random, place: Place, *, company: str, contact: str | None) -> Record:
    return {
        **_text(dice, "companyName", company),
        **_optional(dice, 1 if contact else 0, "contactName", contact),
        "address1": place.street,
        **_text(dice, "address2", ""),
        **_optional(dice, 0.8, "suburb", place.suburb),
        "city": place.city,
        "state": {"code": place.state_code, "name": place.state},
        "postcode": place.postcode,
        "country": {
            "name": place.country_name,
            "iso2Code": place.country,
            "iso3Code": _ISO3_CODES.get(place.country),
        },
        "phone": place.phone,
        "email": place.email,
    }


def _order_item(dice: random.Random, line: Line, unit: str) -> Record:
    """An item of an order: without an id of its own, as the page shows it."""
    batch = {"batch": dice.choice(("AAAA", "BBBB")), "expiryDate": "2027-10-25"}
    return {
        **_optional(dice, 0.3, "properties", batch),
        "details": {"product": _product(dice, line.item), "unitOfMeasure": {"type": unit}},
        "measures": {"quantity": line.quantity},
    }


def _consignment_item(dice: random.Random, line: Line) -> Record:
    weight = line.quantity * Decimal("1.25")
    return {
        "properties": {"description": line.item.title},
        "measures": {
            **_optional(dice, 0.5, "pallets", 1),
            "weight": weight,
            "quantity": line.quantity,
            **_optional(dice, 0.7, "volume", weight / 100),
        },
        **_optional(dice, 0.8, "details", {"product": _product(dice, line.item)}),
    }


def _product(dice: random.Random, item: Item) -> Record:
    return {
        "id": _product_id(item),
        "name": item.title,
        "references": {"code": item.sku, **_optional(dice, 0.9, "barcode", item.barcode)},
    }


def _whole_product(item: Item) -> Record:
    """A product by itself, as it would have been created."""
    return {
        "id": _product_id(item),
        "scope": "WAREHOUSE",
        "status": "ACTIVE",
        "references": {"code": item.sku, "barcode": item.barcode},
        "customer": customers()[0],
        "type": "GENERAL",
        "name": item.title,
        "description": item.title,
        "defaultUnitOfMeasure": "units",
        "unitOfMeasures": {"units": {"qtyPerBase": 1, "weight": Decimal("1.25")}, "cases": {"qtyPerBase": 10}},
        "version": 1,
    }


def _product_id(item: Item) -> str:
    return uuid("cartoncloud", "product", item.sku)


def _order_timestamps(dice: random.Random, order: ShopOrder) -> Record:
    created = order.placed_at + timedelta(minutes=dice.randrange(1, 60))
    dispatched = [order.dispatch.shipped_at] if order.dispatch else []
    return _timestamps(dice, created=created, modified=max([created, order.changed_at, *dispatched]))


def _timestamps(dice: random.Random, *, created: datetime, modified: datetime) -> Record:
    """Most records have them, though the page of 2019 shows none."""
    return _optional(dice, 0.85, "timestamps", {"created": _at(created), "modified": _at(modified)})


def _at(instant: datetime) -> Record:
    return {"time": f"{instant:%Y-%m-%dT%H:%M:%SZ}"}


def _day(instant: datetime | date) -> str:
    return f"{instant:%Y-%m-%d}"


def number_of(record: Record) -> str | None:
    """The number that the customer knows a record by."""
    found: str | None = (record.get("references") or {}).get("customer")
    return found


def by_number(found: Iterable[Record]) -> dict[str, Record]:
    """The records by number, of several of one number the last; by id where there is none."""
    return {number_of(record) or record["id"]: record for record in found}
