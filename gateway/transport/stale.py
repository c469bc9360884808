"""Stale: an older copy in the place of an answer that cannot be had, where the running question allows it."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import httpx

from gateway.errors import BackendError, MalformedReply, RateLimited, TimedOut, Unavailable
from gateway.models import Backend
from gateway.staleness import Fallback, fallback
from gateway.transport.copies import LARGEST, Answer, Copies, Copy, spoil
from gateway.transport.layer import Layer
from gateway.transport.reads import identity, is_read
from gateway.transport.reply import error_of, fetched_at

_CANNOT_BE_ASKED = (Unavailable, TimedOut, RateLimited, MalformedReply)
_REFRESH = timedelta(seconds=60)  # how much younger an unchanged copy must become to be worth writing
_MOST = 10_000


@dataclass(slots=True)
class _Known:
    """What this process has kept: a hash of the body, when it last came, and when that was last written."""

    body: int
    read_at: datetime
    written_at: datetime


class Stale(Layer):
    """Keeps good answers to what questions read, and serves them where the backend cannot be asked.

    That is: no connection or a broken one, a time-out, a status 5xx, an open circuit, and a 429 whose wait is too long.
    Not: any other 4xx, and refused credentials. Reads of no question (visits, checks), writes, and reads
    whose answers hold secrets (`extensions={"keep": False}`) pass untouched. `account`
    tells whose answers they are: after a change of settings nobody is shown those of another account.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, backend: Backend, copies: Copies, account: str) -> None:
        super().__init__(inner)
        self._backend = backend
        self._copies = copies
        self._account = hashlib.sha256(account.encode()).hexdigest()
        self._known: dict[int, _Known] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        question = fallback()
        if question is None or not is_read(request) or not request.extensions.get("keep", True):
            return await self._inner.handle_async_request(request)
        if question.given_up:
            request.extensions["given_up"] = question.given_up
        try:
            response = await self._inner.handle_async_request(request)
        except _CANNOT_BE_ASKED as error:
            if isinstance(error, TimedOut) and not question.given_up:
                question.given_up = error
            copy = await self._copy(request, question, question.given_up or error)
            if copy is None:
                raise
            return copy
        if response.status_code == 200:
            self._keep(request, question, response)
        elif response.status_code >= 500 or response.status_code == 429:
            return await self._copy(request, question, error_of(self._backend, response)) or response
        return response

    async def aclose(self) -> None:
        try:
            await self._copies.close()
        finally:
            await super().aclose()

    async def _copy(self, request: httpx.Request, question: Fallback, because: BackendError) -> httpx.Response | None:
        copy = await self._copies.find(self._key(request))
        if copy is None:
            return None
        copy = self._as_last_seen(request, copy)
        question.served(copy.read_at, because)
        return httpx.Response(
            200, headers=copy.headers, content=copy.body, request=request, extensions={"fetched_at": copy.read_at}
        )

    def _as_last_seen(self, request: httpx.Request, copy: Copy) -> Copy:
        """An unchanged answer is not written each time that it comes."""
        known = self._known.get(hash(identity(request)))
        same = known is not None and known.body == hash(copy.body)
        return replace(copy, read_at=max(copy.read_at, known.read_at)) if known and same else copy

    def _keep(self, request: httpx.Request, question: Fallback, response: httpx.Response) -> None:
        read_at, place = fetched_at(response), hash(identity(request))
        known = self._known.get(place)
        if (known and known.read_at >= read_at) or len(response.content) > LARGEST:
            return
        body = hash(response.content)
        same = known is not None and known.body == body
        if known and same:
            known.read_at = read_at
            if read_at - known.written_at < _REFRESH:
                return
        written_at = known.written_at if known and same else None
        self._remember(place, _Known(body, read_at, read_at))
        question.spoils.append(partial(spoil, response))
        answer = Answer(
            self._key(request), self._backend, read_at, None if same else response, written_at, partial(self._forget, place)
        )
        self._copies.keep(answer)

    def _remember(self, place: int, known: _Known) -> None:
        self._known[place] = known
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]

    def _forget(self, place: int) -> None:
        self._known.pop(place, None)

    def _key(self, request: httpx.Request) -> str:
        """What is asked, without credentials (headers that tell them are no part of an identity), in a form that lasts."""
        asked: tuple[str, Hashable] = (self._account, identity(request))
        return hashlib.sha256(repr(asked).encode()).hexdigest()


class GivenUp(Layer):
    """Raises why the backend is not asked again on behalf of the question, where that is so."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        error: BackendError | None = request.extensions.get("given_up")
        if error is not None:
            raise error
        return await self._inner.handle_async_request(request)
