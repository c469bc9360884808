"""What orders of the simulated CartonCloud speak of: customers, warehouses and products, and the stock that is free."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from gateway.backends.cartoncloud.sandbox_records import Record
from gateway.backends.cartoncloud.sandbox_tables import TRANSPORT, WAREHOUSE

Amounts: TypeAlias = defaultdict[tuple[str, str], Decimal]

# "Where multiple properties are supplied the first property as listed below will be used."
_NAMED_BY = {
    "customer": (("id",), ("references", "code"), ("name",)),
    "warehouse": (("id",), ("name",)),
    "product": (("id",), ("references", "code"), ("references", "barcode"), ("name",)),
}
_ORDERED, _CARRIED = (WAREHOUSE,), (TRANSPORT, WAREHOUSE)


class Goods:
    """The tenant's customers, warehouses and products by id, and how much of a product is free in a warehouse.

    Stock is counted in a product's base unit. What nobody put there is none.
    """

    def __init__(self, customers: Iterable[Record], warehouses: Iterable[Record], products: Iterable[Record]) -> None:
        self.customers = {record["id"]: record for record in customers}
        self.warehouses = {record["id"]: record for record in warehouses}
        self.products = {record["id"]: record for record in products}
        self._free: Amounts = defaultdict(Decimal)

    def customer(self, reference: Mapping[str, Any]) -> Record | None:
        return _first("customer", reference, self.customers.values())

    def warehouse(self, reference: Mapping[str, Any] | None) -> Record | None:
        """The one that is meant; without a reference the default one, which is the first."""
        if not reference:
            return next(iter(self.warehouses.values()), None)
        return _first("warehouse", reference, self.warehouses.values())

    def ordered_product(self, reference: Mapping[str, Any], customer: Record) -> Record | None:
        """The customer's product of the warehouse that is meant."""
        return _first("product", reference, self._offered(_ORDERED, customer))

    def carried_product(self, reference: Mapping[str, Any], customer: Record) -> Record | None:
        """The product that a consignment means: one of transport, be it everybody's, before one of the warehouse."""
        return _first("product", reference, self._offered(_CARRIED, customer))

    def same_code(self, product: Record) -> Record | None:
        """The product of the same scope and customer that has the code of this one."""
        code, owner = _at(product, ("references", "code")), _at(product, ("customer", "id"))
        alike = (other for other in self._products_of(product["scope"]) if _at(other, ("customer", "id")) == owner)
        return next((other for other in alike if code and _at(other, ("references", "code")) == code), None)

    def stock(self, product_id: str, warehouse_id: str, quantity: Decimal) -> None:
        """Let this much of a product be free in a warehouse."""
        self._free[product_id, warehouse_id] = quantity

    def short_of(self, order: Record) -> list[str]:
        """The names of the products of which less is free than an order takes."""
        wanted = self._amounts(order)
        return [self.products[key[0]]["name"] for key, amount in wanted.items() if self._free[key] < amount]

    def take(self, order: Record) -> None:
        """What an order holds is free no longer."""
        for key, amount in self._amounts(order).items():
            self._free[key] -= amount

    def give(self, order: Record) -> None:
        """What an order held, or brought, is free."""
        for key, amount in self._amounts(order).items():
            self._free[key] += amount

    def _offered(self, scopes: Sequence[str], customer: Record) -> list[Record]:
        """The products of these scopes, in their order, that are the customer's or everybody's."""
        return [product for scope in scopes for product in self._products_of(scope) if _is_for(product, customer)]

    def _products_of(self, scope: str) -> list[Record]:
        return [product for product in self.products.values() if product["scope"] == scope]

    def _amounts(self, order: Record) -> Amounts:
        """How much an order moves of each product that is known here, in base units."""
        found: Amounts = defaultdict(Decimal)
        for item in order["items"]:
            product = self.products.get(item["details"]["product"].get("id"))
            if product:
                unit = units(product).get(item["details"]["unitOfMeasure"]["type"].casefold(), {})
                amount = Decimal(item["measures"]["quantity"]) * unit.get("qtyPerBase", 1)
                found[product["id"], order["warehouse"]["id"]] += amount
        return found


def units(product: Record) -> dict[str, Any]:
    """A product's units of measure by their names in small letters: the page spells them in small and in large ones."""
    return {name.casefold(): unit for name, unit in product.get("unitOfMeasures", {}).items()}


def named(record: Record) -> Record:
    """How a customer, a warehouse or a product stands in other records."""
    return {name: record[name] for name in ("id", "name", "references") if name in record}


def _is_for(product: Record, customer: Record) -> bool:
    owner = product.get("customer")
    return owner is None or owner["id"] == customer["id"]


def _first(what: str, reference: Mapping[str, Any], records: Iterable[Record]) -> Record | None:
    """The first record that has the first property by which a reference names it."""
    for path in _NAMED_BY[what]:
        wanted = _at(reference, path)
        if wanted:
            return next((record for record in records if _at(record, path) == wanted), None)
    return None


def _at(record: Mapping[str, Any], path: Sequence[str]) -> object:
    value: Any = record
    for step in path:
        value = (value or {}).get(step)
    return value
