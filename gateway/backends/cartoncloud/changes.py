"""What CartonCloud can be asked to change: how each mutation is done there."""

from collections.abc import Mapping
from typing import Any

from gateway.backends.cartoncloud.deletion import DeleteOrders
from gateway.backends.cartoncloud.means import CartonCloudChange
from gateway.backends.cartoncloud.new_orders import CreateOrders
from gateway.backends.cartoncloud.new_products import SaveProducts
from gateway.backends.cartoncloud.new_shipments import CreateShipments
from gateway.backends.cartoncloud.order_updates import UpdateOrder
from gateway.backends.cartoncloud.shipment_updates import UpdateShipment

CHANGES: Mapping[str, type[CartonCloudChange[Any]]] = {
    "createOrders": CreateOrders,
    "updateOrder": UpdateOrder,
    "deleteOrders": DeleteOrders,
    "createShipments": CreateShipments,
    "updateShipment": UpdateShipment,
    "saveProducts": SaveProducts,
}
