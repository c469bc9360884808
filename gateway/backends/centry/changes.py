"""What Centry can be asked to change: how each mutation is done there."""

from gateway.backends.centry.new_orders import CreateOrders

CHANGES = {"createOrders": CreateOrders}
