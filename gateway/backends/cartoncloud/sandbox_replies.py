"""How the simulated CartonCloud answers: JSON, lists in pages, and errors as the vendor's page shows them."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

PAGE_SIZE, LARGEST_PAGE_SIZE = 20, 100
# The page of 2019 names pageNumber and pageSize, the newer documents page and size.
PAGE_NAMES, SIZE_NAMES = ("pageNumber", "page"), ("pageSize", "size")

_encoder = msgspec.json.Encoder(decimal_format="number")


class Refused(Exception):
    """A request that is answered with an error: its status, and the objects of the array that tells why."""

    def __init__(self, status: int, *errors: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {errors}")
        self.status = status
        self.errors = errors


def refusal(status: int, message: str) -> Refused:
    """An error that is a text alone."""
    return Refused(status, {"message": message})


def encoded(value: object) -> bytes:
    """JSON, with decimals as numbers."""
    return _encoder.encode(value)


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(encoded(value), status, headers, media_type="application/json")


async def show(request: Request, error: Exception) -> Response:
    """The answer that tells an error; those that Starlette raises are of addresses and methods."""
    if isinstance(error, Refused):
        return as_json(error.errors, error.status)
    if not isinstance(error, HTTPException):
        raise error
    message = f"Request method '{request.method}' not supported" if error.status_code == 405 else error.detail
    return as_json([{"message": message}], error.status_code)


def page(request: Request, elements: Sequence[object]) -> Response:
    """One page of a list, counted from 1, with the documented headers."""
    number, size = _positive(request, PAGE_NAMES, 1), _positive(request, SIZE_NAMES, PAGE_SIZE)
    size = min(size, LARGEST_PAGE_SIZE)
    pages = ceil(len(elements) / size)
    headers = {
        "Total-Pages": str(pages),
        "Page-Size": str(size),
        "Page-Number": str(number),
        "Total-Elements": str(len(elements)),
        "Link": _links(request, number, size, pages),
    }
    return as_json(elements[(number - 1) * size : number * size], headers=headers)


def _positive(request: Request, names: tuple[str, ...], default: int) -> int:
    """The parameter under the first of its spellings that was sent."""
    text = next((request.query_params[name] for name in names if name in request.query_params), str(default))
    if not text.isdecimal() or int(text) < 1:
        raise refusal(400, f"{names[0]} must be a positive integer")
    return int(text)


def _links(request: Request, number: int, size: int, pages: int) -> str:
    """Web links to the pages around this one, in the caller's spelling of the parameters."""
    targets = {"first": 1, "prev": number - 1, "next": number + 1, "last": pages}
    spelled = [name for name in PAGE_NAMES if name in request.query_params] or [PAGE_NAMES[0]]
    sizes = [name for name in SIZE_NAMES if name in request.query_params] or [SIZE_NAMES[0]]
    links = []
    for relation, target in targets.items():
        if 1 <= target <= pages:
            numbers = dict.fromkeys(spelled, target) | dict.fromkeys(sizes, size)
            links.append(f'<{request.url.include_query_params(**numbers)}>; rel="{relation}"')
    return ", ".join(links)
