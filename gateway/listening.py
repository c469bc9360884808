"""Listening: one connection to PostgreSQL on which this process hears what others have committed."""

import asyncio
import logging

import psycopg

from gateway.database import Database
from gateway.notices import CHANNEL, Notices

log = logging.getLogger("gateway.database")

_AGAIN = 0.5  # seconds before another try to connect
_PROOF = 10.0  # seconds after which a silent connection has to show that it lives


async def listen(database: Database) -> None:
    """Until cancelled. A connection that dies is replaced; what was told meanwhile was missed, and that is said."""
    address = database.listener
    if address is None:  # SQLite passes nothing on
        return
    was_lost = False
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**address, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                if was_lost:
                    database.notices.missed()
                was_lost = False
                await _hear(connection, database.notices)
        except (psycopg.Error, OSError, TimeoutError) as error:
            if not was_lost:
                log.warning("what other processes do is not heard at the moment: %s", type(error).__name__)
            was_lost = True
        await asyncio.sleep(_AGAIN)


async def _hear(connection: psycopg.AsyncConnection, notices: Notices) -> None:
    while True:
        async for note in connection.notifies(timeout=_PROOF):
            notices.heard(note.payload)
        async with asyncio.timeout(_PROOF):
            await connection.execute("SELECT 1")
