"""The body of a request, as far as it may go."""

from starlette.requests import Request


class TooLarge(Exception):
    """The request has more bytes than it may."""


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Raises TooLarge as soon as that is clear, and Starlette's ClientDisconnect where the sender hangs up."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > max_bytes:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
