"""The inbound orders, outbound orders and consignments of the simulated CartonCloud, as calls and time change them."""

import threading
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any
from uuid import uuid4

from gateway.backends.cartoncloud.sandbox_checks import problem
from gateway.backends.cartoncloud.sandbox_goods import Goods
from gateway.backends.cartoncloud.sandbox_reading import read_record
from gateway.backends.cartoncloud.sandbox_records import Kind, Record, moved, number_of
from gateway.backends.cartoncloud.sandbox_replies import Refused, refusal

# "Otherwise will be assigned the initial status based on workflow." That of a consignment is the one in the page's example.
_INITIAL = {Kind.INBOUND: "AWAITING_STOCK", Kind.OUTBOUND: "AWAITING_PICK_AND_PACK", Kind.CONSIGNMENT: "DRAFT"}
_OWN = ("id", "type", "version", "timestamps")
_WITHOUT_STOCK = ("DRAFT", "AWAITING_STOCK", "REJECTED", "CANCELLED")


class UnknownRecord(Refused):
    """There is no record of this kind and number or id."""

    def __init__(self, message: str = "The requested resource does not exist") -> None:
        super().__init__(404, {"message": message})


class Orders:
    """All records by kind and id. Changes may come from any thread; `tell` hears of each change of status.

    With `unique_references` a second record of a customer with the same `references.customer` is refused: the page
    leaves it to the tenant.
    """

    def __init__(
        self,
        goods: Goods,
        seeded: Mapping[Kind, Iterable[Record]],
        *,
        tell: Callable[[Kind, Record], None],
        unique_references: bool,
    ) -> None:
        self._goods = goods
        self._held = {kind: {record["id"]: record for record in records} for kind, records in seeded.items()}
        self._tell = tell
        self._unique_references = unique_references
        self._changing = threading.RLock()

    def every(self, kind: Kind) -> list[Record]:
        """Copies of all records of a kind, the oldest first."""
        with self._changing:
            return deepcopy(list(self._held[kind].values()))

    def put(self, kind: Kind, record: Record) -> None:
        """Hold a record as it is, in the place of that with its id."""
        with self._changing:
            self._held[kind][record["id"]] = deepcopy(record)

    def one(self, kind: Kind, record_id: str) -> Record:
        """A copy of the record with this id. Raises UnknownRecord."""
        with self._changing:
            found = self._held[kind].get(record_id)
            if found is None:
                raise UnknownRecord
            return deepcopy(found)

    def create(self, kind: Kind, message: Mapping[str, Any]) -> Record:
        """Make a record of what is sent; of an outbound order for which stock is short, a rejected one. Raises Refused."""
        with self._changing:
            record = read_record(kind, message, self._goods)
            self._refuse_duplicate(kind, record)
            status = "DRAFT" if message.get("status") == "DRAFT" else _INITIAL[kind]
            created = {"id": str(uuid4()), "type": kind.upper(), **self._settled(kind, record, status), "version": 1}
            self._keep(kind, created)
            self._tell(kind, created)
            return deepcopy(created)

    def replace(self, kind: Kind, record_id: str, version: int, message: Mapping[str, Any]) -> Record:
        """Put what is sent in the place of this version of a record. Raises Refused."""
        with self._changing:
            before = self._in_version(kind, record_id, version)
            if message.get("id") not in (None, record_id):
                raise Refused(422, problem("/id", "Id must be that of the address."))
            record = read_record(kind, message, self._goods)
            self._release(kind, before)
            settled = self._settled(kind, record, message.get("status") or before["status"])
            own = {name: before[name] for name in _OWN if name in before}
            after = moved({**own, **settled}, settled["status"])
            self._keep(kind, after)
            if after["status"] != before["status"]:
                self._tell(kind, after)
            return deepcopy(after)

    def remove(self, kind: Kind, record_id: str, version: int | None) -> None:
        """Forget a record, where a version is given in this version alone. Raises Refused."""
        with self._changing:
            before = self.one(kind, record_id) if version is None else self._in_version(kind, record_id, version)
            self._release(kind, before)
            del self._held[kind][record_id]

    def move(self, kind: Kind, number: str, status: str) -> Record:
        """Let the record of this id or number, of several the newest, come into a status. Raises UnknownRecord."""
        with self._changing:
            found = [r for r in self._held[kind].values() if number in (r["id"], number_of(r))]
            if not found:
                raise UnknownRecord(f"There is no {kind} record {number}")
            after = moved(found[-1], status)
            self._release(kind, found[-1])
            self._keep(kind, after)
            self._tell(kind, after)
            return deepcopy(after)

    def _in_version(self, kind: Kind, record_id: str, version: int) -> Record:
        record = self.one(kind, record_id)
        if record["version"] != version:
            raise refusal(409, "The resource has been modified by another request")
        return record

    def _refuse_duplicate(self, kind: Kind, record: Record) -> None:
        if not self._unique_references or number_of(record) is None:
            return
        name = (record["customer"]["id"], number_of(record))
        for other in self._held[kind].values():
            if (other["customer"]["id"], number_of(other)) == name:
                details = {"duplicateId": other["id"]}
                message = "Customer reference is already in use."
                raise Refused(422, problem("/references/customer", message, type="DUPLICATE", details=details))

    def _settled(self, kind: Kind, record: Record, status: str) -> Record:
        """The record in this status; where an outbound order is to be worked on, in the one that its stock allows."""
        if kind is not Kind.OUTBOUND or status not in (_INITIAL[kind], "REJECTED"):
            return {**record, "status": status}
        short = self._goods.short_of(record)
        if not short:
            return {**record, "status": _INITIAL[kind]}
        errors = [{"message": f"There is not enough stock of {name}.", "isResolved": False} for name in short]
        return {**record, "status": "REJECTED", "details": {**record["details"], "errors": errors}}

    def _keep(self, kind: Kind, record: Record) -> None:
        """Hold a record, and have its goods move."""
        if kind is Kind.OUTBOUND and record["status"] not in _WITHOUT_STOCK:
            self._goods.take(record)
        if kind is Kind.INBOUND and record["status"] == "RECEIVED":
            self._goods.give(record)
        self._held[kind][record["id"]] = record

    def _release(self, kind: Kind, record: Record) -> None:
        """Have the goods of a record be as they were without it."""
        if kind is Kind.OUTBOUND and record["status"] not in _WITHOUT_STOCK:
            self._goods.give(record)
        if kind is Kind.INBOUND and record["status"] == "RECEIVED":
            self._goods.take(record)
