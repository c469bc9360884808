"""Replies: what an answer's status means, how its body is read, and what is said when it cannot be."""

import logging
import math
import re
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

import httpx
import msgspec

from gateway.errors import BackendError, Conflict, MalformedReply, RateLimited, Rejected, Unauthenticated, Unavailable
from gateway.models import Backend
from gateway.transport.copies import spoil
from gateway.transport.retry import retry_after

T = TypeVar("T")
Says = Callable[[httpx.Response], str | None]

log = logging.getLogger("gateway.transport")

_LONGEST = 300
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_PAGE = re.compile(rb"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE)
_BOM = b"\xef\xbb\xbf"


def check(backend: Backend, response: httpx.Response, says: Says | None = None) -> httpx.Response:
    """The answer itself if its status is 2xx; else the error that the status means.

    `says` finds the backend's own message in the answer, if there is one. Who can do without the record tests for
    404 before.
    """
    if response.is_success:
        return response
    raise error_of(backend, response, says)


def error_of(backend: Backend, response: httpx.Response, says: Says | None = None) -> BackendError:
    """The error that a status other than 2xx means."""
    status, name = response.status_code, backend.label
    match status:
        case 401 | 403:
            return Unauthenticated(backend, f"{name} refuses the gateway's credentials.")
        case 409 | 412:
            return Conflict(backend, _message(response, says) or f"{name} holds a newer version.")
        case 429:
            return RateLimited(backend, f"{name} accepts no more calls for now.", retry_after=_whole_seconds(response))
        case _ if status >= 500:
            message = f"{name} is not available (status {status})."
            return Unavailable(backend, message, retry_after=_whole_seconds(response))
        case _ if status >= 400:
            return Rejected(backend, _message(response, says) or f"{name} refuses the request (status {status}).")
        case _:
            return MalformedReply(backend, f"{name} answered with a redirect instead of data.")


def _whole_seconds(response: httpx.Response) -> int | None:
    seconds = retry_after(response)
    return None if seconds is None else math.ceil(seconds)


def _message(response: httpx.Response, says: Says | None) -> str | None:
    try:
        said = says(response) if says else None
    except Exception as error:  # an error's body may look like anything, and must not hide its status
        log.info("no message in an error's body: %s", type(error).__name__)
        return None
    return passed_on(said or "")


def passed_on(said: str) -> str:
    """A backend's words as callers may see them: on one line, without addresses, and no longer than anyone reads."""
    text = _ADDRESS.sub("…", " ".join(said.split()))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def decode(backend: Backend, response: httpx.Response, type_: type[T]) -> T:
    """The JSON body as this type; numbers may come as strings. Raises MalformedReply."""
    body = response.content
    try:
        value: T = _decoder(cast("Hashable", type_)).decode(body[3:] if body[:3] == _BOM else body)
    except msgspec.ValidationError as error:
        log.warning("%s: %s", backend, error)
        spoil(response)
        raise MalformedReply(backend, f"{backend.label}'s answer does not have the documented form.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise unreadable(backend, response, "JSON") from None
    return value


@cache
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_, strict=False)


def unreadable(backend: Backend, response: httpx.Response, expected: str) -> MalformedReply:
    """What to raise for a body that is not what was `expected`, such as JSON or XML."""
    spoil(response)
    name = backend.label
    if "text/html" in response.headers.get("content-type", "").lower() or _PAGE.match(response.content):
        return MalformedReply(backend, f"{name} answered with a web page instead of data.")
    return MalformedReply(backend, f"{name}'s answer cannot be read (it is cut short or is not {expected}).")


def fetched_at(response: httpx.Response) -> datetime:
    """When the backend gave this answer, in UTC; earlier than now if it comes from the cache."""
    instant: datetime = response.extensions["fetched_at"]
    return instant
