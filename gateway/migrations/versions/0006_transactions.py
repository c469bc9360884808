"""Transactions: what was asked, its items, the steps that do it, and what they change."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

revision = "0006"
down_revision = "0005"

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    _create_transactions()
    _create_steps()


def _create_transactions() -> None:
    op.create_table(
        "transactions",
        Column("handle", String(64), primary_key=True),
        Column("operation", String(60), nullable=False),
        Column("caller", Text, nullable=False),
        Column("idempotency_key", String(500)),
        Column("digest", String(64), nullable=False),
        Column("status", String(24), nullable=False),
        Column("submitted_at", BigInteger, nullable=False),
        Column("completed_at", BigInteger),
        UniqueConstraint("caller", "idempotency_key", name="transactions_by_key"),
        Index("transactions_by_time", "submitted_at", "handle"),
        Index("transactions_by_end", "completed_at"),
    )
    op.create_table(
        "transaction_items",
        Column("handle", String(64), ForeignKey("transactions.handle", ondelete="CASCADE"), nullable=False),
        Column("position", Integer, nullable=False),
        Column("backend", String(20), nullable=False),
        Column("optional", Boolean, nullable=False),
        Column("facts", Text, nullable=False),
        Column("status", String(24), nullable=False),
        Column("record_type", String(40)),
        Column("record_id", Text),
        Column("errors", Text, nullable=False),
        PrimaryKeyConstraint("handle", "position", "backend"),
    )


def _create_steps() -> None:
    op.create_table(
        "transaction_steps",
        Column("id", _NUMBER, primary_key=True, autoincrement=True),
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
        Column("message", Text),
        Column("remote", Text),
        Column("sent_at", BigInteger),
        Column("started_at", BigInteger),
        Column("completed_at", BigInteger),
        Column("errors", Text, nullable=False),
        Index("transaction_steps_due", "completed_at", "due_at"),
    )
    op.create_table(
        "transaction_lanes",
        Column("lane", String(255), nullable=False),
        Column("step", _NUMBER, nullable=False, index=True),
        PrimaryKeyConstraint("lane", "step"),
    )
