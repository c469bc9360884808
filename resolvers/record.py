"""Fields that every record has."""

import msgspec

from gateway import ids
from gateway.models import JSON, BackendRecord, SalesChannel
from gateway.own import cartoncloud, centry


def id(root: BackendRecord) -> str:  # noqa: A001  # the field's name
    return ids.encode(type(root).__name__, root.backend, root.backend_id)


def raw(root: BackendRecord | SalesChannel | centry.Record | cartoncloud.User) -> JSON:
    """Its JSON text goes out untouched: to read and write it again would change numbers."""
    return None if root.raw is None else msgspec.Raw(root.raw)
