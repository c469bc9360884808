"""Settings: environment variables that begin with GATEWAY_, or the same names in a file `.env`.

The gateway's own stand here; each backend declares its own in `gateway/backends/<name>/settings.py`.
"""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from gateway.links.channels import LinkChannel
from gateway.models import Backend
from gateway.principal import Scope
from gateway.turns import Limit, parse_limit


class InvalidSettings(Exception):
    """A setting has a value that cannot be used. The message is one line that names the variable, never its value."""


def _http_url(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must be an address that begins with http:// or https://")
    return value.rstrip("/")


def _database(value: SecretStr) -> SecretStr:
    try:
        address = make_url(value.get_secret_value())
    except (ArgumentError, ValueError):
        address = make_url("unreadable://")
    file = address.drivername == "sqlite" and not address.host and address.database not in (None, "", ":memory:")
    if not (file or address.drivername == "postgresql"):
        raise ValueError("must be sqlite:///path or postgresql://user:password@host:port/database")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be the name of a time zone, such as America/Santiago") from error
    return value


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def _backends(value: str) -> str:
    for name in _words(value):
        if name not in Backend.__members__:
            raise ValueError(f"must be names of backends, such as {','.join(Backend)}")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key that callers may send: only its digest is known. `name` is what the caller is called."""

    name: Annotated[str, Field(pattern=r"\S")]
    sha256: Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)] = field(repr=False)
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]


_read_keys = TypeAdapter(list[ApiKey], config={"extra": "forbid"}).validate_python


def _api_keys(value: object) -> list[ApiKey]:
    try:
        keys = _read_keys(value)
    except ValidationError:
        raise ValueError(
            f'must be a JSON list of {{"name", "sha256" (64 hexadecimal digits), "scopes" (some of {", ".join(Scope)})}}'
        ) from None
    if len({key.name for key in keys}) < len(keys) or len({key.sha256 for key in keys}) < len(keys):
        raise ValueError("must give every key a name and a digest of its own")
    return keys


_read_links = TypeAdapter(list[LinkChannel], config={"extra": "forbid"}).validate_python


def _link_channels(value: object) -> list[LinkChannel]:
    try:
        channels = _read_links(value)
    except ValidationError:
        raise ValueError(
            'must be a JSON list of {"backend", "channel", "holder", "account", "reference"}, where "channel" and "account" '
            f"may be left out and backends are {', '.join(Backend)}"
        ) from None
    if any(each.backend is each.holder for each in channels):
        raise ValueError("must name two different backends in `backend` and `holder`")
    return channels


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database)]


def _rate_limit(value: str) -> str:
    if value:
        parse_limit(value)
    return value


RateLimit = Annotated[str, AfterValidator(_rate_limit)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
ZoneName = Annotated[str, AfterValidator(_zone)]
BackendNames = Annotated[str, AfterValidator(_backends)]
ApiKeys = Annotated[tuple[ApiKey, ...], BeforeValidator(_api_keys)]
LinkChannels = Annotated[tuple[LinkChannel, ...], BeforeValidator(_link_channels)]
S = TypeVar("S", bound=BaseSettings)


class BackendSettings(BaseSettings):
    """What every backend's settings share. `required` names the fields without which the backend is NOT_CONFIGURED."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)
    required: ClassVar[tuple[str, ...]] = ()

    currency: str | None = Field(None, pattern="^[A-Z]{3}$", description="Currency of amounts that come without one.")
    timezone: ZoneName = Field("UTC", description="Zone of times that come without one.")
    timeout: float = Field(10, gt=0, description="Seconds for one call, all told.")
    cache_ttl: float = Field(30, ge=0, description="Seconds that a read may be served from the cache; 0: never.")
    page_size: int = Field(100, ge=1, description="Records to ask for in one call.")
    rate_limit: RateLimit = Field("", description="Calls that it takes at most, all processes together, such as 60/minute.")
    index_interval: float = Field(60, gt=0, description="Seconds between two looks at what changed in the catalogue.")

    @property
    def limit(self) -> Limit | None:
        return parse_limit(self.rate_limit) if self.rate_limit else None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def missing(self) -> list[str]:
        """The names of the required variables that are not set."""
        prefix = self.model_config.get("env_prefix", "")
        values = {name: getattr(self, name) for name in self.required}
        plain = {k: v.get_secret_value() if isinstance(v, SecretStr) else v for k, v in values.items()}
        return [f"{prefix}{name.upper()}" for name, value in plain.items() if not value]


class Settings(BaseSettings):
    """The gateway's own settings."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", env_file=".env", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    database_url: DatabaseUrl = Field(
        SecretStr("sqlite:///gateway.db"),
        description="The gateway's database: `sqlite:///path` for processes of one machine, or "
        "`postgresql://user:password@host:port/database`, which processes of any number of machines share.",
    )
    api_keys: ApiKeys = Field(
        (),
        repr=False,
        description='Who may ask, as JSON: `[{"name": "shop", "sha256": "…", "scopes": ["read"]}]`, with the SHA-256 of '
        "each key in hexadecimal digits. Scopes are `read`, `write`, `pii`, `admin`. Without it callers on this machine have "
        "all of them, and no others are served.",
    )
    database_timeout: float = Field(
        10, gt=0, description="Seconds that one piece of work may take in the database, the wait for its turn included."
    )
    deadline: float = Field(20, gt=0, description="Seconds for a whole operation.")
    breaker_cooldown: float = Field(30, gt=0, description="Seconds that an open breaker waits before it lets one call try.")
    max_body_bytes: int = Field(1_000_000, ge=1, description="Bytes that one request may have.")
    subscription_connections: int = Field(
        1_000, ge=1, description="Streams and sockets for subscriptions that one process holds open at a time."
    )
    subscriptions_per_connection: int = Field(100, ge=1, description="Operations that one socket may run at a time.")
    subscription_queue: int = Field(
        100, ge=1, description="Events that may wait for a subscriber who is slow to take them. One more, and it is dropped."
    )
    subscription_init_timeout: float = Field(
        10, gt=0, description="Seconds that a new socket has for its first message, `connection_init`."
    )
    subscription_heartbeat: float = Field(
        15,
        gt=0,
        description="Seconds between signs of life: comments in streams, pings over sockets, which have to be answered.",
    )
    transaction_patience: float = Field(
        86_400,
        gt=0,
        description="Seconds for which a change is tried that cannot be sent for the moment, or of which nobody can be "
        "asked what became of it.",
    )
    transaction_lease: float = Field(
        15,
        gt=0,
        description="Seconds after which others take over what a process had in hand of which nothing more is heard.",
    )
    transactions_kept_days: int = Field(90, ge=7, description="Days for which transactions are kept after their end.")
    max_upload_bytes: int = Field(10_000_000, ge=1, description="Bytes that the files of one request may have, all together.")
    inbox_patience: float = Field(
        86_400,
        gt=0,
        description="Seconds for which a message of a backend is tried that cannot be dealt with; then it is dead.",
    )
    inbox_kept_days: int = Field(
        30,
        ge=1,
        description="Days for which messages of backends are kept after they were dealt with or given up: they hold personal "
        "data. Dead ones can be replayed until then (`gateway inbox`).",
    )
    warehouses: dict[str, dict[Backend, str]] = Field(
        {}, description="Which records are one warehouse: name -> backend -> its warehouse id or code."
    )
    stock_preference: BackendNames = Field(
        "CARTONCLOUD,CENTRA,CENPORTS,CENTRY",
        description="Backends in the order in which their reading of `available` is taken for a warehouse; others follow.",
    )

    link_channels: LinkChannels = Field(
        (),
        description="Whose order numbers stand where, as JSON: "
        '`[{"backend": "CENTRY", "channel": "MercadoLibre", "holder": "CARTONCLOUD", "account": "C100001", '
        '"reference": "customer"}]`: the numbers of the orders of `channel` (`Order.channelId`; left out: of all channels) of '
        "`backend` stand in the reference of this name (`number`: the order's own) of the orders that `holder` has for "
        "`account` (id, code or name; left out: for any). What is so named is linked unless something contradicts it, and a "
        "reference that is given to channels is read for these alone. Without it, the reference `customer` of warehouse "
        "orders is read for all; see docs/links.md.",
    )

    @property
    def database_kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.database_url.get_secret_value().partition(":")[0]

    @property
    def stock_order(self) -> tuple[Backend, ...]:
        """A backend that the setting does not name comes after those that it does."""
        return tuple(dict.fromkeys((*map(Backend, _words(self.stock_preference)), *Backend)))

    @classmethod
    def load(cls) -> Self:
        return load(cls)


def load(settings: type[S]) -> S:
    """Read the settings from the environment. Raises InvalidSettings on a value that cannot be used."""
    try:
        return settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise InvalidSettings(f"{_variable(settings, first['loc'])}: {first['msg'].removeprefix('Value error, ')}") from None
    except SettingsError as error:
        raise InvalidSettings(f"{_unreadable(settings, str(error))}: must be JSON") from None


def _unreadable(settings: type[BaseSettings], told: str) -> str:
    """The variable of a field that is no JSON; the library names the field in its text alone."""
    named = next((name for name in settings.model_fields if f'"{name}"' in told), "")
    return _variable(settings, (named,))


def _variable(settings: type[BaseSettings], location: tuple[int | str, ...]) -> str:
    prefix = settings.model_config.get("env_prefix", "")
    return f"{prefix}{str(location[0]).upper() if location else ''}"
