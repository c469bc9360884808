"""`adjustStock`: quantities in the backends that are named, or in whichever know the SKU and the warehouse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway import ids
from gateway.changes import StockAdjustment
from gateway.errors import BadUserInput, ErrorCode
from gateway.models import Backend, StockChange, StockKind
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, each, one_of, tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One of the input. `warehouse_id` is of the graph."""

    warehouse_id: str
    quantity: int
    change: StockChange
    kind: StockKind
    sku: str | None = None
    variant_record_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    adjustments: tuple[Adjustment, ...]
    backends: tuple[Backend, ...] | None = None


def _apart(given: Given, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    if given.backends is not None and not given.backends:
        yield WrongInput("Name at least one backend, or leave it out.", "backends")
        return

    def take(index: int, adjustment: Adjustment, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
        yield from _unfit(adjustment, path)
        warehouse = tried(lambda: _warehouse(adjustment, path))
        record = tried(lambda: _record(adjustment, given.backends, path))
        yield from (found for found in (warehouse, record) if isinstance(found, WrongInput))
        one_of({"sku": adjustment.sku, "variantRecordId": adjustment.variant_record_id}, *path)
        if isinstance(record, WrongInput):
            return
        wanted = _wanted(given.backends, able, record)
        if not wanted:
            raise WrongInput("No configured backend takes stock.", *path, "sku", code=ErrorCode.NOT_SUPPORTED)
        facts = _facts(adjustment, "" if isinstance(warehouse, WrongInput) else warehouse, record)
        mine = replace(facts, optional=given.backends is None and not record)
        named = ("variantRecordId",) if record else ()
        for backend, chosen in wanted.items():
            yield Asked(index=index, backend=backend, facts=mine, path=path, named=named, chosen=chosen, optional=mine.optional)

    yield from each("adjustments", given.adjustments, take)


def _unfit(adjustment: Adjustment, path: tuple[str, ...]) -> Iterator[WrongInput]:
    if adjustment.sku is not None and not adjustment.sku.strip():
        yield WrongInput("Give the SKU.", *path, "sku")
    if adjustment.change is StockChange.SET and adjustment.quantity < 0:
        yield WrongInput("Stock cannot be set below zero.", *path, "quantity")


def _facts(adjustment: Adjustment, warehouse: str, record: tuple[Backend, str] | None) -> StockAdjustment:
    return StockAdjustment(
        warehouse=warehouse,
        quantity=adjustment.quantity,
        change=adjustment.change,
        kind=adjustment.kind,
        sku=None if adjustment.sku is None else adjustment.sku.strip(),
        variant_record_id=record[1] if record else None,
    )


def _warehouse(adjustment: Adjustment, path: tuple[str, ...]) -> str:
    try:
        return ids.decode_as("Warehouse", adjustment.warehouse_id, "warehouseId").key
    except BadUserInput as error:
        raise WrongInput(error.message, *path, "warehouseId") from None


def _record(adjustment: Adjustment, named: Sequence[Backend] | None, path: tuple[str, ...]) -> tuple[Backend, str] | None:
    if adjustment.variant_record_id is None:
        return None
    record = backend_id("VariantRecord", adjustment.variant_record_id, *path, "variantRecordId")
    if named is not None and record[0] not in named:
        raise WrongInput(f"This is a record of {record[0].label}: name it in `backends` too.", *path, "variantRecordId")
    return record


def _wanted(
    named: Sequence[Backend] | None, able: Sequence[Backend], record: tuple[Backend, str] | None
) -> Mapping[Backend, tuple[str, ...]]:
    """A record is of one backend; a SKU is for those that are named, else for all that write stock. Each with its place among
    those that are named."""
    if record is not None:
        return {record[0]: ()}
    if named is None:
        return dict.fromkeys(able, ())
    return {backend: ("backends", str(named.index(backend))) for backend in named}


ADJUST_STOCK = Operation("adjustStock", Given, _apart)
