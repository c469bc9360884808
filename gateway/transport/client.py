"""The client that backends speak through: httpx's interface over our layers, one log line for each call."""

import logging
import time
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from httpx import USE_CLIENT_DEFAULT

from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.transport.calls import call_log
from gateway.transport.reads import is_read, note_change

log = logging.getLogger("gateway.transport")

_HEADERS = {"User-Agent": "commerce-gateway", "Accept-Encoding": "gzip"}


class Client(httpx.AsyncClient):
    """Paths are appended to `base_url`, and the empty path is `base_url` itself, without a slash at its end.

    Answers come with their body read and may be shared with other callers. Redirects are not followed, cookies not kept.
    """

    def __init__(
        self, backend: Backend, transport: httpx.AsyncBaseTransport, base_url: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(
            transport=transport,
            base_url=base_url,
            headers={**_HEADERS, **headers},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=None,  # the deadline layer ends calls
            trust_env=False,
        )
        self._backend = backend
        self._address = base_url.rstrip("/")
        self._layers = transport

    def build_request(self, method: str, url: httpx.URL | str, *, params: Any = None, **parts: Any) -> httpx.Request:
        address = str(url)
        if address[:1] in ("", "/"):
            address = self._address + address
        if params and "?" not in address:  # in one piece: httpx reads an address again for every part that it gets
            address, params = f"{address}?{httpx.QueryParams(params)}", None
        return super().build_request(method, address, params=params, **parts)

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Not httpx's own way: that logs whole addresses, and its cookies, redirects and streams cost more than a call."""
        started = time.perf_counter()
        outcome: object = "broken off"
        response = None
        try:
            response = await self._sent(request, options)
            outcome = response.status_code
        except GatewayError as error:
            outcome = error.code
            error.sent = request.extensions.get("sent", False)
            raise
        finally:
            if not is_read(request):
                note_change(self._backend)
            self._note(request, response, outcome, time.perf_counter() - started)
        return response

    async def _sent(self, request: httpx.Request, options: dict[str, Any]) -> httpx.Response:
        if self.is_closed:
            raise RuntimeError("The client has been closed.")
        if options.get("auth", USE_CLIENT_DEFAULT) is not USE_CLIENT_DEFAULT:
            return await super().send(request, **options)
        return await self._layers.handle_async_request(request)

    def _note(self, request: httpx.Request, response: httpx.Response | None, outcome: object, seconds: float) -> None:
        if calls := call_log():
            calls.note(self._backend, request, response, seconds)
        if not log.isEnabledFor(logging.DEBUG):
            return
        operation, tries = request.extensions.get("operation", "-"), request.extensions.get("tries", 0)
        log.debug("%s %s: %s in %.1f ms, tries %d", self._backend, operation, outcome, seconds * 1000, tries)
