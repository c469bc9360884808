"""Examples of Centry's page: tokens, products, variants, warehouses and their stock (lines 1 to 2229)."""

from typing import Any
from zoneinfo import ZoneInfo

from gateway.backends.centry import goods
from gateway.backends.centry.client import CentryClient, Sent
from gateway.backends.centry.sandbox import CLIENT_ID, CLIENT_SECRET, CODE, REFRESH_TOKEN
from gateway.backends.centry.wire import Record
from gateway.mapping import Scope, Table
from gateway.models import Backend, WarehouseRecord
from tests.backends.centry import written, written_own
from tests.backends.centry.documented import (
    NEW,
    UPDATED,
    Account,
    Example_,
    Held,
    asked_who,
    comma,
    example,
    exchanged,
    slash,
    there,
)
from tests.contract.examples import Slip
from tests.contract.same import Differs

PRODUCT, ASSET, VARIANT = "5a16c0bcf82f45273b000054", "5fe9fec484c6e1ec5a67d7b8", "5a16c0bdf82f45273b000056"
STOCK_ROW, WAREHOUSE = "5a16d9a1f82f45273b001576", "577eb7b8f82f456ef4000001"

_PAGED = (Differs("/query/limit", "a page is asked for, with a limit", free=True),)
_ASSETS = (Differs("/assets", "the table of products names it, the example leaves it out", free=True),)
_APPLICATION = there("integration_configs", "6012c3c784c6e179b53043f5", target="centry-test-local-v2")
_HISTORY = (*NEW, Differs("/*/_id", "given by Centry"), Differs("/response", "the record as text, with its ids"))
_READ_ONLY = tuple(Differs(f"/{name}", "the table calls it read only") for name in ("updated_at", "updated_by_id", "version"))
_OTHER_HISTORY = tuple(
    Differs(path, "the page prints here the reply to a stock row's history, line 2032", free=True)
    for path in (
        "/action", "/description_messages", "/sku_messages", "/quantity_messages", "/messages", "/variant_warehouse_id",
    )
)  # fmt: skip


def mapped(sent: Sent[Record], table: Table[Any], given: object = None) -> object:
    """What the gateway makes of a record."""
    return table(sent.record, scope_of(sent, given))


def scope_of(sent: Sent[Record], given: object = None) -> Scope:
    return Scope(zone=ZoneInfo("America/Santiago"), currency="CLP", fetched_at=sent.fetched_at, given=given)


async def _products(client: CentryClient) -> list[object]:
    return [mapped(sent, goods.PRODUCT, goods.Names(None, None)) for sent in await client.products({})]


async def _product(client: CentryClient) -> object:
    sent = await client.product("597644781d41c846ea000006")
    return sent and mapped(sent, goods.PRODUCT, goods.Names(None, None))


async def _assets(client: CentryClient) -> list[object]:
    return [mapped(sent, goods.IMAGE) for sent in await client.product_assets(PRODUCT) or ()]


async def _variant_assets(client: CentryClient) -> object:
    return await client.variant_assets("<variant_id>")


async def _variants(client: CentryClient) -> list[object]:
    return [mapped(sent, goods.VARIANT) for sent in await client.variants({})]


async def _variant(client: CentryClient) -> object:
    sent = await client.variant("<variant_id>")
    return sent and mapped(sent, goods.VARIANT)


async def _warehouses(client: CentryClient) -> list[object]:
    return [mapped(sent, goods.WAREHOUSE) for sent in await client.warehouses()]


async def _stock(client: CentryClient) -> list[object]:
    return [mapped(sent, goods.STOCK, _shelf(sent)) for sent in await client.variant_warehouses({})]


def _shelf(sent: Sent[Any]) -> goods.Shelf:
    place = str(sent.record.warehouse_id)
    return goods.Shelf(
        "SKU-1", WarehouseRecord(backend=Backend.CENTRY, backend_id=place, code=place, fetched_at=sent.fetched_at)
    )


def _eight_products(account: Account) -> None:
    account.hold("products", *({"_id": str(number)} for number in range(8)))


TOKENS: list[Example_] = [
    example(
        1, "exchange-code", (78, 86), (90, 96),
        known={
            "49fca0b1207097f29a21f12c96a1ce73b361ed354a40d1274d536ab7be4f921e": CLIENT_ID,
            "73b83c1b7d0257d500e203cb97767c5036c036b71be6b8ed07fa630579b3a3b2": CLIENT_SECRET,
            "770e0c559a2aacee72dd98d573fdeeda3615ef529011c6731fe4592ad327427f": CODE,
        },
        differs=tuple(Differs(f"/{name}", "a new one") for name in ("access_token", "refresh_token", "created_at")),
        call=exchanged,
    ),
    example(
        2, "renew-tokens", (113, 121), (125, 131),
        known={
            "49fca0b1207097f29a21f12c96a1ce73b361ed354a40d1274d536ab7be4f921e": CLIENT_ID,
            "73b83c1b7d0257d500e203cb97767c5036c036b71be6b8ed07fa630579b3a3b2": CLIENT_SECRET,
            "64ab90f5675b0230677a10db46f52f66989e860f534fe92f23329f0e91d76ff5": REFRESH_TOKEN,
        },
        differs=tuple(Differs(f"/{name}", "a new one") for name in ("access_token", "refresh_token", "created_at")),
        call=asked_who,
    ),
]  # fmt: skip

PRODUCTS: list[Example_] = [
    example(
        3, "list-products", (230, 231), (235, 298),
        slips=(slash(230),),
        holds=(Held("products"),),
        sends=_PAGED,
        call=_products,
    ),
    example(4, "read-product", (313, 313), (317, 394), holds=(Held("products"),), differs=_ASSETS, call=_product),
    example(
        5, "create-product", (410, 431),
        slips=(Slip(411, '<access_token"', '<access_token>"', "a bracket is missing"), comma(430, '"YOS0YUN54U"')),
        call=written.new_product,
    ),
    example(
        6, "change-product", (442, 448),
        holds=(Held("products", "centry-04-read-product"),),
        call=written.changed_product,
    ),
    example(
        7, "delete-product", (464, 465), (469, 469),
        holds=(Held("products", "centry-04-read-product"),),
        call=lambda client: written.done(client.delete_product("597644781d41c846ea000006")),
    ),
    example(8, "count-products", (485, 486), (490, 490), given=_eight_products),
    example(
        9, "list-product-histories", (501, 502), (506, 745),
        holds=(there("products", PRODUCT), Held("products/synchronization_histories", owner=PRODUCT)),
    ),
    example(
        10, "create-product-history", (761, 866),
        holds=(there("products", PRODUCT), _APPLICATION),
        call=written_own.product_history,
    ),
    example(
        11, "list-assets", (915, 916), (920, 955),
        holds=(there("products", PRODUCT), Held("products/assets", owner=PRODUCT)),
        call=_assets,
    ),
    example(
        12, "read-asset", (971, 972), (976, 992),
        holds=(there("products", PRODUCT), Held("products/assets", owner=PRODUCT)),
    ),
    example(
        13, "list-asset-histories", (1009, 1010), (1014, 1075),
        holds=(
            there("products", PRODUCT),
            there("products/assets", ASSET, PRODUCT),
            Held("products/assets/synchronization_histories", owner=ASSET),
        ),
    ),
    example(
        14, "create-asset-history", (1092, 1117), (1121, 1181),
        slips=(
            Slip(
                1093, "c5b91075622352558f1cfcee548c524bcab3a63b67bdfae0883458f628f9ae0c", "<access_token>",
                "a token where elsewhere is a word for one",
            ),
        ),
        holds=(there("products", PRODUCT), there("products/assets", ASSET, PRODUCT), _APPLICATION),
        differs=_HISTORY,
        call=written_own.asset_history,
    ),
]  # fmt: skip

VARIANTS: list[Example_] = [
    example(
        15, "list-variants", (1239, 1240), (1244, 1274),
        slips=(slash(1239),),
        holds=(Held("variants"),),
        sends=_PAGED,
        call=_variants,
    ),
    example(
        16, "create-variant", (1296, 1310),
        slips=(Slip(1304, "Stock de la nueva variante", "20", "words where a number must stand"),),
        known={"<Identificador del producto al cual pertenece la nueva variante>": PRODUCT},
        holds=(there("products", PRODUCT),),
        differs=_READ_ONLY,
        call=written.new_variant,
    ),
    example(
        17, "read-variant", (1321, 1321), (1325, 1353),
        known={"<variant_id>": VARIANT, "<Identificador de la variante>": VARIANT},
        holds=(Held("variants"),),
        call=_variant,
    ),
    example(
        18, "change-variant", (1369, 1375),
        known={"<variant_id>": "5c2e07488f26c638ca60dc0b"},
        holds=(Held("variants", "centry-15-list-variants"),),
        sends=(Differs("/body/sku", "the gateway's callers always name the SKU", free=True),),
        call=written.changed_variant,
    ),
    example(
        19, "change-variant-by-sku", (1391, 1397),
        known={"<SKU de la variante a actualizar>": "variante_12345"},
        holds=(Held("variants", "centry-15-list-variants"),),
        call=written.changed_variant_by_sku,
    ),
    example(
        20, "delete-variant", (1408, 1409), (1413, 1413),
        known={"<variant_id>": "5c2e07488f26c638ca60dc0b"},
        holds=(Held("variants", "centry-15-list-variants"),),
        call=lambda client: written.done(client.delete_variant("<variant_id>")),
    ),
    example(
        21, "list-variant-histories", (1429, 1430), (1434, 1482),
        known={"<variant_id>": VARIANT},
        holds=(there("variants", VARIANT), Held("variants/synchronization_histories", owner=VARIANT)),
    ),
    example(
        22, "create-variant-history", (1498, 1515), (1519, 1554),
        holds=(there("variants", VARIANT, product_id=PRODUCT), _APPLICATION),
        differs=(*NEW, Differs("/response", "the record as text, with its ids"), *_OTHER_HISTORY),
        call=written_own.variant_history,
    ),
]  # fmt: skip

_RENAMED = Slip(1725, '"address"', '"name"', "the reply shows the new value as the name, and the address as it was")

WAREHOUSES: list[Example_] = [
    example(
        23, "list-warehouses", (1600, 1603), (1606, 1622),
        slips=(comma(1621, "}"),),
        holds=(Held("warehouses"),),
        sends=_PAGED,
        call=_warehouses,
    ),
    example(24, "read-warehouse", (1647, 1650), (1653, 1667), holds=(Held("warehouses"),)),
    example(25, "create-warehouse", (1683, 1692), (1696, 1709), differs=NEW, call=written.new_warehouse),
    example(
        26, "change-warehouse", (1720, 1727), (1731, 1744),
        slips=(_RENAMED,),
        holds=(Held("warehouses", "centry-25-create-warehouse"),),
        differs=(UPDATED,),
        call=written.changed_warehouse,
    ),
    example(
        27, "delete-warehouse", (1760, 1762), (1766, 1766),
        holds=(there("warehouses", "59c9852d1746bf1d93000001"),),
        call=lambda client: written.done(client.delete_warehouse("59c9852d1746bf1d93000001")),
    ),
    example(
        28, "list-variant-warehouses", (1799, 1800), (1804, 1841),
        slips=(slash(1799),),
        holds=(Held("variant_warehouses"),),
        sends=_PAGED,
        call=_stock,
    ),
    example(
        29, "create-variant-warehouse", (1864, 1872),
        holds=(there("variants", "5cc36d8748f039156b45f78e"), there("warehouses", WAREHOUSE)),
        call=written.stock,
    ),
    example(
        30, "read-variant-warehouse", (1883, 1883), (1887, 1898),
        known={"<variant_warehouse_id>": "5cc36d8748f039156b45f78f"},
        holds=(Held("variant_warehouses"),),
    ),
    example(
        31, "change-variant-warehouse", (1914, 1920),
        known={"<variant_warehouse_id>": "5cc36d8748f039156b45f78f"},
        holds=(Held("variant_warehouses", "centry-30-read-variant-warehouse"),),
        call=written.more_stock,
    ),
    example(
        32, "delete-variant-warehouse", (1936, 1937), (1941, 1941),
        known={"<variant_warehouse_id>": "5cc36d8748f039156b45f78f"},
        holds=(Held("variant_warehouses", "centry-30-read-variant-warehouse"),),
        call=lambda client: written.done(client.remove("centry-32", "/variant_warehouses/%3Cvariant_warehouse_id%3E.json")),
    ),
    example(
        33, "list-variant-warehouse-histories", (1957, 1958), (1962, 1999),
        known={"<variant_warehouse_id>": STOCK_ROW},
        holds=(
            there("variant_warehouses", STOCK_ROW),
            Held("variant_warehouses/synchronization_histories", owner=STOCK_ROW),
        ),
    ),
    example(
        34, "create-variant-warehouse-history", (2015, 2028), (2032, 2067),
        known={"<variant_warehouse_id>": STOCK_ROW},
        holds=(
            there("variant_warehouses", STOCK_ROW, variant_id=VARIANT),
            there("variants", VARIANT, product_id=PRODUCT),
            _APPLICATION,
        ),
        differs=(*_HISTORY, Differs("/messages/mistakes/1", "a second mistake, which the request does not tell", free=True)),
        call=written_own.stock_history,
    ),
]  # fmt: skip

_PICTURED, _PICTURE = "577eb7b8f82f456ef4000002", "577eb7b8f82f456ef4000001"
_LINKED = "5ac23e71f82f455978672392"

VARIANT_ASSETS: list[Example_] = [
    example(
        35, "list-variant-assets", (2108, 2109), (2113, 2141),
        slips=(slash(2108), comma(2140, "}")),
        known={"<variant_id>": _LINKED},
        holds=(there("variants", _LINKED), Held("variants/assets", owner=_LINKED)),
        sends=_PAGED,
        call=_variant_assets,
    ),
    example(
        36, "create-variant-asset", (2161, 2167),
        known={"<variant_id>": _LINKED},
        holds=(there("variants", _LINKED, product_id=_PICTURED), there("products/assets", _PICTURE, _PICTURED)),
        call=lambda client: client.make("centry-36", "/variants/%3Cvariant_id%3E/assets.json", {"asset_id": _PICTURE}),
    ),
    example(
        37, "read-variant-asset", (2183, 2183), (2187, 2195),
        known={"<variant_id>": _LINKED, "<variant_asset_id>": "5ac23e71f82f455978672394"},
        holds=(there("variants", _LINKED), Held("variants/assets", owner=_LINKED)),
    ),
    example(
        38, "delete-variant-asset", (2212, 2213), (2217, 2217),
        known={"<variant_id>": _LINKED, "<variant_asset_id>": "5ac23e71f82f455978672394"},
        holds=(there("variants", _LINKED), Held("variants/assets", "centry-37-read-variant-asset", _LINKED)),
        call=lambda client: written.done(
            client.remove("centry-38", "/variants/%3Cvariant_id%3E/assets/%3Cvariant_asset_id%3E.json")
        ),
    ),
]  # fmt: skip

EXAMPLES = [*TOKENS, *PRODUCTS, *VARIANTS, *WAREHOUSES, *VARIANT_ASSETS]
