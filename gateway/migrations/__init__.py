"""Migrations: the steps by which the tables of a database become those that the code expects, run at each start.

To add or change a table:

1. Declare it where it is used, on `gateway.database.metadata`.
2. Add `versions/000N_what_it_does.py` with the next number (copy the newest file): `revision` is its number, `down_revision`
   the number before, and `upgrade()` makes the change with `alembic.op`. It runs on SQLite and on PostgreSQL. SQLite cannot
   alter a column: there, use `op.batch_alter_table`.
3. A step that has been released is never changed. It names columns and types itself, and imports nothing of the gateway: it
   must do tomorrow what it does today.

`tests/test_migrations.py` holds that the steps lead to exactly what `metadata` says. Where someone else took your number
meanwhile, it fails too: take the next one.
"""

import logging
import threading
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

log = logging.getLogger("gateway.database")

_FIRST = "0001"
_one_at_a_time = threading.Lock()  # in this process: `alembic.op` is one for all threads


class UnusableDatabase(Exception):
    """This version of the gateway cannot work on this database. The message says why, in one line."""


def migrate(connection: Connection) -> None:
    """Take the steps that the database has not taken yet. The connection must hold the lock of those who write.

    Raises UnusableDatabase where it has taken steps that are not known here.
    """
    steps = ScriptDirectory(str(Path(__file__).parent))
    with _one_at_a_time, EnvironmentContext(Config(), steps) as environment:
        environment.configure(connection=connection, fn=lambda revision, _: steps._upgrade_revs("head", revision))
        context = environment.get_context()
        _adopt(connection, context, steps)
        before = context.get_current_revision()
        if before == steps.get_current_head():
            return
        if before is not None and before not in {step.revision for step in steps.walk_revisions()}:
            raise UnusableDatabase(f"this database is newer than the gateway, which does not know its step {before}")
        environment.run_migrations()
        if before is not None:
            log.info("the database went from step %s to %s", before, steps.get_current_head())


def _adopt(connection: Connection, context: MigrationContext, steps: ScriptDirectory) -> None:
    """A database from the time before there were steps has the tables of the first one, and no note of it."""
    tables = set(inspect(connection).get_table_names())
    if "records" in tables and "alembic_version" not in tables:
        context.stamp(steps, _FIRST)
