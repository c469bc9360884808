"""What can be asked."""

import resolvers
from schema.base import field, root
from schema.cartoncloud import CartonCloud
from schema.centry import Centry
from schema.connections import Connection
from schema.transactions import Transaction, TransactionConnection
from schema.types import Node, Order, Product, Shipment, StockDiscrepancy, Variant, Warehouse
from schema.values import BackendStatus, SalesChannel


@root
class Query:
    """What can be asked of all backends together."""

    node: Node | None = field(resolvers.query.node, asks=resolvers.asks.node)
    """Anything by its id; null where nobody knows it."""
    nodes: list[Node | None] = field(resolvers.query.nodes, asks=resolvers.asks.nodes)
    """The same for many ids at once, in their order; read in one batch per backend."""
    order: Order | None = field(resolvers.query.order, asks=resolvers.asks.order)
    """One order."""
    orders: Connection[Order] = field(resolvers.query.orders, asks=resolvers.asks.orders)
    """Orders of all backends in one list, by `placedAt`."""
    shipment: Shipment | None = field(resolvers.query.shipment, asks=resolvers.asks.shipment)
    """One shipment."""
    shipments: Connection[Shipment] = field(resolvers.query.shipments, asks=resolvers.asks.shipments)
    """Shipments of all backends in one list, newest first."""
    product: Product | None = field(resolvers.query.product, asks=resolvers.asks.product)
    """One product, by its id or its SKU."""
    products: Connection[Product] = field(resolvers.query.products, asks=resolvers.asks.indexed)
    """Products of all backends, merged, by their SKUs; those without one come last."""
    variant: Variant | None = field(resolvers.query.variant, asks=resolvers.asks.variant)
    """One variant, by its id or its SKU."""
    variants: Connection[Variant] = field(resolvers.query.variants, asks=resolvers.asks.indexed)
    """Variants of all backends, merged, by their SKUs; those without one come last."""
    warehouse: Warehouse | None = field(resolvers.query.warehouse, asks=resolvers.asks.warehouse)
    """One warehouse, by its id or its code."""
    warehouses: Connection[Warehouse] = field(resolvers.query.warehouses, asks=resolvers.asks.warehouses)
    """All warehouses, by their codes."""
    stock_discrepancies: Connection[StockDiscrepancy] = field(
        resolvers.query.stock_discrepancies, asks=resolvers.asks.stock_discrepancies
    )
    """SKUs whose readings of one kind differ between backends for the same warehouse, by SKU and warehouse code."""
    transaction: Transaction | None = field(resolvers.query.transaction, asks=resolvers.asks.nothing)
    """A change of yours, by its handle; null where you have none of that name."""
    transactions: TransactionConnection = field(resolvers.query.transactions, asks=resolvers.asks.indexed)
    """Your changes, the newest first; with the scope `admin` everybody's."""
    backends: list[BackendStatus] = field(resolvers.query.backends, asks=resolvers.asks.backends)
    """The state of every backend, as the gateway sees it."""
    sales_channels: list[SalesChannel] = field(resolvers.query.sales_channels, asks=resolvers.asks.sales_channels)
    """Sales channels, by backend and id. A backend that cannot be read adds an error, also if older ones are shown for it."""
    centry: Centry = field(resolvers.query.centry)
    """What Centry alone has: reference data, integrations, the account, webhooks."""
    cartoncloud: CartonCloud = field(resolvers.query.cartoncloud)
    """What CartonCloud alone has."""
