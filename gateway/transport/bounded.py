"""Bounded size: the whole answer, read and unpacked, unless it is larger than anything that we would want to read."""

import zlib
from typing import cast

import httpx

from gateway.clock import now
from gateway.errors import MalformedReply
from gateway.models import Backend
from gateway.transport.layer import Layer

_PLAIN = frozenset(("", "identity"))
_PACKED = frozenset(("gzip", "x-gzip", "deflate"))


class Bounded(Layer):
    """Raises MalformedReply for more than `max_bytes` after unpacking. Notes on the answer when it came: `fetched_at`."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, backend: Backend, max_bytes: int) -> None:
        super().__init__(inner)
        self._backend = backend
        self._max_bytes = max_bytes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        stream = cast("httpx.AsyncByteStream", response.stream)
        try:
            body = await self._body(stream, response.headers.pop("content-encoding", "").lower())
        except zlib.error:
            raise self._malformed("cannot be unpacked") from None
        finally:
            await stream.aclose()
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            content=body,
            request=request,
            extensions={"fetched_at": now()},
        )

    async def _body(self, stream: httpx.AsyncByteStream, encoding: str) -> bytes:
        if encoding in _PLAIN:
            return await self._joined(stream, None)
        if encoding in _PACKED:
            return await self._joined(stream, zlib.decompressobj(zlib.MAX_WBITS | 32))  # 32: gzip or zlib, by its head
        raise self._malformed("is packed in a way that was not asked for")

    async def _joined(self, stream: httpx.AsyncByteStream, unpacker: "zlib._Decompress | None") -> bytes:
        """One byte more than allowed is unpacked at most, so a bomb goes off in no more memory than an honest answer."""
        pieces: list[bytes] = []
        room = self._max_bytes + 1
        async for chunk in stream:
            piece = unpacker.decompress(chunk, room) if unpacker else chunk
            pieces.append(piece)
            room -= len(piece)
            if room <= 0:
                raise self._malformed("is too large")
        if unpacker and pieces and not unpacker.eof:
            raise self._malformed("is cut short")
        return b"".join(pieces)

    def _malformed(self, what: str) -> MalformedReply:
        return MalformedReply(self._backend, f"{self._backend.label}'s answer {what}.")
