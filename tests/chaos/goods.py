"""What chaos wants of the simulated systems, and what they hold of it afterwards, counted at the systems themselves."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import httpx

from gateway import ids
from gateway.sandbox.world import Stock, System, World
from tests.backends.cenports import asking as cenports
from tests.backends.centra.asking import values
from tests.backends.centry.asking import signed_in

Systems: TypeAlias = Mapping[str, Any]
Given: TypeAlias = dict[str, Any]

_ADDRESS = {
    "name": "Ann Lee", "line1": "1 Main Street", "city": "Metropolis", "state": "QLD", "postalCode": "4000",
    "country": "AU",
}  # fmt: skip
_SALE = {
    "customer": {"name": "Ann Lee", "email": "ann@example.com", "phone": "555-0100"}, "shippingAddress": _ADDRESS,
    "carrierCode": "UPS", "serviceLevel": "Ground", "total": {"amount": "20.10"},
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """A mutation that a client hands in, under a key of its own; with a `file`, in the place of its input's `file`."""

    key: str
    mutation: str
    given: Given
    file: bytes | None = None


class Goods:
    """`addresses` are those of the systems."""

    def __init__(self, world: World, systems: Systems, addresses: Mapping[str, str]) -> None:
        self._world = world
        self._systems = systems
        self._addresses = addresses
        self._product = systems["CARTONCLOUD"].every("product")[0]
        warehouse = systems["CARTONCLOUD"].every("warehouse")[0]
        systems["CARTONCLOUD"].stock(self._product["id"], warehouse["id"], Decimal(1_000_000))
        self._added, self._set = world.stock_of(System.CENPORTS)[:2]
        self._set_at_centry = next(row for row in world.stock_of(System.CENTRY) if row.item.sku == self._sku(System.CENTRY))
        self._before = self.stock("added")

    def orders(self, number: str) -> Wish:
        """Four orders of this number, each of which is a step. The warehouse gets it in or sends it out, by turns."""
        sale = [{"sku": self._sku(System.CENPORTS), "quantity": "1", "unitPrice": {"amount": "20.10"}}]
        reference = [{"name": "ponumber", "value": number}]
        leaves = sum(number.encode()) % 2
        at_the_warehouse = {"kind": "OUTBOUND", "shippingAddress": _ADDRESS} if leaves else {"kind": "INBOUND"}
        orders = [
            self._order("CENPORTS", number, "") | {"lines": sale, **_SALE},
            self._order("CENTRA", number, self._sku(System.CENTRA)) | {"references": reference},
            self._order("CENTRY", number, self._sku(System.CENTRY)),
            self._order("CARTONCLOUD", number, self._product["references"]["code"]) | at_the_warehouse,
        ]
        return Wish(f"order-{number}", "createOrders", {"orders": orders})

    def adjustments(self, number: int) -> Iterator[Wish]:
        """A quantity that is added at Cenports (each another power of three: the sum tells which were added, and how often),
        and quantities that are set, there and at Centry."""
        yield self._adjust(f"add-{number}", "CENPORTS", self._added, "ADD", 3**number)
        yield self._adjust(f"set-{number}", "CENPORTS", self._set, "SET", 100 + number)
        yield self._adjust(f"set-at-centry-{number}", "CENTRY", self._set_at_centry, "SET", 100 + number)

    def held(self) -> Mapping[str, Counter[str]]:
        """How often each place has an order of each number."""
        return {place: Counter(numbers()) for place, numbers in self._places().items()}

    def added(self, number: int) -> int:
        """How often the quantity of this number was added at Cenports."""
        digit: int = (self.stock("added") - self._before) // 3**number % 3
        return digit

    def stock(self, which: str) -> int:
        """What there is of what is `added` to or `set` at Cenports, or `set at Centry`."""
        if which == "set at Centry":
            return self._at_centry(self._set_at_centry)
        row = self._added if which == "added" else self._set
        with self._cenports() as http:
            places = cenports.ask(http, "/inventories", actualStock="true").json()["data"]
        rows = [held for place in places if place["warehouseCode"] == row.site.codes[System.CENPORTS]
                for held in place["warehouseInventory"]]  # fmt: skip
        return next(int(held["quantity"]) for held in rows if held["productSku"] == row.item.sku)

    def _at_centry(self, row: Stock) -> int:
        with signed_in(self._addresses["CENTRY"]) as centry:
            variants = centry.get("variants.json", limit=1000)
            variant = next(variant["_id"] for variant in variants if variant["sku"] == row.item.sku)
            rows = centry.get("variant_warehouses.json", limit=1000)
        here = (variant, row.site.codes[System.CENTRY])
        return next(int(held["quantity"]) for held in rows if (held["variant_id"], held["warehouse_id"]) == here)

    def _places(self) -> Mapping[str, Callable[[], Iterable[str]]]:
        centra, cartoncloud = self._systems["CENTRA"], self._systems["CARTONCLOUD"]
        return {
            "CENPORTS": self._orders_at_cenports,
            "CENTRA": lambda: (".".join(values(record, "ponumber")) for record in centra.every("order")),
            "CENTRY": self._orders_at_centry,
            "CARTONCLOUD": lambda: map(_number, [*cartoncloud.every("outbound"), *cartoncloud.every("inbound")]),
        }

    def _orders_at_cenports(self) -> list[str]:
        with self._cenports() as http:
            return cenports.numbers(cenports.ask(http, "/orders", limit=300))

    def _orders_at_centry(self) -> list[str]:
        with signed_in(self._addresses["CENTRY"]) as centry:
            return [record["number_origin"] or "" for record in centry.get("orders.json", limit=1000)]

    @contextmanager
    def _cenports(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=f"{self._addresses['CENPORTS']}/v2") as http:
            http.headers["Authorization"] = f"Bearer {cenports.token(http)}"
            yield http

    def _order(self, backend: str, number: str, sku: str) -> Given:
        return {"backend": backend, "number": number, "lines": [{"sku": sku, "quantity": "1"}]}

    def _adjust(self, key: str, backend: str, row: Stock, change: str, quantity: int) -> Wish:
        adjustment = {
            "sku": row.item.sku,
            "warehouseId": ids.encode("Warehouse", None, row.site.key),
            "quantity": quantity,
            "change": change,
            "kind": "ON_HAND" if backend == "CENPORTS" else "AVAILABLE",
        }
        return Wish(key, "adjustStock", {"adjustments": [adjustment], "backends": [backend]})

    def _sku(self, system: System) -> str:
        """One that no other item of the system has."""
        skus = [item.sku for item in self._world.items_of(system)]
        return next(sku for sku in skus if skus.count(sku) == 1)


def _number(record: Mapping[str, Any]) -> str:
    return str(record["references"]["customer"])
