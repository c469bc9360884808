"""What changes of CartonCloud's have to work with."""

from dataclasses import dataclass

from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.intake import Intake
from gateway.backends.cartoncloud.search import Search
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.readmodel.store import ReadModel


@dataclass(frozen=True, slots=True)
class Means:
    """Its client, its settings, its searches, and how records get into the read model and are found there."""

    client: CartonCloudClient
    settings: CartonCloudSettings
    search: Search
    intake: Intake
    read_model: ReadModel
