"""What has to be asked of which mutation for the gateway to send the cookbook's updates, by the names of the examples."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from gateway.changes import (
    Cancellation,
    Confirmation,
    Dispatch,
    LineQuantity,
    NewReturn,
    NewShipment,
    OrderTask,
    StockAdjustment,
)
from gateway.models import Backend, Money, StockChange, StockKind


def rows(quantities: Mapping[str, int]) -> tuple[LineQuantity, ...]:
    return tuple(LineQuantity(line_id=row, quantity=Decimal(quantity)) for row, quantity in quantities.items())


def _shipment(number: str, quantities: Mapping[str, int], cost: int) -> NewShipment:
    """Of the wholesale order."""
    price = Money(Decimal(cost))
    return NewShipment(backend=Backend.CENTRA, order_id="25", number=number, lines=rows(quantities), shipping_cost=price)


def _sent_by_dhl(number: str, tracking: str) -> Dispatch:
    return Dispatch(shipment_id=f"25/{number}", carrier="DHL", service="EXPRESS", tracking_number=tracking)


def chairs(warehouse: str, quantity: int) -> StockAdjustment:
    return StockAdjustment(
        variant_record_id="PWC/PWC/OS",
        warehouse=warehouse,
        quantity=quantity,
        change=StockChange.SET,
        kind=StockKind.AVAILABLE,
    )


_SHIPPED = Dispatch(shipment_id="30/8", carrier="UPS", service="STANDARD", tracking_number="1Z123123123123", capture=True)

ASKED: Mapping[str, tuple[str, Sequence[object]]] = {
    "stock": ("adjustStock", [chairs("MainWarehouse", 1), chairs("OtherWarehouse", 2)]),
    "lock": ("lockOrders", [OrderTask(order_id="30")]),
    "shipped": ("markShipmentsShipped", [_SHIPPED]),
    "return": ("createReturn", [NewReturn(shipment_id="30/8", return_id="12", lines=rows({"81": 1}))]),
    "confirm": ("confirmOrders", [Confirmation(order_id="25", lock=True)]),
    "cancel-item": ("cancelOrders", [Cancellation(order_id="25", lines=rows({"71": 1}))]),
    "first-shipment": ("createShipments", [_shipment("shipment-25-1", {"68": 1, "69": 1, "67": 2}, 123)]),
    "second-shipment": ("createShipments", [_shipment("shipment-25-2", {"69": 1, "70": 3, "71": 3}, 0)]),
    "both-shipped": (
        "markShipmentsShipped",
        [_sent_by_dhl("shipment-25-1", "876543210"), _sent_by_dhl("shipment-25-2", "987654321")],
    ),
}
