"""The settings of Centry."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import BackendSettings, HttpUrl


class CentrySettings(BackendSettings):
    """How Centry is reached, and on whose behalf. Without any refresh token the gateway asks for client credentials."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_CENTRY__", env_file=".env", extra="ignore", frozen=True)
    required: ClassVar[tuple[str, ...]] = ("base_url", "client_id", "client_secret")

    base_url: HttpUrl = Field("", description="Address of Centry without /conexion/v1, such as https://www.centry.cl.")
    client_id: str = Field("", description="Client id of the application.")
    client_secret: SecretStr = Field(SecretStr(""), description="Client secret of the application.")
    redirect_uri: str = Field("urn:ietf:wg:oauth:2.0:oob", description="Redirect URI that the application is registered with.")
    refresh_token: SecretStr = Field(
        SecretStr(""),
        description="The first refresh token; later ones are kept in the database. Empty: the one of `gateway authorize`, else "
        "client credentials.",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="The secret part of the address for webhooks, /webhooks/centry/SECRET; without it, 404."
    )
    reconcile_interval: float = Field(
        300, gt=0, description="Seconds between two looks at which orders changed, for a webhook may not have arrived."
    )
