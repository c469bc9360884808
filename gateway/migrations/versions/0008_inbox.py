"""What has become of each message of a backend, and which process does what one of all has to do."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text, text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("inbox", Column("state", String(10), nullable=False, server_default="DONE"))
    op.add_column("inbox", Column("times", Integer, nullable=False, server_default="1"))
    op.add_column("inbox", Column("attempts", Integer, nullable=False, server_default="1"))
    op.add_column("inbox", Column("due_at", BigInteger))
    op.add_column("inbox", Column("handled_at", BigInteger))
    op.execute(text("UPDATE inbox SET handled_at = received_at"))
    op.execute(text("UPDATE inbox SET state = 'DEAD' WHERE problem IS NOT NULL"))
    op.create_index("inbox_due", "inbox", ["state", "backend", "due_at"])
    op.create_index("inbox_handled", "inbox", ["handled_at"])
    op.create_table(
        "leases",
        Column("work", String(60), primary_key=True),
        Column("holder", String(40), nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("place", Text),
    )
