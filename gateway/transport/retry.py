"""Retry: a read that a backend could not answer for the moment is asked again, while its caller still waits."""

import asyncio
import math
import random
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from gateway.clock import now
from gateway.transport.layer import Layer
from gateway.transport.reads import is_read
from gateway.transport.wire import NoAnswer

_MOMENTARY = frozenset((429, 502, 503, 504))
ROOM = 0.1
"""Seconds that a try must have left, or it is not worth its pause."""

_EPOCH = 1_000_000_000  # larger numbers of seconds are instants, not spans (it would be a wait of 31 years)


class Retry(Layer):
    """At most `tries` calls; pauses of about `pause` seconds, doubled each time, where the backend does not say how long.

    If the pause would outlast the call, the answer is handed up as it is. Writes pass: nobody knows what became of one.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, tries: int = 3, pause: float = 0.25) -> None:
        super().__init__(inner)
        self._tries = tries
        self._pause = pause

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if is_read(request):
            for attempt in range(self._tries - 1):
                pause = self._jittered(attempt)
                try:
                    response = await self._inner.handle_async_request(request)
                except NoAnswer:
                    if not _in_time(request, pause):
                        raise
                else:
                    if response.status_code not in _MOMENTARY:
                        return response
                    told = retry_after(response)
                    pause = pause if told is None else told
                    if not _in_time(request, pause):
                        return response
                await asyncio.sleep(pause)
        return await self._inner.handle_async_request(request)

    def _jittered(self, attempt: int) -> float:
        return self._pause * float(2**attempt) * random.uniform(0.5, 1)


def _in_time(request: httpx.Request, pause: float) -> bool:
    ends: float = request.extensions.get("ends", math.inf)
    return time.monotonic() + pause + ROOM < ends


def retry_after(response: httpx.Response) -> float | None:
    """The seconds to wait that the answer asks for, never negative; None where it does not say or cannot be understood.

    Seconds and dates are HTTP's (RFC 9110, 10.2.3); Centra sends "the timestamp of when you can resume" instead: seconds
    since 1970 or a date in ISO 8601 are taken too.
    """
    text: str = response.headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return _until(text)
    if not math.isfinite(number):
        return None
    return max(0.0, number - now().timestamp() if number >= _EPOCH else number)


def _until(date: str) -> float | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            instant = read(date)
        except (ValueError, IndexError, TypeError):
            continue
        instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        return max(0.0, (instant - now()).total_seconds())
    return None
