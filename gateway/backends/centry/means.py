"""What changes of Centry's have to work with."""

from dataclasses import dataclass

from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.settings import CentrySettings
from gateway.backends.centry.variants import Variants


@dataclass(frozen=True, slots=True)
class Means:
    """Its client, its settings, and how its variants are read."""

    client: CentryClient
    settings: CentrySettings
    variants: Variants

    @property
    def landed_after(self) -> float:
        """Seconds after which a call of which nothing was heard has landed, if it ever does: it was given up earlier."""
        return 1.5 * self.settings.timeout
