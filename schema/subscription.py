"""What can be watched."""

from datetime import datetime

import resolvers
from gateway import order_changes
from gateway.models import Backend
from gateway.order_changes import ChangeKind
from schema.base import describe, events, field, represents, root
from schema.scalars import ID
from schema.transactions import Transaction
from schema.types import Order

describe(ChangeKind, "What became of a record.", SAVED="It was made or changed.", DELETED="It was deleted.")


@represents(order_changes.OrderChange)
class OrderChange:
    """A change of an order, as it became known to the gateway."""

    kind: ChangeKind
    """What became of it."""
    backend: Backend
    """The backend that has it."""
    order_id: ID = field(resolvers.order_change.order_id)
    """The order's id."""
    at: datetime
    """When the gateway came to know of it."""
    order: Order | None = field(resolvers.order_change.order, asks=resolvers.asks.changed)
    """The order, read now; null when it was deleted or cannot be read now."""


@root
class Subscription:
    """What can be watched, by server-sent events (`Accept: text/event-stream`) or over a WebSocket (`graphql-transport-ws`)."""

    transaction: Transaction = events(resolvers.subscription.transaction)
    """A change of yours, now and at every change of it, until it has ended; an error NOT_FOUND where you have none of that
    name."""
    order_changed: OrderChange = events(resolvers.subscription.order_changed)
    """Changes of orders from now on: those that backends tell of by events and webhooks, and those that the gateway made. One
    change may be told more than once."""
