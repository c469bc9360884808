"""GraphQL over HTTP: a request is read, checked, run within the deadline, and answered in the media type asked for."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateway.principal import Scope
from gateway.server import uploads
from gateway.server.answers import encode, failure, refusal
from gateway.server.authentication import Authentication, Refused
from gateway.server.body import TooLarge, read_body
from gateway.server.connections import Connections
from gateway.server.event_stream import MEDIA_TYPE as EVENT_STREAM
from gateway.server.event_stream import EventStream
from gateway.server.operations import BadRequest, Operation, Wish, check_allowed, check_scope, kind_of, of_address, of_body
from gateway.server.running import Answer, Asked, Runner
from gateway.telemetry import begin_request

RESPONSE = "application/graphql-response+json"
JSON = "application/json"


@dataclass(frozen=True)
class GraphQLEndpoint:
    """Answers POST and GET."""

    runner: Runner
    authenticate: Authentication
    connections: Connections

    async def __call__(self, request: Request) -> Response:
        request_id = uuid.uuid4().hex
        begin_request(request_id)
        media_type = _media_type(request)
        try:
            principal = self.authenticate(request)
            check_scope(principal, Scope.READ)
            asked = Asked(
                operation=await self._read(request),
                principal=principal,
                request_id=request_id,
                fresh="no-cache" in request.headers.get("cache-control", ""),
                wish=_wish(request),
            )
            if _is_streamed(asked.operation, request):
                self.connections.check()
                return EventStream(self.runner.answers(asked), request_id, self.connections)
            kind = kind_of(asked.operation)
            _check_method(kind, request)
            check_allowed(kind, principal)
            answer = await self.runner.answer(asked)
        except Refused as error:
            return _response(refusal(str(error), error.code, request_id), error.status, media_type, request_id, error.headers)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception as error:
            return _response(failure(error, request_id), 500, media_type, request_id)
        return _response(answer.body, _status(answer, media_type), media_type, request_id)

    async def _read(self, request: Request) -> Operation:
        if request.method == "GET":
            return of_address(request.query_params)
        kind, limits = request.headers.get("content-type", "").partition(";")[0].strip().lower(), self.connections.limits
        if kind == uploads.MEDIA_TYPE:
            return await uploads.read_upload(request, limits.max_bytes, limits.max_upload_bytes)
        if kind != JSON:
            raise BadRequest(f"Send the request as {JSON} (header Content-Type).", 415)
        try:
            return of_body(await read_body(request, limits.max_bytes))
        except TooLarge:
            raise BadRequest(f"The request is larger than {limits.max_bytes} bytes (GATEWAY_MAX_BODY_BYTES).", 413) from None


def _check_method(kind: OperationType | None, request: Request) -> None:
    if kind is OperationType.SUBSCRIPTION:
        raise BadRequest(
            f"Ask for a subscription with the header `Accept: {EVENT_STREAM}`, or over a WebSocket (graphql-transport-ws).", 406
        )
    if kind is OperationType.MUTATION and request.method == "GET":
        raise BadRequest("GET is for queries alone: POST this operation.", 405, {"Allow": "POST"})


def _is_streamed(operation: Operation, request: Request) -> bool:
    """Where events are accepted a subscription is streamed, and what else is asked where nothing is named before them.

    Raises BadRequest where a GET would change something. What else is wrong is told in the stream.
    """
    named = [each.partition(";")[0].strip().lower() for each in request.headers.get("accept", "").split(",")]
    if EVENT_STREAM not in named:
        return False
    try:
        kind = kind_of(operation)
    except BadRequest:
        kind = None
    if kind is OperationType.MUTATION:
        _check_method(kind, request)
    plain = [named.index(each) for each in (RESPONSE, JSON) if each in named]
    return kind is OperationType.SUBSCRIPTION or all(named.index(EVENT_STREAM) < place for place in plain)


def _media_type(request: Request) -> str:
    accepts = request.headers.get("accept", "")
    return RESPONSE if RESPONSE in accepts else JSON


def _status(answer: Answer, media_type: str) -> int:
    """A refused request is 400 for clients that speak the specification's media type; older ones expect 200."""
    return 400 if media_type == RESPONSE and not answer.ran else 200


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


def _response(
    body: Mapping[str, Any], status: int, media_type: str, request_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(encode(body), status, {"X-Request-ID": request_id, **(headers or {})}, f"{media_type}; charset=utf-8")
