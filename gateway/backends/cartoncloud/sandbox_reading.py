"""How the simulated CartonCloud reads what is sent to be kept: held against the page's tables, its references filled in."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from gateway.backends.cartoncloud.sandbox_checks import Form, Malformed, Problem, Rule, problem, problems, spelled_out
from gateway.backends.cartoncloud.sandbox_goods import Goods, named, units
from gateway.backends.cartoncloud.sandbox_records import Kind, Record
from gateway.backends.cartoncloud.sandbox_replies import Refused, refusal
from gateway.backends.cartoncloud.sandbox_tables import PRODUCTS, RECORDS, WAREHOUSE

# What CartonCloud alone decides; what a caller sends of it is not heeded.
_OWN = ("id", "status", "version", "timestamps")
# Countries that are told in full by any of their three names; others stand as they were sent.
_COUNTRIES = (
    ("AU", "AUS", "Australia"),
    ("CL", "CHL", "Chile"),
    ("NZ", "NZL", "New Zealand"),
    ("SE", "SWE", "Sweden"),
    ("US", "USA", "United States"),
)


def read_record(kind: Kind, message: Mapping[str, Any], goods: Goods) -> Record:
    """An order or consignment as it will be kept, but for what CartonCloud alone decides. Raises Refused."""
    _hold_against(message, RECORDS[kind])
    record = _without(message, _OWN)
    reading = _Reading(goods)
    reading.fill(kind, record)
    reading.end()
    _without_errors(record)
    return record


def read_product(message: Mapping[str, Any], goods: Goods) -> Record:
    """A product as it will be kept, but for what CartonCloud alone decides. Raises Refused."""
    _hold_against(message, _product_rules(message.get("scope")))
    record = _without(message, _OWN)
    reading = _Reading(goods)
    reading.fill_product(record)
    reading.end()
    return record


def _product_rules(scope: object) -> Iterable[Rule]:
    """The table of a scope; of an unknown one only that it must be known."""
    if isinstance(scope, str) and scope in PRODUCTS:
        return PRODUCTS[scope]
    return [Rule("/scope", Form.TEXT, required=True, words=tuple(PRODUCTS))]


def _hold_against(message: Mapping[str, Any], rules: Iterable[Rule]) -> None:
    try:
        wrong = problems(message, rules)
    except Malformed as error:
        raise refusal(400, str(error)) from error
    if wrong:
        raise Refused(422, *wrong)


def _without(message: Mapping[str, Any], names: Iterable[str]) -> Record:
    return {name: deepcopy(value) for name, value in message.items() if name not in names}


def _without_errors(record: Record) -> None:
    """The issues of an order are CartonCloud's, though they stand among what callers send."""
    (record.get("details") or {}).pop("errors", None)


class _Reading:
    """A message whose references are looked up, and what was found to be wrong with them."""

    def __init__(self, goods: Goods) -> None:
        self._goods = goods
        self._problems: list[Problem] = []

    def end(self) -> None:
        """Raises Refused if anything was wrong."""
        if self._problems:
            raise Refused(422, *self._problems)

    def fill(self, kind: Kind, record: Record) -> None:
        record["customer"] = self._known("/customer", self._goods.customer(record["customer"]))
        if kind is not Kind.CONSIGNMENT:
            record["warehouse"] = self._known("/warehouse", self._goods.warehouse(record.get("warehouse")))
        for stop in ("collect", "deliver"):
            _complete_country(_object(_object(_object(record.get("details")).get(stop)).get("address")))
        record["items"] = record.get("items") or []
        for position, item in enumerate(record["items"]):
            self._fill_item(kind, f"/items/{position}", item, record["customer"])

    def fill_product(self, product: Record) -> None:
        if product.get("customer"):
            product["customer"] = self._known("/customer", self._goods.customer(product["customer"]))
        if product["scope"] == WAREHOUSE and product["defaultUnitOfMeasure"].casefold() not in units(product):
            self._tell("/defaultUnitOfMeasure", "must be one of the unit of measures")
        same = self._goods.same_code(product)
        if same:
            self._tell("/references/code", "is already in use", type="DUPLICATE", details={"duplicateId": same["id"]})

    def _fill_item(self, kind: Kind, pointer: str, item: Record, customer: Record) -> None:
        reference = (item.get("details") or {}).get("product")
        if not customer or not reference:
            return
        find = self._goods.carried_product if kind is Kind.CONSIGNMENT else self._goods.ordered_product
        product = find(reference, customer)
        item["details"]["product"] = self._known(f"{pointer}/details/product", product)
        if product and kind is not Kind.CONSIGNMENT:
            self._fill_unit(pointer, item["details"], product)

    def _fill_unit(self, pointer: str, details: Record, product: Record) -> None:
        unit = (details.get("unitOfMeasure") or {}).get("type")
        details["unitOfMeasure"] = {"type": unit or product["defaultUnitOfMeasure"].upper()}
        if unit and unit.casefold() not in units(product):
            self._tell(f"{pointer}/details/unitOfMeasure/type", "is not a unit of measure of the product")

    def _known(self, pointer: str, found: Record | None) -> Record:
        if found is None:
            self._tell(pointer, "does not exist")
            return {}
        return named(found)

    def _tell(self, pointer: str, what: str, **more: Any) -> None:
        name = spelled_out(pointer.rpartition("/")[2])
        self._problems.append(problem(pointer, f"{name} {what}.", **more))


def _complete_country(address: Record) -> None:
    country = _object(address.get("country"))
    given = next((country[name] for name in ("iso2Code", "iso3Code", "name") if country.get(name)), None)
    for iso2, iso3, name in _COUNTRIES:
        if given in (iso2, iso3, name):
            address["country"] = {"name": name, "iso2Code": iso2, "iso3Code": iso3}


def _object(value: Any) -> Record:
    """Members that no table has may be anything."""
    return value if isinstance(value, dict) else {}
