"""GraphQL over HTTP: a request is read, checked, run within the deadline, and answered in the media type asked for."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateway.clock import set_deadline
from gateway.costs import Planned
from gateway.errors import ErrorCode, GatewayError
from gateway.principal import Principal, Scope
from gateway.server.authentication import Refused
from gateway.server.body import TooLarge, read_body
from gateway.telemetry import begin_request
from gateway.transport import CallLog, begin_operation, log_calls, skip_cache

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
    """What came of it. `ran` is false where the request was refused before any field was answered.

    `plan` is what it would have cost, where that was asked for instead.
    """

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError]
    ran: bool
    warnings: Sequence[tuple[Sequence[str | int], GatewayError]] = ()
    plan: Sequence[Planned] | None = None


class Wish(StrEnum):
    """What X-Gateway-Explain may ask for: the calls that were made, or those that would be, which are then not made."""

    CALLS = "1"
    PLAN = "plan"


Execute = Callable[[Operation, Principal], Awaitable[Outcome]]
Authenticate = Callable[[Request], Principal]
"""Who sent a request. Raises Refused."""


class BadRequest(Refused):
    """A request that is no GraphQL request. The message names the mend."""

    def __init__(self, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, ErrorCode.BAD_USER_INPUT, status, headers)


class _Body(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815  # the wire's name
    extensions: dict[str, Any] | None = None


_UNREADABLE = (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NO_REQUEST = (
    "The body is no GraphQL request: send a JSON object with `query` (a text) and, where needed, `variables` (an object) "
    "and `operationName` (a text)."
)

_decode_body = msgspec.json.Decoder(_Body).decode
_decode_variables = msgspec.json.Decoder(dict[str, Any] | None).decode


@dataclass(frozen=True)
class GraphQLEndpoint:
    """Answers POST and GET. `deadline` is what one operation may take, in seconds; `max_bytes` what a request may have."""

    execute: Execute
    plan: Execute
    authenticate: Authenticate
    deadline: float
    max_bytes: int

    async def __call__(self, request: Request) -> Response:
        request_id = uuid.uuid4().hex
        begin_request(request_id)
        media_type = _media_type(request)
        try:
            principal = self.authenticate(request)
            _check_scope(principal, Scope.READ)
            operation = await self._read(request)
            _check_operation(operation, principal, may_change=request.method == "POST")
            if "no-cache" in request.headers.get("cache-control", ""):
                skip_cache()
            wish = _wish(request)
            calls = CallLog() if wish is Wish.CALLS else None
            answer = self.plan if wish is Wish.PLAN else self.execute
            outcome = await self._run(answer, operation, principal, calls)
        except Refused as error:
            body = _refusal(str(error), error.code, request_id)
            return _response(body, error.status, media_type, request_id, error.headers)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception:
            log.exception("the request failed unexpectedly")
            message = f"The gateway failed. Its log has more under requestId {request_id}."
            return _response(_refusal(message, ErrorCode.INTERNAL_ERROR, request_id), 500, media_type, request_id)
        return _response(_body(outcome, calls, request_id), _status(outcome, media_type), media_type, request_id)

    async def _run(self, answer: Execute, operation: Operation, principal: Principal, calls: CallLog | None) -> Outcome:
        set_deadline(self.deadline * (1 - _TIME_TO_COMPOSE))
        begin_operation()
        log_calls(calls)
        try:
            async with asyncio.timeout(self.deadline):
                return await answer(operation, principal)
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
        except _UNREADABLE:
            raise BadRequest(_NO_REQUEST) from None
        if not body.query:
            raise BadRequest(_NO_REQUEST)
        return Operation(body.query, body.variables, body.operationName)

    async def _bytes(self, request: Request) -> bytes:
        try:
            return await read_body(request, self.max_bytes)
        except TooLarge:
            raise BadRequest(f"The request is larger than {self.max_bytes} bytes (GATEWAY_MAX_BODY_BYTES).", 413) from None


@lru_cache(maxsize=512)
def _operations(query: str) -> dict[str | None, OperationType] | None:
    """The operations of a document by their names; None for one that cannot be read, which its execution tells better."""
    try:
        definitions = parse(query).definitions
    except (GraphQLError, RecursionError):
        return None
    operations = (node for node in definitions if isinstance(node, OperationDefinitionNode))
    return {node.name.value if node.name else None: node.operation for node in operations}


def _check_scope(principal: Principal, scope: Scope) -> None:
    if scope not in principal.scopes:
        raise Refused(f"This key lacks the scope `{scope}`.", ErrorCode.FORBIDDEN, 403)


def _check_operation(operation: Operation, principal: Principal, *, may_change: bool) -> None:
    """Raises Refused where it is not clear what to run, where a GET would change something, and where the caller may not."""
    known = _operations(operation.query)
    if known is None:
        return
    if not known:
        raise BadRequest("`query` holds no operation: begin it with `query`, `mutation` or `{`.")
    if operation.name is None and len(known) > 1:
        raise BadRequest("`query` holds several operations: say which one to run in `operationName`.")
    if operation.name is not None and operation.name not in known:
        raise BadRequest("`operationName` names no operation of `query`.")
    kind = known[operation.name] if operation.name is not None else next(iter(known.values()))
    if kind is not OperationType.QUERY and not may_change:
        raise BadRequest("GET is for queries alone: POST this operation.", 405, {"Allow": "POST"})
    if kind is OperationType.MUTATION:
        _check_scope(principal, Scope.WRITE)


def _from_address(params: Mapping[str, str]) -> Operation:
    if not params.get("query"):
        raise BadRequest("Give a query: POST it as JSON, or as the parameter `query`.")
    try:
        variables = _decode_variables(params.get("variables") or "null")
    except _UNREADABLE:
        raise BadRequest("`variables` must be a JSON object.") from None
    return Operation(params["query"], variables, params.get("operationName") or None)


def _media_type(request: Request) -> str:
    accepts = request.headers.get("accept", "")
    return RESPONSE if RESPONSE in accepts else JSON


def _status(outcome: Outcome, media_type: str) -> int:
    """A refused request is 400 for clients that speak the specification's media type; older ones expect 200."""
    return 400 if media_type == RESPONSE and not outcome.ran else 200


def _wish(request: Request) -> Wish | None:
    """Raises BadRequest for a wish that nobody knows."""
    wish = request.headers.get("x-gateway-explain", "").strip()
    try:
        return Wish(wish) if wish else None
    except ValueError:
        raise BadRequest(
            "X-Gateway-Explain: send 1 to be told of the calls to backends, plan to be told beforehand how many they would be "
            "at most, or leave it out."
        ) from None


def _body(outcome: Outcome, calls: CallLog | None, request_id: str) -> dict[str, Any]:
    told = [_public(error, request_id) for error in outcome.errors]
    told += [
        {"message": error.message, "path": path, "extensions": _of_gateway(error, request_id)}
        for path, error in outcome.warnings
    ]
    body: dict[str, Any] = {"errors": told} if told else {}
    if outcome.ran:
        body["data"] = outcome.data
    if calls is not None:
        body["extensions"] = {"backendCalls": calls.tallies}
    if outcome.plan is not None:
        body["extensions"] = {"plan": _plan(outcome.plan)}
    return body


def _plan(calls: Sequence[Planned]) -> dict[str, Any]:
    """Nobody knows the sum where nobody knows a part of it."""
    counts = [planned.calls for planned in calls if planned.calls is not None]
    return {
        "backendCalls": calls,
        "total": sum(counts) if len(counts) == len(calls) else None,
        "bounded": all(planned.bounded for planned in calls),
    }


def _public(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """What a client is told of an error: never an address, a stack trace or a type of the implementation."""
    shown = error.formatted
    match error.original_error:
        case None:
            return {**shown, "extensions": _extensions(ErrorCode.BAD_USER_INPUT, request_id)}
        case GatewayError() as ours:
            return {**shown, "message": ours.message, "extensions": _of_gateway(ours, request_id)}
        case GraphQLError() if error.path is None:
            return {**shown, "extensions": _extensions(ErrorCode.BAD_USER_INPUT, request_id)}
        case unexpected:
            log.error("request %s failed at %s", request_id, error.path, exc_info=unexpected)
            message = f"The gateway failed here. Its log has more under requestId {request_id}."
            return {**shown, "message": message, "extensions": _extensions(ErrorCode.INTERNAL_ERROR, request_id)}


def _refusal(message: str, code: ErrorCode, request_id: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": _extensions(code, request_id)}]}


def _of_gateway(error: GatewayError, request_id: str) -> dict[str, Any]:
    return _extensions(error.code, request_id, error.backend, error.retry_after)


def _extensions(code: str, request_id: str, backend: str | None = None, retry_after: int | None = None) -> dict[str, Any]:
    return {"code": code, "backend": backend, "retryAfter": retry_after, "requestId": request_id}


def _response(body: Any, status: int, media_type: str, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_encode(body), status, {"X-Request-ID": request_id, **(headers or {})}, f"{media_type}; charset=utf-8")
