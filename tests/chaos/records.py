"""What chaos uploads, changes and deletes in the simulated systems, and what they hold of it afterwards."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import Any, TypeAlias

from gateway import ids
from gateway.models import Backend
from gateway.sandbox.world import uuid
from tests.backends.centry.asking import signed_in
from tests.chaos.goods import Given, Systems, Wish

Paper: TypeAlias = tuple[str, int, str]
"""A document as Centry tells of it: its number, its size in bytes, and its content's MD5 fingerprint."""

_SIZE = 20_000  # bytes


@dataclass(frozen=True)
class Target:
    """A record that is changed again and again: the value that tells which change it has, and its version where it has one."""

    value: str
    version: int | None = None


class Records:
    """What is to be changed or deleted is there before the storm: the methods that give wishes make it.

    `addresses` are those of the systems.
    """

    def __init__(self, systems: Systems, addresses: Mapping[str, str]) -> None:
        self._cartoncloud = systems["CARTONCLOUD"]
        self._address = addresses["CENTRY"]
        self._orders: dict[int, str] = {}
        self._changed: dict[str, str] = {}
        self._known = self._there()
        self.doomed: dict[str, set[str]] = {kind: set() for kind in self._known}
        """The ids of what is to go, by kind."""

    def papers(self, number: int) -> Iterator[Wish]:
        """A file and a note for a new order in Centry, and the end of a document that it has."""
        order = self._orders[number] = self._make("orders", number_origin=f"P-{number}")
        with signed_in(self._address) as centry:
            headers = {"Authorization": f"Bearer {centry.token}"}
            path = f"/conexion/v1/orders/{order}/documents.json"
            file = {"file": ("old.pdf", b"old", "application/pdf")}
            old = centry.http.post(path, data={"document_type": "invoice"}, files=file, headers=headers).json()["_id"]
        given = {"orderId": ids.encode("Order", Backend.CENTRY, order)}
        form = {**given, "kind": "BILL", "number": str(number), "file": None}
        yield Wish(f"file-{number}", "attachOrderDocument", form, _content(number))
        yield Wish(f"note-{number}", "addOrderNote", {**given, "text": str(number)})
        yield Wish(f"delete-document-{number}", "deleteOrderDocument", {**given, "documentId": old})

    def updates(self, number: int) -> Iterator[Wish]:
        """The same records are changed by each number: an order and a consignment at CartonCloud, a variant and a product at
        Centry, where each number is also a new product's."""
        self._changed = self._changed or self._to_be_changed()
        order, shipment = (ids.encode(type_, Backend.CARTONCLOUD, self._changed[type_]) for type_ in ("Order", "Shipment"))
        changes = {"instructions": str(number)}
        yield Wish(f"change-order-{number}", "updateOrder", {"orderId": order, "changes": changes})
        yield Wish(f"change-shipment-{number}", "updateShipment", {"shipmentId": shipment, "changes": changes})
        variant = {"backend": "CENTRY", "sku": "CHANGED", "barcode": str(number)}
        yield Wish(f"change-variant-{number}", "saveVariants", {"variants": [variant]})
        product = {"recordId": ids.encode("ProductRecord", Backend.CENTRY, self._changed["Product"]), "name": str(number)}
        yield Wish(f"change-product-{number}", "saveProducts", {"products": [{"backend": "CENTRY", **product}]})
        yield Wish(f"product-{number}", "saveProducts", {"products": [{"backend": "CENTRY", "sku": f"NEW-{number}"}]})

    def deletions(self, number: int) -> Iterator[Wish]:
        """An order at Centry together with one at CartonCloud, a variant alone, and a product with its variant."""
        order, inbound = self._doom("orders", number_origin=f"D-{number}"), self._make_inbound(f"D-{number}")
        self.doomed["inbound"].add(inbound)
        orders = [ids.encode("Order", Backend.CENTRY, order), ids.encode("Order", Backend.CARTONCLOUD, inbound)]
        yield Wish(f"delete-orders-{number}", "deleteOrders", {"orderIds": orders})
        staying = self._make("products", sku=f"STAYS-{number}")
        self._make("variants", product_id=staying, sku=f"STAYS-{number}")
        variant = self._doom("variants", product_id=staying, sku=f"GOES-{number}")
        yield Wish(f"delete-variant-{number}", "deleteVariants", _records("VariantRecord", variant))
        product = self._doom("products", sku=f"GOES-{number}")
        self._doom("variants", product_id=product, sku=f"GOES-WITH-{number}")
        yield Wish(f"delete-product-{number}", "deleteProducts", _records("ProductRecord", product))

    def documents(self, number: int) -> list[Paper]:
        """All that the order of this number has."""
        found = self._centry(f"orders/{self._orders[number]}/documents.json")
        return [(paper["number"], paper["file_file_size"], paper["file_fingerprint"]) for paper in found]

    def notes(self, number: int) -> list[str]:
        return [note["text"] for note in self._centry(f"orders/{self._orders[number]}/order_notes.json")]

    def targets(self) -> Mapping[str, Target]:
        """The records that were changed, as they are now."""
        inbound = self._at_cartoncloud("inbound", self._changed["Order"])
        consignment = self._at_cartoncloud("consignment", self._changed["Shipment"])
        return {
            "order": Target(inbound["details"]["instructions"], inbound["version"]),
            "shipment": Target(consignment["details"]["deliver"]["instructions"], consignment["version"]),
            "variant": Target(self._centry(f"variants/{self._changed['Variant']}.json")["barcode"]),
            "product": Target(self._centry(f"products/{self._changed['Product']}.json")["name"]),
        }

    def products(self) -> Counter[str]:
        """How often Centry has a product of each SKU."""
        return Counter(str(product["sku"]) for product in self._centry("products.json"))

    def gone(self) -> dict[str, set[str]]:
        """The ids of what was there before the storm, and is not any more, by kind."""
        there = self._there()
        return {kind: known - there[kind] for kind, known in self._known.items()}

    def _there(self) -> dict[str, set[str]]:
        kinds = ("orders", "products", "variants")
        inbound = {record["id"] for record in self._cartoncloud.every("inbound")}
        return {kind: {record["_id"] for record in self._centry(f"{kind}.json")} for kind in kinds} | {"inbound": inbound}

    def _to_be_changed(self) -> dict[str, str]:
        """The ids of the records that are changed."""
        consignment = self._cartoncloud.every("consignment")[0]
        self._cartoncloud.put("consignment", consignment | {"version": 1})
        product = self._make("products", sku="CHANGED", name="new")
        return {
            "Order": self._make_inbound("U-1"),
            "Shipment": consignment["id"],
            "Variant": self._make("variants", product_id=product, sku="CHANGED"),
            "Product": product,
        }

    def _doom(self, kind: str, **fields: str) -> str:
        """A new record in Centry that is to go."""
        made = self._make(kind, **fields)
        self.doomed[kind].add(made)
        return made

    def _make(self, kind: str, **fields: str) -> str:
        """The id of a new record in Centry."""
        with signed_in(self._address) as centry:
            made: str = centry.write("POST", f"{kind}.json", fields)["_id"]
        self._known[kind].add(made)
        return made

    def _make_inbound(self, number: str) -> str:
        """The id of a new inbound order in CartonCloud, in its first version."""
        [product, *_], [customer, *_] = self._cartoncloud.every("product"), self._cartoncloud.every("customer")
        item = {
            "details": {"product": product, "unitOfMeasure": {"type": "UNITS"}},
            "measures": {"quantity": 1},
        }
        record = {
            "id": uuid("chaos", number),
            "type": "INBOUND",
            "status": "AWAITING_STOCK",
            "references": {"customer": number},
            "customer": customer,
            "warehouse": self._cartoncloud.every("warehouse")[0],
            "details": {"urgent": False, "arrivalDate": "2026-08-01"},
            "items": [item],
            "version": 1,
        }
        self._cartoncloud.put("inbound", record)
        made: str = record["id"]
        self._known["inbound"].add(made)
        return made

    def _at_cartoncloud(self, kind: str, record_id: str) -> Mapping[str, Any]:
        found: Sequence[Mapping[str, Any]] = self._cartoncloud.every(kind)
        return next(record for record in found if record["id"] == record_id)

    def _centry(self, path: str) -> Any:
        with signed_in(self._address) as centry:
            return centry.get(path, limit=1000)


def paper(number: int) -> Paper:
    """The document of this number, whole."""
    return str(number), _SIZE, md5(_content(number), usedforsecurity=False).hexdigest()


def _content(number: int) -> bytes:
    return random.Random(number).randbytes(_SIZE)


def _records(type_: str, record_id: str) -> Given:
    return {"recordIds": [ids.encode(type_, Backend.CENTRY, record_id)]}
