"""What Centry can be asked to change: how each mutation is done there."""

from collections.abc import Mapping
from typing import Any

from gateway.backends.centry.confirming import ConfirmOrders
from gateway.backends.centry.deletions import DeleteOrders, DeleteProducts, DeleteVariants, DeleteWarehouses
from gateway.backends.centry.means import CentryChange
from gateway.backends.centry.new_orders import CreateOrders
from gateway.backends.centry.order_states import CancelOrders, ConfirmDelivery, RescheduleOrder
from gateway.backends.centry.own_changes import REMOVALS, LinkVariantAsset, SaveWebhook
from gateway.backends.centry.paper_changes import AddOrderNote, AttachOrderDocument, DeleteOrderDocument
from gateway.backends.centry.saving import SaveProducts, SaveVariants, SaveWarehouses
from gateway.backends.centry.stock_changes import AdjustStock
from gateway.backends.centry.sync_histories import RecordSyncHistory

CHANGES: Mapping[str, type[CentryChange[Any]]] = {
    "createOrders": CreateOrders,
    "confirmOrders": ConfirmOrders,
    "rescheduleOrder": RescheduleOrder,
    "cancelOrders": CancelOrders,
    "confirmDelivery": ConfirmDelivery,
    "deleteOrders": DeleteOrders,
    "addOrderNote": AddOrderNote,
    "attachOrderDocument": AttachOrderDocument,
    "deleteOrderDocument": DeleteOrderDocument,
    "adjustStock": AdjustStock,
    "saveProducts": SaveProducts,
    "deleteProducts": DeleteProducts,
    "saveVariants": SaveVariants,
    "deleteVariants": DeleteVariants,
    "saveWarehouses": SaveWarehouses,
    "deleteWarehouses": DeleteWarehouses,
    "centryRecordSyncHistory": RecordSyncHistory,
    "centryLinkVariantAsset": LinkVariantAsset,
    "centrySaveWebhook": SaveWebhook,
    **REMOVALS,
}
