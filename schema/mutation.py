"""What can be changed."""

import resolvers
from schema.base import field, root
from schema.transactions import TransactionPayload
from schema.types import LinkOrdersPayload


@root
class Mutation:
    """What can be changed. Every change needs the scope `write`.

    What has to be done by backends is stored and answered at once, with a transaction: it survives restarts, is never sent
    twice by mistake, and tells by its handle what became of it."""

    create_orders: TransactionPayload = field(resolvers.mutation.create_orders)
    """Make orders, in one backend or in several at once."""
    acknowledge_orders: TransactionPayload = field(resolvers.mutation.acknowledge_orders)
    """Tell a backend that its orders were received (CENPORTS)."""
    confirm_orders: TransactionPayload = field(resolvers.mutation.confirm_orders)
    """Accept orders (CENTRY, CENTRA)."""
    cancel_orders: TransactionPayload = field(resolvers.mutation.cancel_orders)
    """Cancel whole orders, or some of their lines (CENTRY, CENTRA)."""
    lock_orders: TransactionPayload = field(resolvers.mutation.lock_orders)
    """Keep the backend's staff from changing orders (CENTRA)."""
    create_shipments: TransactionPayload = field(resolvers.mutation.create_shipments)
    """Make shipments of an order's lines (CENTRA), or consignments (CARTONCLOUD)."""
    mark_shipments_shipped: TransactionPayload = field(resolvers.mutation.mark_shipments_shipped)
    """Say that shipments have been sent, and take the payment where that is wanted (CENTRA)."""
    acknowledge_shipments: TransactionPayload = field(resolvers.mutation.acknowledge_shipments)
    """Tell a backend that its shipments were received (CENPORTS)."""
    adjust_stock: TransactionPayload = field(resolvers.mutation.adjust_stock)
    """Set or change stock. Without `backends`, in every backend that knows the SKU and the warehouse."""
    reschedule_order: TransactionPayload = field(resolvers.record_changes.reschedule_order)
    """Move an order to another day (CENTRY)."""
    confirm_delivery: TransactionPayload = field(resolvers.record_changes.confirm_delivery)
    """Say that an order has reached its buyer (CENTRY)."""
    update_order: TransactionPayload = field(resolvers.record_changes.update_order)
    """Change what an order says (CARTONCLOUD, with the version that was read)."""
    delete_orders: TransactionPayload = field(resolvers.record_changes.delete_orders)
    """Delete orders in their backends (CENTRY)."""
    add_order_note: TransactionPayload = field(resolvers.record_changes.add_order_note)
    """Write a note on an order (CENTRY)."""
    attach_order_document: TransactionPayload = field(resolvers.record_changes.attach_order_document)
    """Add a file to an order (CENTRY). It is sent by the GraphQL multipart request convention."""
    delete_order_document: TransactionPayload = field(resolvers.record_changes.delete_order_document)
    """Delete a document of an order (CENTRY)."""
    update_shipment: TransactionPayload = field(resolvers.record_changes.update_shipment)
    """Change what a shipment says (CARTONCLOUD, with the version that was read)."""
    create_return: TransactionPayload = field(resolvers.record_changes.create_return)
    """Take lines of a shipment back, and pay back what they cost (CENTRA)."""
    save_products: TransactionPayload = field(resolvers.record_changes.save_products)
    """Make or change products (CENTRY, CARTONCLOUD; CENTRA has `centraSaveProducts`)."""
    delete_products: TransactionPayload = field(resolvers.record_changes.delete_products)
    """Delete product records, each in its backend alone (CENTRY)."""
    save_variants: TransactionPayload = field(resolvers.record_changes.save_variants)
    """Make or change variants (CENTRY)."""
    delete_variants: TransactionPayload = field(resolvers.record_changes.delete_variants)
    """Delete variant records, each in its backend alone (CENTRY)."""
    save_warehouses: TransactionPayload = field(resolvers.record_changes.save_warehouses)
    """Make or change warehouses (CENTRA, CENTRY)."""
    delete_warehouses: TransactionPayload = field(resolvers.record_changes.delete_warehouses)
    """Delete warehouse records, each in its backend alone (CENTRY)."""
    create_sales_channel: TransactionPayload = field(resolvers.record_changes.create_sales_channel)
    """Make a sales channel (CENPORTS)."""
    centra_save_products: TransactionPayload = field(resolvers.record_changes.centra_save_products)
    """products_Update as Centra has it: product, variation, size."""
    centra_save_size_tables: TransactionPayload = field(resolvers.own_changes.centra_save_size_tables)
    """Make size tables, or change them."""
    centra_save_markets: TransactionPayload = field(resolvers.own_changes.centra_save_markets)
    """Make markets, or change them."""
    centra_save_pricelists: TransactionPayload = field(resolvers.own_changes.centra_save_pricelists)
    """Make price lists, or change their prices."""
    centra_save_price_alteration_dates: TransactionPayload = field(resolvers.own_changes.centra_save_price_alteration_dates)
    """Say from which day on altered prices count."""
    centra_save_payment_terms: TransactionPayload = field(resolvers.own_changes.centra_save_payment_terms)
    """Make terms of payment, or change them."""
    centra_save_shipping_terms: TransactionPayload = field(resolvers.own_changes.centra_save_shipping_terms)
    """Make terms of shipping, or change them."""
    centra_save_accounts: TransactionPayload = field(resolvers.own_changes.centra_save_accounts)
    """Make wholesale accounts with their addresses and buyers, or change them."""
    centra_save_customers: TransactionPayload = field(resolvers.own_changes.centra_save_customers)
    """Make retail customers, or change them."""
    centry_record_sync_history: TransactionPayload = field(resolvers.own_changes.centry_record_sync_history)
    """Record what came of bringing a record to a channel."""
    centry_link_variant_asset: TransactionPayload = field(resolvers.own_changes.centry_link_variant_asset)
    """Have a picture of its product show a variant."""
    centry_unlink_variant_asset: TransactionPayload = field(resolvers.own_changes.centry_unlink_variant_asset)
    """Have a picture show a variant no more."""
    centry_delete_variant_warehouse: TransactionPayload = field(resolvers.own_changes.centry_delete_variant_warehouse)
    """Keep a variant in a warehouse no more; its stock there is forgotten."""
    centry_delete_integration_config: TransactionPayload = field(resolvers.own_changes.centry_delete_integration_config)
    """Cut the connection to a channel."""
    centry_save_webhook: TransactionPayload = field(resolvers.own_changes.centry_save_webhook)
    """Make a webhook, or change it."""
    centry_delete_webhook: TransactionPayload = field(resolvers.own_changes.centry_delete_webhook)
    """Remove a webhook."""
    retry_transaction: TransactionPayload = field(resolvers.mutation.retry_transaction)
    """Begin the failed items of a transaction again. Items whose outcome is unknown only with `resendUnknown`."""
    cancel_transaction: TransactionPayload = field(resolvers.mutation.cancel_transaction)
    """Stop what has not been sent yet."""
    link_orders: LinkOrdersPayload = field(resolvers.mutation.link_orders)
    """Say by hand that two orders belong together, or that they do not; rules never overrule it.

    It is stored at once, in the gateway's own database. Whether the orders exist is looked up as far as their backends answer
    within a few seconds: an order whose backend does not answer is taken at your word."""
