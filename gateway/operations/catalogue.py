"""Mutations of the catalogue: products, variants, warehouses and sales channels saved, records deleted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.changes import (
    CentraProduct,
    NewSalesChannel,
    ProductChange,
    ProductVariantChange,
    RecordDeletion,
    VariantChange,
    WarehouseChange,
)
from gateway.models import Backend
from gateway.operations.items import (
    Asked,
    Operation,
    WrongInput,
    backend_id,
    each,
    every,
    only_item,
    only_once,
    record_of,
    record_or_wrong,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenProducts:
    products: tuple[ProductChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVariants:
    variants: tuple[VariantChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenWarehouses:
    warehouses: tuple[WarehouseChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRecords:
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCentraProducts:
    products: tuple[CentraProduct, ...]


def _products(given: GivenProducts, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return each("products", given.products, _product)


def _product(index: int, product: ProductChange, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
    variants = product.variants
    if variants is not None:
        variants, wrong = every(variants, lambda variant, at: _variant_of(variant, product.backend, at), *path, "variants")
        yield from wrong
    record, wrong = record_or_wrong(product.backend, "ProductRecord", product.record_id, *path, "recordId")
    yield from wrong
    facts = replace(product, record_id=record, variants=variants)
    yield Asked(index=index, backend=product.backend, facts=facts, path=path, named=("backend",))


def _variant_of(variant: ProductVariantChange, backend: Backend, path: tuple[str, ...]) -> ProductVariantChange:
    if variant.record_id is None:
        return variant
    return replace(variant, record_id=record_of(backend, "VariantRecord", variant.record_id, *path, "recordId"))


def _variants(given: GivenVariants, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return each("variants", given.variants, _variant)


def _variant(index: int, variant: VariantChange, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
    if not variant.sku.strip():
        yield WrongInput("Give the SKU.", *path, "sku")
    record, wrong = record_or_wrong(variant.backend, "VariantRecord", variant.record_id, *path, "recordId")
    yield from wrong
    product, wrong = record_or_wrong(variant.backend, "ProductRecord", variant.product_record_id, *path, "productRecordId")
    yield from wrong
    facts = replace(variant, record_id=record, product_record_id=product)
    yield Asked(index=index, backend=variant.backend, facts=facts, path=path, named=("backend",))


def _warehouses(given: GivenWarehouses, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return each("warehouses", given.warehouses, _warehouse)


def _warehouse(index: int, warehouse: WarehouseChange, path: tuple[str, ...]) -> Iterable[Asked]:
    """What else is wrong with it cannot be told without its record, which stands for its code."""
    written, facts = warehouse.record_id, warehouse
    if written is not None:
        facts = replace(warehouse, record_id=record_of(warehouse.backend, "WarehouseRecord", written, *path, "recordId"))
    yield Asked(index=index, backend=warehouse.backend, facts=facts, path=path, named=("backend",))


def _deleted(type_name: str) -> Callable[[GivenRecords, Sequence[Backend]], Iterator[Asked | WrongInput]]:
    def take(index: int, written: str, path: tuple[str, ...]) -> Iterable[Asked]:
        backend, record = backend_id(type_name, written, *path)
        yield Asked(index=index, backend=backend, facts=RecordDeletion(record_id=record), path=path)

    def apart(given: GivenRecords, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
        return only_once(each("recordIds", given.record_ids, take), lambda item: (item.backend, item.facts))

    return apart


def _channel(given: NewSalesChannel, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    yield only_item(given.backend, given, "backend")


def _centra_products(given: GivenCentraProducts, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return only_once(each("products", given.products, _centra_product), lambda item: item.facts.id.strip() or item.index)


def _centra_product(index: int, product: CentraProduct, path: tuple[str, ...]) -> Iterable[Asked]:
    yield Asked(index=index, backend=Backend.CENTRA, facts=product, path=path, named=("id",))


SAVE_PRODUCTS = Operation("saveProducts", GivenProducts, _products)
DELETE_PRODUCTS = Operation("deleteProducts", GivenRecords, _deleted("ProductRecord"))
SAVE_VARIANTS = Operation("saveVariants", GivenVariants, _variants)
DELETE_VARIANTS = Operation("deleteVariants", GivenRecords, _deleted("VariantRecord"))
SAVE_WAREHOUSES = Operation("saveWarehouses", GivenWarehouses, _warehouses)
DELETE_WAREHOUSES = Operation("deleteWarehouses", GivenRecords, _deleted("WarehouseRecord"))
CREATE_SALES_CHANNEL = Operation("createSalesChannel", NewSalesChannel, _channel)
CENTRA_SAVE_PRODUCTS = Operation("centraSaveProducts", GivenCentraProducts, _centra_products)
