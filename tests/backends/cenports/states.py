"""What must be so at the simulated Cenports before an example of the vendor's page."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.sandbox.server import running
from gateway.sandbox.world import make_world
from tests.backends.cenports.asking import CREDENTIALS, PARTNER, Clock
from tests.backends.cenports.backing import CONTRACT
from tests.contract.examples import Request, send

BASE = "/v2"
HANDLE = "d93ff46f-3621-47e2-89a0-74d8caeae8a3"
SVG = "PHN2Zy8+"  # <svg/> in base64
QUEUED_SECONDS, SECONDS = 10, 60

Known: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Simulated:
    """An account at the simulated Cenports that holds nothing yet. Its clock stands still until a test moves it on."""

    system: CenportsSandbox
    base_url: str
    clock: Clock

    def token(self) -> dict[str, str]:
        answer = send(self.base_url, Request("POST", "/authorize", {}, json.dumps(CREDENTIALS)))
        return {"{access_token}": answer.json()["access_token"]}

    def hold(self, kind: str, reply: str, **changes: Any) -> None:
        """Puts the records that a reply of the page tells."""
        told = json.loads((CONTRACT / f"{reply}.reply.json").read_text())
        for record in told.get("data", [told]):
            self.system.put(kind, {**record, **changes})

    def channel(self) -> dict[str, str]:
        self.hold("channel", "cenports-05-channels", channelId="ABC123")
        return self.token()

    def warehouse(self, code: str, **quantities: int) -> None:
        """A warehouse that holds these products."""
        [record] = json.loads((CONTRACT / "cenports-09-inventories.reply.json").read_text())["data"]
        row = record["warehouseInventory"][0]
        rows = [{**row, "productSku": sku, "quantity": str(quantity)} for sku, quantity in quantities.items()]
        self.system.put("warehouse", {**record, "warehouseCode": code, "warehouseInventory": rows})

    def order(self, channel: str, number: str) -> None:
        self.hold("order", "cenports-02-orders", channelId=channel, orderNo=number)

    def submitted(self, *orders: Mapping[str, Any]) -> dict[str, str]:
        """The token, and the handle of a transaction that creates these orders (the page's first one, otherwise)."""
        known = self.channel()
        self.warehouse("CENPORTS", **{"product-1": 5, "product-2": 5})
        page_request = Request.parse((CONTRACT / "cenports-03-create-orders.request.http").read_text())
        body = json.loads(page_request.body)
        body["orders"] = [{**body["orders"][0], **changes} for changes in orders]
        headers = {"authorization": f"Bearer {known['{access_token}']}"}
        answer = send(self.base_url, Request("POST", "/orders", headers, json.dumps(body)))
        return {**known, HANDLE: answer.json()["handle"]}


def credentials(_: Simulated) -> Known:
    return {"{{CLIENT_ID}}": CREDENTIALS["client_id"], "{{CLIENT_SECRET}}": CREDENTIALS["client_secret"]}


def the_order_shown(account: Simulated) -> Known:
    """The page asks for two orders of 2019 and shows one of 1970, of another channel: that one is asked for."""
    account.hold("channel", "cenports-05-channels", channelId="WDSDL-1")
    account.hold("order", "cenports-02-orders")
    asked = {"ABC123": "WDSDL-1", "A12345,B12345": "A12345", "2019-11-02": "1970-08-22", "2019-11-05": "1970-08-22"}
    return {**account.token(), **asked}


def goods_to_sell(account: Simulated) -> Known:
    account.warehouse("CENPORTS", **{"product-1": 5, "product-2": 5, "product-3": 5})
    return account.channel()


def orders_to_acknowledge(account: Simulated) -> Known:
    for number in ("08557045", "19548748", "CS1245948"):
        account.order("ABC123", number)
    return account.channel()


def the_channels_shown(account: Simulated) -> Known:
    account.hold("channel", "cenports-05-channels")
    return account.token()


def a_logo(account: Simulated) -> Known:
    return {**account.token(), '"..."': f'"{SVG}"'}


def a_shipment(account: Simulated) -> Known:
    account.system.put("shipment", {"orderNo": "A12345", "channelId": "ABC123", "shipDate": "2019-11-03T00:00:00Z"})
    return account.channel()


def the_stock_shown(account: Simulated) -> Known:
    """The page asks for two warehouses and shows a third: that one is asked for."""
    account.hold("warehouse", "cenports-09-inventories")
    account.warehouse("ELSEWHERE", unasked=1)
    return {**account.channel(), "ABCCODE,XYZCODE": "CENPORTS"}


def the_stock_shown_as_available(account: Simulated) -> Known:
    return {**the_stock_shown(account), '"actualStock": true': '"actualStock": false'}


def a_warehouse_to_count(account: Simulated) -> Known:
    account.warehouse("WAREHOUSE123", **{"165161": 1, "123": 1})
    return account.token()


def a_queued_transaction(account: Simulated) -> Known:
    return account.submitted({})


def a_transaction_under_way(account: Simulated) -> Known:
    known = account.submitted({})
    account.clock.seconds += QUEUED_SECONDS
    return known


def a_completed_transaction(account: Simulated) -> Known:
    known = account.submitted({})
    account.clock.seconds += SECONDS
    return known


def a_failed_transaction(account: Simulated) -> Known:
    """Of four orders the first exists, the second wants an unknown product, the fourth an unknown carrier."""
    account.order("ABC123", "A1234")
    line = {"sku": "product-1", "quantity": 1, "consumerPrice": 20.0, "subTotal": 20.0}
    known = account.submitted(
        {"orderNo": "A1234"},
        {"orderNo": "B1234", "lineItems": [line, {**line, "sku": "no-product"}]},
        {"orderNo": "C1234"},
        {"orderNo": "D1234", "shippingInfo": {"carrierCode": "PIGEON", "serviceLevel": "Ground"}},
    )
    account.clock.seconds += SECONDS
    return known


@contextmanager
def simulated() -> Iterator[Simulated]:
    clock = Clock()
    system = CenportsSandbox(
        make_world(orders=0),
        partner_id=PARTNER,
        clock=clock,
        queued_seconds=QUEUED_SECONDS,
        transaction_seconds=SECONDS,
    )
    system.clear()
    with running({"CENPORTS": system}) as addresses:
        yield Simulated(system, addresses["CENPORTS"] + BASE, clock)
