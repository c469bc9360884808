"""What has to be asked of which mutation for the gateway to send the cookbook's updates, by the names of the examples."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from gateway.centra_changes import (
    CentraAccount,
    CentraAddress,
    CentraBuyer,
    CentraMarket,
    CentraPriceAlterationDate,
    CentraPricelist,
    CentraProductPrice,
    CentraSizeTable,
    CentraStoreType,
    CentraTableSize,
    CentraTerms,
    CentraVariationPrice,
)
from gateway.changes import (
    Cancellation,
    CentraNamed,
    CentraProduct,
    CentraSize,
    CentraVariation,
    Confirmation,
    Dispatch,
    LineQuantity,
    NewReturn,
    NewShipment,
    OrderTask,
    StockAdjustment,
    WarehouseChange,
)
from gateway.models import Backend, CatalogStatus, Money, StockChange, StockKind


def rows(quantities: Mapping[str, int]) -> tuple[LineQuantity, ...]:
    return tuple(LineQuantity(line_id=row, quantity=Decimal(quantity)) for row, quantity in quantities.items())


def _shipment(number: str, quantities: Mapping[str, int], cost: int) -> NewShipment:
    """Of the wholesale order."""
    price = Money(Decimal(cost))
    return NewShipment(backend=Backend.CENTRA, order_id="25", number=number, lines=rows(quantities), shipping_cost=price)


def _sent_by_dhl(number: str, tracking: str) -> Dispatch:
    return Dispatch(shipment_id=f"25/{number}", carrier="DHL", service="EXPRESS", tracking_number=tracking)


def chairs(warehouse: str, quantity: int) -> StockAdjustment:
    return StockAdjustment(
        variant_record_id="PWC/PWC/OS",
        warehouse=warehouse,
        quantity=quantity,
        change=StockChange.SET,
        kind=StockKind.AVAILABLE,
    )


def _sweaters(color: str, status: CatalogStatus, first: int) -> CentraVariation:
    sizes = tuple(CentraSize(id=name, sku=f"0{at}", ean=str(first + at - 1)) for at, name in enumerate("SML", 1))
    return CentraVariation(
        id=f"T001_{color.upper()}", description=color, sku=color.upper(), status=status, size_table_id="SML", sizes=sizes
    )


_BRAND, _XMAS = CentraNamed(id="Example", description="Example Brand"), CentraNamed(id="XMAS", description="X-Mas")
_SWEATER = CentraProduct(
    id="T001",
    status=CatalogStatus.ACTIVE,
    sku="TURTLE001",
    description="Turtleneck sweater",
    folder="Sweaters / Turtleneck",
    brand=_BRAND,
    collection=_XMAS,
    variations=(
        _sweaters("Red", CatalogStatus.ACTIVE, 1234567890123),
        _sweaters("Blue", CatalogStatus.INACTIVE, 2234567890123),
    ),
)
_PLAIN = CentraVariation(
    id="PWC", description="Plain", status=CatalogStatus.ACTIVE, size_table_id="OneSize", sizes=(CentraSize(id="OS"),)
)
_CHAIR = CentraProduct(
    id="PWC",
    status=CatalogStatus.ACTIVE,
    description="Plain wood chair",
    folder="Furniture / Chairs",
    brand=_BRAND,
    collection=_XMAS,
    variations=(_PLAIN,),
)
_SIZES = tuple(CentraTableSize(id=name[0], description=name) for name in ("Small", "Medium", "Large"))


def _market(key: str, name: str, store: str, kind: CentraStoreType) -> CentraMarket:
    return CentraMarket(id=key, description=name, store=store, type=kind)


def _in_wholesale(color: str, *prices: int) -> CentraVariationPrice:
    price, recommended, altered, altered_recommended = map(Decimal, prices)
    return CentraVariationPrice(
        id=f"T001_{color}",
        price=price,
        recommended_price=recommended,
        altered_price=altered,
        altered_recommended_price=altered_recommended,
    )


_EUR = CentraPricelist(
    id="EUR-Retail",
    store="1",
    type=CentraStoreType.RETAIL,
    currency="EUR",
    description="Euro",
    products=(
        CentraProductPrice(
            id="T001",
            variations=(
                CentraVariationPrice(id="T001_RED", price=Decimal(123)),
                CentraVariationPrice(id="T001_BLUE", price=Decimal(234)),
            ),
        ),
        CentraProductPrice(id="PWC", price=Decimal(1000)),
    ),
)
_USD = CentraPricelist(
    id="USD-Wholesale",
    store="2",
    type=CentraStoreType.WHOLESALE,
    currency="USD",
    description="US Dollar",
    products=(
        CentraProductPrice(
            id="T001", variations=(_in_wholesale("RED", 45, 123, 50, 150), _in_wholesale("BLUE", 67, 234, 80, 250))
        ),
        CentraProductPrice(id="PWC", price=Decimal(700), recommended_price=Decimal(1000)),
    ),
)
_HALLOWEEN = CentraPriceAlterationDate(id="H20", active=True, name="Halloween 2020", store="1", start_date=date(2020, 11, 30))
_STREET = CentraAddress(
    attention="Person name",
    line1="Street 1",
    line2="Suite 123",
    city="City",
    state="State",
    postal_code="12345",
    email="info@example.com",
    phone="123 456 789",
)
_ACCOUNT = CentraAccount(
    id="12345",
    active=True,
    description="Company Name",
    market_id="Wholesale-Market",
    pricelist_id="USD-Wholesale",
    payment_terms_id="30NET",
    shipping_terms_id="DDU",
    address=replace(_STREET, company="Example", country="US", url="www.example.com"),
    shipping_address=replace(_STREET, company="Example Warehouse", country="FR"),
    invoice_address=replace(_STREET, company="Example Billing", state="", country="SE", vat_number="SE12345678901"),
    buyers=(
        CentraBuyer(
            id="12345_buyer1", store="2", active=True, first_name="Frist", last_name="Last", email="first.last@example.com"
        ),
    ),
)
_SHIPPED = Dispatch(shipment_id="30/8", carrier="UPS", service="STANDARD", tracking_number="1Z123123123123", capture=True)

ASKED: Mapping[str, tuple[str, Sequence[object]]] = {
    "markets": (
        "centraSaveMarkets",
        [
            _market("Retail-Global", "Global", "1", CentraStoreType.RETAIL),
            _market("Retail-Sweden", "Sweden", "1", CentraStoreType.RETAIL),
            _market("Wholesale-Market", "Global", "2", CentraStoreType.WHOLESALE),
        ],
    ),
    "size-tables": (
        "centraSaveSizeTables",
        [
            CentraSizeTable(id="SML", description="Small Medium Large", sizes=_SIZES),
            CentraSizeTable(id="OneSize", description="One Size", sizes=(CentraTableSize(id="OS", description=""),)),
        ],
    ),
    "sweater": ("centraSaveProducts", [_SWEATER]),
    "chair": ("centraSaveProducts", [_CHAIR]),
    "warehouses": (
        "saveWarehouses",
        [
            WarehouseChange(backend=Backend.CENTRA, code="MainWarehouse", name="Main Warehouse"),
            WarehouseChange(backend=Backend.CENTRA, code="OtherWarehouse", name="Other Warehouse"),
        ],
    ),
    "pricelists": ("centraSavePricelists", [_EUR, _USD]),
    "price-alteration-dates": ("centraSavePriceAlterationDates", [_HALLOWEEN]),
    "payment-terms": (
        "centraSavePaymentTerms",
        [CentraTerms(id="30NET", name="30 Days", description="Optional text describing this paymentterm", due_days=30)],
    ),
    "shipping-terms": (
        "centraSaveShippingTerms",
        [CentraTerms(id="DDU", name="Delivered Duty Unpaid", description="Optional text describing this shippingterm")],
    ),
    "account": ("centraSaveAccounts", [_ACCOUNT]),
    "stock": ("adjustStock", [chairs("MainWarehouse", 1), chairs("OtherWarehouse", 2)]),
    "lock": ("lockOrders", [OrderTask(order_id="30")]),
    "shipped": ("markShipmentsShipped", [_SHIPPED]),
    "return": ("createReturn", [NewReturn(shipment_id="30/8", return_id="12", lines=rows({"81": 1}))]),
    "confirm": ("confirmOrders", [Confirmation(order_id="25", lock=True)]),
    "cancel-item": ("cancelOrders", [Cancellation(order_id="25", lines=rows({"71": 1}))]),
    "first-shipment": ("createShipments", [_shipment("shipment-25-1", {"68": 1, "69": 1, "67": 2}, 123)]),
    "second-shipment": ("createShipments", [_shipment("shipment-25-2", {"69": 1, "70": 3, "71": 3}, 0)]),
    "both-shipped": (
        "markShipmentsShipped",
        [_sent_by_dhl("shipment-25-1", "876543210"), _sent_by_dhl("shipment-25-2", "987654321")],
    ),
}
