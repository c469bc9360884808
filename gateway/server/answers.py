"""Answers: what a client is told of an outcome, in the words of GraphQL's response, the same over every transport."""

import logging
from collections.abc import Sequence
from typing import Any

import msgspec
from graphql import GraphQLError

from gateway.costs import Planned
from gateway.errors import ErrorCode, GatewayError
from gateway.server.operations import Outcome
from gateway.transport import CallLog

log = logging.getLogger("gateway.graphql")

encode = msgspec.json.Encoder(decimal_format="number").encode


def body_of(outcome: Outcome, calls: CallLog | None, request_id: str) -> dict[str, Any]:
    """The whole response. `calls` are told where they were asked for."""
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


def refusal(message: str, code: ErrorCode, request_id: str) -> dict[str, Any]:
    """The response to a request that is not answered."""
    return {"errors": [{"message": message, "extensions": _extensions(code, request_id)}]}


def failure(error: Exception, request_id: str) -> dict[str, Any]:
    """The response where something went wrong outside of every field. What was not foreseen is for the log alone."""
    if isinstance(error, GatewayError):
        return {"errors": [{"message": error.message, "extensions": _of_gateway(error, request_id)}]}
    log.error("the request failed unexpectedly", exc_info=error)
    message = f"The gateway failed. Its log has more under requestId {request_id}."
    return refusal(message, ErrorCode.INTERNAL_ERROR, request_id)


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


def _of_gateway(error: GatewayError, request_id: str) -> dict[str, Any]:
    return _extensions(error.code, request_id, error.backend, error.retry_after)


def _extensions(code: str, request_id: str, backend: str | None = None, retry_after: int | None = None) -> dict[str, Any]:
    return {"code": code, "backend": backend, "retryAfter": retry_after, "requestId": request_id}
