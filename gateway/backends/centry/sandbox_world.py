"""The world's records, as the simulated Centry holds them when it begins."""

from gateway.backends.centry.sandbox_account import account, priorities
from gateway.backends.centry.sandbox_goods import records
from gateway.backends.centry.sandbox_orders import documents, notes, order_id, wire_order
from gateway.backends.centry.sandbox_products import put_products
from gateway.backends.centry.sandbox_store import Store
from gateway.backends.centry.sandbox_webhooks import Webhooks
from gateway.sandbox.world import System, World


def filled(world: World, webhooks: Webhooks) -> Store:
    """A store with all that the world has of Centry."""
    store = Store(webhooks)
    goods = records(world)
    products = goods.pop("products")
    for kind, found in (goods | account(world)).items():
        store.put(kind, found)
    put_products(products, store)
    for integration, warehouses in priorities(world).items():
        store.put("integration_configs/warehouse_priorities", warehouses, integration)
    for order in world.orders_of(System.CENTRY):
        store.put("orders", [wire_order(order)])
        store.put("orders/order_notes", notes(order), order_id(order))
        store.put("orders/documents", documents(order), order_id(order))
    return store
