"""The secret values that every test session runs with, and the check that none of them gets out."""

import hashlib
import json
import logging

from gateway.sandbox.server import load_sandboxes
from gateway.sandbox.world import make_world

WRONG = "a-wrong-secret-value-of-a-test"
"""What tests give where a credential has to be refused: a secret too."""

READER, CLERK, WRITER, STRANGER = "the-key-of-a-reader", "the-key-of-a-clerk", "the-key-of-a-writer", "the-key-of-a-stranger"
"""Keys of callers."""

_SCOPES = {READER: ["read"], CLERK: ["read", "pii"], WRITER: ["read", "write"], STRANGER: ["admin"]}
API_KEYS = json.dumps(
    [
        {"name": key.rpartition("-")[2], "sha256": hashlib.sha256(key.encode()).hexdigest(), "scopes": scopes}
        for key, scopes in _SCOPES.items()
    ]
)
"""The setting that makes them known to a gateway."""

SECRETS = (
    WRONG,
    *_SCOPES,
    *(
        value
        for system in load_sandboxes(make_world(orders=0)).values()
        for name, value in system.settings("http://sandbox.example.com").items()
        if name.endswith(("SECRET", "PASSWORD", "TOKEN"))
    ),
)


def found_in(text: str) -> list[str]:
    """The beginnings of the secrets that a text holds."""
    return [secret[:4] + "…" for secret in SECRETS if secret in text]


def assert_none_in(text: str, where: str) -> None:
    found = found_in(text)
    assert not found, f"{where} holds secrets that begin with {found}"


class SecretWatch(logging.Handler):
    """Reads every log record of the session, with its exception; keeps the names of loggers that told a secret."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(message)s"))
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if found := found_in(self.format(record)):
            self.leaks.append(f"{record.name} told {found}")
