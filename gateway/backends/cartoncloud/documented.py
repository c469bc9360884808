"""The operations that CartonCloud's page documents, in its order, and for each that reads the fields that it answers.

Which mutations call one stands with the changes (`calls`).
"""

from collections.abc import Sequence

OPERATIONS: Sequence[tuple[str, str]] = (
    ("POST /uaa/oauth/token", "(internal: token)"),
    ("GET /uaa/userinfo", "Query.cartoncloud.userInfo"),
    ("POST /tenants/{tenantId}/inbound-orders", ""),
    ("GET /tenants/{tenantId}/inbound-orders/{id}", "Query.order"),
    ("PUT /tenants/{tenantId}/inbound-orders/{id}", ""),
    ("webhook inbound order status", "(internal: read model)"),
    ("POST /tenants/{tenantId}/outbound-orders", ""),
    ("GET /tenants/{tenantId}/outbound-orders/{id}", "Query.order"),
    ("PUT /tenants/{tenantId}/outbound-orders/{id}", ""),
    ("webhook outbound order status", "(internal: read model)"),
    ("POST /tenants/{tenantId}/consignments", ""),
    ("GET /tenants/{tenantId}/consignments/{id}", "Query.shipment"),
    ("PUT /tenants/{tenantId}/consignments/{id}", ""),
    ("webhook consignment status", "(internal: read model)"),
    ("POST /tenants/{tenantId}/products", ""),
)
