"""The vault: small secrets that must outlast a restart, kept in the database (refresh tokens, the key of cursors)."""

import secrets
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, String, Table, Text, insert, select, update

from gateway.clock import now
from gateway.database import Database, metadata

vault = Table(
    "vault",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)


class Vault:
    """Values by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        return await self._database.read(lambda connection: _get(connection, name))

    async def replace(self, name: str, known: str | None, value: str) -> None:
        """Put the value in the place of the one that is `known` (None: there was none). Another one stays: it is newer.

        Committed when it returns.
        """

        def work(connection: Connection) -> None:
            if _get(connection, name) == known:
                _put(connection, name, value, now())

        await self._database.write(work)

    def key(self, name: str) -> bytes:
        """The random key of this name, made at the first call. Blocks: for start-up."""

        def work(connection: Connection) -> str:
            known = _get(connection, name)
            if known is None:
                known = secrets.token_hex(32)
                _put(connection, name, known, now())
            return known

        return bytes.fromhex(self._database.run(work, write=True))


def _get(connection: Connection, name: str) -> str | None:
    return connection.scalar(select(vault.c.value).where(vault.c.name == name))


def _put(connection: Connection, name: str, value: str, at: datetime) -> None:
    values = {"value": value, "changed_at": int(at.timestamp())}
    if not connection.execute(update(vault).where(vault.c.name == name).values(values)).rowcount:
        connection.execute(insert(vault).values(name=name, **values))
