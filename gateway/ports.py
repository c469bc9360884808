"""What a backend may offer. A backend implements the ports that its documents allow, and no other.

Reads by key answer with a mapping and are matched by key, never by position: a key that the backend does not know is
missing, a key that could not be read has the error as its value. A failure of the whole read is raised. Every error is a
`BackendError`.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import httpx

from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.records import CatalogueKind, StockRecord
from gateway.costs import Costs
from gateway.database import Database
from gateway.errors import BackendError, GatewayError, Incomplete
from gateway.inbox.letters import Inbox, Letter, Trouble
from gateway.models import (
    Address,
    Backend,
    Image,
    Order,
    OrderDocument,
    OrderFilter,
    OrderKind,
    OrderNote,
    ProductRecord,
    SalesChannel,
    Shipment,
    ShipmentFilter,
    Sort,
    StockReading,
    VariantRecord,
    WarehouseRecord,
)
from gateway.own import cartoncloud as cartoncloud_own
from gateway.own import centry as centry_own
from gateway.own.lists import OwnQuery, OwnSlice, Path
from gateway.readmodel.store import ReadModel
from gateway.settings import BackendSettings
from gateway.transactions.work import Change
from gateway.vault import Vault
from gateway.warehouses import WarehouseNames

R = TypeVar("R", covariant=True)
F = TypeVar("F", covariant=True)
C = TypeVar("C", bound=centry_own.Record)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list of records: just behind the record with this list time and backend id."""

    list_time: datetime
    backend_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery(Generic[F]):
    """The next `limit` records of a list, behind `after` (None: from its start) in the direction of `sort`."""

    filter: F
    sort: Sort
    after: Position | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How current a read model is: when it was last in step with its backend, and what kept it from it since.

    Of older copies: when the oldest one was read, and what kept the backend from being asked.
    """

    as_of: datetime | None
    error: GatewayError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[R]):
    """One backend's part of a page: records that match, in list order (list time, then backend id, both turned by `sort`).

    `position` is behind the last record that was looked at, matching or not; None where nothing was. `more` tells
    whether anything may lie behind it. `gaps` names what the backend holds there but lets nobody read. `older` is noted
    by whoever asked, if older copies were used.
    """

    records: Sequence[R]
    position: Position | None
    more: bool
    gaps: Sequence[Incomplete] = ()
    older: Freshness | None = None


@runtime_checkable
class BackendPort(Protocol):
    """What every backend is. Made by the composition root as `Class(settings, resources)`, only if `settings` are complete."""

    name: Backend

    async def check(self) -> None:
        """Make the cheapest authenticated call. Raises a BackendError if the backend cannot be used."""

    async def close(self) -> None: ...


class BackendClass(Protocol):
    """What `BACKEND` of a backend's module `backend` is: a class with its settings' type. `settings` are of that type."""

    @property
    def settings_type(self) -> type[BackendSettings]: ...

    def __call__(self, settings: Any, resources: "Resources") -> BackendPort: ...


@runtime_checkable
class Priced(Protocol):
    """For a backend that can tell beforehand what it costs to ask it: for every question that its ports take."""

    costs: Costs


@runtime_checkable
class OrderSource(Protocol):
    """`order_kinds` are the kinds of order that the backend holds at all."""

    order_kinds: frozenset[OrderKind]

    async def orders(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        """Raises NotSupported for a filter on what the backend does not tell."""

    async def orders_by_id(self, ids: Sequence[str]) -> Mapping[str, Order | BackendError]: ...

    async def orders_by_number(self, numbers: Sequence[str]) -> Mapping[str, Sequence[Order] | BackendError]:
        """Orders that go by each number: their own, or a reference that the backend lets one search."""


@runtime_checkable
class PackSource(Protocol):
    """For a backend that divides what was bought at once into several orders, a pack, and says so in each of them."""

    async def orders_by_pack(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Order] | BackendError]:
        """The other orders of each one's pack, by the order's backend id."""


@runtime_checkable
class AcknowledgementSource(Protocol):
    """For a backend that knows acknowledged orders but does not say so in the order itself."""

    async def acknowledged_by_order(self, orders: Sequence[Order]) -> Mapping[str, bool | BackendError]:
        """By the order's backend id."""


@runtime_checkable
class NoteSource(Protocol):
    async def notes_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[OrderNote] | BackendError]:
        """By the order's backend id."""


@runtime_checkable
class DocumentSource(Protocol):
    async def documents_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[OrderDocument] | BackendError]:
        """By the order's backend id; shipping labels apart."""


@runtime_checkable
class LabelSource(Protocol):
    async def labels_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[OrderDocument] | BackendError]:
        """Shipping labels, by the order's backend id; one that serves several orders is given for each."""


@runtime_checkable
class ShipmentSource(Protocol):
    async def shipments(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]: ...

    async def shipments_by_id(self, ids: Sequence[str]) -> Mapping[str, Shipment | BackendError]: ...

    async def shipments_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        """Shipments of this backend's own orders, by the order's backend id."""


@runtime_checkable
class VariantSource(Protocol):
    async def variants_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[VariantRecord] | BackendError]:
        """SKUs are compared after trimming white space."""

    async def variants_by_id(self, ids: Sequence[str]) -> Mapping[str, VariantRecord | BackendError]: ...


@runtime_checkable
class ProductSource(Protocol):
    async def products_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[ProductRecord] | BackendError]: ...

    async def products_by_id(self, ids: Sequence[str]) -> Mapping[str, ProductRecord | BackendError]: ...


@runtime_checkable
class ImageSource(Protocol):
    """For a backend that keeps pictures, but does not send them with every record."""

    async def images_by_product(self, products: Sequence[ProductRecord]) -> Mapping[str, Sequence[Image] | BackendError]:
        """All pictures of products, by the record's backend id."""

    async def images_by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[Image] | BackendError]:
        """Pictures that show the variant alone, by the record's backend id."""


@runtime_checkable
class WarehouseSource(Protocol):
    async def warehouses(self) -> Sequence[WarehouseRecord]:
        """All of them, in any order."""

    async def warehouses_by_id(self, ids: Sequence[str]) -> Mapping[str, WarehouseRecord | BackendError]: ...


@runtime_checkable
class AddressSource(Protocol):
    """For a backend whose warehouses name places by ids of its own: what these are called has to be asked for."""

    async def addresses_by_warehouse(self, warehouses: Sequence[WarehouseRecord]) -> Mapping[str, Address | BackendError]:
        """The whole addresses, by the record's backend id. Of a record that does not tell its places none is given."""


@runtime_checkable
class StockSource(Protocol):
    async def stock_by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[StockReading] | BackendError]:
        """One reading for each warehouse that keeps the variant, by the variant record's backend id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage:
    """Some records of a catalogue, for the index that the gateway keeps of it.

    `after` is where a pass that is broken off goes on behind this page; None: at its start. `changed_at` is the newest
    time of change among what was read, on the clock that `CatalogueFeed.changed` is asked by. `gone` are ids of records that
    no longer exist, `whole` are variants of which the page has all stock: other rows of theirs are gone. `unreadable`
    counts those that could not be read, `gap` says what else nobody can read.
    """

    records: Sequence[ProductRecord | VariantRecord | StockRecord]
    after: str | None = None
    changed_at: datetime | None = None
    gone: Collection[str] = ()
    whole: Collection[str] = ()
    unreadable: int = 0
    gap: Incomplete | None = None


class CatalogueFeed(Protocol):
    """Products, variants or rows of stock of one backend, to be indexed. Every method raises BackendErrors.

    `interval` is how often to look for changes, in seconds; where `tells_changes` is false everything is read instead.
    `untold` are the fields that no record of this backend has. `form` names the settings that the records depend on: with
    others, everything is read anew.
    """

    @property
    def interval(self) -> float: ...
    @property
    def tells_changes(self) -> bool: ...
    @property
    def untold(self) -> frozenset[str]: ...
    @property
    def form(self) -> str: ...

    def everything(self, after: str | None) -> AsyncIterator[CataloguePage]:
        """All records, behind a place that a page named."""

    def changed(self, since: datetime) -> AsyncIterator[CataloguePage]:
        """Those that changed later than this, and perhaps others: at this time too where its clock has coarse steps, so that
        there may be more of one time than were seen. Asked only where `tells_changes`."""


@runtime_checkable
class CatalogueSource(Protocol):
    """For a backend with a catalogue. None can be read in the order of its keys, so the gateway keeps an index of each."""

    catalogue: Mapping[CatalogueKind, CatalogueFeed]


@runtime_checkable
class ChannelSource(Protocol):
    async def sales_channels(self) -> Sequence[SalesChannel]: ...


@runtime_checkable
class CentryReads(Protocol):
    """What Centry alone has. Records are asked for by their type: see `gateway.own.centry`."""

    async def centry_records(self, kind: type[C], paths: Sequence[Path]) -> Mapping[Path, C | BackendError]:
        """By the ids that lead to each: its own, behind those of what it belongs to; `()` for what there is once."""

    async def centry_list(self, kind: type[C], query: OwnQuery) -> OwnSlice[C] | None:
        """The next records of a list; None where what it belongs to does not exist."""

    async def product_count(self) -> int:
        """How many products the account has."""


@runtime_checkable
class CartonCloudReads(Protocol):
    """What CartonCloud alone has."""

    async def user_info(self) -> cartoncloud_own.User:
        """Who the gateway is there."""


@runtime_checkable
class ChangeSink(Protocol):
    """For a backend that can be changed: how it does what mutations ask, by their names in the graph."""

    changes: Mapping[str, Change[Any]]


@runtime_checkable
class Copied(Protocol):
    """For a backend whose lists are read from what its events or webhooks told the gateway."""

    async def freshness(self) -> Freshness: ...


@runtime_checkable
class Synchronised(Copied, Protocol):
    """For a backend that the worker has to visit regularly (an event queue, a pulse).

    `poll_interval` is how many seconds to wait for the next visit; it may change with each.
    """

    @property
    def poll_interval(self) -> float: ...

    async def synchronise(self) -> None:
        """One visit: take over what is new, and record in the read model when it succeeded, or what kept it from that.

        A BackendError is recorded, not raised.
        """


@runtime_checkable
class WebhookReceiver(Protocol):
    """For a backend that calls us. The server has checked nothing but the size."""

    async def receive(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, secret: str = ""
    ) -> "WebhookOutcome":
        """Header names are in small letters; `secret` is what stands behind the backend's name in the address."""


@runtime_checkable
class Reconciled(Protocol):
    """For a backend that can be asked what has changed, where webhooks may not have told."""

    reconcile_interval: float

    async def reconcile(self, place: str | None) -> str:
        """Take in what changed behind the place that was given the last time; gives the next one. None: from now on.

        Raises BackendErrors; then the place stays. What is taken in twice does no harm.
        """


@dataclass(frozen=True, slots=True)
class RegisteredWebhook:
    """A webhook that a backend sends. `address` is without its secret; `ours`: it has the secret of this gateway's settings."""

    id: str
    address: str
    topics: Sequence[str]
    ours: bool


@runtime_checkable
class WebhookRegistrar(Protocol):
    """For a backend that can be told by calls where to send its webhooks."""

    async def webhooks(self) -> Sequence[RegisteredWebhook]:
        """All that it sends, to whomever."""

    async def register_webhook(self, gateway: str) -> RegisteredWebhook:
        """Have it call the gateway at this address (`https://…`, without a path) for all that the gateway wants to know.

        Done again it changes nothing. Raises NotConfigured where a setting is missing for it.
        """

    async def remove_webhook(self, webhook_id: str) -> None:
        """One that is not there is removed."""


@runtime_checkable
class WebhookInstructions(Protocol):
    """For a backend whose webhooks are set up by its staff."""

    def webhook_instructions(self, gateway: str) -> str:
        """What to ask them for, so that they call the gateway at this address. Names secrets, and does not tell them."""


@runtime_checkable
class LetterReader(Protocol):
    """For a backend that sends us messages: how those that wait in the inbox are dealt with, new ones and replayed ones."""

    async def read_letters(self, letters: Sequence[Letter]) -> Mapping[int, Trouble]:
        """Do what these say; gives the trouble of each that could not be dealt with, by its id. Repeating it does no harm."""


@runtime_checkable
class RecordImporter(Protocol):
    """For a backend whose older records nobody tells us of: it can be asked for them by id. `imported_kinds` are its words."""

    imported_kinds: tuple[str, ...]

    async def import_records(self, wanted: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], BackendError]:
        """Take these records (kind and id) into the read model; gives the error of each that could not be read."""


@runtime_checkable
class Authorizable(Protocol):
    """For a backend whose staff let the gateway in by a code, which is good for one exchange."""

    async def authorize(self, code: str) -> None:
        """Exchange the code for the first tokens, which are stored when this returns. Rejected: the code is not accepted."""


@dataclass(frozen=True, slots=True)
class WebhookOutcome:
    """The HTTP status to answer with. 404 where webhooks are switched off or the address has another secret, 401 on a wrong
    token, 200 once stored."""

    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What the gateway hands to every backend. `connect` is `gateway.transport.connect`."""

    connect: Callable[..., httpx.AsyncClient]
    database: Database
    read_model: ReadModel
    catalogue: CatalogueIndex
    inbox: Inbox
    vault: Vault
    warehouse_names: WarehouseNames
