"""The operations that Centra's page documents, in its order, and for each that reads the fields that it answers.

Which mutations call one stands with the changes (`calls`).
"""

from collections.abc import Sequence

OPERATIONS: Sequence[tuple[str, str]] = (
    ("SOAP events_Get", "(internal: read model)"),
    ("SOAP events_GetByMarkets", "(internal: read model)"),
    ("SOAP events_Done", "(internal: read model)"),
    ("SOAP orders_Update", ""),
    ("SOAP products_Update", ""),
    ("SOAP warehouses_Update", ""),
    ("SOAP sizes_Update", ""),
    ("SOAP markets_Update", ""),
    ("SOAP pricelists_Update", ""),
    ("SOAP pricealterationdates_Update", ""),
    ("SOAP paymentterms_Update", ""),
    ("SOAP shippingterms_Update", ""),
    ("SOAP accounts_Update", ""),
    ("SOAP customers_Update", ""),
)
