"""A layer: an httpx transport around the next one, which it closes with itself."""

import httpx


class Layer(httpx.AsyncBaseTransport):
    """Answers may be shared between callers and come with their body read: whoever gets one only reads it."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def aclose(self) -> None:
        await self._inner.aclose()
