"""The page `docs/links.md`, written from the rules."""

from gateway.links.channels import OWN_NUMBER, SALE_REFERENCE
from gateway.links.facts import AGREEMENTS, CONTRADICTIONS, Agreement, Contradiction
from gateway.links.linking import PERSON
from gateway.links.rules import RULES, SHORTEST, THRESHOLD, Rule
from gateway.links.search import SUREST_TWIN

PRECISION, RECALL = 1.0, 0.964
"""Of the rules over worlds that are made to mislead, as a test measures them: how much of what is linked is right, and how much
of what is right is linked."""

_LINKS = f"""\
# Which orders belong together, and why

Made from the rules in the code by `make docs`; a test keeps it true.

`Order.related` gives the orders that belong to an order, with the rule that found each, the evidence, and how sure it is.
Whatever is less sure than {THRESHOLD} is a suggestion: it is left out unless `minConfidence` asks for it, and nothing follows
from it. `Order.shipments` follows sure links, and what people said.

Over 100 worlds that hold every collision that we know of (one number in two channels or a year apart, one purchase order number
for two buyers, orders that were entered again, packs, parts, and so on) the rules link with a precision of {PRECISION} and a
recall of {RECALL}. What they miss are orders for which shop and warehouse name different postal codes: suggestions.

## Relations

| relation | what the other order is |
| --- | --- |
| `FULFILLED_BY` | the warehouse order that serves this sale; there may be several |
| `FULFILS` | the sale that this warehouse order serves: the same link, seen from the other side |
| `SAME_ORDER` | the same sale, held by another sales system |
| `PACK_SIBLING` | another order of the same pack, in the same backend |
"""

_WHERE = f"""\
## Where a number counts

A sale's number counts where another order names it in a reference that is meant for it. Without settings that is the reference
`{SALE_REFERENCE}` of warehouse orders, for all channels. `GATEWAY_LINK_CHANNELS` says more exactly whose numbers stand where:

    GATEWAY_LINK_CHANNELS='[
      {{"backend": "CENTRY", "channel": "MercadoLibre",
       "holder": "CARTONCLOUD", "account": "C100001", "reference": "customer"}},
      {{"backend": "CENTRY", "channel": "Ripley", "holder": "CENTRA", "reference": "ponumber"}}
    ]'

The first entry: the numbers of MercadoLibre's orders stand in `customer` of the warehouse orders for account C100001. From
then on `customer` of these is read for the channels that are named, and no others. The second: Centra holds Ripley's orders
too, with their numbers in `ponumber`. `channel` and `account` may be left out; `account` is an id, a code or a name, and the
reference `{OWN_NUMBER}` is an order's own number.

Numbers are compared as they are. A number, or a pack, of fewer than {SHORTEST} characters never links alone.
"""

_RIVALS = f"""\
## Several sales with a claim to one warehouse order

A warehouse order serves one sale. A link by number is settled if no other sale can be meant: the settings name the channel, or
postal code, days and street agree and the warehouse sends nothing that was not ordered; and the sale was not called off while
the warehouse order was not. A link that is not settled is held against all other sales of the number: where another one has as
good a claim, it is a suggestion. Sales that are the same order are no rivals.

## What people say

`linkOrders` says of two orders that they belong together (CONFIRMED: confidence 1, rule `{PERSON}`, shown even where no rule
finds it) or that they do not (REJECTED: never shown). It holds for both directions, the last word counts, and no rule overrules
it. An order that its backend does not know cannot be named; one whose backend does not answer is taken at the caller's word.
A confirmed order that cannot be read now is shown by its id alone. Where the gateway's database cannot be read, nobody knows
what was said, and nothing is linked.

## Shipments

A shipment whose backend names its order is that order's. One that tells a number alone, such as CartonCloud's consignments, is
held against all orders of the number in its backend that were made in its time: those that were called off come last, then the
destination's postal code and the goods decide. Where several orders remain it is shown with none of them, but with a sale that
all of them serve.

## What it costs

What CartonCloud and Centra hold is looked up in the gateway's own copies, without a call. `related` and `shipments` of a sale
cost no call for links, but where a link is not settled: then Cenports and Centry are asked for the number. Those of a warehouse
order ask Cenports (one call for as many numbers as fit in 255 characters) and Centry (two calls for each number, which it takes
one by one); with `GATEWAY_LINK_CHANNELS` only backends that are named. `related` of an order in a pack costs one call of
Centry's, which orders share that were made within an hour of each other. Suggestions (`minConfidence` of {SUREST_TWIN} or
less) look for a sale's number in all other sales systems too.
"""


def links_page() -> str:
    """The whole page, in Markdown."""
    rules = "\n".join(map(_rule, RULES))
    agreements = "\n".join(f"- **{_words(kind)}**: {text}" for kind, (text, _) in AGREEMENTS.items())
    contradictions = "\n".join(f"- **{_words(kind)}**: {text}" for kind, (text, _) in CONTRADICTIONS.items())
    return "\n".join(
        [
            _LINKS,
            f"## Rules\n\nThe surest first; where several hold, the surest is told.\n\n{_RULES_HEAD}\n{rules}\n",
            f"## Evidence\n\n{agreements}\n",
            f"## Contradictions\n\nWhat is not told contradicts nothing.\n\n{contradictions}\n",
            _WHERE,
            _RIVALS,
        ]
    )


_RULES_HEAD = "| rule | sure | both share | broken by |\n| --- | --- | --- | --- |"


def _rule(rule: Rule) -> str:
    shared = ", ".join(_words(each) for each in Agreement if each in rule.needs)
    long_number = f" ({SHORTEST} characters or more)" if rule.long_number else ""
    broken_by = ", ".join(_words(each) for each in Contradiction if each not in rule.despite) or "nothing"
    return f"| `{rule.name}` | {rule.confidence} | {shared}{long_number} | {broken_by} |"


def _words(kind: Agreement | Contradiction) -> str:
    return kind.lower().replace("_", " ")
