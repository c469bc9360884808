"""The settings of CartonCloud."""

from typing import ClassVar, Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import BackendSettings, HttpUrl


class CartonCloudSettings(BackendSettings):
    """How one tenant of CartonCloud is reached, and by what its webhooks are known."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_CARTONCLOUD__")
    required: ClassVar[tuple[str, ...]] = ("base_url", "client_id", "client_secret", "tenant_id")

    base_url: HttpUrl = Field("", description="Address of the API, such as https://api.cartoncloud.com.")
    client_id: str = Field("", description="Client id for the token.")
    client_secret: SecretStr = Field(SecretStr(""), description="Client secret for the token.")
    tenant_id: str = Field("", description="The tenant (UUID) whose records are read and made.")
    customer: str = Field(
        "", description="The warehouse customer on whose behalf orders and consignments are created: its id, code or name."
    )
    search: Literal["on", "off", "probe"] = Field(
        "probe",
        description="Whether CartonCloud has the searches of its newer documents: `on`, `off`, or `probe` to find out at the "
        "first one and remember it for a day.",
    )
    webhook_header: str = Field(
        "X-Webhook-Token", pattern="^[A-Za-z0-9_-]+$", description="The header by which CartonCloud's webhooks are known."
    )
    webhook_token: SecretStr = Field(SecretStr(""), description="The value of that header; without it webhooks answer 404.")
    poll_interval: float = Field(10, gt=0, description="Seconds between two looks at whether CartonCloud still answers.")
