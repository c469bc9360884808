"""Health: whether the process lives, and whether it can serve. A backend that is down makes the gateway no less ready."""

from dataclasses import dataclass

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.database import Database
from gateway.errors import DatabaseUnavailable


async def live(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


@dataclass(frozen=True)
class Ready:
    """Ready means that the database answers; the settings were valid, or the process would not have started."""

    database: Database

    async def __call__(self, _request: Request) -> Response:
        try:
            await self.database.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
        except DatabaseUnavailable as error:
            return JSONResponse({"status": error.message}, 503, {"Retry-After": str(error.retry_after)})
        return JSONResponse({"status": "ok"})
