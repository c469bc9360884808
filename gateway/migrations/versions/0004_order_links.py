"""What people said of pairs of orders."""

from alembic import op
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "order_links",
        Column("backend", String(20), nullable=False),
        Column("order_id", String(255), nullable=False),
        Column("other_backend", String(20), nullable=False),
        Column("other_id", String(255), nullable=False),
        Column("relation", String(20), nullable=False),
        Column("status", String(20), nullable=False),
        Column("said_by", Text, nullable=False),
        Column("said_at", BigInteger, nullable=False),
        PrimaryKeyConstraint("backend", "order_id", "other_backend", "other_id"),
    )
