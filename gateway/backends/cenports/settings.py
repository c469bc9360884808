"""The settings of Cenports."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import BackendSettings, HttpUrl, RateLimit


class CenportsSettings(BackendSettings):
    """How Cenports is reached, and on whose behalf. `page_size` is at most 300 for an account without an agreement."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_CENPORTS__", env_file=".env", extra="ignore", frozen=True)
    required: ClassVar[tuple[str, ...]] = ("base_url", "client_id", "client_secret", "partner_id")

    base_url: HttpUrl = Field("", description="Address of the API, version included, such as https://host/v2.")
    client_id: str = Field("", description="Client id for the token.")
    client_secret: SecretStr = Field(SecretStr(""), description="Client secret for the token.")
    partner_id: str = Field("", description="The partner on whose behalf Cenports is asked.")
    channel_id: str = Field(
        "", description="The sales channel of new orders that name none, and whose available stock is read; without it none is."
    )
    rate_limit: RateLimit = Field(
        "60/minute", description="Calls that it takes at most, all processes together: 60 a minute without an agreement."
    )
    poll_interval: float = Field(
        2, gt=0, description="Seconds before the first look at what it works on; later ones come at growing distances."
    )
    page_size: int = Field(300, ge=1, description="Orders to ask for in one call.")
