"""The turns of the calls to backends that have a rate limit."""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, String

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "rate_limits",
        Column("backend", String(20), primary_key=True),
        Column("turns", LargeBinary, nullable=False),
        Column("paused_until", BigInteger, nullable=False),
    )
