"""GraphQL over HTTP: a request is read, checked, run within the deadline, and answered in the media type asked for."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from gateway.clock import set_deadline
from gateway.errors import ErrorCode, GatewayError
from gateway.transport import begin_operation, skip_cache

log = logging.getLogger("gateway.graphql")

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
_TIME_TO_COMPOSE = 0.1
"""The part of the deadline that is kept for putting the answer together once the backends have been heard."""

_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True, slots=True)
class Operation:
    """What a client asks for."""

    query: str
    variables: Mapping[str, Any] | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `ran` is false where the request was refused before any field was answered."""

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError]
    ran: bool
    warnings: Sequence[GatewayError] = field(default=())


Execute = Callable[[Operation, bool], Awaitable[Outcome]]
"""Runs an operation; the flag says whether mutations are let through."""


class BadRequest(Exception):
    """A request that is no GraphQL request. The message names the mend."""

    def __init__(self, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class _Body(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815  # the wire's name
    extensions: dict[str, Any] | None = None


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_variables = msgspec.json.Decoder(dict[str, Any] | None).decode


@dataclass(frozen=True)
class GraphQLEndpoint:
    """Answers POST and GET. `deadline` is what one operation may take, in seconds; `max_bytes` what a request may have."""

    execute: Execute
    deadline: float
    max_bytes: int

    async def __call__(self, request: Request) -> Response:
        request_id = uuid.uuid4().hex
        media_type = _media_type(request)
        try:
            operation = await self._read(request)
        except BadRequest as error:
            body = {"errors": [{"message": str(error), "extensions": _extensions(ErrorCode.BAD_USER_INPUT, request_id)}]}
            return _response(body, error.status, media_type, request_id, error.headers)
        if "no-cache" in request.headers.get("cache-control", ""):
            skip_cache()
        outcome = await self._run(operation, may_change=request.method == "POST")
        return _response(_body(outcome, request_id), _status(outcome, media_type), media_type, request_id)

    async def _run(self, operation: Operation, *, may_change: bool) -> Outcome:
        set_deadline(self.deadline * (1 - _TIME_TO_COMPOSE))
        begin_operation()
        try:
            async with asyncio.timeout(self.deadline):
                return await self.execute(operation, may_change)
        except TimeoutError:
            late = GatewayError(f"The operation took longer than the {self.deadline:g} seconds that it may take.")
            return Outcome(None, [GraphQLError(str(late), original_error=late)], ran=True)

    async def _read(self, request: Request) -> Operation:
        if request.method == "GET":
            return _from_address(request.query_params)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise BadRequest(f"Send the request as {JSON} (header Content-Type).", 415)
        try:
            body = _decode_body(await self._bytes(request))
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise BadRequest(f"The body is no GraphQL request: {error}.") from None
        if not body.query:
            raise BadRequest("The body is no GraphQL request: `query` is empty.")
        return Operation(body.query, body.variables, body.operationName)

    async def _bytes(self, request: Request) -> bytes:
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > self.max_bytes:
                raise BadRequest(f"The request is larger than {self.max_bytes} bytes (GATEWAY_MAX_BODY_BYTES).", 413)
            parts.append(part)
        return b"".join(parts)


def _from_address(params: Mapping[str, str]) -> Operation:
    if not params.get("query"):
        raise BadRequest("Give a query: POST it as JSON, or as the parameter `query`.")
    try:
        variables = _decode_variables(params.get("variables") or "null")
    except (msgspec.ValidationError, msgspec.DecodeError):
        raise BadRequest("`variables` must be a JSON object.") from None
    return Operation(params["query"], variables, params.get("operationName") or None)


def _media_type(request: Request) -> str:
    accepts = request.headers.get("accept", "")
    return RESPONSE if RESPONSE in accepts else JSON


def _status(outcome: Outcome, media_type: str) -> int:
    """A refused request is 400 for clients that speak the specification's media type; older ones expect 200."""
    return 400 if media_type == RESPONSE and not outcome.ran else 200


def _body(outcome: Outcome, request_id: str) -> dict[str, Any]:
    told = [_public(error, request_id) for error in outcome.errors]
    told += [{"message": w.message, "extensions": _of_gateway(w, request_id)} for w in outcome.warnings]
    body: dict[str, Any] = {"data": outcome.data} if outcome.ran else {}
    return {"errors": told, **body} if told else body


def _public(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """What a client is told of an error: never an address, a stack trace or a type of the implementation."""
    shown = error.formatted
    match error.original_error:
        case None:
            return {**shown, "extensions": _extensions(ErrorCode.BAD_USER_INPUT, request_id)}
        case GatewayError() as ours:
            return {**shown, "message": ours.message, "extensions": _of_gateway(ours, request_id)}
        case GraphQLError():
            return {**shown, "extensions": _extensions(ErrorCode.BAD_USER_INPUT, request_id)}
        case unexpected:
            log.error("request %s failed at %s", request_id, error.path, exc_info=unexpected)
            message = f"The gateway failed here. Its log has more under requestId {request_id}."
            return {**shown, "message": message, "extensions": _extensions(ErrorCode.INTERNAL_ERROR, request_id)}


def _of_gateway(error: GatewayError, request_id: str) -> dict[str, Any]:
    return _extensions(error.code, request_id, error.backend, error.retry_after)


def _extensions(code: str, request_id: str, backend: str | None = None, retry_after: int | None = None) -> dict[str, Any]:
    return {"code": code, "backend": backend, "retryAfter": retry_after, "requestId": request_id}


def _response(body: Any, status: int, media_type: str, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_encode(body), status, {"X-Request-ID": request_id, **(headers or {})}, f"{media_type}; charset=utf-8")
