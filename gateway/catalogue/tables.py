"""How the catalogue is kept: a row for each record of each backend, and a row for the state of each backend's index."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text

from gateway.database import ForeignText, metadata

LONGEST_KEY = 255
"""Characters: PostgreSQL has no room for long ones in an index."""

MOST_KEYS = 500
"""Keys in one statement: below the number of parameters that any SQLite allows."""

entries = Table(
    "catalogue_entries",
    metadata,
    Column("kind", String(20), nullable=False),
    Column("backend", String(20), nullable=False),
    Column("record_id", ForeignText(ordered=True), nullable=False),
    Column("key", ForeignText(ordered=True)),
    Column("parent_id", ForeignText),
    Column("site_id", ForeignText),
    Column("barcode", ForeignText),
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
"""`key` is the SKU, null where there is none or it is too long; stock has its variant's. `parent_id` is a variant's product, or
the variant of a row of stock, and `site_id` its warehouse. `content` is the record, `seen` the last pass that met it. Times are
microseconds since 1970 in UTC, as everywhere in the database."""

states = Table(
    "catalogue_states",
    metadata,
    Column("backend", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("form", Text, nullable=False),
    Column("as_of", BigInteger),
    Column("error_code", String(50)),
    Column("error_message", ForeignText),
    Column("retry_at", BigInteger),
    Column("pass_number", Integer, nullable=False),
    Column("pass_started_at", BigInteger),
    Column("pass_after", ForeignText),
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
"""`form` is how entries are written: another form is read anew. `as_of` is when the index was last in step, null before the
first pass has ended. `retry_at` is until when the backend wants to be left alone. `pass_...` is the pass that is running
(`pass_started_at` null: none is), `passed_at` when the last one ended. `changed_at` is the newest change that is known,
`moved_at` when it became known. `due_at` is when to look again, `keeper` the process that does, until `kept_until` at most."""
