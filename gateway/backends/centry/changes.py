"""What Centry can be asked to change: how each mutation is done there."""

from collections.abc import Mapping
from typing import Any

from gateway.backends.centry.confirming import ConfirmOrders
from gateway.backends.centry.means import CentryChange
from gateway.backends.centry.new_orders import CreateOrders
from gateway.backends.centry.order_states import CancelOrders
from gateway.backends.centry.stock_changes import AdjustStock

CHANGES: Mapping[str, type[CentryChange[Any]]] = {
    "createOrders": CreateOrders,
    "confirmOrders": ConfirmOrders,
    "cancelOrders": CancelOrders,
    "adjustStock": AdjustStock,
}
