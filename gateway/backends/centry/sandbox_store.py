"""What the simulated Centry holds: records by collection and owner, what was removed, and its clock.

A collection is named by its address without ids: `products`, `locations/cities`, `products/assets`. The records of an
inner one belong to an owner, such as the product; those of an outer one have the owner "".
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count

from gateway.backends.centry.sandbox_account import USER
from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_times import newest, now_after, offset_time
from gateway.backends.centry.sandbox_webhooks import Webhooks
from gateway.sandbox.world import object_id

_DEPENDENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "products": (("variants", "product_id"),),
    "variants": (("variant_warehouses", "variant_id"),),
    "warehouses": (("variant_warehouses", "warehouse_id"),),
}
"""What goes with a record that is removed: collection and the field that names the record."""


class Rejected(Exception):
    """A request that Centry does not follow: the status of its answer and the answer itself."""

    def __init__(self, status: int, reply: Fields) -> None:
        super().__init__(str(reply))
        self.status = status
        self.reply = reply


def invalid(**messages: str) -> Rejected:
    """A body that cannot be taken, told as the page tells of boxes: a list of messages per field."""
    return Rejected(400, {name: [message] for name, message in messages.items()})


class Store:
    """All records. Every change that Centry tells of by webhooks goes through `keep` (on_…_save) or `remove` (on_…_delete).

    `webhooks` sends what is told of them, to those that are registered as records like any other.
    """

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        self._records: dict[tuple[str, str], dict[str, Fields]] = {}
        self._removed: set[tuple[str, str]] = set()
        self._numbers = count(1)
        self._latest: datetime | None = None

    def all(self, kind: str, owner: str = "") -> list[Fields]:
        """The records of a collection, in the order in which they came."""
        return list(self._records.get((kind, owner), {}).values())

    def get(self, kind: str, identifier: str, owner: str = "") -> Fields:
        """One record. Raises Rejected: 404 where there never was one, 410 where it was removed."""
        found = self.find(kind, identifier, owner)
        if found is None and (kind, identifier) in self._removed:
            raise Rejected(410, {"error": "Gone"})
        if found is None:
            raise Rejected(404, {"error": "Not Found"})
        return found

    def find(self, kind: str, identifier: object, owner: str = "") -> Fields | None:
        """One record, or None."""
        return self._records.get((kind, owner), {}).get(str(identifier))

    def put(self, kind: str, records: Iterable[Fields], owner: str = "") -> None:
        """Have these records as they are, as if they had always been there."""
        held = self._records.setdefault((kind, owner), {})
        for record in records:
            held[record["_id"]] = record
            self._latest = newest(self._latest, record)

    def drop(self, kind: str) -> None:
        """Have no records of a collection, as if there had never been any."""
        for key in [key for key in self._records if key[0] == kind]:
            del self._records[key]

    def add(self, kind: str, fields: Fields, owner: str = "", stamps: Sequence[str] = ("created_at", "updated_at")) -> Fields:
        """Take over a new record: with an `_id`, and with now in the fields that `stamps` names."""
        return self.keep(kind, fields | {"_id": self.new_id(kind)} | dict.fromkeys(stamps, self.now()), owner)

    def save(self, kind: str, record: Fields, owner: str = "") -> Fields:
        """Take over a changed record: its version, if it has one, is the next, and it was updated now."""
        changes: Fields = {"updated_at": self.now()} if "updated_at" in record else {}
        if "version" in record:
            changes |= {"version": record["version"] + 1, "updated_by_id": USER}
        return self.keep(kind, record | changes, owner)

    def keep(self, kind: str, record: Fields, owner: str = "") -> Fields:
        """Take over a new or changed record as it is."""
        self._records.setdefault((kind, owner), {})[record["_id"]] = record
        self._webhooks.tell(self.all("webhooks"), kind, "save", record["_id"])
        return record

    def remove(self, kind: str, identifier: str, owner: str = "") -> None:
        """Remove a record, and what makes no sense without it. Raises Rejected."""
        self.get(kind, identifier, owner)
        del self._records[kind, owner][identifier]
        self._removed.add((kind, identifier))
        self._webhooks.tell(self.all("webhooks"), kind, "delete", identifier)
        for dependent, field in _DEPENDENTS.get(kind, ()):
            for record in self.all(dependent):
                if record[field] == identifier:
                    self.remove(dependent, record["_id"])

    def new_id(self, kind: str) -> str:
        """An `_id` that no record has."""
        return object_id("centry-new", kind, next(self._numbers))

    def moment(self) -> datetime:
        """Now, and later than any time that was told before, so that `updated_at_gt` finds what changed."""
        self._latest = now_after(self._latest)
        return self._latest

    def now(self) -> str:
        """`moment` as Centry writes times."""
        return offset_time(self.moment())
