"""The warehouses of the simulated Cenports and what lies in them: GET and PATCH /inventories."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.backends.cenports.sandbox_parameters import Parameters
from gateway.backends.cenports.sandbox_records import Record, listed
from gateway.backends.cenports.sandbox_transactions import Transactions


@dataclass
class Row:
    """What a warehouse holds of a product. `record` is all that is told of it but the quantity.

    `actual` includes what is reserved for orders that are yet to be fulfilled; what is available does not.
    """

    record: Record
    actual: int
    reserved: int = 0

    def told(self, *, actual: bool) -> Record:
        return {**self.record, "quantity": str(self.actual if actual else self.actual - self.reserved)}


@dataclass
class Warehouse:
    """`record` is all that is told of it but its rows; they are by SKU."""

    record: Record
    rows: dict[str, Row]


@dataclass(frozen=True)
class Change:
    """An entry of PATCH /inventories."""

    sku: str
    quantity: int
    adds: bool


class Goods:
    """`warehouses` by their codes; `owner` is the partner."""

    def __init__(self, transactions: Transactions, owner: str) -> None:
        self.warehouses: dict[str, Warehouse] = {}
        self._owner = owner
        self._transactions = transactions

    def put(self, record: Record, reserved: dict[str, int] | None = None) -> None:
        """A warehouse with its actual stock, as GET tells it, and what of it is reserved by SKU."""
        held = reserved or {}
        rows = {
            row["productSku"]: Row(row, int(row["quantity"]), held.get(row["productSku"], 0))
            for row in record["warehouseInventory"]
        }
        self.warehouses[record["warehouseCode"]] = Warehouse(record, rows)

    def get(self, asked: Parameters, *, actual: bool) -> object:
        codes = asked.listed("warehouseCode")
        asked.check()
        return listed(
            {**held.record, "warehouseInventory": [row.told(actual=actual) for row in held.rows.values()]}
            for code, held in self.warehouses.items()
            if codes is None or code in codes
        )

    def update(self, asked: Parameters) -> object:
        """PATCH /inventories. The page shows the number of this transaction as a number and its handle in capitals."""
        code = self._code(asked)
        changes = [_change(entry) for entry in asked.entries("inventories")]
        asked.check()
        rows = self.warehouses[code].rows
        submitted = self._transactions.submit(lambda: _applied(rows, changes))
        return {**submitted, "id": int(submitted["id"]), "handle": submitted["handle"].upper()}

    def knows(self, sku: str) -> bool:
        return any(sku in held.rows for held in self.warehouses.values())

    def reserve(self, sku: str, quantity: int) -> tuple[Warehouse, Row]:
        """Reserves a known product in a warehouse that can give as much, else in the first that knows it."""
        found = [(held, held.rows[sku]) for held in self.warehouses.values() if sku in held.rows]
        enough = (pair for pair in found if pair[1].actual - pair[1].reserved >= quantity)
        warehouse, row = next(enough, found[0])
        row.reserved += quantity
        return warehouse, row

    def ship_from(self, warehouse: Warehouse) -> Record:
        """A warehouse as orders tell it."""
        address = warehouse.record["warehouseAddress"]
        parts = ("streetAddress", "city", "provinceAbbre", "countryCode", "postalCode")
        return {
            "warehouseCode": warehouse.record["warehouseCode"],
            "warehouseName": warehouse.record["warehouseName"],
            "location": ", ".join(address[part] or "" for part in parts),
            "contactPhone": None,
            "availability": True,
            "owner": self._owner,
        }

    def _code(self, asked: Parameters) -> str:
        """The example names a warehouse, the table does not: it must be named where there are several."""
        code = asked.text("warehouseCode", required=len(self.warehouses) != 1)
        if code is not None and code not in self.warehouses:
            asked.refuse("warehouseCode", "The {} is not valid, please try again.")
        return code or next(iter(self.warehouses), "")


def _change(entry: Parameters) -> Change:
    sku = entry.text("productSKU", required=True)
    kind = entry.text("type", required=True)
    if kind not in (None, "TRUE_UP", "DIFFERENTIAL"):
        entry.refuse("type", "The selected {} is invalid.")
    adds = kind == "DIFFERENTIAL"
    quantity = entry.number("quantity", required=True, least=-99_999 if adds else 0)
    return Change(sku or "", quantity or 0, adds)


def _applied(rows: dict[str, Row], changes: Iterable[Change]) -> Iterable[tuple[int, str]]:
    """What the page does not say: an unknown product and a quantity below nothing are errors of their entries."""
    for index, change in enumerate(changes):
        row = rows.get(change.sku)
        if row is None:
            yield index, f"The product sku {change.sku} does not exist."
            continue
        quantity = row.actual + change.quantity if change.adds else change.quantity
        if quantity < 0:
            yield index, f"The inventory of product sku {change.sku} is not able to update."
            continue
        row.actual = quantity
