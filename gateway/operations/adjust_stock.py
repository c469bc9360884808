"""`adjustStock`: quantities in the backends that are named, or in whichever know the SKU and the warehouse."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gateway import ids
from gateway.changes import StockAdjustment
from gateway.errors import BadUserInput, ErrorCode
from gateway.models import Backend, StockChange, StockKind
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, each, one_of


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

    def take(index: int, adjustment: Adjustment, path: tuple[str, ...]) -> Iterable[Asked]:
        facts = _facts(adjustment, path)
        record = _record(adjustment, path)
        if record and given.backends is not None and record[0] not in given.backends:
            raise WrongInput(f"This is a record of {record[0].label}: name it in `backends` too.", *path, "variantRecordId")
        wanted = _wanted(given.backends, able, record)
        if not wanted:
            raise WrongInput("No configured backend takes stock.", *path, "sku", code=ErrorCode.NOT_SUPPORTED)
        for backend in wanted:
            mine = replace(
                facts, variant_record_id=record[1] if record else None, optional=given.backends is None and not record
            )
            yield Asked(index=index, backend=backend, facts=mine, path=path, optional=mine.optional)

    yield from each("adjustments", given.adjustments, take)


def _facts(adjustment: Adjustment, path: tuple[str, ...]) -> StockAdjustment:
    one_of({"sku": adjustment.sku, "variantRecordId": adjustment.variant_record_id}, *path)
    if adjustment.sku is not None and not adjustment.sku.strip():
        raise WrongInput("Give the SKU.", *path, "sku")
    if adjustment.change is StockChange.SET and adjustment.quantity < 0:
        raise WrongInput("Stock cannot be set below zero.", *path, "quantity")
    return StockAdjustment(
        warehouse=_warehouse(adjustment.warehouse_id, path),
        quantity=adjustment.quantity,
        change=adjustment.change,
        kind=adjustment.kind,
        sku=adjustment.sku.strip() if adjustment.sku else None,
    )


def _warehouse(written: str, path: tuple[str, ...]) -> str:
    try:
        return ids.decode_as("Warehouse", written, "warehouseId").key
    except BadUserInput as error:
        raise WrongInput(error.message, *path, "warehouseId") from None


def _record(adjustment: Adjustment, path: tuple[str, ...]) -> tuple[Backend, str] | None:
    written = adjustment.variant_record_id
    return None if written is None else backend_id("VariantRecord", written, *path, "variantRecordId")


def _wanted(named: Sequence[Backend] | None, able: Sequence[Backend], record: tuple[Backend, str] | None) -> Sequence[Backend]:
    """A record is of one backend; a SKU is for those that are named, else for all that write stock."""
    if record is not None:
        return [record[0]]
    return able if named is None else list(dict.fromkeys(named))


ADJUST_STOCK = Operation("adjustStock", Given, _apart)
