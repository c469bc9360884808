"""Links: which orders belong together, by which rule, and what speaks against it."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from gateway.entities import LinkWord, OrderLink
from gateway.links.channels import Channel, Channels, LinkChannel
from gateway.links.facts import identity
from gateway.links.linking import Linking
from gateway.links.rules import RULES, THRESHOLD
from gateway.models import Account, Backend, LinkStatus, Order, OrderKind, OrderRelation, OrderStatus, Reference
from tests.links.orders import AT, outbound, sale

DAY = timedelta(days=1)
CENTRY = LinkChannel(backend=Backend.CENTRY, channel="MercadoLibre", holder=Backend.CARTONCLOUD, account="C1", reference="alt")
PONUMBER = LinkChannel(backend=Backend.CENTRY, holder=Backend.CENTRA, reference="ponumber")
CONFIGURED = Channels((CENTRY, PONUMBER))


def linked(one: Order, *others: Order, channels: Channels = CONFIGURED) -> list[OrderLink]:
    """Whatever rules find, suggestions too."""
    return Linking(channels).links(one, others)


def told(one: Order, *others: Order, channels: Channels = CONFIGURED) -> list[tuple[str, str]]:
    return [(link.backend_id, link.rule) for link in linked(one, *others, channels=channels)]


def of_channel(number: str, **fields: Any) -> Order:
    return sale(Backend.CENTRY, number, channel_id="MercadoLibre", **fields)


def named(alt: str, account: str = "C1", **fields: Any) -> Order:
    """A warehouse order whose reference `alt` holds a number."""
    return outbound("w", references=[Reference("alt", alt)], account=Account(code=account), **fields)


def ordered_for(ponumber: str) -> Order:
    """Another shop's order that names one in `ponumber`."""
    return sale(Backend.CENTRA, "9", references=[Reference("ponumber", ponumber)])


def near(**fields: Any) -> Order:
    """A warehouse order for the sale of number 10000 that names no goods."""
    return outbound("w", customer="10000", **{"to": "7630354", **fields})


def in_pack(number: str, pack: str, channel: str = "MercadoLibre", **fields: Any) -> Order:
    return sale(Backend.CENTRY, number, channel_id=channel, references=[Reference("id_pack", pack)], **fields)


HUNDRED = sale(Backend.CENTRY, "10000", "A", "B", to="7630354")


def test_number_and_a_shared_sku_link_a_sale_to_its_warehouse_order() -> None:
    (link,) = linked(sale(Backend.CENTRY, "100", "A", "B"), outbound("w", "B", "C", customer="100"))
    assert (link.relation, link.rule, link.confidence) == (OrderRelation.FULFILLED_BY, "order-number+reference+sku", 0.95)
    assert (link.status, link.evidence) == (LinkStatus.AUTO, [Reference("number", "100"), Reference("sku", "B")])


@pytest.mark.parametrize(
    ("one", "other", "rule", "relation"),
    [
        (of_channel("MLC-7"), named("MLC-7"), "channel-reference", "FULFILLED_BY"),
        (of_channel("MLC-7"), ordered_for("MLC-7"), "channel-reference", "SAME_ORDER"),
        (HUNDRED, outbound("w", "B", customer="10000"), "order-number+reference+sku", "FULFILLED_BY"),
        (HUNDRED, near(created_at=AT + 7 * DAY, to="763-0354"), "order-number+postal-code+7-days", "FULFILLED_BY"),
        (HUNDRED, near(required_date=date(2026, 1, 4)), "order-number+postal-code+7-days", "FULFILLED_BY"),
        (HUNDRED, near(created_at=AT + 8 * DAY), "order-number", "FULFILLED_BY"),
        (HUNDRED, outbound("w", customer="10000"), "order-number", "FULFILLED_BY"),
        (HUNDRED, sale(Backend.CENTRA, "10000", "A", to="7630354"), "same-number+postal-code+7-days", "SAME_ORDER"),
        (HUNDRED, sale(Backend.CENTRA, "10000", "A"), "same-number", "SAME_ORDER"),
        (in_pack("1", "PACK-1"), in_pack("2", "PACK-1", to="1"), "pack", "PACK_SIBLING"),
    ],
)
def test_what_two_orders_share_tells_the_rule(one: Order, other: Order, rule: str, relation: str) -> None:
    (link,) = linked(one, other)
    assert (link.rule, link.relation) == (rule, relation)
    assert (link.order, link.backend, link.backend_id) == (other, other.backend, other.backend_id)
    assert link.evidence
    (turned,) = linked(other, one)
    inverse = {"FULFILLED_BY": "FULFILS"}.get(relation, relation)
    assert turned == replace(link, order=one, backend=one.backend, backend_id=one.backend_id, relation=OrderRelation(inverse))


NOTHING: dict[str, tuple[Order, Order]] = {
    "a longer number": (HUNDRED, outbound("w", "A", customer="100001")),
    "a number that ends in it": (HUNDRED, outbound("w", "A", customer="x10000")),
    "a reference that is not meant for it": (HUNDRED, outbound("w", "A", references=[Reference("other", "10000")])),
    "an inbound order": (HUNDRED, outbound("w", "A", customer="10000", kind=OrderKind.INBOUND)),
    "two warehouse orders": (outbound("v", "A", customer="10000"), outbound("w", "A", customer="10000")),
    "another order of the same backend": (HUNDRED, sale(Backend.CENTRY, "again", "A", number="10000", to="7630354")),
    "a short number alone": (sale(Backend.CENTRY, "100", "A"), outbound("w", customer="100")),
    "a short number in two shops": (sale(Backend.CENTRY, "100", "A"), sale(Backend.CENTRA, "100", "A")),
    "a short number in a reference that is given to its channel": (of_channel("ML-7"), named("ML-7")),
    "another account": (of_channel("MLC-7"), named("MLC-7", account="C2")),
    "another channel": (sale(Backend.CENTRY, "MLC-7", channel_id="Ripley"), named("MLC-7")),
    "a short pack": (in_pack("1", "1"), in_pack("2", "1")),
    "a pack of another channel": (in_pack("1", "PACK-1", channel="Ripley"), in_pack("2", "PACK-1")),
    "a purchase order alone": (
        sale(Backend.CENTRA, "1", "A", references=[Reference("ponumber", "PO-10")]),
        outbound("w", "A", customer="2", references=[Reference("alternateReference", "PO-10")]),
    ),
}


@pytest.mark.parametrize(("one", "other"), NOTHING.values(), ids=NOTHING)
def test_less_than_that_links_nothing(one: Order, other: Order) -> None:
    assert linked(one, other) == linked(other, one) == []


@pytest.mark.parametrize(
    "other",
    [
        outbound("w", "C", customer="10000", to="7630354", created_at=AT),
        outbound("w", "A", customer="10000", to="7630355", created_at=AT),
        outbound("w", "A", customer="10000", to="7630354", created_at=AT + 181 * DAY),
        outbound("w", "A", customer="10000", to="7630354", created_at=AT - 3 * DAY),
        outbound("w", "A", customer="10000", to="7630354", required_date=date(2025, 1, 3)),
    ],
    ids=["other goods", "another place", "half a year later", "before the sale", "a year before"],
)
def test_a_contradiction_leaves_a_suggestion(other: Order) -> None:
    assert told(HUNDRED, other) == [("w", "order-number")]


def test_what_one_of_them_does_not_tell_contradicts_nothing() -> None:
    assert told(sale(Backend.CENTRY, "10000", "A"), outbound("w", "A", customer="10000", to="1", created_at=AT)) == [
        ("w", "order-number+reference+sku")
    ]


def test_a_bundle_is_picked_as_its_parts() -> None:
    bundle = sale(Backend.CENTRY, "10000", "SET", to="1", bundle=True)
    assert told(bundle, outbound("w", "A", customer="10000", to="1", created_at=AT)) == [
        ("w", "order-number+postal-code+7-days")
    ]


@pytest.mark.parametrize(("one", "two"), [("94545", "94545-1234"), ("111 22", "11122"), ("sw1a 1aa", "SW1A1AA")])
def test_a_postal_code_may_be_written_in_several_ways(one: str, two: str) -> None:
    assert told(sale(Backend.CENTRY, "10000", to=one), outbound("w", customer="10000", to=two, created_at=AT)) == [
        ("w", "order-number+postal-code+7-days")
    ]


def test_a_reference_that_is_given_to_a_channel_is_read_for_no_other() -> None:
    given = Channels((replace(CENTRY, reference="customer"),))
    other = outbound("w", "A", customer="10000", account=Account(code="C1"))
    assert told(of_channel("10000"), other, channels=given) == [("w", "channel-reference")]
    assert told(sale(Backend.CENTRA, "10000", "A"), other, channels=given) == []
    assert told(sale(Backend.CENTRA, "10000", "A"), replace(other, account=None), channels=given) != []


def test_a_channel_holds_its_own_sales_alone() -> None:
    assert Channel(backend=Backend.CENTRY).holds(HUNDRED)
    assert not Channel(backend=Backend.CENTRA).holds(HUNDRED)
    assert not Channel(backend=Backend.CENTRY, channel="Ripley").holds(HUNDRED)
    assert not Channel(backend=Backend.CARTONCLOUD).holds(outbound("w"))


# ---- one number, several sales


UNSURE = sale(Backend.CENTRY, "10000", "A")
WEAK = sale(Backend.CENTRA, "10000", "A")
SURE = sale(Backend.CENPORTS, "AMAZON/10000", "A", number="10000", to="1", street="7 Example St.")
SERVED = outbound("w", "A", customer="10000", to="1", street="7 example st", created_at=AT)
NEARBY = sale(Backend.CENTRA, "10000", "A", to="1", street="8 Example St.")


def test_two_sales_with_the_same_claim_both_stay_suggestions() -> None:
    assert told(UNSURE, SERVED) == [("w", "order-number+reference+sku")], "alone it has no rival"
    assert told(UNSURE, SERVED, WEAK)[0] == ("w", "order-number")
    assert told(SERVED, UNSURE, WEAK) == [("10000", "order-number"), ("10000", "order-number")]


def test_the_sale_whose_evidence_leaves_no_doubt_goes_before_another() -> None:
    assert told(SERVED, UNSURE, SURE) == [("AMAZON/10000", "order-number+reference+sku"), ("10000", "order-number")]
    assert told(SURE, SERVED, UNSURE)[0] == ("w", "order-number+reference+sku")
    assert told(UNSURE, SERVED, SURE)[0] == ("w", "order-number")


def test_two_buyers_in_one_street_are_not_one_door() -> None:
    assert told(NEARBY, SERVED) == [("w", "order-number+reference+sku")]
    assert ("w", "order-number") in told(NEARBY, SERVED, SURE)
    assert told(SURE, SERVED, NEARBY)[0] == ("w", "order-number+reference+sku")


def test_a_sale_that_was_called_off_gives_way_to_the_one_that_took_its_place() -> None:
    again = replace(SURE, backend_id="SHOP/10000")
    called_off = replace(SURE, status=OrderStatus.CANCELLED)
    assert told(called_off, SERVED) == [("w", "order-number+reference+sku")]
    assert told(SERVED, called_off, again) == [("SHOP/10000", "order-number+reference+sku"), ("AMAZON/10000", "order-number")]
    assert told(SERVED, called_off) == [("AMAZON/10000", "order-number+reference+sku")]


def test_the_same_order_in_two_shops_is_no_rival() -> None:
    held = sale(Backend.CENTRA, "30", "A", number="10000", references=[Reference("ponumber", "10000")])
    assert told(SERVED, UNSURE, held) == [("30", "order-number+reference+sku"), ("10000", "order-number+reference+sku")]


def test_only_a_sale_can_be_contested() -> None:
    assert Linking().is_contested(UNSURE, [SERVED])
    assert not Linking().is_contested(SURE, [SERVED])
    assert not Linking().is_contested(SERVED, [UNSURE])
    assert not Linking().is_contested(UNSURE, [replace(SERVED, lines=())]), "a suggestion is one whatever others there are"


# ---- what people say


def word(one: Order, other: Order, status: LinkStatus, relation: OrderRelation = OrderRelation.FULFILLED_BY) -> LinkWord:
    return LinkWord(order=identity(one), other=identity(other), relation=relation, status=status, said_by="clerk", said_at=AT)


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_person_rejects_no_rule_brings_back(turned: bool) -> None:
    said = word(SURE, SERVED, LinkStatus.REJECTED)
    linking = Linking(CONFIGURED, [said.turned if turned else said])
    assert linking.links(SURE, [SERVED]) == linking.links(SERVED, [SURE]) == []


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_person_confirms_is_sure_where_no_rule_finds_it(turned: bool) -> None:
    stranger = outbound("other", "Z", customer="nothing like it")
    said = word(SURE, stranger, LinkStatus.CONFIRMED)
    linking = Linking(CONFIGURED, [said.turned if turned else said])
    (link,) = linking.links(SURE, [stranger])
    assert (link.rule, link.confidence, link.status, link.relation) == ("person", 1, "CONFIRMED", "FULFILLED_BY")
    assert link.evidence == [Reference("saidBy", "clerk"), Reference("saidAt", "2026-01-01T00:00:00+00:00")]
    (back,) = linking.links(stranger, [SURE])
    assert (back.relation, back.order) == ("FULFILS", SURE)


def test_a_confirmed_order_that_cannot_be_read_is_still_told() -> None:
    (link,) = Linking(CONFIGURED, [word(SURE, SERVED, LinkStatus.CONFIRMED)]).links(SURE, [])
    assert (link.backend, link.backend_id, link.order, link.confidence) == (Backend.CARTONCLOUD, "w", None, 1)


def test_a_confirmed_link_tells_what_rules_find_too() -> None:
    (link,) = Linking(CONFIGURED, [word(SURE, SERVED, LinkStatus.CONFIRMED)]).links(SURE, [SERVED])
    assert Reference("sku", "A") in link.evidence


def test_a_rejected_rival_is_none_and_a_confirmed_one_has_the_better_claim() -> None:
    rejected = Linking(CONFIGURED, [word(WEAK, SERVED, LinkStatus.REJECTED)])
    assert rejected.links(UNSURE, [SERVED, WEAK])[0].rule == "order-number+reference+sku"
    confirmed = Linking(CONFIGURED, [word(WEAK, SERVED, LinkStatus.CONFIRMED)])
    assert confirmed.links(UNSURE, [SERVED, WEAK])[0].rule == "order-number"


# ---- what holds for all of them


def crowd(rng: random.Random) -> list[Order]:
    """Orders that have all in common now and then."""
    made = []
    for n in range(9):
        fields: dict[str, Any] = {
            "to": rng.choice((None, "1", "2")),
            "created_at": rng.choice((None, AT, AT + 90 * DAY, AT + 400 * DAY)),
            "placed_at": rng.choice((AT, AT + DAY, AT + 399 * DAY)),
            "status": rng.choice((OrderStatus.PENDING, OrderStatus.CANCELLED)),
            "account": rng.choice((None, Account(code="C1"))),
        }
        number, skus = rng.choice(("10000", "10001", "7")), rng.sample("ABC", rng.randrange(3))
        if rng.random() < 0.5:
            alt = [Reference("alt", number)] if rng.random() < 0.3 else [Reference("customer", number)]
            made.append(outbound(f"w{n}", *skus, **{**fields, "references": alt}))
        else:
            names: dict[str, Any] = {
                "references": [Reference(rng.choice(("ponumber", "id_pack")), rng.choice(("10000", "PACK-1")))]
            }
            backend = rng.choice((Backend.CENTRY, Backend.CENTRA, Backend.CENPORTS))
            channel = rng.choice(("MercadoLibre", "Ripley"))
            made.append(sale(backend, f"s{n}", *skus, number=number, channel_id=channel, **names, **fields))
    return made


def everything(linking: Linking, orders: list[Order]) -> dict[tuple[str, str], tuple[str, str, float]]:
    found: dict[tuple[str, str], tuple[str, str, float]] = {}
    for order in orders:
        for link in linking.links(order, orders):
            assert link.order is not None
            found[order.backend_id, link.backend_id] = (link.relation, link.rule, link.confidence)
    return found


def test_links_are_the_same_from_both_sides_and_in_any_order() -> None:
    rng = random.Random("crowds")
    rules: set[str] = set()
    for _ in range(150):
        orders = crowd(rng)
        one, two = rng.sample(orders, 2)
        words = [word(one, two, LinkStatus.CONFIRMED)] if rng.random() < 0.2 else []
        found = everything(Linking(CONFIGURED, words), orders)
        for (first, second), (relation, rule, confidence) in found.items():
            turned = {"FULFILLED_BY": "FULFILS", "FULFILS": "FULFILLED_BY"}.get(relation, relation)
            assert found[second, first] == (turned, rule, confidence)
        assert everything(Linking(CONFIGURED, words), rng.sample(orders, len(orders))) == found
        rules |= {rule for _, rule, _ in found.values()}
    assert rules == {"person", *(rule.name for rule in RULES)}


def test_the_surest_comes_first() -> None:
    others = [SERVED, outbound("v", customer="10000"), sale(Backend.CENTRA, "10000", to="1")]
    found = [told(SURE, *some) for some in permutations(others)]
    assert found[0] == [("w", "order-number+reference+sku"), ("10000", "same-number+postal-code+7-days"), ("v", "order-number")]
    assert all(each == found[0] for each in found)


def test_suggestions_lie_below_the_threshold_and_rules_are_told_apart() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.confidence for rule in RULES] == sorted((rule.confidence for rule in RULES), reverse=True)
    assert {rule.name for rule in RULES if rule.confidence < THRESHOLD} == {
        "order-number", "same-number", "same-number+postal-code+7-days",
    }  # fmt: skip
