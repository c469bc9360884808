"""The orders of the vendor's cookbook, and a Centra that has nothing yet: they are put into it."""

from lxml import etree
from lxml.etree import _Element

from gateway.sandbox.world import World
from tests.backends.centra.asking import child
from tests.backends.centra.scripted import CONTRACT

EMPTY = World(seed=0, items=(), sites=(), stock=(), orders=(), arrivals=())
RETAIL, WHOLESALE = "centra-01-orders.reply.xml", "centra-02-orders-of-a-market.reply.xml"
"""Replies with one event each: of order 30 with its shipment 8, and of order 25 with the rows 67 to 71 and no shipment."""


def documented_order(reply: str) -> _Element:
    """The order in one of these replies."""
    return child(etree.fromstring((CONTRACT / reply).read_bytes()), "Body/events_Get/events/event/data/order")


def order_xml(reply: str) -> str:
    return etree.tostring(documented_order(reply), encoding="unicode")
