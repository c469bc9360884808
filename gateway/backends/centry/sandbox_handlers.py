"""Which function of the simulated Centry answers which documented operation."""

from collections.abc import Mapping

from gateway.backends.centry import sandbox_histories as histories
from gateway.backends.centry import sandbox_order_status as orders
from gateway.backends.centry import sandbox_papers as papers
from gateway.backends.centry import sandbox_products as products
from gateway.backends.centry import sandbox_resources as resources
from gateway.backends.centry.sandbox_operations import Target
from gateway.backends.centry.sandbox_resources import Handler

_OWN: Mapping[tuple[str, str], Handler] = {
    ("GET", "products/count"): lambda call: len(call.store.all("products")),
    ("POST", "products"): lambda call: products.create_product(call.sent, call.store),
    ("PUT", "products"): lambda call: products.change_product(call.record, call.sent, call.store),
    ("PUT", "variants/sku"): resources.change_by_sku,
    ("POST", "orders"): orders.create_order,
    ("GET", "orders/shipping_labels"): papers.read_labels,
    ("POST", "orders/order_status/confirmations"): orders.confirm,
    ("POST", "orders/order_status/reschedules"): orders.reschedule,
    ("POST", "orders/order_status/cancellations"): orders.cancel,
    ("POST", "orders/order_status/delivery_confirmations"): orders.confirm_delivery,
    ("GET", "orders/order_notes"): papers.read_notes,
    ("POST", "orders/order_notes"): papers.add_note,
    ("POST", "orders/documents"): papers.add_document,
    ("DELETE", "orders/documents"): papers.remove_document,
    **{("GET", kind): histories.read_histories for kind in histories.KINDS},
    **{("POST", kind): histories.add_history for kind in histories.KINDS},
}
_ALIKE: Mapping[tuple[str, bool], Handler] = {
    ("GET", False): resources.read_list,
    ("GET", True): resources.read_one,
    ("POST", False): resources.create,
    ("PUT", True): resources.change,
    ("DELETE", True): resources.remove,
}
"""By method, and whether one record is addressed."""


def handler(target: Target) -> Handler:
    """What answers this operation."""
    own = _OWN.get((target.method, target.kind))
    return own or _ALIKE[target.method, target.identifier is not None]
