"""Settings of Centra, read through its SOAP interface."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import BackendSettings, HttpUrl


class Queue(StrEnum):
    """What the gateway may do with Centra's event queue. A queue has one owner: who acknowledges takes events from others."""

    PEEK = "peek"
    CONSUME = "consume"
    OFF = "off"


class StoreType(StrEnum):
    """What a store of Centra's is: Direct-to-Consumer, or for accounts."""

    RETAIL = "retail"
    WHOLESALE = "wholesale"


class CentraSettings(BackendSettings):
    """What reaches one Centra SOAP plugin, and how its event queue is read."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_CENTRA__")
    required: ClassVar[tuple[str, ...]] = ("soap_url", "username", "password")

    soap_url: HttpUrl = Field("", description="Address of the SOAP endpoint, without `?wsdl`.")
    username: str = Field("", repr=False, description="User of the SOAP plugin.")
    password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    queue: Queue = Field(
        Queue.PEEK,
        description="`peek` reads the oldest 100 events and acknowledges none; `consume` owns the queue and acknowledges every "
        "event once it is stored; `off` leaves the queue alone.",
    )
    store: str = Field("1", min_length=1, description="Id of the store in which orders are made.")
    store_type: StoreType = Field(StoreType.RETAIL, description="What that store is: `retail` or `wholesale`.")
    poll_interval: float = Field(10, gt=0, description="Seconds between two looks at the event queue.")
    markets: str = Field("", description="Ids of the only markets whose events are read, comma separated; none: all.")

    @property
    def market_ids(self) -> tuple[str, ...]:
        return tuple(market.strip() for market in self.markets.split(",") if market.strip())
