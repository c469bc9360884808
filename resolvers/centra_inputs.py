"""The inputs of mutations that Centra alone has."""

from datetime import date
from decimal import Decimal

from strawberry import UNSET

from gateway.centra_changes import CentraStoreType
from resolvers.change_inputs import FreeJSON
from resolvers.inputs import mutation_input, transaction_input


@mutation_input
class CentraTableSizeInput:
    """A size of a size table."""

    id: str
    """Its id, unique in the table. At most 84 characters, percent-encoded."""
    description: str | None = UNSET
    """What it is called."""


@mutation_input
class CentraSizeTableInput:
    """A size table. What is left out stays as it is."""

    id: str
    """Its id: an unknown one makes a table."""
    description: str | None = UNSET
    """What it is called."""
    sizes: list[CentraTableSizeInput]
    """Its sizes, each once, in their order; those that are not named stay."""


@mutation_input
class CentraMarketInput:
    """A market. What is left out stays as it is."""

    id: str
    """Its id: an unknown one makes a market. At most 84 characters, percent-encoded."""
    store: str | None = UNSET
    """The store; default from the settings, with their `type`."""
    type: CentraStoreType | None = UNSET
    """Whom the store sells to; default from the settings."""
    description: str | None = UNSET
    """What it is called."""


@mutation_input
class CentraVariationPriceInput:
    """The prices of a variation."""

    id: str
    """The variation's id. At most 84 characters, percent-encoded."""
    price: Decimal | None = UNSET
    """The price, zero or more; of a wholesale list what the account pays."""
    recommended_price: Decimal | None = UNSET
    """The recommended retail price of a wholesale list (`priceb`), zero or more."""
    altered_price: Decimal | None = UNSET
    """`price` from the list's price alteration date on, zero or more."""
    altered_recommended_price: Decimal | None = UNSET
    """`recommendedPrice` from the list's price alteration date on, zero or more."""


@mutation_input
class CentraProductPriceInput:
    """The prices of a product, or of its variations."""

    id: str
    """The product's id. At most 84 characters, percent-encoded."""
    price: Decimal | None = UNSET
    """The price, zero or more; of a wholesale list what the account pays."""
    recommended_price: Decimal | None = UNSET
    """The recommended retail price of a wholesale list (`priceb`), zero or more."""
    altered_price: Decimal | None = UNSET
    """`price` from the list's price alteration date on, zero or more."""
    altered_recommended_price: Decimal | None = UNSET
    """`recommendedPrice` from the list's price alteration date on, zero or more."""
    variations: list[CentraVariationPriceInput] | None = UNSET
    """Prices of variations, each once, where they differ."""


@mutation_input
class CentraPricelistInput:
    """A price list in one currency. What is left out stays as it is."""

    id: str
    """Its id: an unknown one makes a list. At most 255 characters, percent-encoded."""
    store: str | None = UNSET
    """The store; default from the settings, with their `type`."""
    type: CentraStoreType | None = UNSET
    """Whom the store sells to; default from the settings."""
    currency: str
    """ISO 4217, three letters such as EUR."""
    description: str | None = UNSET
    """What it is called."""
    products: list[CentraProductPriceInput]
    """Its prices, of each product once; those that are not named stay."""


@mutation_input
class CentraPriceAlterationDateInput:
    """A day from which altered prices count."""

    id: str
    """Its id: an unknown one makes a date."""
    active: bool | None = UNSET
    """Whether it counts."""
    name: str | None = UNSET
    """What it is called."""
    store: str | None = UNSET
    """The store, a wholesale one; default from the settings, if theirs is one. Else none is sent, and it stays as it is."""
    start_date: date | None = UNSET
    """The day."""


@mutation_input
class CentraTermsInput:
    """Terms of payment or of shipping. What is left out stays as it is."""

    id: str
    """Their id: an unknown one makes terms. At most 255 characters, percent-encoded."""
    name: str | None = UNSET
    """What they are called."""
    description: str | None = UNSET
    """What they say."""
    due_days: int | None = UNSET
    """Days until payment is due; of terms of payment alone."""


@mutation_input
class CentraAddressInput:
    """An address of an account. What is left out stays as it is."""

    company: str | None = UNSET
    """The company."""
    attention: str | None = UNSET
    """The person to whose attention it is."""
    first_name: str | None = UNSET
    """The person's first name."""
    last_name: str | None = UNSET
    """The person's last name."""
    line1: str | None = UNSET
    """Street and number."""
    line2: str | None = UNSET
    """What else the address has."""
    city: str | None = UNSET
    """The city."""
    state: str | None = UNSET
    """State, province or region."""
    postal_code: str | None = UNSET
    """The postal code."""
    country: str | None = UNSET
    """ISO 3166-1 alpha-2, such as SE; blank for none."""
    phone: str | None = UNSET
    """The phone number there."""
    fax: str | None = UNSET
    """The fax number there."""
    email: str | None = UNSET
    """The e-mail address there."""
    vat_number: str | None = UNSET
    """The VAT number."""
    url: str | None = UNSET
    """The web page."""


@mutation_input
class CentraBuyerInput:
    """Somebody who buys for an account."""

    id: str
    """Its id: an unknown one makes a buyer. At most 84 characters, percent-encoded."""
    store: str | None = UNSET
    """The store, a wholesale one; default from the settings, if theirs is one. Else none is sent, and it stays as it is."""
    active: bool | None = UNSET
    """Whether they may buy."""
    first_name: str | None = UNSET
    """The first name."""
    last_name: str | None = UNSET
    """The last name."""
    email: str | None = UNSET
    """The e-mail address."""
    phone: str | None = UNSET
    """The phone number."""


@mutation_input
class CentraAccountInput:
    """A wholesale account. What is left out stays as it is."""

    id: str
    """Its id: an unknown one makes an account. At most 255 characters, percent-encoded."""
    active: bool | None = UNSET
    """Whether it may order."""
    description: str | None = UNSET
    """What it is called."""
    discount: Decimal | None = UNSET
    """In percent."""
    market_id: str | None = UNSET
    """Its market."""
    pricelist_id: str | None = UNSET
    """Its price list."""
    payment_terms_id: str | None = UNSET
    """Its terms of payment."""
    shipping_terms_id: str | None = UNSET
    """Its terms of shipping."""
    credit_limit: Decimal | None = UNSET
    """In the currency of its price list."""
    internal_information: str | None = UNSET
    """What your own people should know."""
    address: CentraAddressInput | None = UNSET
    """Where it is."""
    shipping_address: CentraAddressInput | None = UNSET
    """Where goods go."""
    invoice_address: CentraAddressInput | None = UNSET
    """Where bills go."""
    buyers: list[CentraBuyerInput] | None = UNSET
    """Who buys for it, each once; those that are not named stay."""
    extra: FreeJSON | None = UNSET
    """Elements of Centra's message, merged into it (RFC 7396) after the gateway has filled it. An element that the
    gateway fills itself is BAD_USER_INPUT."""


@mutation_input
class CentraCustomerInput:
    """A retail customer. What is left out stays as it is."""

    id: str
    """Their id: an unknown one makes a customer. At most 255 characters, percent-encoded."""
    store: str | None = UNSET
    """The store, a retail one; default from the settings, if theirs is one. Else none is sent, and it stays as it is."""
    active: bool | None = UNSET
    """Whether they may buy."""
    first_name: str | None = UNSET
    """The first name."""
    last_name: str | None = UNSET
    """The last name."""
    line1: str | None = UNSET
    """Street and number."""
    line2: str | None = UNSET
    """What else the address has."""
    city: str | None = UNSET
    """The city."""
    state: str | None = UNSET
    """State, province or region."""
    postal_code: str | None = UNSET
    """The postal code."""
    country: str | None = UNSET
    """ISO 3166-1 alpha-2, such as SE; blank for none."""
    email: str | None = UNSET
    """The e-mail address."""
    phone: str | None = UNSET
    """The phone number."""


@transaction_input
class CentraSaveSizeTablesInput:
    """Make size tables, or change them."""

    size_tables: list[CentraSizeTableInput]
    """The size tables."""


@transaction_input
class CentraSaveMarketsInput:
    """Make markets, or change them."""

    markets: list[CentraMarketInput]
    """The markets."""


@transaction_input
class CentraSavePricelistsInput:
    """Make price lists, or change their prices."""

    pricelists: list[CentraPricelistInput]
    """The pricelists."""


@transaction_input
class CentraSavePriceAlterationDatesInput:
    """Say from which day on altered prices count."""

    dates: list[CentraPriceAlterationDateInput]
    """The dates."""


@transaction_input
class CentraSavePaymentTermsInput:
    """Make terms of payment, or change them."""

    terms: list[CentraTermsInput]
    """The terms."""


@transaction_input
class CentraSaveShippingTermsInput:
    """Make terms of shipping, or change them."""

    terms: list[CentraTermsInput]
    """The terms."""


@transaction_input
class CentraSaveAccountsInput:
    """Make wholesale accounts with their addresses and buyers, or change them."""

    accounts: list[CentraAccountInput]
    """The accounts."""


@transaction_input
class CentraSaveCustomersInput:
    """Make retail customers, or change them."""

    customers: list[CentraCustomerInput]
    """The customers."""
