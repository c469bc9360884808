"""What Cenports can be asked to change: how each mutation is done there."""

from collections.abc import Mapping
from typing import Any

from gateway.backends.cenports.acknowledging import AcknowledgeOrders, AcknowledgeShipments
from gateway.backends.cenports.means import CenportsChange
from gateway.backends.cenports.new_channels import CreateSalesChannel
from gateway.backends.cenports.new_orders import CreateOrders
from gateway.backends.cenports.stock_changes import AdjustStock

CHANGES: Mapping[str, type[CenportsChange[Any]]] = {
    "acknowledgeOrders": AcknowledgeOrders,
    "acknowledgeShipments": AcknowledgeShipments,
    "createOrders": CreateOrders,
    "adjustStock": AdjustStock,
    "createSalesChannel": CreateSalesChannel,
}
