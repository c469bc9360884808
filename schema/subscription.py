"""What can be watched."""

import resolvers
from schema.base import events, root
from schema.transactions import Transaction


@root
class Subscription:
    """What can be watched, by server-sent events (`Accept: text/event-stream`) or over a WebSocket (`graphql-transport-ws`)."""

    transaction: Transaction = events(resolvers.subscription.transaction)
    """A change of yours, now and at every change of it, until it has ended; an error NOT_FOUND where you have none of that
    name."""
