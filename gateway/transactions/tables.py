"""The tables of transactions. Instants are microseconds since 1970, lists and messages are JSON."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gateway.database import ForeignText, metadata


class State(StrEnum):
    """Where a step stands while it has not ended; then it has the word of its status.

    READY: nothing of it is under way. SENDING: its message was, is, or was about to be sent. WAITING: the backend works on it.
    """

    READY = "READY"
    SENDING = "SENDING"
    WAITING = "WAITING"


transactions = Table(
    "transactions",
    metadata,
    Column("handle", String(64), primary_key=True),
    Column("operation", String(60), nullable=False),
    Column("caller", ForeignText, nullable=False),
    Column("idempotency_key", ForeignText(500)),
    Column("digest", String(64), nullable=False),
    Column("status", String(24), nullable=False),
    Column("submitted_at", BigInteger, nullable=False),
    Column("completed_at", BigInteger),
    UniqueConstraint("caller", "idempotency_key", name="transactions_by_key"),
    Index("transactions_by_time", "submitted_at", "handle"),
    Index("transactions_by_end", "completed_at"),
)

items = Table(
    "transaction_items",
    metadata,
    Column("handle", String(64), ForeignKey("transactions.handle", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("backend", String(20), nullable=False),
    Column("optional", Boolean, nullable=False),
    Column("facts", ForeignText, nullable=False),
    Column("status", String(24), nullable=False),
    Column("record_type", String(40)),
    Column("record_id", ForeignText),
    Column("errors", ForeignText, nullable=False),
    PrimaryKeyConstraint("handle", "position", "backend"),
)

steps = Table(
    "transaction_steps",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("handle", String(64), ForeignKey("transactions.handle", ondelete="CASCADE"), nullable=False, index=True),
    Column("operation", String(60), nullable=False),
    Column("backend", String(20), nullable=False),
    Column("positions", Text, nullable=False),
    Column("state", String(24), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("held_by", String(32)),
    Column("held_until", BigInteger, nullable=False),
    Column("message", ForeignText),
    Column("remote", ForeignText),
    Column("sent_at", BigInteger),
    Column("started_at", BigInteger),
    Column("completed_at", BigInteger),
    Column("errors", ForeignText, nullable=False),
    Index("transaction_steps_due", "completed_at", "due_at"),
)
"""`turn` counts claims: who holds an older one has lost the step. `attempts` counts messages, `failures` tries in a row that
brought nothing. `begun_at` is when patience with it began."""

lanes = Table(
    "transaction_lanes",
    metadata,
    Column("lane", ForeignText(255), nullable=False),
    Column("step", BigInteger().with_variant(Integer, "sqlite"), nullable=False, index=True),
    PrimaryKeyConstraint("lane", "step"),
)
"""What steps that have not ended change: a step waits for those with a smaller id in one of its lanes."""
