"""Transactions as clients see them: changes on their way to backends."""

from datetime import datetime

import resolvers
from gateway import entities
from gateway.errors import ErrorCode
from gateway.models import Backend
from gateway.transactions import facts
from gateway.transactions.facts import TransactionStatus
from schema.base import field, represents
from schema.connections import Edge
from schema.scalars import ID
from schema.types import Node
from schema.values import PageInfo, UserError


@represents(facts.Progress)
class Progress:
    """How far a transaction is."""

    done: int
    """Steps that have ended."""
    total: int
    """Steps in all; may grow while it is looked up what there is to do, and with each retry."""


@represents(facts.TransactionError)
class TransactionError:
    """What went wrong in a transaction."""

    code: ErrorCode
    """What kind of error it is."""
    message: str
    """What went wrong, and the mend where there is one."""
    backend: Backend | None
    """The backend that it comes from."""
    index: int | None
    """Which item of the input, from 0."""
    path: list[str] | None
    """Path into the input, such as ["orders", "0", "lines", "1", "sku"]."""


@represents(facts.Item)
class TransactionItem:
    """What became of one item of the input: an order of createOrders, an adjustment of adjustStock. An item that is for several
    backends is there once for each."""

    index: int
    """Position in the input, from 0."""
    backend: Backend
    """The backend that has to do it."""
    status: TransactionStatus
    """Where it stands."""
    record_id: ID | None = field(resolvers.transaction.record_id)
    """The record that it made or changed, as soon as it is known."""
    node: Node | None = field(resolvers.transaction.node, asks=resolvers.asks.changed)
    """That record, read now; null where its backend cannot be read, or does not show it yet."""
    errors: list[TransactionError]
    """What went wrong; of an item that is COMPLETED, what the backend remarked."""


@represents(facts.Step)
class TransactionStep:
    """One call, or one batch, that one backend has to do. A backend may have several."""

    id: ID = field(resolvers.transaction.step_id)
    """Its number, unique in the gateway."""
    backend: Backend | None
    """The backend that does it; null for a step that no backend does."""
    items: list[int]
    """The items of the input that it carries."""
    status: TransactionStatus
    """Where it stands."""
    attempts: int
    """How often its message was sent."""
    backend_handle: str | None
    """The backend's own handle, where it works asynchronously."""
    started_at: datetime | None
    """When it was first worked on."""
    completed_at: datetime | None
    """When it ended."""
    errors: list[TransactionError]
    """What went wrong; of a step that has not ended, what keeps it."""


@represents(facts.Transaction)
class Transaction(Node):
    """A change on its way to one or more backends. It survives restarts, is sent once, and its handle is good for as long
    as it is kept."""

    id: ID = field(resolvers.transaction.id)
    """Opaque and stable; good for `node`."""
    handle: ID
    """What to poll with; unguessable."""
    operation: str
    """The mutation that began it."""
    status: TransactionStatus
    """Where it stands."""
    submitted_at: datetime
    """When it was accepted."""
    completed_at: datetime | None
    """When everything had ended."""
    progress: Progress
    """How far it is."""
    steps: list[TransactionStep]
    """What has to be done, step by step; a retry adds steps."""
    errors: list[TransactionError]
    """What went wrong with its items, and what keeps steps that have not ended."""
    items: list[TransactionItem]
    """What became of each item of the input, in its order."""
    affected: list[Node | None] = field(resolvers.transaction.affected, asks=resolvers.asks.changed)
    """The records that it made or changed, readable once the transaction has ended; null where a backend cannot be read now."""


@represents(entities.Page)
class TransactionConnection:
    """A page of your transactions."""

    edges: list[Edge[Transaction]]
    """The transactions with their cursors."""
    nodes: list[Transaction]
    """The transactions alone."""
    page_info: PageInfo
    """Where this page stands in the list."""
    total_count: int | None = field(resolvers.connection.total_count, asks=resolvers.asks.nothing)
    """How many match in all."""


@represents(entities.TransactionPayload)
class TransactionPayload:
    """What a mutation answers at once. With `userErrors` nothing was accepted and `transaction` is null."""

    transaction: Transaction | None
    """The change, stored: poll its `handle`, or subscribe to it."""
    user_errors: list[UserError]
    """What is wrong with the input; all of it at once."""
