"""Mutations of Centra's own part: what is saved there by ids that are the caller's to choose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.centra_changes import (
    CentraAccount,
    CentraCustomer,
    CentraMarket,
    CentraPriceAlterationDate,
    CentraPricelist,
    CentraSizeTable,
    CentraTerms,
    Identified,
)
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, each, only_once


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSizeTables:
    size_tables: tuple[CentraSizeTable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenMarkets:
    markets: tuple[CentraMarket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPricelists:
    pricelists: tuple[CentraPricelist, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPriceAlterationDates:
    dates: tuple[CentraPriceAlterationDate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPaymentTerms:
    terms: tuple[CentraTerms, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenShippingTerms:
    terms: tuple[CentraTerms, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAccounts:
    accounts: tuple[CentraAccount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCustomers:
    customers: tuple[CentraCustomer, ...]


def _saved(name: str, given: Sequence[Identified]) -> Iterator[Asked | WrongInput]:
    """Each once: an id stands for one thing, and white space around it for nothing."""
    return only_once(each(name, given, _one), lambda item: item.facts.id.strip() or item.index)


def _one(index: int, facts: Identified, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
    if not facts.id.strip():
        yield WrongInput("Give an id.", *path, "id")
    yield Asked(index=index, backend=Backend.CENTRA, facts=facts, path=path, named=("id",))


CENTRA_SAVE_SIZE_TABLES = Operation(
    "centraSaveSizeTables", GivenSizeTables, lambda given, _able: _saved("sizeTables", given.size_tables)
)
CENTRA_SAVE_MARKETS = Operation("centraSaveMarkets", GivenMarkets, lambda given, _able: _saved("markets", given.markets))
CENTRA_SAVE_PRICELISTS = Operation(
    "centraSavePricelists", GivenPricelists, lambda given, _able: _saved("pricelists", given.pricelists)
)
CENTRA_SAVE_PRICE_ALTERATION_DATES = Operation(
    "centraSavePriceAlterationDates", GivenPriceAlterationDates, lambda given, _able: _saved("dates", given.dates)
)
CENTRA_SAVE_PAYMENT_TERMS = Operation(
    "centraSavePaymentTerms", GivenPaymentTerms, lambda given, _able: _saved("terms", given.terms)
)
CENTRA_SAVE_SHIPPING_TERMS = Operation(
    "centraSaveShippingTerms", GivenShippingTerms, lambda given, _able: _saved("terms", given.terms)
)
CENTRA_SAVE_ACCOUNTS = Operation("centraSaveAccounts", GivenAccounts, lambda given, _able: _saved("accounts", given.accounts))
CENTRA_SAVE_CUSTOMERS = Operation(
    "centraSaveCustomers", GivenCustomers, lambda given, _able: _saved("customers", given.customers)
)
