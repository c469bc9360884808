"""The operations that Cenports's page documents, in its order, and for each that reads the fields that it answers.

Which mutations call one stands with the changes (`calls`).
"""

from collections.abc import Sequence

OPERATIONS: Sequence[tuple[str, str]] = (
    ("POST /authorize", "(internal: token)"),
    ("GET /orders", "Query.orders Query.order"),
    ("POST /orders", ""),
    ("PATCH /orders/acknowledge", ""),
    ("GET /channels", "Query.salesChannels"),
    ("POST /channels", ""),
    ("GET /shipments", "Query.shipments Query.shipment"),
    ("PATCH /shipments/acknowledge", ""),
    ("GET /inventories", "Variant.stock"),
    ("PATCH /inventories", ""),
    ("GET /transaction", "Query.transaction"),
)
