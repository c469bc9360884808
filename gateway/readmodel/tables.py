"""How the read model is kept: messages, records, the keys that these are found by, and how far each backend was read."""

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table, UniqueConstraint

from gateway.database import ForeignText, escaped, metadata

MOST_KEYS = 500
"""Keys in one statement: below the number of parameters that any SQLite allows."""

LONGEST = 255
"""Characters of an id or key. Ids may not be longer; longer keys, which others make, are told apart by their digests."""

records = Table(
    "records",
    metadata,
    Column("backend", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("record_id", ForeignText(LONGEST, ordered=True), nullable=False),
    Column("parent_kind", String(20)),
    Column("parent_id", ForeignText(LONGEST)),
    Column("list_time", BigInteger, nullable=False),
    Column("version", BigInteger),
    Column("fetched_at", BigInteger, nullable=False),
    Column("payload", ForeignText()),
    PrimaryKeyConstraint("backend", "kind", "record_id"),
    Index("records_in_list_order", "backend", "kind", "list_time", "record_id"),
    Index("records_by_parent", "backend", "parent_id"),
    Index("records_by_time", "backend", "kind", "fetched_at"),
)
"""Times are microseconds since 1970 in UTC. A row without payload says that the record was deleted."""

record_keys = Table(
    "record_keys",
    metadata,
    Column("backend", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sort", String(10), nullable=False),
    Column("key", ForeignText(LONGEST), nullable=False),
    Column("record_id", ForeignText(LONGEST, ordered=True), nullable=False),
    PrimaryKeyConstraint("backend", "kind", "sort", "key", "record_id"),
    Index("record_keys_by_record", "backend", "kind", "record_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("backend", String(20), nullable=False),
    Column("message_id", ForeignText(LONGEST), nullable=False),
    Column("type", ForeignText(50), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("body", ForeignText(), nullable=False),
    Column("problem", ForeignText()),
    Column("state", String(10), nullable=False),
    Column("times", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger),
    Column("handled_at", BigInteger),
    UniqueConstraint("backend", "message_id"),
    Index("inbox_due", "state", "backend", "due_at"),
    Index("inbox_handled", "handled_at"),
)
"""`state` is what has become of a message, `times` how often it came, `problem` what kept it from being dealt with. One that
waits is tried at `due_at`, and has been so many `attempts` since it last came; one that was dealt with or given up was so at
`handled_at`."""

synchronisations = Table(
    "synchronisations",
    metadata,
    Column("backend", String(20), primary_key=True),
    Column("synced_at", BigInteger),
    Column("attempted_at", BigInteger, nullable=False),
    Column("error_code", String(50)),
    Column("error_message", ForeignText()),
    Column("retry_at", BigInteger),
)


def fitting(key: str) -> str:
    """The key itself, or its digest where a column has no room for it."""
    return key if len(escaped(key)) <= LONGEST else f"sha256/{sha256(key.encode()).hexdigest()}"


def batches(values: Iterable[str]) -> Iterable[list[str]]:
    """The different values, so many at a time as one statement may hold."""
    unique = list(dict.fromkeys(values))
    return (unique[start : start + MOST_KEYS] for start in range(0, len(unique), MOST_KEYS))
