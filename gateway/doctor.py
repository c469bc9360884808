"""`gateway doctor`: whether each backend is configured, can be reached, lets the gateway in and has the right time."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from gateway.app import Gateway, open_gateway
from gateway.backends import backend_class
from gateway.clock import now
from gateway.errors import BackendError, DatabaseUnavailable, GatewayError, RateLimited, TimedOut, Unauthenticated, Unavailable
from gateway.models import Backend
from gateway.ports import BackendPort
from gateway.settings import InvalidSettings, Settings
from gateway.transport import CallLog, log_calls, skip_cache

_MOST = timedelta(seconds=60)
"""How far apart the clocks may be: tokens end by the one and are renewed by the other."""


def run_doctor(settings: Settings) -> int:
    """Print a line for the database and one for each backend; 1 if one of them cannot be used as it is configured."""
    logging.getLogger().setLevel(logging.CRITICAL)  # the lines below say it
    try:
        with open_gateway(settings) as gateway:
            _tell("database", True, f"{settings.database_kind}, up to date")
            return 0 if asyncio.run(_examine(gateway)) else 1
    except InvalidSettings as error:
        if not str(error).startswith("GATEWAY_DATABASE_URL"):
            raise
        _tell("database", False, f"{error}; the backends were not asked, for the gateway cannot begin without it")
        return 1


async def _examine(gateway: Gateway) -> bool:
    """Whether every configured backend can be used. All are asked at once; the lines come in their order."""
    registry = gateway.registry
    try:
        findings = await asyncio.gather(*(asyncio.create_task(_examined(backend)) for backend in registry.configured))
    finally:
        await registry.close()
    found = dict(findings)
    for name in registry.names:
        if name in found:
            _tell(name.label, *found[name])
        else:
            _tell(name.label, None, f"not configured: set {', '.join(registry.missing(name))}")
    return all(well for well, _ in found.values())


async def _examined(backend: BackendPort) -> tuple[Backend, tuple[bool, str]]:
    """In a task of its own: the clock that it reads is this backend's."""
    skip_cache()
    log_calls(clock := _Clock())
    try:
        await backend.check()
    except BackendError as error:
        return backend.name, (False, f"{error.message} {_mend(backend.name, error)}")
    except DatabaseUnavailable as error:
        return backend.name, (False, error.message)
    return backend.name, clock.finding()


class _Clock(CallLog):
    """How far a backend's clock is from ours, as its last answer tells (to the second)."""

    def __init__(self) -> None:
        super().__init__()
        self._apart: timedelta | None = None

    def note(self, backend: Backend, request: httpx.Request, response: httpx.Response | None, seconds: float) -> None:
        if response is not None and (told := _date(response)):
            self._apart = told - now()

    def finding(self) -> tuple[bool, str]:
        good = "reachable, credentials accepted"
        if self._apart is None:
            return True, f"{good}; it does not tell its time"
        seconds = round(self._apart.total_seconds())
        if abs(self._apart) <= _MOST:
            return True, f"{good}, clocks {abs(seconds)} s apart"
        ours = "ahead of" if seconds < 0 else "behind"
        return False, f"{good}, but this machine's clock is {abs(seconds)} s {ours} its own. Set the clock (NTP)."


def _date(response: httpx.Response) -> datetime | None:
    """Of several, as a proxy may add one, the backend's own goes last."""
    try:
        told = parsedate_to_datetime(response.headers.get_list("date")[-1])
    except (IndexError, ValueError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _mend(name: Backend, error: GatewayError) -> str:
    """What to look at, by the kind of error."""
    settings = backend_class(name).settings_type
    variables = [f"{settings.model_config.get('env_prefix', '')}{field.upper()}" for field in settings.required]
    addresses = ", ".join(variable for variable in variables if variable.endswith("URL"))
    match error:
        case Unauthenticated():
            return f"Check {', '.join(variable for variable in variables if not variable.endswith('URL'))}."
        case RateLimited():
            return f"Ask again in {error.retry_after or 60} s."
        case TimedOut():
            return f"Check {addresses} and the network, or give it more time with {variables[0].rpartition('__')[0]}__TIMEOUT."
        case Unavailable():
            return f"Check {addresses} and the network, or wait until it is back."
        case _:
            return f"Check whether {addresses} is the address of its API."


def _tell(name: str, well: bool | None, text: str) -> None:
    print(f"{name:12} {_WORDS[well]:7} {text}", flush=True)


_WORDS = {True: "ok", False: "failed", None: "-"}
