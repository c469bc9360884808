"""WarehouseSource: all warehouses, and warehouses by id."""

from gateway.ports import WarehouseSource
from tests.conformance.keys import assert_hundreds_at_once, assert_matched_by_key, assert_strange_keys_do_no_harm
from tests.conformance.known import plain
from tests.conformance.records import assert_well_formed
from tests.conformance.subject import Subject

PORT = WarehouseSource


async def test_a_warehouse_is_whole(subject: Subject) -> None:
    assert_well_formed(subject.name, subject.known.warehouses)
    assert all(warehouse.code.strip() == warehouse.code != "" for warehouse in subject.known.warehouses)


async def test_the_warehouses_are_the_same_whenever_they_are_asked_for(subject: Subject) -> None:
    again = {warehouse.backend_id: warehouse for warehouse in await subject.backend.warehouses()}
    assert plain(again) == plain({warehouse.backend_id: warehouse for warehouse in subject.known.warehouses})


async def test_a_warehouse_by_its_id_is_that_of_the_list(subject: Subject) -> None:
    expected = {warehouse.backend_id: warehouse for warehouse in subject.known.warehouses}
    await assert_matched_by_key(subject.backend.warehouses_by_id, expected)


async def test_ids_that_nobody_has_do_no_harm(subject: Subject) -> None:
    expected = {warehouse.backend_id: warehouse for warehouse in subject.known.warehouses}
    await assert_strange_keys_do_no_harm(subject.backend.warehouses_by_id, expected)
    await assert_hundreds_at_once(subject.backend.warehouses_by_id, expected)
