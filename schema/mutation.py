"""What can be changed."""

import resolvers
from schema.base import field, root
from schema.types import LinkOrdersPayload


@root
class Mutation:
    """What can be changed. Every change needs the scope `write`."""

    link_orders: LinkOrdersPayload = field(resolvers.mutation.link_orders)
    """Say by hand that two orders belong together, or that they do not; rules never overrule it.

    It is stored at once, in the gateway's own database. Whether the orders exist is looked up as far as their backends answer
    within a few seconds: an order whose backend does not answer is taken at your word."""
