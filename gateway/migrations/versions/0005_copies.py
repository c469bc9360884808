"""The copies of backends' answers."""

from alembic import op
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "copies",
        Column("key", String(64), primary_key=True),
        Column("backend", String(20), nullable=False),
        Column("read_at", BigInteger, nullable=False),
        Column("size", Integer, nullable=False),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Index("copies_by_age", "read_at"),
    )
