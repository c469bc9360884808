"""The backends: one folder each, and one line here. `gateway.app` makes them, `gateway sandbox` simulates them."""

import importlib
from typing import Any

from gateway.models import Backend

BACKENDS = {
    Backend.CENPORTS: "gateway.backends.cenports.backend:CenportsBackend",
    Backend.CENTRA: "gateway.backends.centra.backend:CentraBackend",
    Backend.CENTRY: "gateway.backends.centry.backend:CentryBackend",
    Backend.CARTONCLOUD: "gateway.backends.cartoncloud.backend:CartonCloudBackend",
}

SANDBOXES = {
    Backend.CENPORTS: "gateway.backends.cenports.sandbox:CenportsSandbox",
    Backend.CENTRA: "gateway.backends.centra.sandbox:CentraSandbox",
    Backend.CENTRY: "gateway.backends.centry.sandbox:CentrySandbox",
    Backend.CARTONCLOUD: "gateway.backends.cartoncloud.sandbox:CartonCloudSandbox",
}


def load(place: str) -> Any:
    """The class at a place such as `package.module:Class`."""
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)
