"""The names of the backends as people write them."""

from gateway.models import Backend

_SPELLED = {Backend.CARTONCLOUD: "CartonCloud"}


def title(backend: Backend) -> str:
    """Such as `Cenports` or `CartonCloud`, for messages."""
    return _SPELLED.get(backend) or backend.capitalize()
