"""Every port has a suite, and all that a backend can be asked is asked of one that fails."""

import importlib
import re
from inspect import isclass, isfunction
from typing import Protocol

import pytest

from gateway import ports
from tests.conformance.conftest import offered
from tests.conformance.questions import QUESTIONS

PORTS = [
    port
    for port in vars(ports).values()
    if isclass(port) and issubclass(port, Protocol) and getattr(port, "_is_runtime_protocol", False)
]
ELSEWHERE = {
    "close",
    "freshness",
    "synchronise",
    "receive",
    "read_letters",
    "reconcile",
    "webhooks",
    "register_webhook",
    "remove_webhook",
    "webhook_instructions",
    "import_records",
    "authorize",
}
"""Methods whose own suites say what becomes of them when a backend fails."""


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_a_port_has_a_suite_and_a_backend_that_it_runs_for(port: type) -> None:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", port.__name__).lower()
    suite = importlib.import_module(f"tests.conformance.test_{name}")
    assert suite.PORT is port
    assert offered(port)


def test_every_method_of_a_port_is_among_the_questions() -> None:
    methods = {
        (port, name) for port in PORTS for name, value in vars(port).items() if isfunction(value) and not name.startswith("_")
    }
    assert {(port, name) for port, name in methods if name not in ELSEWHERE} == set(QUESTIONS)
