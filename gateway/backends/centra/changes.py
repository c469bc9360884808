"""What Centra can be asked to change: how each mutation is done there."""

from typing import Any

from gateway.backends.centra.cancelling import CancelOrders
from gateway.backends.centra.dispatching import MarkShipmentsShipped
from gateway.backends.centra.new_orders import CreateOrders
from gateway.backends.centra.new_shipments import CreateShipments
from gateway.backends.centra.order_changes import UpdateOrder, UpdateShipment
from gateway.backends.centra.order_states import ConfirmOrders, LockOrders
from gateway.backends.centra.returning import CreateReturn
from gateway.backends.centra.saved_goods import SaveProducts, SaveSizeTables, SaveWarehouses
from gateway.backends.centra.saved_parties import SaveAccounts, SaveCustomers
from gateway.backends.centra.saved_trade import (
    SaveMarkets,
    SavePaymentTerms,
    SavePriceAlterationDates,
    SavePricelists,
    SaveShippingTerms,
)
from gateway.backends.centra.stock_changes import AdjustStock
from gateway.backends.centra.updates import Update

CHANGES: dict[str, type[Update[Any]]] = {
    "createOrders": CreateOrders,
    "lockOrders": LockOrders,
    "confirmOrders": ConfirmOrders,
    "cancelOrders": CancelOrders,
    "updateOrder": UpdateOrder,
    "createShipments": CreateShipments,
    "updateShipment": UpdateShipment,
    "markShipmentsShipped": MarkShipmentsShipped,
    "createReturn": CreateReturn,
    "adjustStock": AdjustStock,
    "saveWarehouses": SaveWarehouses,
    "centraSaveProducts": SaveProducts,
    "centraSaveSizeTables": SaveSizeTables,
    "centraSaveMarkets": SaveMarkets,
    "centraSavePricelists": SavePricelists,
    "centraSavePriceAlterationDates": SavePriceAlterationDates,
    "centraSavePaymentTerms": SavePaymentTerms,
    "centraSaveShippingTerms": SaveShippingTerms,
    "centraSaveAccounts": SaveAccounts,
    "centraSaveCustomers": SaveCustomers,
}
