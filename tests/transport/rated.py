"""A process that calls a backend again and again: `python -m tests.transport.rated ADDRESS DATABASE LIMIT SECONDS`."""

import asyncio
import sys
import time

from gateway.database import Database
from gateway.errors import RateLimited
from gateway.models import Backend
from gateway.rates import Rates
from gateway.settings import BackendSettings
from gateway.transport import Turnstiles, connect

_AT_ONCE = 6


async def call(address: str, database: Database, limit: str, seconds: float) -> None:
    """As many as are let through, several at once."""
    settings = BackendSettings.model_validate({"timeout": 5, "cache_ttl": 0, "rate_limit": limit})
    http = connect(Backend.CENTRY, settings, base_url=address, turnstiles=Turnstiles(Rates(database)))
    end = time.monotonic() + seconds

    async def again(name: int) -> None:
        count = 0
        while time.monotonic() < end:
            count += 1
            try:
                await http.post(f"/{name}/{count}", json={})
            except RateLimited:
                await asyncio.sleep(0.05)

    await asyncio.gather(*map(again, range(_AT_ONCE)))
    await http.aclose()


if __name__ == "__main__":
    made = Database(sys.argv[2])
    try:
        asyncio.run(call(sys.argv[1], made, sys.argv[3], float(sys.argv[4])))
    finally:
        made.close()
