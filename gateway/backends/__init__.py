"""The backends: one folder each, and one line here. `gateway.app` makes them, `gateway sandbox` simulates them."""

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
