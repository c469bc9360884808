"""When a backend that wants to be left alone may be asked again, beside the error that said so."""

from alembic import op
from sqlalchemy import BigInteger, Column

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for table in ("synchronisations", "catalogue_states"):
        op.add_column(table, Column("retry_at", BigInteger))
