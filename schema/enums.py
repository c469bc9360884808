"""The enums of the models, as clients see them."""

from gateway.centra_changes import CentraStoreType
from gateway.errors import ErrorCode
from gateway.models import (
    Backend,
    CatalogStatus,
    CircuitState,
    DocumentKind,
    LinkStatus,
    OrderKind,
    OrderRelation,
    OrderStatus,
    ShipmentStatus,
    SourceState,
    StockChange,
    StockKind,
)
from gateway.transactions.facts import TransactionStatus
from resolvers.inputs import OrderSort
from schema.base import describe

describe(
    Backend,
    "A system that the gateway federates.",
    **{backend.name: f"{backend.label}: {backend.about}." for backend in Backend},
)
describe(
    OrderKind,
    "What an order asks for.",
    SALE="A customer's order, taken by a sales system.",
    OUTBOUND="An instruction to a warehouse to send goods out.",
    INBOUND="Goods announced to a warehouse.",
)
describe(
    OrderStatus,
    "The life of an order, in terms that hold for every backend; `backendStatus` has the backend's own word. "
    "Values may be added: have a default branch.",
    DRAFT="Not yet given to anyone.",
    PENDING="Waiting: to be accepted, or for stock.",
    CONFIRMED="Accepted; nothing is packed yet.",
    PROCESSING="Being picked or packed.",
    SHIPPED="On its way.",
    DELIVERED="With the recipient.",
    COMPLETED="Nothing is left to do.",
    CANCELLED="Called off.",
    REJECTED="Refused by the warehouse.",
    UNKNOWN="The backend uses a word that the gateway does not know, or none.",
)
describe(
    ShipmentStatus,
    "The life of a shipment; `backendStatus` has the backend's own word. Values may be added: have a default branch.",
    PENDING="Not packed yet.",
    PACKED="Ready to go.",
    SHIPPED="Has left.",
    IN_TRANSIT="On its way, as the carrier says.",
    DELIVERED="With the recipient.",
    CANCELLED="Called off.",
    UNKNOWN="The backend uses a word that the gateway does not know, or none.",
)
describe(
    CatalogStatus,
    "Whether a thing is sold.",
    ACTIVE="It is for sale.",
    INACTIVE="It is not for sale now.",
    DISCONTINUED="It will not come back.",
    UNKNOWN="The backend does not say.",
)
describe(
    DocumentKind,
    "What a document of an order is. Values may be added: have a default branch.",
    BILL="A receipt (boleta).",
    INVOICE="An invoice (factura).",
    CREDIT_NOTE="It takes something off what was charged.",
    DEBIT_NOTE="It adds something to what was charged.",
    SHIPPING_GUIDE="It travels with the goods (guía de despacho).",
    SHIPPING_LABEL="It goes onto a parcel.",
    OTHER="Anything else.",
)
describe(
    SourceState,
    "How a backend took part in an answer.",
    OK="The backend answered.",
    PARTIAL="The backend answered in part (a page, a batch or a window is missing); see `error`.",
    STALE="Served from an older copy, because the backend could not be asked now; see `asOf`.",
    FAILED="The backend could not be read; see `error`.",
    NOT_CONFIGURED="The gateway has no settings for this backend.",
    NOT_SUPPORTED="The backend offers no way to answer this question.",
)
describe(
    CircuitState,
    "Whether the gateway lets calls to a backend through.",
    CLOSED="Calls go through.",
    HALF_OPEN="One call is let through to see whether the backend is back.",
    OPEN="No call goes through: too many have failed.",
)
describe(
    OrderRelation,
    "What another order is to this one.",
    SAME_ORDER="The same order, held by another backend too.",
    FULFILS="The other one is the sale that this warehouse order serves.",
    FULFILLED_BY="The other one is the warehouse order that serves this sale.",
    PACK_SIBLING="Another part of the same pack.",
)
describe(
    LinkStatus,
    "Who says that two orders belong together.",
    AUTO="Found by a rule.",
    CONFIRMED="Set by a person.",
    REJECTED="A person said no; no rule may bring it back.",
)
describe(
    OrderSort,
    "The order of a list of orders, by `placedAt`, then backend, then backend id.",
    PLACED_AT_DESC="Newest first.",
    PLACED_AT_ASC="Oldest first.",
)
describe(
    ErrorCode,
    "What kind of error it is. Values may be added: have a default branch.",
    BAD_USER_INPUT="The request is wrong; the message names the field and the mend.",
    UNAUTHENTICATED="Say who you are.",
    FORBIDDEN="You may not do or see this.",
    NOT_FOUND="There is no such thing.",
    NOT_SUPPORTED="The backend documents no way to do or to answer this.",
    OUTCOME_UNKNOWN="The backend may or may not have done it, and offers no way to find out. "
    "It is not sent again without a person's word.",
    BACKEND_INCOMPLETE="The backend holds more than it lets anyone read.",
    QUERY_TOO_COMPLEX="The query asks for more than one request may.",
    RATE_LIMITED="You ask too often; see `retryAfter`.",
    PERSISTED_OPERATION_REQUIRED="Only operations that were registered before are answered.",
    BACKEND_NOT_CONFIGURED="The gateway has no settings for this backend.",
    BACKEND_UNAVAILABLE="The backend cannot be reached, or says that it is down; or it is read by way of the gateway's own "
    "database, which is away.",
    BACKEND_TIMEOUT="The backend did not answer in time.",
    BACKEND_RATE_LIMITED="The backend may not be asked again before `retryAfter` seconds.",
    BACKEND_UNAUTHENTICATED="The backend refuses the gateway's credentials.",
    BACKEND_REJECTED="The backend understood and refused.",
    BACKEND_CONFLICT="The backend holds a newer version.",
    BACKEND_MALFORMED_REPLY="The backend's answer cannot be read.",
    INTERNAL_ERROR="The gateway failed; the log has more under the same `requestId`.",
)
describe(
    StockKind,
    "Which quantity is meant.",
    AVAILABLE="Free to sell.",
    ON_HAND="On the shelf, reserved or not.",
)
describe(
    StockChange,
    "How a quantity is meant.",
    SET="Set to the quantity.",
    ADD="Add the quantity, which may be negative.",
)
describe(
    TransactionStatus,
    "Where a transaction, one of its steps or one of its items stands. Values may be added: have a default branch.",
    QUEUED="Accepted and stored; no backend has been asked yet.",
    PROCESSING="A backend has been asked, and not everything has ended.",
    COMPLETED="All of it succeeded.",
    PARTIALLY_COMPLETED="Everything has ended; some of it succeeded, some failed or was cancelled.",
    FAILED="None of it succeeded.",
    UNKNOWN="Nothing is left to do, and something may or may not have taken effect (OUTCOME_UNKNOWN). Look before you retry.",
    CANCELLED="Stopped before it was sent.",
)
describe(
    CentraStoreType,
    "Whom a store of Centra's sells to.",
    RETAIL="To people.",
    WHOLESALE="To companies.",
)
