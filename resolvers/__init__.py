"""How fields are answered: one module per type, one function per field, models in and models out."""

from resolvers import (
    asks,
    connection,
    inputs,
    line,
    mutation,
    order,
    own_changes,
    product,
    query,
    record,
    record_changes,
    shipment,
    transaction,
    variant,
    warehouse,
)

__all__ = [
    "asks",
    "connection",
    "inputs",
    "line",
    "mutation",
    "order",
    "own_changes",
    "product",
    "query",
    "record",
    "record_changes",
    "shipment",
    "transaction",
    "variant",
    "warehouse",
]
