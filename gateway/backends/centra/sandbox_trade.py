"""Updates of who buys and on what terms in the simulated Centra: markets, terms, accounts with buyers, customers."""

from lxml.etree import _Element

from gateway.backends.centra.sandbox_goods import STATES
from gateway.backends.centra.sandbox_soap import text
from gateway.backends.centra.sandbox_state import Draft, Refused, complete, in_store, known_in, named, one_of, taken_over
from gateway.backends.centra.sandbox_xml import children


def update_market(draft: Draft, sent: _Element) -> None:
    record = taken_over(draft, sent)
    complete(record, "store", "type")
    in_store(draft, record)
    draft.save(record)


def update_payment_terms(draft: Draft, sent: _Element) -> None:
    record = taken_over(draft, sent)
    days = text(record, "duedays")
    if days is not None and not days.isdecimal():
        raise Refused(f"{named(record)}: {days!r} is no number of days.")
    draft.save(record)


def update_shipping_terms(draft: Draft, sent: _Element) -> None:
    draft.save(taken_over(draft, sent))


def update_account(draft: Draft, sent: _Element) -> None:
    """A wholesale customer. Market, pricelist and terms must be there before it."""
    record = taken_over(draft, sent)
    one_of(record, "type", ("wholesale",))
    one_of(record, "status", STATES)
    known_in_trade(draft, record)
    for buyer in children(record, "buyers", "buyer"):
        if not text(buyer, "id"):
            raise Refused(f"{named(record)}: a buyer has no id.")
        one_of(buyer, "status", STATES)
        in_store(draft, buyer, "wholesale")
        for password in children(buyer, "password"):  # it is set, and told to nobody
            buyer.remove(password)
    draft.save(record)


def known_in_trade(draft: Draft, record: _Element) -> None:
    """Refuse a record that names a market, a pricelist or terms that are not there."""
    for kind in ("market", "pricelist", "paymentterms", "shippingterms"):
        known_in(draft, kind, record, kind, "id")


def update_customer(draft: Draft, sent: _Element) -> None:
    """A retail customer: the page names `id`, `firstname` and `lastname`, the API reference the rest."""
    record = taken_over(draft, sent)
    in_store(draft, record, "retail")
    draft.save(record)
