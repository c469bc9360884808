"""What changes of Centra's own part ask: the inputs as facts, under the names of the graph. What was left out is None."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from gateway.models import JSON


class Identified(Protocol):
    """Whatever Centra knows by an id."""

    @property
    def id(self) -> str: ...


class CentraStoreType(StrEnum):
    RETAIL = "RETAIL"
    WHOLESALE = "WHOLESALE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraTableSize:
    """A size of a size table."""

    id: str
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraSizeTable:
    """A size table. What is left out stays as it is."""

    id: str
    sizes: tuple[CentraTableSize, ...]
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraMarket:
    """A market. What is left out stays as it is."""

    id: str
    store: str | None = None
    type: CentraStoreType | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraVariationPrice:
    """The prices of a variation."""

    id: str
    price: Decimal | None = None
    recommended_price: Decimal | None = None
    altered_price: Decimal | None = None
    altered_recommended_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraProductPrice:
    """The prices of a product, or of its variations."""

    id: str
    price: Decimal | None = None
    recommended_price: Decimal | None = None
    altered_price: Decimal | None = None
    altered_recommended_price: Decimal | None = None
    variations: tuple[CentraVariationPrice, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraPricelist:
    """A price list in one currency. What is left out stays as it is."""

    id: str
    currency: str
    products: tuple[CentraProductPrice, ...]
    store: str | None = None
    type: CentraStoreType | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraPriceAlterationDate:
    """A day from which altered prices count."""

    id: str
    active: bool | None = None
    name: str | None = None
    store: str | None = None
    start_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraTerms:
    """Terms of payment or of shipping. What is left out stays as it is."""

    id: str
    name: str | None = None
    description: str | None = None
    due_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraAddress:
    """An address of an account. What is left out stays as it is."""

    company: str | None = None
    attention: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    vat_number: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraBuyer:
    """Somebody who buys for an account."""

    id: str
    store: str | None = None
    active: bool | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraAccount:
    """A wholesale account. What is left out stays as it is."""

    id: str
    active: bool | None = None
    description: str | None = None
    discount: Decimal | None = None
    market_id: str | None = None
    pricelist_id: str | None = None
    payment_terms_id: str | None = None
    shipping_terms_id: str | None = None
    credit_limit: Decimal | None = None
    internal_information: str | None = None
    address: CentraAddress | None = None
    shipping_address: CentraAddress | None = None
    invoice_address: CentraAddress | None = None
    buyers: tuple[CentraBuyer, ...] | None = None
    extra: dict[str, JSON] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraCustomer:
    """A retail customer. What is left out stays as it is."""

    id: str
    store: str | None = None
    active: bool | None = None
    first_name: str | None = None
    last_name: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
