"""Records are of one warehouse by the name that the settings give them, else by equal code."""

from gateway.clock import now
from gateway.models import Backend, WarehouseRecord
from gateway.warehouses import WarehouseNames

NAMES = WarehouseNames({"main": {Backend.CENPORTS: "WH-1", Backend.CENTRY: "577eb7b8f82f456ef4000001"}})


def record(backend: Backend, code: str, backend_id: str | None = None) -> WarehouseRecord:
    return WarehouseRecord(backend=backend, backend_id=backend_id or code, code=code, fetched_at=now())


def test_the_settings_name_a_record_by_its_id_or_its_code() -> None:
    assert NAMES.key_of(record(Backend.CENPORTS, " WH-1 ", "WH%2D1")) == "main"
    assert NAMES.key_of(record(Backend.CENTRY, "Bodega", "577eb7b8f82f456ef4000001")) == "main"


def test_what_the_settings_do_not_name_goes_by_its_code() -> None:
    assert NAMES.key_of(record(Backend.CENTRA, "WH-1")) == "WH-1"
    assert NAMES.key_of(record(Backend.CENPORTS, " WH-2 ")) == "WH-2"


def test_the_records_of_a_warehouse_are_found_among_others() -> None:
    records = [record(Backend.CENPORTS, code) for code in ("WH-1", "WH-2", "main")]

    assert [found.code for found in NAMES.among("main", records)] == ["WH-1", "main"]
    assert NAMES.among("WH-1", records) == []
