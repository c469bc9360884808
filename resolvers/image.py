"""Pictures: those of several records in one order, and beside the answer what kept some from being read."""

import asyncio
from collections.abc import Awaitable, Iterable, Sequence

from gateway.errors import GatewayError
from gateway.models import Backend, Image
from gateway.ports import ImageSource
from resolvers import older
from resolvers.context import Info


async def together(asked: Iterable[tuple[Backend, Awaitable[Sequence[Image] | None]]], info: Info) -> list[Image]:
    """Every different picture, by position; a record whose pictures cannot be read leaves them out and adds an error."""
    pairs = list(asked)
    answers = await asyncio.gather(*(_tried(answer) for _, answer in pairs))
    path = info.path.as_list()
    for backend, _ in pairs:
        older.tell(info, backend, ImageSource)
    info.context.warnings.extend((path, answer) for answer in answers if isinstance(answer, GatewayError))
    different: dict[str, Image] = {}
    for answer in answers:
        for image in () if answer is None or isinstance(answer, GatewayError) else answer:
            different.setdefault(image.url, image)
    return sorted(different.values(), key=_place)


def _place(image: Image) -> int:
    """Pictures without a position go first."""
    return -1 if image.position is None else image.position


async def _tried(answer: Awaitable[Sequence[Image] | None]) -> Sequence[Image] | GatewayError | None:
    try:
        return await answer
    except GatewayError as error:
        return error
