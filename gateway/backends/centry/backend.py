"""Centry as a backend: the ports that it offers, as batches in terms of its client and its mapping."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.backends.centry import wire
from gateway.backends.centry.addresses import Addresses
from gateway.backends.centry.catalogue import feeds
from gateway.backends.centry.changes import CHANGES
from gateway.backends.centry.client import CentryClient, Sent
from gateway.backends.centry.costs import costs
from gateway.backends.centry.images import Images
from gateway.backends.centry.means import Means
from gateway.backends.centry.names import LAST as NAMES_LAST
from gateway.backends.centry.names import Names
from gateway.backends.centry.notices import Notices
from gateway.backends.centry.order_list import OrderList
from gateway.backends.centry.order_papers import OrderPapers
from gateway.backends.centry.orders import KINDS, Orders
from gateway.backends.centry.own import Own, R
from gateway.backends.centry.packs import Packs
from gateway.backends.centry.products import Products
from gateway.backends.centry.reconciliation import Reconciliation
from gateway.backends.centry.registration import Registration
from gateway.backends.centry.settings import CentrySettings
from gateway.backends.centry.shipments import Shipments
from gateway.backends.centry.stock import Stock
from gateway.backends.centry.tokens import Tokens
from gateway.backends.centry.variants import Variants
from gateway.backends.centry.warehouses import Warehouses
from gateway.errors import BackendError
from gateway.inbox.letters import Letter, Trouble
from gateway.mapping import Scope
from gateway.models import (
    Address,
    Backend,
    Image,
    Order,
    OrderDocument,
    OrderFilter,
    OrderNote,
    ProductRecord,
    Shipment,
    ShipmentFilter,
    StockReading,
    VariantRecord,
    WarehouseRecord,
)
from gateway.own.lists import OwnQuery, OwnSlice, Path
from gateway.ports import BackendClass, ListQuery, RegisteredWebhook, Resources, Slice, WebhookOutcome
from gateway.transactions.work import Change


class CentryBackend:
    """Centry, as one account's application sees it."""

    name = Backend.CENTRY
    settings_type = CentrySettings
    order_kinds = KINDS

    def __init__(self, settings: CentrySettings, resources: Resources) -> None:
        tokens = Tokens(settings, resources.vault)
        http = resources.connect(Backend.CENTRY, settings, base_url=settings.base_url, fetch_token=tokens.fetch)
        self._settings = settings
        self._tokens = tokens
        self._without_token = resources.connect(Backend.CENTRY, settings, base_url=settings.base_url)
        self._client = CentryClient(http, settings.page_size)
        order_list = OrderList(self._client, settings)
        self._orders = Orders(self._client, self._scope, order_list, settings.page_size)
        self._packs = Packs(self._client, self._orders)
        self._papers = OrderPapers(self._client, self._scope)
        self._shipments = Shipments(self._orders, order_list, settings.zone)
        self._variants = Variants(self._client, self._scope)
        self._own = Own(self._client, self._scope, settings.page_size)
        names = Names(self._own, NAMES_LAST if settings.cache_ttl else 0)
        self._products = Products(self._client, self._scope, resources.catalogue, names)
        self._addresses = Addresses(names, self._scope)
        self._images = Images(self._client, self._scope)
        self._warehouses = Warehouses(self._client, self._scope)
        self._stock = Stock(self._client, self._scope, self._warehouses)
        self.catalogue = feeds(
            self._client, settings, self._scope, resources.catalogue, self._variants, self._stock, Names(self._own)
        )
        self._registration = Registration(settings, self._client)
        self._notices = Notices(settings, self._client, resources.inbox, resources.catalogue)
        self._reconciliation = Reconciliation(self._client, self._scope, self._notices)
        self.reconcile_interval = settings.reconcile_interval
        self.costs = costs(settings)
        means = Means(
            client=self._client,
            settings=settings,
            variants=self._variants,
            warehouses=self._warehouses,
            warehouse_names=resources.warehouse_names,
            catalogue=resources.catalogue,
        )
        self.changes: Mapping[str, Change[Any]] = {name: kind(means) for name, kind in CHANGES.items()}

    async def check(self) -> None:
        """Ask who the token belongs to: the cheapest call that needs one."""
        await self._client.user()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
        await self._without_token.aclose()

    async def authorize(self, code: str) -> None:
        """Chapter "Autorización" of the page: one call."""
        await self._tokens.authorize(self._without_token, code)

    async def receive(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, secret: str = ""
    ) -> WebhookOutcome:
        """Stored, to be dealt with after; no call."""
        return await self._notices.receive(secret, body)

    async def reconcile(self, place: str | None) -> str:
        """A call for each page of orders that changed, and one more."""
        return await self._reconciliation.run(place)

    async def webhooks(self) -> Sequence[RegisteredWebhook]:
        """A call for each page."""
        return await self._registration.all()

    async def register_webhook(self, gateway: str) -> RegisteredWebhook:
        """Of orders and products."""
        return await self._registration.register(gateway)

    async def remove_webhook(self, webhook_id: str) -> None:
        """One call."""
        await self._registration.remove(webhook_id)

    async def read_letters(self, letters: Sequence[Letter]) -> Mapping[int, Trouble]:
        """One call for each order that they name."""
        return await self._notices.read(letters)

    async def orders(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        """The next orders of the list by created_at; see `OrderList` for how many calls that takes."""
        return await self._orders.listed(query)

    async def orders_by_id(self, ids: Sequence[str]) -> Mapping[str, Order | BackendError]:
        """One call for each order; one that does not exist is missing."""
        return await self._orders.by_id(ids)

    async def orders_by_number(self, numbers: Sequence[str]) -> Mapping[str, Sequence[Order] | BackendError]:
        """Two calls for each number: by number_origin and by id_origin."""
        return await self._orders.by_number(numbers)

    async def orders_by_pack(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Order] | BackendError]:
        """One call for orders that were made within an hour of each other; see `packs`."""
        return await self._packs.siblings(orders)

    async def notes_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[OrderNote] | BackendError]:
        """One call for each order."""
        return await self._papers.notes(order.backend_id for order in orders)

    async def documents_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[OrderDocument] | BackendError]:
        """One call for each order."""
        return await self._papers.documents(order.backend_id for order in orders)

    async def labels_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[OrderDocument] | BackendError]:
        """One call for 20 orders."""
        return await self._papers.labels(order.backend_id for order in orders)

    async def shipments(self, query: ListQuery[ShipmentFilter]) -> Slice[Shipment]:
        """The next shipments, in the order of their orders."""
        return await self._shipments.listed(query)

    async def shipments_by_id(self, ids: Sequence[str]) -> Mapping[str, Shipment | BackendError]:
        """One call for each order that they belong to."""
        return await self._shipments.by_id(ids)

    async def shipments_by_order(self, orders: Sequence[Order]) -> Mapping[str, Sequence[Shipment] | BackendError]:
        """No call where the orders were read from Centry."""
        return await self._shipments.by_order(orders)

    async def variants_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[VariantRecord] | BackendError]:
        """One call for each SKU, or a pass over all variants if there are many."""
        return await self._variants.by_sku(skus)

    async def variants_by_id(self, ids: Sequence[str]) -> Mapping[str, VariantRecord | BackendError]:
        """One call for each variant."""
        return await self._variants.by_id(ids)

    async def products_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[ProductRecord] | BackendError]:
        """One call for each that the index knows; before it knows any, a pass over all products."""
        return await self._products.by_sku(skus)

    async def products_by_id(self, ids: Sequence[str]) -> Mapping[str, ProductRecord | BackendError]:
        """One call for each product, and for its brand and category, or for all of these that are in use."""
        return await self._products.by_id(ids)

    async def images_by_product(self, products: Sequence[ProductRecord]) -> Mapping[str, Sequence[Image] | BackendError]:
        """One call for each product that came out of a list, two if its pictures come without addresses there."""
        return await self._images.by_product(products)

    async def images_by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[Image] | BackendError]:
        """One call for each variant, and for each product whose pictures they are."""
        return await self._images.by_variant(variants)

    async def warehouses(self) -> Sequence[WarehouseRecord]:
        """All of them, to the empty page."""
        return list((await self._warehouses.all()).values())

    async def warehouses_by_id(self, ids: Sequence[str]) -> Mapping[str, WarehouseRecord | BackendError]:
        """Out of the list, as far as it has to be read."""
        return await self._warehouses.by_id(ids)

    async def addresses_by_warehouse(self, warehouses: Sequence[WarehouseRecord]) -> Mapping[str, Address | BackendError]:
        """One call for each different place whose name is not known yet."""
        return await self._addresses.of(warehouses)

    async def stock_by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[StockReading] | BackendError]:
        """One call for each variant or page of stock, whichever are fewer as far as known, and one for the warehouses."""
        return await self._stock.by_variant(variants)

    async def centry_records(self, kind: type[R], paths: Sequence[Path]) -> Mapping[Path, R | BackendError]:
        """One call for each."""
        return await self._own.records(kind, paths)

    async def centry_list(self, kind: type[R], query: OwnQuery) -> OwnSlice[R] | None:
        """One call, or two where nobody knows whether the list has ended, unless Centry gives fewer than it is asked for."""
        return await self._own.listed(kind, query)

    async def product_count(self) -> int:
        """One call."""
        return await self._client.product_count()

    def _scope(self, sent: Sent[wire.Record]) -> Scope:
        settings = self._settings
        return Scope(
            zone=settings.zone,
            currency=settings.currency,
            fetched_at=sent.fetched_at,
            raw=sent.raw,
            origin=settings.base_url,
        )


BACKEND: BackendClass = CentryBackend
