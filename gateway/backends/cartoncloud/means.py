"""What changes of CartonCloud's have to work with."""

from dataclasses import dataclass
from typing import TypeVar

from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.intake import Intake
from gateway.backends.cartoncloud.search import Search
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.readmodel.store import ReadModel
from gateway.transactions.work import Change

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Means:
    """Its client, its settings, its searches, and how records get into the read model and are found there."""

    client: CartonCloudClient
    settings: CartonCloudSettings
    search: Search
    intake: Intake
    read_model: ReadModel


class CartonCloudChange(Change[F]):
    """A change that works with these means. What was called for longer than a call may take, and as long again, has landed."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.settle_after = 2 * means.settings.timeout
