"""The index of all backends' catalogues, and records of the read model by the time when they were taken over."""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Text

revision = "0002"
down_revision = "0001"

_KEY = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_index("records_by_time", "records", ["backend", "kind", "fetched_at"])
    op.create_table(
        "catalogue_entries",
        Column("kind", String(20), nullable=False),
        Column("backend", String(20), nullable=False),
        Column("record_id", _KEY, nullable=False),
        Column("key", _KEY),
        Column("parent_id", Text),
        Column("site_id", Text),
        Column("barcode", Text),
        Column("status", String(20)),
        Column("changed_at", BigInteger),
        Column("fetched_at", BigInteger, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("seen", Integer, nullable=False),
        PrimaryKeyConstraint("kind", "backend", "record_id"),
        Index("catalogue_entries_by_key", "kind", "key", "backend"),
        Index("catalogue_entries_by_record", "kind", "record_id", "backend"),
        Index("catalogue_entries_by_parent", "kind", "backend", "parent_id"),
        Index("catalogue_entries_by_site", "backend", "site_id"),
    )
    op.create_table(
        "catalogue_states",
        Column("backend", String(20), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("form", Text, nullable=False),
        Column("as_of", BigInteger),
        Column("error_code", String(50)),
        Column("error_message", Text),
        Column("pass_number", Integer, nullable=False),
        Column("pass_started_at", BigInteger),
        Column("pass_after", Text),
        Column("pass_read", Integer, nullable=False),
        Column("passed_at", BigInteger),
        Column("unreadable", Integer, nullable=False),
        Column("changed_at", BigInteger),
        Column("moved_at", BigInteger),
        Column("due_at", BigInteger, nullable=False),
        Column("keeper", String(40)),
        Column("kept_until", BigInteger),
        PrimaryKeyConstraint("backend", "kind"),
    )
