"""What can go wrong, in the words that clients are told.

GatewayError                    an error that may be shown as it is: code, message, backend, retry_after
├── BadUserInput                the caller's words are off; names the field and the mend
├── Forbidden                   the caller lacks the scope for it
├── NotFound                    there is no such thing
├── NotSupported                the backend documents no way to do or to answer this
├── TooSlow                     a subscriber does not take its events as fast as they come
├── Missed                      events of a subscription may have got lost on their way
├── DatabaseUnavailable         the gateway's own database cannot be reached, read or written
└── BackendError                a backend did not answer as it should
    ├── NotConfigured           no settings for it
    ├── Unavailable             cannot be reached, or says that it is down
    ├── TimedOut                did not answer in time
    ├── RateLimited             will not be asked before `retry_after` seconds
    ├── Unauthenticated         refuses our credentials
    ├── Rejected                understood the request and refuses it
    ├── Conflict                holds a newer version
    ├── MalformedReply          answered something that cannot be read
    └── Incomplete              holds more than it lets anyone read

Messages are public: they never hold addresses, credentials, personal data or the implementation's types. What else is
known goes to the log. Foreign exceptions (httpx, lxml, msgspec) become ours in `gateway.transport` and in the clients.
"""

from dataclasses import dataclass
from enum import StrEnum

from gateway.models import Backend

_AGAIN_AFTER = 5  # seconds: a database that is started again is there by then


class ErrorCode(StrEnum):
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    BACKEND_INCOMPLETE = "BACKEND_INCOMPLETE"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    PERSISTED_OPERATION_REQUIRED = "PERSISTED_OPERATION_REQUIRED"
    BACKEND_NOT_CONFIGURED = "BACKEND_NOT_CONFIGURED"
    BACKEND_UNAVAILABLE = "BACKEND_UNAVAILABLE"
    BACKEND_TIMEOUT = "BACKEND_TIMEOUT"
    BACKEND_RATE_LIMITED = "BACKEND_RATE_LIMITED"
    BACKEND_UNAUTHENTICATED = "BACKEND_UNAUTHENTICATED"
    BACKEND_REJECTED = "BACKEND_REJECTED"
    BACKEND_CONFLICT = "BACKEND_CONFLICT"
    BACKEND_MALFORMED_REPLY = "BACKEND_MALFORMED_REPLY"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class GatewayError(Exception):
    """`sent` is false where it is certain that the backend has seen nothing of the call that failed."""

    code = ErrorCode.INTERNAL_ERROR

    def __init__(self, message: str, *, backend: Backend | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.backend = backend
        self.retry_after = retry_after
        self.sent = True

    @property
    def problem(self) -> "Problem":
        """The error as a value, to be shown beside data."""
        return Problem(self.code, self.message, self.retry_after)


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error says to clients. A value: it can be part of an answer, where an exception would replace it."""

    code: ErrorCode
    message: str
    retry_after: int | None


class BadUserInput(GatewayError):
    code = ErrorCode.BAD_USER_INPUT


class Forbidden(GatewayError):
    code = ErrorCode.FORBIDDEN


class NotFound(GatewayError):
    code = ErrorCode.NOT_FOUND


class NotSupported(GatewayError):
    code = ErrorCode.NOT_SUPPORTED


class TooSlow(GatewayError):
    code = ErrorCode.RATE_LIMITED

    def __init__(self) -> None:
        super().__init__("You take events more slowly than they come, so this subscription has ended. Begin it again.")


class Missed(GatewayError):
    code = ErrorCode.BACKEND_UNAVAILABLE

    def __init__(self) -> None:
        message = (
            "Events may have got lost while the gateway's own database was away. Begin again, and read what you show anew."
        )
        super().__init__(message, retry_after=1)


class DatabaseUnavailable(GatewayError):
    """`backend` is the one that could not be read because of it, if any: nothing was wrong with that itself."""

    code = ErrorCode.BACKEND_UNAVAILABLE

    def __init__(self, backend: Backend | None = None) -> None:
        message = "The gateway's own database cannot be used at the moment."
        if backend is not None:
            message = f"{backend.label} is read by way of the gateway's own database, which cannot be used at the moment."
        super().__init__(message, backend=backend, retry_after=_AGAIN_AFTER)


class BackendError(GatewayError):
    """A backend did not answer as it should. Always names the backend."""

    code = ErrorCode.BACKEND_UNAVAILABLE

    def __init__(self, backend: Backend, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message, backend=backend, retry_after=retry_after)


class NotConfigured(BackendError):
    code = ErrorCode.BACKEND_NOT_CONFIGURED


class Unavailable(BackendError):
    code = ErrorCode.BACKEND_UNAVAILABLE


class TimedOut(BackendError):
    code = ErrorCode.BACKEND_TIMEOUT


class RateLimited(BackendError):
    code = ErrorCode.BACKEND_RATE_LIMITED


class Unauthenticated(BackendError):
    code = ErrorCode.BACKEND_UNAUTHENTICATED


class Rejected(BackendError):
    code = ErrorCode.BACKEND_REJECTED


class Conflict(BackendError):
    code = ErrorCode.BACKEND_CONFLICT


class MalformedReply(BackendError):
    code = ErrorCode.BACKEND_MALFORMED_REPLY


class Incomplete(BackendError):
    code = ErrorCode.BACKEND_INCOMPLETE


_BY_CODE: dict[ErrorCode, type[BackendError]] = {
    kind.code: kind
    for kind in (Conflict, Incomplete, MalformedReply, RateLimited, Rejected, TimedOut, Unauthenticated, Unavailable)
}


def of_code(code: ErrorCode, backend: Backend, message: str, retry_after: int | None = None) -> BackendError:
    """The error of a backend that was written down as its code and message."""
    return _BY_CODE.get(code, Unavailable)(backend, message, retry_after=retry_after)
