"""What CartonCloud can be asked to change: how each mutation is done there."""

from gateway.backends.cartoncloud.new_orders import CreateOrders

CHANGES = {"createOrders": CreateOrders}
