"""The account that the simulated Centry serves: company, user, integrations with their warehouses, and what is Centry's own."""

from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.backends.centry.sandbox_lists import Fields
from gateway.backends.centry.sandbox_times import offset_time
from gateway.sandbox.world import System, World, object_id

COMPANY = object_id("centry-company")
USER = object_id("centry-user")
FOUNDED = datetime(2016, 6, 21, 16, 54, 37, 367_000, UTC)

_FLAGS = (
    "barcode", "category", "condition", "description", "enabled", "images", "name", "package_dimensions", "package_weight",
    "price", "price_compare", "shortdescription", "sku", "warranty",
)  # fmt: skip

# Those of the page, which are the same for every company.
_CONFIRMATION_REASONS = (
    ("5e4d26431a61bb54b678a145", "Frágil", "Productos frágiles."),
    (
        "5e4d26431a61bb54b678a14c",
        "Otro centro de distribución",
        "Los productos tienen que ser despachados desde distintos orígenes.",
    ),
    ("5e4d26431a61bb54b678a153", "Forma irregular", "La forma de los productos impide enviarlos en un mismo paquete."),
    ("5e4d26431a61bb54b678a154", "Dimensiones excedidas", "Los productos no caben todos en un mismo bulto."),
    (
        "5e4d26431a61bb54b678a155",
        "Otro motivo",
        "Existen otros motivos por los cuales no todos los productos pueden ir en un mismo bulto.",
    ),
)
_BUYER_RATES = (
    ("5e4d26431a61bb54b678a15b", "Neutra", "No es posible calificar al comprador o es indiferente"),
    ("5e4d26431a61bb54b678a15d", "Negativa", "No es un un buen comprador."),
)
_CANCELLATION_REASONS = (
    ("5e4d26431a61bb54b678a145", "not_allowed", "Sin stock", "El producto se encuentra agotado."),
    ("5e4d26431a61bb54b678a14c", "optional", "Solicitud del cliente", "Es el compardor el que ha decidido anular la compra"),
    (
        "5e4d26431a61bb54b678a153",
        "optional",
        "Demora en la entrega",
        "Se ha retrasado en forma excesiva el despacho del pedido",
    ),
)


def account(world: World) -> dict[str, list[Fields]]:
    """Collection -> records: what has nothing to do with goods and orders."""
    warehouses = [site.codes[System.CENTRY] for site in world.sites_of(System.CENTRY)]
    return {
        "company_info": [_company(warehouses)],
        "user_info": [_user()],
        "integration_configs": [_integration(channel) for channel in _channels(world)],
        "confirmation_reasons": [_described(*row) for row in _CONFIRMATION_REASONS],
        "buyer_rates": [_described(*row) for row in _BUYER_RATES],
        "cancellation_reasons": [
            _described(identifier, *words) | {"_restock": restock} for identifier, restock, *words in _CANCELLATION_REASONS
        ],
    }


def priorities(world: World) -> dict[str, list[Fields]]:
    """Integration's `_id` -> its warehouses, the first of them the company's main one."""
    found = {}
    for channel in _channels(world):
        integration = _integration(channel)["_id"]
        codes = [site.codes[System.CENTRY] for site in world.sites_of(System.CENTRY)]
        found[integration] = [_priority(integration, code, position) for position, code in enumerate(codes)]
    return found


def stamped(fields: Fields) -> Fields:
    """As old as the account."""
    return fields | {"created_at": offset_time(FOUNDED), "updated_at": offset_time(FOUNDED)}


def _channels(world: World) -> list[str]:
    return sorted({order.channel for order in world.orders_of(System.CENTRY)})


def _described(identifier: str, name: str, description: str) -> Fields:
    return {"_id": identifier, "name": name, "description": description}


def _integration(channel: str) -> Fields:
    return stamped(
        {
            "_id": object_id("centry-integration", channel),
            "_delete_status": "unpublish",
            "_use": "slave",
            "company_id": COMPANY,
            "excluded_brand_ids": [],
            "excluded_category_ids": [],
            "excluded_product_ids": [],
            "price_factor": 1,
            "price_round": 0,
            "sku_prefix": "",
            "stock_discount": 0,
            "target": channel,
            **dict.fromkeys(_FLAGS, True),
        }
    )


def _priority(integration: str, warehouse: str, position: int) -> Fields:
    return {
        "_id": object_id("centry-priority", integration, warehouse),
        "c_at": offset_time(FOUNDED),
        "deleted_at": None,
        "integration_config_id": integration,
        "location_id": None,
        "priority": position,
        "u_at": offset_time(FOUNDED),
        "warehouse_id": warehouse,
    }


def _company(warehouses: Sequence[str]) -> Fields:
    """The company whose account this is: the page shows an array of one."""
    logo = dict.fromkeys(f"logo_{part}" for part in ("content_type", "file_name", "file_size", "fingerprint", "updated_at"))
    social = {f"social_{name}": "" for name in ("facebook", "instagram", "linkedin", "pinterest", "twitter")}
    main: Fields = {"main_warehouse_id": next(iter(warehouses), None), "name": "Empresa de ejemplo", "sector": None}
    rest: Fields = {"_keywords": [], "bio": "Ecommerce", "url": "www.example.com", "users_count": 1}
    return stamped({"_id": COMPANY, "address": "Dirección"} | main | rest | logo | social)


def _user() -> Fields:
    """The user who authorized the application: the page shows an array of one."""
    unknown = ("address_cont", "birthday", "commune_id", "company_api_id", "region_id", "rut", "telephone")
    avatar = dict.fromkeys(f"avatar_{part}" for part in ("content_type", "file_name", "file_size", "fingerprint", "updated_at"))
    known = {"first_name": "Nombre", "last_name": "Apellido", "email": "user@example.com", "gender": "Undefined"}
    told = {"address": "Dirección", "bio": "Biografía", "job_title": "Trabajo", "phone": "6666666"}
    roles = {"role": 1, "roles_mask": 0, "show_wizard": False, "status": 1, "user_group_id": None}
    owner: Fields = {"_id": USER, "company_id": COMPANY, "company_ids": []}
    return stamped(owner | dict.fromkeys(unknown) | avatar | known | told | roles)
