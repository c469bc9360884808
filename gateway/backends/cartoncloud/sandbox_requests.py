"""What requests to the simulated CartonCloud bring: JSON documents, and the version that a change is for."""

from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import Request

from gateway.backends.cartoncloud.sandbox_replies import refusal

_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


async def document(request: Request) -> dict[str, Any]:
    """The request's JSON object, with fractions as decimals. Raises Refused."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
        raise refusal(400, "The Content-Type must be application/json")
    try:
        message = _decoder.decode(await request.body())
    except msgspec.DecodeError as error:
        raise refusal(400, "The body is not JSON") from error
    if not isinstance(message, dict):
        raise refusal(400, "The body must be a JSON object")
    return message


async def words(request: Request) -> dict[str, str]:
    """The JSON object of texts that an address for tests is given. Raises Refused."""
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, str])
    except msgspec.DecodeError as error:
        raise refusal(400, "The body must be a JSON object of strings") from error


def version(request: Request) -> int:
    """The version in If-Match: a bare number, as the page writes it. Raises Refused."""
    given = request.headers.get("If-Match")
    if given is None:
        raise refusal(400, "The header If-Match is required")
    if not (given.isascii() and given.isdecimal()):
        raise refusal(412, "The header If-Match must be the number of a version")
    return int(given)
