"""Telemetry: log lines that tell which request they belong to."""

import logging
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="-")

_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


def begin_request(request_id: str) -> None:
    """Let the log lines of the running request, and of every task that it starts from here on, carry its id."""
    _request_id.set(request_id)


class _WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


def configure_logging() -> None:
    """Log to the error output, as a command does."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(_WithRequestId())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log whole addresses
    logging.getLogger("alembic").setLevel(logging.WARNING)  # what it does, `gateway.migrations` tells in one line
