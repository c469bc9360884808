"""Values: small things that records and entities are made of. They have no id of their own."""

from datetime import datetime
from decimal import Decimal

import resolvers
from gateway import entities, errors, models
from gateway.errors import ErrorCode
from gateway.models import Backend, CircuitState, DocumentKind, SourceState
from gateway.principal import Scope
from schema.base import field, represents
from schema.scalars import ID, JSON


@represents(errors.Problem)
class BackendError:
    """Why a backend could not be read, or not completely."""

    code: ErrorCode
    """What kind of error it is."""
    message: str
    """What went wrong, for people."""
    retry_after: int | None
    """Seconds after which it may be tried again, where that is known."""


@represents(entities.SourceReport)
class SourceReport:
    """How one backend took part in an answer. Lists never fail because one backend did: they say so here."""

    backend: Backend
    """The backend that this is about."""
    state: SourceState
    """Whether it answered, and how."""
    count: int
    """Nodes of this page (for an entity: records of it) that came from this backend."""
    as_of: datetime | None
    """When what it told was read from it."""
    error: BackendError | None
    """What kept it from answering, or from answering completely."""


@represents(entities.PageInfo)
class PageInfo:
    """Where a page stands in its list. Walk by `endCursor` while `hasNextPage`, never by count."""

    has_next_page: bool
    """Whether more may follow. False too where every backend that has more FAILED on this page; `endCursor` still stands."""
    has_previous_page: bool
    """Whether this page was asked for with `after`. There is no backward paging: turn the list with `sort`."""
    start_cursor: str | None
    """The cursor behind the first node."""
    end_cursor: str | None
    """The cursor to go on with."""


@represents(models.Money)
class Money:
    """An amount of money."""

    amount: Decimal
    """How much, exactly."""
    currency: str | None
    """ISO 4217; null where neither the backend nor the settings name one."""


@represents(models.Address)
class Address:
    """Where someone is to be found. Backends fill different parts."""

    name: str | None = field(scope=Scope.PII)
    """The person or place, as one text."""
    first_name: str | None = field(scope=Scope.PII)
    """Where the backend keeps it apart."""
    last_name: str | None = field(scope=Scope.PII)
    """Where the backend keeps it apart."""
    company: str | None = field(scope=Scope.PII)
    """The company at this address."""
    line1: str | None = field(scope=Scope.PII)
    """Street and number."""
    line2: str | None = field(scope=Scope.PII)
    """What else finds the door."""
    suburb: str | None = field(scope=Scope.PII)
    """Part of the city; the comuna in Chile."""
    city: str | None
    """City or town."""
    state: str | None
    """State, province or region: the code where known, else the name."""
    postal_code: str | None
    """Postal or zip code, as written."""
    country: str | None
    """ISO 3166-1 alpha-2 where it can be told, else as received."""
    phone: str | None = field(scope=Scope.PII)
    """Telephone number, as written."""
    email: str | None = field(scope=Scope.PII)
    """E-mail address."""


@represents(models.Reference)
class Reference:
    """Another number that the same record goes by, such as a purchase order number."""

    name: str
    """What kind of number it is, in the backend's own word."""
    value: str
    """The number."""


@represents(models.Account)
class Account:
    """The company on whose behalf the order runs: a wholesale account, or a warehouse's customer."""

    backend_id: str | None
    """The backend's own id of it."""
    code: str | None
    """A short code, where the backend has one."""
    name: str | None
    """Its name."""


@represents(models.Customer)
class Customer:
    """The buyer; for a warehouse order the one who gets the goods."""

    backend_id: str | None
    """The backend's own id of the buyer."""
    name: str | None
    """The whole name."""
    first_name: str | None
    """Where the backend keeps it apart."""
    last_name: str | None
    """Where the backend keeps it apart."""
    company: str | None
    """The buyer's company."""
    email: str | None
    """E-mail address."""
    phone: str | None
    """Telephone number, as written."""
    tax_id: str | None
    """The number by which the tax office knows the buyer, such as the Chilean RUN."""


@represents(models.OrderTotals)
class OrderTotals:
    """What an order comes to. What the backend does not state is null, never computed."""

    subtotal: Money | None
    """The goods."""
    discount: Money | None
    """Taken off, as a positive amount."""
    shipping: Money | None
    """Charged for sending it."""
    tax: Money | None
    """Tax, as an amount."""
    total: Money | None
    """What the buyer has to pay in all (CARTONCLOUD: the invoice value)."""
    paid: Money | None
    """What has been paid."""


@represents(models.Price)
class Price:
    """A price in one price list."""

    amount: Money
    """What is asked for one."""
    compare_at: Money | None
    """What was asked before, or is recommended."""
    price_list: str | None
    """The price list, where the backend has several."""
    market: str | None
    """The market that it holds for."""


@represents(models.Image)
class Image:
    """A picture of a product or variant."""

    url: str
    """Where it is to be had."""
    position: int | None
    """Its place among the pictures, as the backend counts. Null for a main picture, which goes first."""


@represents(models.OrderNote)
class OrderNote:
    """What someone wrote about an order."""

    id: ID | None
    """The backend's own id of it."""
    text: str
    """What was written."""
    author: str | None
    """Who wrote it: the backend's id of the user, where it tells no name."""
    created_at: datetime | None
    """When it was written."""


@represents(models.OrderDocument)
class OrderDocument:
    """A file that goes with an order."""

    id: ID | None
    """The backend's own id of it."""
    kind: DocumentKind
    """What it is."""
    box_id: str | None
    """The backend's id of the box that it is for, where an order is sent in parts."""
    number: str | None
    """The number that stands on it, such as an invoice's."""
    filename: str
    """What the file is called."""
    content_type: str | None
    """Its media type, such as `application/pdf`."""
    size: int | None
    """How large it is, as the backend states it (Centry says kilobytes; its figures look like bytes)."""
    content_base64: str | None = field(scope=Scope.PII)
    """The file itself, in Base64; null where the backend gives no way to read it. It may be large."""


@represents(models.SalesChannel)
class SalesChannel:
    """A place where a backend's orders come from: a marketplace, a shop, a market."""

    backend: Backend
    """The backend that knows it."""
    channel_id: str
    """As in `Order.channelId`."""
    name: str | None
    """Its name."""
    email: str | None = field(scope=Scope.PII)
    """Whom to write to."""
    phone: str | None = field(scope=Scope.PII)
    """Whom to call."""
    location: str | None
    """Where it is, as one text."""
    raw: JSON | None = field(resolvers.record.raw, scope=Scope.PII)
    """The channel exactly as the backend sent it."""


@represents(entities.BackendStatus)
class BackendStatus:
    """The state of one backend, as the gateway sees it."""

    backend: Backend
    """The backend that this is about."""
    configured: bool
    """Whether all its settings are there."""
    healthy: bool | None
    """Whether it answered the last call; null until it has been asked."""
    circuit: CircuitState
    """Whether calls go through."""
    budget_remaining: int | None
    """Calls left in the current rate-limit window; null where the backend has no limit."""
    budget_limit: int | None
    """Calls that a window holds at most, all processes of the gateway together."""
    last_success_at: datetime | None
    """When it last answered."""
    last_error: BackendError | None
    """What went wrong last."""
    synced_at: datetime | None
    """When the gateway's copy was last in step, where the backend is read from one."""


@represents(entities.UserError)
class UserError:
    """What is wrong with the input of a mutation."""

    code: ErrorCode
    """What kind of error it is."""
    message: str
    """What is wrong, and the mend."""
    path: list[str]
    """Where in the input, such as ["orders", "0", "lines", "1", "sku"]."""
