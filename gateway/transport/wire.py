"""The wire: aiohttp's connection pool under httpx's interface, and the one place where foreign errors become ours.

aiohttp is used directly: it costs about half of the CPU of httpx's own pool, leaves addresses as they are and tells a
refused connection from a broken one.
"""

import logging

import aiohttp
import httpx
from yarl import URL

from gateway.errors import BackendError, MalformedReply, TimedOut, Unavailable
from gateway.models import Backend

log = logging.getLogger("gateway.transport")

_FOREIGN = (aiohttp.ClientError, OSError)  # TimeoutError and ssl.SSLError are OSErrors


class NoAnswer(Unavailable):
    """No connection came about, or it broke before an answer came. A read may be sent again."""


class Wire(httpx.AsyncBaseTransport):
    """One pool of connections, opened by the first call, in the loop that runs then. Keeps no cookies, follows nothing.

    No time-outs here: the deadline ends a call by cancelling it.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["tries"] = request.extensions.get("tries", 0) + 1
        session = self._session or self._open()
        request.extensions["sent"] = True
        try:
            answer = await session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=request.headers,
                data=await request.aread() or None,
                allow_redirects=False,
            )
        except _FOREIGN as error:
            raise self._ours(error, request) from None
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Body(self, request, answer))

    def _open(self) -> aiohttp.ClientSession:
        session = self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            auto_decompress=False,
            trust_env=False,
        )
        # aiohttp would send PUT and DELETE again by itself when a kept connection breaks. Only `retry` may repeat a call.
        session._retry_connection = False
        return session

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()

    def _ours(self, error: Exception, request: httpx.Request) -> BackendError:
        self.note(error, request)
        name = self._backend.label
        match error:
            case TimeoutError():
                return TimedOut(self._backend, f"{name} did not answer in time.")
            case aiohttp.ClientConnectorError() | aiohttp.InvalidURL():
                request.extensions["sent"] = False
                return NoAnswer(self._backend, f"{name} cannot be reached.")
            case aiohttp.ClientConnectionError() | OSError():
                return NoAnswer(self._backend, f"{name} closed the connection.")
            case _:
                return MalformedReply(self._backend, f"{name} answered something that cannot be read.")

    def cut_short(self, error: Exception, request: httpx.Request) -> BackendError:
        self.note(error, request)
        return MalformedReply(self._backend, f"{self._backend.label}'s answer is cut short.")

    def note(self, error: Exception, request: httpx.Request) -> None:
        """The kind of error and the host, and nothing that may hold credentials or personal data, such as a query."""
        log.warning("%s: %s at %s", self._backend, type(error).__name__, request.url.host)


class _Body(httpx.AsyncByteStream):
    """An answer's body as it comes, still packed."""

    def __init__(self, wire: Wire, request: httpx.Request, answer: aiohttp.ClientResponse) -> None:
        self._wire = wire
        self._request = request
        self._answer = answer

    def __aiter__(self) -> "_Body":
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._answer.content.readany()
        except _FOREIGN as error:
            raise self._wire.cut_short(error, self._request) from None
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Gives the connection back if the body was read to its end, else closes it."""
        self._answer.close()
