"""New products: of a warehouse, or of transport. CartonCloud's page has no way to change or to read one."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.creation import for_customer
from gateway.backends.cartoncloud.means import CartonCloudChange
from gateway.backends.cartoncloud.parts import Members, no_place, told, wrong_extra, wrong_quantity
from gateway.changes import NewUnitOfMeasure, ProductChange
from gateway.errors import ErrorCode
from gateway.merging import merged
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, Ready, Unknowable, Wrong

_IN_NO_PRODUCT = {
    "brand_id": "brandId",
    "category_id": "categoryId",
    "status": "status",
    "price": "price",
    "compare_at_price": "compareAtPrice",
    "sale_from": "saleFrom",
    "sale_to": "saleTo",
    "images": "images",
    "variants": "variants",
}
_SIZES = {
    "package_length": "packageLength",
    "package_width": "packageWidth",
    "package_height": "packageHeight",
    "package_weight": "packageWeight",
}
_UNITS = {"default_unit_of_measure": "defaultUnitOfMeasure", "units_of_measure": "unitsOfMeasure"}
_REQUIRED = ("sku", "name", "description", "type")

_encode = msgspec.json.Encoder(decimal_format="number").encode


class SaveProducts(CartonCloudChange[ProductChange]):
    """POST /products, in the scope WAREHOUSE, or TRANSPORT with `transport`. The record is the variant with that code."""

    facts = ProductChange
    calls = ("cartoncloud-15",)
    done_when = "CartonCloud answers 201."
    found_out = "It cannot be found out: products cannot be read, and their codes need not be unique."
    unknowable = "Whether it was made, if no answer came."

    def problems(self, item: ProductChange) -> Iterable[Wrong]:
        if item.record_id is not None:
            message = "CartonCloud documents no way to change a product: leave `recordId` out to make one."
            yield Wrong(path=("recordId",), message=message, code=ErrorCode.NOT_SUPPORTED)
        yield from self._missing(item)
        yield from _placeless(item)
        yield from _wrong_units(item.units_of_measure or ())
        for field, name in _SIZES.items():
            yield from wrong_quantity(getattr(item, field), name)
        yield from wrong_extra(product_message(item), item.extra)

    def lanes(self, item: ProductChange) -> Iterable[str]:
        return [f"product/{(item.sku or '').strip()}"]

    async def prepare(self, job: Job[ProductChange]) -> Ready | Done:
        [item] = job.items.values()
        body = merged(product_message(item), item.extra or {})
        # As text: in the message itself, which is kept as JSON, decimals would become texts.
        return Ready({"customer": self._customer(item), "body": _encode(body).decode()})

    async def send(self, job: Job[ProductChange]) -> Done:
        body, customer = wire.parse(job.message["body"].encode()), job.message["customer"]
        client = self.means.client
        if customer:
            made = await for_customer(customer, lambda each: client.create_product({**body, "customer": each}))
        else:
            made = await client.create_product(body)
        achieved = Achieved(RecordRef("VariantRecord", Backend.CARTONCLOUD, await self.means.mentioned(made)))
        return Done(dict.fromkeys(job.items, achieved))

    async def settle(self, job: Job[ProductChange]) -> Unknowable:
        code = ", ".join(item.sku or "" for item in job.items.values())
        return Unknowable(f"Look for the product {code} in CartonCloud.")

    def _customer(self, item: ProductChange) -> str:
        """A transport product without a customer is everybody's."""
        return (item.account or ("" if item.transport else self.means.settings.customer)).strip()

    def _missing(self, item: ProductChange) -> Iterator[Wrong]:
        for name in _REQUIRED:
            if not (getattr(item, name) or "").strip():
                yield Wrong(path=(name,), message="CartonCloud requires this of every product.")
        if item.transport:
            return
        if not self._customer(item):
            message = "Name the warehouse's customer by its id, code or name, or set GATEWAY_CARTONCLOUD__CUSTOMER."
            yield Wrong(path=("account",), message=message)
        for field, name in _UNITS.items():
            if not getattr(item, field):
                yield Wrong(path=(name,), message="CartonCloud requires this of a product of the warehouse.")


def product_message(product: ProductChange) -> Members:
    """The page's message, without the customer and what was added to it."""
    head = told(
        scope="TRANSPORT" if product.transport else "WAREHOUSE",
        references=told(code=(product.sku or "").strip(), barcode=product.barcode),
        type=product.type,
        name=product.name,
        description=product.description,
    )
    if product.transport:
        sizes = told(length=product.package_length, width=product.package_width, height=product.package_height)
        return told(**head, properties=sizes, measures=told(weight=product.package_weight))
    units = {unit.name.strip(): _unit(unit) for unit in product.units_of_measure or ()}
    return told(**head, defaultUnitOfMeasure=product.default_unit_of_measure, unitOfMeasures=units)


def _unit(unit: NewUnitOfMeasure) -> Members:
    return told(qtyPerBase=unit.quantity_per_base, weight=unit.weight, volume=unit.volume)


def _placeless(item: ProductChange) -> Iterator[Wrong]:
    where = "a product of transport" if item.transport else "a product of the warehouse"
    for field, name in {**_IN_NO_PRODUCT, **(_UNITS if item.transport else _SIZES)}.items():
        if getattr(item, field) is not None:
            yield no_place(name, where, name)


def _wrong_units(units: Iterable[NewUnitOfMeasure]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for at, unit in enumerate(units):
        where, name = ("unitsOfMeasure", str(at)), unit.name.strip()
        if not name or name in seen:
            yield Wrong(path=(*where, "name"), message="Give each unit a name of its own.")
        seen.add(name)
        if unit.quantity_per_base <= Decimal(0):
            yield Wrong(path=(*where, "quantityPerBase"), message="Give a quantity above zero.")
        yield from wrong_quantity(unit.weight, *where, "weight")
        yield from wrong_quantity(unit.volume, *where, "volume")
