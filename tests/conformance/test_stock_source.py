"""StockSource: what the warehouses have of a variant."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from gateway.clock import now
from gateway.errors import BackendError
from gateway.models import StockReading
from gateway.ports import StockSource
from tests.conformance.known import plain, sure, times_in
from tests.conformance.subject import Subject

PORT = StockSource


async def test_a_reading_is_whole_and_there_is_one_for_each_warehouse(subject: Subject) -> None:
    skus = {variant.backend_id: variant.sku for variant in subject.known.variants}
    warehouses = {warehouse.backend_id: plain(warehouse) for warehouse in subject.known.warehouses}
    readings = {variant_id: sure(answer) for variant_id, answer in subject.known.stock.items()}
    assert any(readings.values())
    for variant_id, mine in readings.items():
        assert len({reading.warehouse.backend_id for reading in mine}) == len(mine)
        for reading in mine:
            assert (reading.backend, reading.sku) == (subject.name, skus[variant_id])
            assert plain(reading.warehouse) == warehouses[reading.warehouse.backend_id]
            assert any(value is not None for value in (reading.available, reading.on_hand, reading.incoming))
            assert all(time.utcoffset() == timedelta(0) for time in times_in(reading))
            assert reading.as_of <= now()


async def test_readings_are_matched_by_variant(subject: Subject) -> None:
    variants, ask = subject.known.variants, subject.backend.stock_by_variant
    assert _by_place(await ask([*reversed(variants), *variants])) == _by_place(subject.known.stock)
    assert set(subject.known.stock) <= {variant.backend_id for variant in variants}
    assert await ask([]) == {}
    one = variants[0].backend_id
    alone = await ask(variants[:1])
    assert set(alone) <= {one}
    assert _by_place(alone) == _by_place({one: subject.known.stock.get(one, ())})


async def test_variants_that_nobody_has_have_no_stock(subject: Subject) -> None:
    known = subject.known.variants[0]
    strangers = [replace(known, backend_id=f"nobody's {n}", sku=f"nobody's {n}") for n in range(200)]
    found = dict(await subject.backend.stock_by_variant([*strangers, replace(known, backend_id="none", sku=None), known]))
    mine = {known.backend_id: found.pop(known.backend_id, ())}
    assert _by_place(mine) == _by_place({known.backend_id: subject.known.stock.get(known.backend_id, ())})
    assert not any(found.values())


def _by_place(found: Mapping[str, Sequence[StockReading] | BackendError]) -> dict[tuple[str, str], object]:
    """Readings by variant and warehouse: their order says nothing."""
    return {(key, each.warehouse.backend_id): plain(each) for key, answer in found.items() for each in sure(answer)}
