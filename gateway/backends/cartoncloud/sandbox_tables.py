"""The tables of CartonCloud's page: which members an order, a consignment and a product have."""

from collections.abc import Mapping

from gateway.backends.cartoncloud.sandbox_checks import Form, Rule
from gateway.backends.cartoncloud.sandbox_records import Kind

WAREHOUSE, TRANSPORT = "WAREHOUSE", "TRANSPORT"
# Words of the page and of the newer documents; which of them a tenant uses is up to its workflow.
_STATUSES = {
    Kind.INBOUND: ("DRAFT", "AWAITING_STOCK", "RECEIVED", "REJECTED", "CANCELLED"),
    Kind.OUTBOUND: (
        "DRAFT", "AWAITING_STOCK", "AWAITING_PICK_AND_PACK", "PACKING_IN_PROGRESS", "PICKED", "PACKED", "DISPATCHED",
        "REJECTED", "CANCELLED",
    ),
    Kind.CONSIGNMENT: ("DRAFT", "AWAITING_PICKUP", "IN_TRANSIT", "DELIVERED", "CANCELLED"),
}  # fmt: skip
# The tenant's: the page says that product types are defined by each.
_PRODUCT_TYPES = ("FROZEN", "CHILLED", "GENERAL")


def _texts(place: str, *names: str) -> list[Rule]:
    return [Rule(f"{place}/{name}", Form.TEXT) for name in names]


def _reference(path: str, *, required: bool = False) -> list[Rule]:
    """A customer, warehouse or product, named by any one of its properties."""
    found = [Rule(path, Form.OBJECT, required), *_texts(path, "id", "name")]
    return [*found, Rule(f"{path}/references", Form.OBJECT), *_texts(path, "references/*")]


def _address(path: str, *, required: bool = False) -> list[Rule]:
    lines = ("companyName", "contactName", "address1", "address2", "suburb", "city", "postcode", "phone", "email")
    state = [Rule(f"{path}/state", Form.OBJECT), *_texts(path, "state/code", "state/name")]
    country = [Rule(f"{path}/country", Form.OBJECT), *_texts(path, "country/name", "country/iso2Code", "country/iso3Code")]
    return [Rule(path, Form.OBJECT, required), *_texts(path, *lines), *state, *country]


def _money(path: str) -> list[Rule]:
    return [Rule(path, Form.OBJECT), Rule(f"{path}/amount", Form.NUMBER), Rule(f"{path}/currency", Form.TEXT)]


def _head(kind: Kind) -> list[Rule]:
    """What all kinds begin with."""
    return [
        Rule("/type", Form.TEXT, words=(kind.upper(),)),
        Rule("/status", Form.TEXT, words=_STATUSES[kind]),
        Rule("/references", Form.OBJECT, required=True),
        *_texts("/references", "*"),
        *_reference("/customer", required=True),
        Rule("/details", Form.OBJECT),
        Rule("/properties", Form.OBJECT),
        Rule("/items", Form.LIST),
        Rule("/items/*/properties", Form.OBJECT),
    ]


def _order(kind: Kind) -> list[Rule]:
    """What inbound and outbound orders share."""
    return [
        *_head(kind),
        *_reference("/warehouse"),
        Rule("/details/urgent", Form.FLAG),
        *_texts("/details", "instructions"),
        *_reference("/items/*/details/product", required=True),
        Rule("/items/*/details/unitOfMeasure", Form.OBJECT),
        *_texts("/items/*/details/unitOfMeasure", "type"),
        Rule("/items/*/measures/quantity", Form.QUANTITY, required=True),
    ]


def _delivery(*, address: bool) -> list[Rule]:
    """Where to, and for how much money; `address` says whether there must be one."""
    return [
        *_address("/details/deliver/address", required=address),
        *_texts("/details/deliver", "instructions"),
        Rule("/details/deliver/requiredDate", Form.DAY),
        *_money("/details/deliver/cashPaymentAmount"),
        *_money("/details/invoiceValue"),
    ]


RECORDS: Mapping[Kind, list[Rule]] = {
    Kind.INBOUND: [*_order(Kind.INBOUND), Rule("/details/arrivalDate", Form.DAY)],
    Kind.OUTBOUND: [*_order(Kind.OUTBOUND), Rule("/details/collect/requiredDate", Form.DAY), *_delivery(address=True)],
    Kind.CONSIGNMENT: [
        *_head(Kind.CONSIGNMENT),
        *_address("/details/collect/address"),
        *_delivery(address=False),
        *_texts("/items/*/properties", "description"),
        Rule("/items/*/measures/pallets", Form.WHOLE),
        *(Rule(f"/items/*/measures/{name}", Form.NUMBER) for name in ("weight", "volume", "quantity")),
        *_reference("/items/*/details/product"),
    ],
}


def _product(*, customer: bool) -> list[Rule]:
    """What products of both scopes have; `customer` says whether they must belong to one."""
    return [
        Rule("/scope", Form.TEXT, required=True),
        Rule("/references", Form.OBJECT, required=True),
        *_texts("/references", "*"),
        *_reference("/customer", required=customer),
        Rule("/type", Form.TEXT, required=True, words=_PRODUCT_TYPES),
        Rule("/name", Form.TEXT, required=True),
        Rule("/description", Form.TEXT, required=True),
        Rule("/details", Form.OBJECT),
        Rule("/details/uiOptions", Form.OBJECT),
    ]


PRODUCTS: Mapping[str, list[Rule]] = {
    WAREHOUSE: [
        *_product(customer=True),
        Rule("/details/variableWeight", Form.FLAG),
        Rule("/details/storage/chargeMethod", Form.TEXT, words=("PER_LOCATION", "")),
        *_texts("/details/inbound", "initialStatus"),
        Rule("/details/stockSelection/method", Form.TEXT, words=("FEFO", "FIFO")),
        Rule("/details/stockSelection/secondaryMethod", Form.TEXT, words=("MINIMISE_STORAGE",)),
        Rule("/details/stockSelection/strict", Form.FLAG),
        Rule("/details/stockSelection/expiryThresholdDays", Form.WHOLE),
        Rule("/itemPropertyRequirements/*", Form.TEXT, words=("REQUIRED", "OPTIONAL")),
        Rule("/defaultUnitOfMeasure", Form.TEXT, required=True),
        Rule("/unitOfMeasures", Form.OBJECT, required=True),
        Rule("/unitOfMeasures/*/qtyPerBase", Form.QUANTITY, required=True),
        Rule("/unitOfMeasures/*/weight", Form.NUMBER),
        Rule("/unitOfMeasures/*/volume", Form.NUMBER),
        Rule("/notifications", Form.LIST),
        Rule("/notifications/*/type", Form.TEXT, required=True),
    ],
    TRANSPORT: [
        *_product(customer=False),
        Rule("/properties", Form.OBJECT),
        *_texts("/details/uiOptions/consignmentItems/cubicCalculator", "multiplierField"),
        Rule("/measures", Form.OBJECT),
        Rule("/measures/*", Form.NUMBER),
    ],
}
