"""How the gateway says what the vendor's page shows as examples of changes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.backends.cenports.changes import CHANGES
from gateway.backends.cenports.client import CenportsClient
from gateway.backends.cenports.means import Means
from gateway.backends.cenports.orders import Orders
from gateway.backends.cenports.settings import CenportsSettings
from gateway.backends.cenports.stock import Stock
from gateway.changes import NewOrder, NewOrderLine, NewSalesChannel
from gateway.models import Address, Backend, Customer, Money, Reference
from gateway.transactions.work import Change, Job, Ready
from gateway.warehouses import WarehouseNames

DAY = datetime(2019, 11, 25, tzinfo=UTC)


def change(name: str, client: CenportsClient, settings: CenportsSettings) -> Change[Any]:
    """How Cenports does what a mutation asks."""

    async def no_channels() -> list[str]:
        return []

    means = Means(
        client=client,
        settings=settings,
        orders=Orders(client, settings, no_channels),
        stock=Stock(client, settings),
        warehouse_names=WarehouseNames({}),
        look_again=lambda _shelf: None,
    )
    return CHANGES[name](means)


async def sent(change: Change[Any], *items: Any) -> object:
    """What comes of it, once its message was written down and read again."""
    job = Job(key="K", items=dict(enumerate(items)), submitted_at=DAY)
    assert [wrong for item in items for wrong in change.problems(item)] == []
    ready = await change.prepare(job)
    assert isinstance(ready, Ready)
    message = msgspec.json.decode(msgspec.json.encode(ready.message))
    return await change.send(Job(key="K", items=job.items, submitted_at=DAY, message=message))


def dollars(amount: str) -> Money:
    return Money(Decimal(amount))


def line(sku: str, quantity: int, price: str, number: int | None = None) -> NewOrderLine:
    return NewOrderLine(sku=sku, quantity=Decimal(quantity), unit_price=dollars(price), line_number=number)


FIRST = NewOrder(
    backend=Backend.CENPORTS,
    channel_id="ABC123",
    number="A12346",
    placed_at=DAY,
    customer=Customer(name="Jon Doe", email="jon@email.com", phone="1112223333"),
    shipping_address=Address(
        name="Cenports",
        line1="1742 Sabre Street",
        line2="Building 2",
        city="Hayward",
        state="CA",
        country="US",
        postal_code="94545",
    ),
    carrier_code="UPS",
    service_level="Ground",
    required_date=date(2019, 12, 1),
    lines=(line("product-1", 1, "20", 1), line("product-2", 2, "15", 2)),
    subtotal=dollars("50"),
    shipping=dollars("5.0"),
    total=dollars("55.00"),
)
SECOND = NewOrder(
    backend=Backend.CENPORTS,
    channel_id="ABC123",
    number="B12346",
    references=(Reference("customerOrderNo", "CUST_ORDER_1"),),
    customer=Customer(name="John Smith"),
    shipping_address=Address(
        first_name="Mary",
        last_name="Smith",
        email="john@email.com",
        phone="1234567890",
        line1="3159 Zimmerman Lane",
        line2="",
        city="Los Angeles",
        state="CA",
        country="US",
        postal_code="90017",
    ),
    carrier_code="FedEx",
    service_level="Ground",
    required_date=date(2019, 12, 3),
    lines=(line("product-3", 1, "40"),),
    subtotal=dollars("40"),
    total=dollars("40"),
)
"""The page's two orders."""

PLACE = {"line1": "1742 Sabre Street", "city": "Hayward", "state": "CA", "country": "US", "postal_code": "94545"}
CHANNEL_SHOWN = NewSalesChannel(
    backend=Backend.CENPORTS,
    channel_id="ABC123",
    name="New Channel",
    email="jon@email.com",
    phone="1112223333",
    contact=Address(**PLACE),
    billing=Address(**PLACE, name="Co", email="bill@email.com", phone="1112223333"),
)
"""The page's sales channel."""
