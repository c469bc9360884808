"""The settings of Harbour."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from gateway.settings import BackendSettings, HttpUrl


class HarbourSettings(BackendSettings):
    """How Harbour is reached. `page_size` is at most 50."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_HARBOUR__")
    required: ClassVar[tuple[str, ...]] = ("base_url", "access_token")

    base_url: HttpUrl = Field("", description="Address of Harbour without /api.")
    access_token: SecretStr = Field(SecretStr(""), description="The key that every call carries.")
    page_size: int = Field(50, ge=1, le=50, description="Records to ask for in one call.")
