"""What `adjustStock` asks of which backends."""

from gateway import ids
from gateway.entities import UserError
from gateway.errors import ErrorCode
from gateway.models import Backend, StockChange, StockKind
from gateway.operations.adjust_stock import ADJUST_STOCK, Adjustment, Given
from gateway.operations.items import Asked, up_to_wrong


def asked(able: list[Backend]) -> list[Backend | UserError]:
    """By a SKU, where nothing is said of backends."""
    adjustment = Adjustment(
        warehouse_id=ids.encode("Warehouse", None, "W"),
        quantity=1,
        change=StockChange.SET,
        kind=StockKind.AVAILABLE,
        sku="A",
    )
    found = up_to_wrong(ADJUST_STOCK.apart(Given(adjustments=(adjustment,)), able))
    return [each.backend if isinstance(each, Asked) else each.error for each in found]


def test_a_sku_is_for_all_backends_that_take_stock_and_wrong_where_there_is_none() -> None:
    assert asked([Backend.CENTRY, Backend.CENTRA]) == [Backend.CENTRY, Backend.CENTRA]
    (wrong,) = asked([])
    assert isinstance(wrong, UserError)
    assert (wrong.code, wrong.path) == (ErrorCode.NOT_SUPPORTED, ("adjustments", "0", "sku"))
