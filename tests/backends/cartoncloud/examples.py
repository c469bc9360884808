"""The examples of CartonCloud's page: each request and its reply, and what the simulated system must hold before it."""

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import model
from gateway.backends.cartoncloud.sandbox import CLIENT_ID, CLIENT_SECRET, CartonCloudSandbox
from tests.backends.cartoncloud.page import (
    CONSIGNMENT,
    CONSIGNMENT_SLIPS,
    CONTACT,
    INBOUND,
    OUTBOUND,
    TRANSPORT_PRODUCT,
    USER,
    WAREHOUSE_PRODUCT,
    Shortened,
    ours,
    shown,
)
from tests.backends.cartoncloud.recordings import FETCHED_AT, FOLDER, TENANT, settings
from tests.backends.cartoncloud.writing import (
    CONSIGNMENT_IN_SHORT,
    IN_SHORT,
    IN_SHORT_WITH_ADDRESS,
    PRODUCT_IN_SHORT,
    consigning,
    creating,
    making,
)
from tests.backends.cartoncloud.writing import INBOUND as INBOUND_INPUT
from tests.backends.cartoncloud.writing import OUTBOUND as OUTBOUND_INPUT
from tests.backends.cartoncloud.writing import TRANSPORT_PRODUCT as TRANSPORT_INPUT
from tests.backends.cartoncloud.writing import WAREHOUSE_PRODUCT as WAREHOUSE_INPUT
from tests.contract.examples import Example, NotCovered, Slip, send
from tests.contract.same import Differs

CUSTOMER = {"id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "name": "Customer A", "references": {"code": "C123456"}}
WAREHOUSE = {"id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "name": "Example Warehouse"}
PRODUCT = {
    "id": "c3706e8c-7526-11e8-adc0-fa7ae01b3ebc",
    "name": "Product Name",
    "references": {"code": "SKU123", "barcode": "00123246586"},
    "customer": CUSTOMER,
    "scope": "WAREHOUSE",
    "defaultUnitOfMeasure": "units",
    "unitOfMeasures": {"units": {"qtyPerBase": 1}, "cases": {"qtyPerBase": 10}},
}
DRUM = {"id": "d3706e8c-7526-11e8-adc0-fa7ae01b3ebc", "name": "Drum", "references": {"code": "DRUM"}, "scope": "TRANSPORT"}
ORDERED = Decimal(25 + 2 * 10)
"""What the order of the page takes, in base units."""


@dataclass(frozen=True)
class Simulated:
    """A simulated CartonCloud for the page's tenant."""

    system: CartonCloudSandbox
    address: str

    def credentials(self) -> Mapping[str, str]:
        return {_login("{clientId}", "{clientSecret}"): _login(CLIENT_ID, CLIENT_SECRET)}

    def entered(self) -> Mapping[str, str]:
        """A token, and the tenant's id in the address."""
        request = TOKEN.asked(self.credentials())
        return {"{accessToken}": send(self.address, request).json()["access_token"], "{tenantId}": TENANT}

    def user(self) -> Mapping[str, str]:
        self.system.put("user", message("cartoncloud-02-user-info.reply.json"))
        return self.entered()

    def goods(self) -> Mapping[str, str]:
        """The customer, the warehouse, the products and as much stock as the page's order takes."""
        for kind, record in (("customer", CUSTOMER), ("warehouse", WAREHOUSE), ("product", PRODUCT), ("product", DRUM)):
            self.system.put(kind, record)
        self.system.stock(str(PRODUCT["id"]), str(WAREHOUSE["id"]), ORDERED)
        return self.entered()

    def customer(self) -> Mapping[str, str]:
        self.system.put("customer", CUSTOMER)
        return self.entered()

    def empty_shelves(self) -> Mapping[str, str]:
        known = self.goods()
        self.system.stock(str(PRODUCT["id"]), str(WAREHOUSE["id"]), ORDERED - 1)
        return known


def message(file: str) -> dict[str, Any]:
    """The body of a recorded message."""
    found: dict[str, Any] = json.loads((FOLDER / file).read_text().rpartition("\n\n")[2])
    return found


def _login(name: str, secret: str) -> str:
    return b64encode(f"{name}:{secret}".encode()).decode()


def _holding(kind: str, file: str) -> Callable[[Simulated], Mapping[str, str]]:
    """Given the page's record, in its first version."""

    def given(it: Simulated) -> Mapping[str, str]:
        record = message(file)
        it.system.put(kind, record)
        return {**it.goods(), "{id}": record["id"], "{orderId}": record["id"], "{version}": str(record["version"])}

    return given


def _reading(kind: RecordKind, record_id: str) -> Callable[[CartonCloudClient], Awaitable[object]]:
    """The client reads a record, which becomes one of the gateway's."""

    async def read(client: CartonCloudClient) -> object:
        record = await client.record(kind, record_id)
        return record and model(record, FETCHED_AT, settings())

    return read


def _replacing(kind: RecordKind, file: str) -> Callable[[CartonCloudClient], Awaitable[object]]:
    """The client puts a record that it has read back in its place, as the page's examples do."""

    async def replace_it(client: CartonCloudClient) -> object:
        record = message(file)
        return await client.replace(kind, record["id"], record["version"], record)

    return replace_it


def _put_for_get(line: int) -> Slip:
    return Slip(line, "GET", "PUT", "the curl command and the text say PUT")


PageExample: TypeAlias = Example[Simulated, CartonCloudClient]
ID = Differs("/id", "an id of its own")
TOKEN: PageExample = Example(
    "token",
    "cartoncloud-01",
    request=shown("cartoncloud-01-token.request.http", (37, 42)),
    reply=shown("cartoncloud-01-token.reply.json", (64, 68)),
    given=Simulated.credentials,
    differs=(Differs("/access_token", "a token of its own"),),
    call=CartonCloudClient.user_info,
)
ACCOUNT: list[PageExample] = [
    TOKEN,
    Example(
        "user info",
        "cartoncloud-02",
        request=shown("cartoncloud-02-user-info.request.http", (103, 105)),
        reply=shown("cartoncloud-02-user-info.reply.json", (114, 124), slips=USER),
        given=Simulated.user,
        call=CartonCloudClient.user_info,
    ),
]
INBOUND_ORDERS: list[PageExample] = [
    Example(
        "create inbound order",
        "cartoncloud-03",
        request=shown("cartoncloud-03-create-inbound-order.request.http", (190, 195), (200, 246), parts=INBOUND),
        reply=shown("cartoncloud-03-create-inbound-order.reply.json", (272, 283), parts=INBOUND),
        status=201,
        given=Simulated.goods,
        differs=(ID,),
        sends=IN_SHORT,
        call=creating(**INBOUND_INPUT),
    ),
    Example(
        "inbound order",
        "cartoncloud-04",
        request=shown("cartoncloud-04-inbound-order.request.http", (300, 302)),
        reply=shown("cartoncloud-04-inbound-order.reply.json", (315, 324), parts=INBOUND),
        given=_holding("inbound", "cartoncloud-04-inbound-order.reply.json"),
        call=_reading(RecordKind.INBOUND, "318782ea-75b1-11e8-adc0-fa7ae01b9ebc"),
    ),
    Example(
        "update inbound order",
        "cartoncloud-05",
        # "JSON as below" is not there; the text says that it is the record, which the reply to a read prints.
        request=shown(
            "cartoncloud-05-update-inbound-order.request.http",
            (337, 343),
            (315, 324),
            parts=INBOUND,
            slips=(_put_for_get(346),),
        ),
        reply=shown("cartoncloud-05-update-inbound-order.reply.json", (360, 369), parts=INBOUND),
        given=_holding("inbound", "cartoncloud-04-inbound-order.reply.json"),
        call=_replacing(RecordKind.INBOUND, "cartoncloud-04-inbound-order.reply.json"),
    ),
]
_OUTBOUND_ORDER: PageExample = Example(
    "create outbound order",
    "cartoncloud-07",
    request=shown("cartoncloud-07-create-outbound-order.request.http", (414, 419), (424, 478), parts=OUTBOUND, slips=CONTACT),
    reply=shown("cartoncloud-07-create-outbound-order.reply.json", (508, 518), parts=OUTBOUND, slips=CONTACT),
    status=201,
    given=Simulated.goods,
    differs=(ID,),
    sends=IN_SHORT_WITH_ADDRESS,
    call=creating(**OUTBOUND_INPUT),
)
OUTBOUND_ORDERS: list[PageExample] = [
    _OUTBOUND_ORDER,
    replace(
        _OUTBOUND_ORDER,
        name="create outbound order without stock",
        status=228,
        given=Simulated.empty_shelves,
        differs=(
            ID,
            Differs("/status", "the text says of 228 that the order is rejected, and prints no reply", free=True),
            Differs("/details/errors", "the newer documents' place for its issues", free=True),
        ),
    ),
    Example(
        "outbound order",
        "cartoncloud-08",
        request=shown("cartoncloud-08-outbound-order.request.http", (535, 537)),
        reply=shown("cartoncloud-08-outbound-order.reply.json", (550, 559), parts=OUTBOUND, slips=CONTACT),
        given=_holding("outbound", "cartoncloud-08-outbound-order.reply.json"),
        call=_reading(RecordKind.OUTBOUND, "fb5b56f6-a68e-11e8-98d0-529269fb1459"),
    ),
    Example(
        "update outbound order",
        "cartoncloud-09",
        request=shown(
            "cartoncloud-09-update-outbound-order.request.http",
            (572, 578),
            (550, 559),
            parts=OUTBOUND,
            slips=(*CONTACT, _put_for_get(581)),
        ),
        reply=shown("cartoncloud-09-update-outbound-order.reply.json", (595, 604), parts=OUTBOUND, slips=CONTACT),
        given=_holding("outbound", "cartoncloud-08-outbound-order.reply.json"),
        call=_replacing(RecordKind.OUTBOUND, "cartoncloud-08-outbound-order.reply.json"),
    ),
]
_IN_FULL = tuple(
    Differs(f"/items/1/details/product/{name}", "a product that is known is told in full", free=True) for name in ("id", "name")
)
CONSIGNMENTS: list[PageExample] = [
    Example(
        "create consignment",
        "cartoncloud-11",
        request=shown(
            "cartoncloud-11-create-consignment.request.http",
            (649, 654),
            (659, 703),
            parts=CONSIGNMENT,
            slips=CONSIGNMENT_SLIPS,
        ),
        reply=shown(
            "cartoncloud-11-create-consignment.reply.json", (733, 743), parts=CONSIGNMENT, slips=CONSIGNMENT_SLIPS
        ),
        status=201,
        given=Simulated.goods,
        differs=(ID, *_IN_FULL),
        sends=CONSIGNMENT_IN_SHORT,
        call=consigning,
    ),
    Example(
        "consignment",
        "cartoncloud-12",
        request=shown("cartoncloud-12-consignment.request.http", (761, 763)),
        reply=shown("cartoncloud-12-consignment.reply.json", (776, 784), parts=CONSIGNMENT, slips=CONSIGNMENT_SLIPS),
        given=_holding("consignment", "cartoncloud-12-consignment.reply.json"),
        call=_reading(RecordKind.CONSIGNMENT, "028ff38c-a68f-11e8-98d0-529269fb1459"),
    ),
    Example(
        "update consignment",
        "cartoncloud-13",
        request=shown(
            "cartoncloud-13-update-consignment.request.http",
            (797, 803),
            (776, 784),
            parts=CONSIGNMENT,
            slips=(*CONSIGNMENT_SLIPS, _put_for_get(806)),
        ),
        reply=shown(
            "cartoncloud-13-update-consignment.reply.json", (820, 828), parts=CONSIGNMENT, slips=CONSIGNMENT_SLIPS
        ),
        given=_holding("consignment", "cartoncloud-12-consignment.reply.json"),
        differs=_IN_FULL,
        call=_replacing(RecordKind.CONSIGNMENT, "cartoncloud-12-consignment.reply.json"),
    ),
]  # fmt: skip
_OF_ITS_OWN = (ID, Differs("/status", "the text has it, the example does not print it", free=True))
PRODUCTS: list[PageExample] = [
    Example(
        "create warehouse product",
        "cartoncloud-15",
        request=shown("cartoncloud-15-create-warehouse-product.request.http", (872, 877), (886, 936), parts=WAREHOUSE_PRODUCT),
        reply=shown("cartoncloud-15-create-warehouse-product.reply.json", (1009, 1013), parts=WAREHOUSE_PRODUCT),
        status=201,
        given=Simulated.customer,
        differs=_OF_ITS_OWN,
        sends=PRODUCT_IN_SHORT,
        call=making(WAREHOUSE_INPUT),
    ),
    Example(
        "create transport product",
        "cartoncloud-15",
        request=shown("cartoncloud-15-create-transport-product.request.http", (872, 877), (968, 990), parts=TRANSPORT_PRODUCT),
        reply=shown("cartoncloud-15-create-transport-product.reply.json", (1009, 1013), parts=TRANSPORT_PRODUCT),
        status=201,
        given=Simulated.customer,
        differs=_OF_ITS_OWN,
        sends=PRODUCT_IN_SHORT,
        call=making(TRANSPORT_INPUT),
    ),
]
ERRORS: list[PageExample] = [
    Example(
        "wrong method",
        "cartoncloud-15",
        request=ours("cartoncloud-15-wrong-method.request.http", "the page shows the error without a request"),
        reply=shown("cartoncloud-15-wrong-method.reply.json", (1206, 1210)),
        status=405,
        given=Simulated.entered,
        why="an error; how the client reads it is a test of its own",
    ),
    Example(
        "validation",
        "cartoncloud-15",
        request=ours("cartoncloud-15-validation.request.http", "the page shows the errors without a request"),
        reply=shown("cartoncloud-15-validation.reply.json", (1224, 1233)),
        status=422,
        given=Simulated.customer,
        why="an error; how the client reads it is a test of its own",
    ),
]
EXAMPLES = [*ACCOUNT, *INBOUND_ORDERS, *OUTBOUND_ORDERS, *CONSIGNMENTS, *PRODUCTS, *ERRORS]

WEBHOOKS: Mapping[str, Shortened] = {
    "inbound": shown("cartoncloud-06-inbound-order-status.request.http", (382, 382), (390, 399), parts=INBOUND, slips=CONTACT),
    "outbound": shown(
        "cartoncloud-10-outbound-order-status.request.http", (617, 617), (625, 634), parts=OUTBOUND, slips=CONTACT
    ),
    "consignment": shown(
        "cartoncloud-14-consignment-status.request.http",
        (841, 841),
        (849, 857),
        parts=CONSIGNMENT,
        slips=CONSIGNMENT_SLIPS,
    ),
}
"""What CartonCloud sends of its own accord, by the kind of record."""

NOT_COVERED = (
    NotCovered(
        "any address with a token", (80, 82), "the address is a placeholder; every other example has these headers"
    ),
    NotCovered("unit of measure", (1152, 1154), "a part of items, which print it with other words; no message of its own"),
    NotCovered("any address of a tenant", (154, 154), "the address is a placeholder"),
    NotCovered(
        "any list in pages", (165, 165), "the address is a placeholder; test_sandbox.py has the pages of customers"
    ),
)  # fmt: skip
