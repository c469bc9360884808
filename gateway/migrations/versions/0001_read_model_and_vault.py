"""The read model's tables and the vault, as they were when migrations began."""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Text, UniqueConstraint

revision = "0001"
down_revision = None

_ID = String(255).with_variant(String(255, collation="C"), "postgresql")


def upgrade() -> None:
    _records()
    _inbox()
    op.create_table(
        "synchronisations",
        Column("backend", String(20), primary_key=True),
        Column("synced_at", BigInteger),
        Column("attempted_at", BigInteger, nullable=False),
        Column("error_code", String(50)),
        Column("error_message", Text),
    )
    op.create_table(
        "vault",
        Column("name", String(100), primary_key=True),
        Column("value", Text, nullable=False),
        Column("changed_at", BigInteger, nullable=False),
    )


def _records() -> None:
    op.create_table(
        "records",
        Column("backend", String(20), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("record_id", _ID, nullable=False),
        Column("parent_kind", String(20)),
        Column("parent_id", String(255)),
        Column("list_time", BigInteger, nullable=False),
        Column("version", BigInteger),
        Column("fetched_at", BigInteger, nullable=False),
        Column("payload", Text),
        PrimaryKeyConstraint("backend", "kind", "record_id"),
        Index("records_in_list_order", "backend", "kind", "list_time", "record_id"),
        Index("records_by_parent", "backend", "parent_id"),
    )
    op.create_table(
        "record_keys",
        Column("backend", String(20), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("sort", String(10), nullable=False),
        Column("key", String(255), nullable=False),
        Column("record_id", _ID, nullable=False),
        PrimaryKeyConstraint("backend", "kind", "sort", "key", "record_id"),
        Index("record_keys_by_record", "backend", "kind", "record_id"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("backend", String(20), nullable=False),
        Column("message_id", String(255), nullable=False),
        Column("type", String(50), nullable=False),
        Column("received_at", BigInteger, nullable=False),
        Column("body", Text, nullable=False),
        Column("problem", Text),
        UniqueConstraint("backend", "message_id"),
    )
