"""Examples of Centry's page: integrations and their warehouses, company, user, webhooks (lines 4452 to 5116)."""

from tests.backends.centry import written, written_own
from tests.backends.centry.documented import CONTRACT, NEW, UPDATED, Example_, Held, asked_who, example, slash, there
from tests.contract.examples import Recorded

INTEGRATION = "5b042c94f82f45124d0681bd"


EXAMPLES: list[Example_] = [
    example(76, "list-integration-configs", (4501, 4504), (4507, 4547), holds=(Held("integration_configs"),)),
    example(77, "read-integration-config", (4562, 4565), (4568, 4606), holds=(Held("integration_configs"),)),
    example(
        78, "delete-integration-config", (4622, 4624), (4628, 4628),
        holds=(there("integration_configs", "59d295351746bf7fa9000003"),),
        call=lambda client: written.done(client.remove("centry-78", "/integration_configs/59d295351746bf7fa9000003.json")),
    ),
    example(
        79, "list-warehouse-priorities", (4666, 4667), (4671, 4702),
        slips=(slash(4666),),
        holds=(
            there("integration_configs", INTEGRATION),
            Held("integration_configs/warehouse_priorities", owner=INTEGRATION),
        ),
    ),
    example(
        80, "read-warehouse-priority", (4722, 4723), (4727, 4736),
        slips=(slash(4722),),
        holds=(
            there("integration_configs", INTEGRATION),
            Held("integration_configs/warehouse_priorities", owner=INTEGRATION),
        ),
    ),
    example(81, "read-company", (4780, 4782), (4785, 4809), holds=(Held("company_info"),)),
    example(82, "read-user", (4856, 4858), (4861, 4894), holds=(Held("user_info"),), call=asked_who),
    example(83, "list-webhooks", (4957, 4960), (4963, 4977), holds=(Held("webhooks"),)),
    example(84, "read-webhook", (4992, 4995), (4998, 5010), holds=(Held("webhooks"),)),
    example(85, "create-webhook", (5026, 5034), (5038, 5050), differs=NEW, call=written_own.new_webhook),
    example(
        86, "change-webhook", (5061, 5068), (5072, 5084),
        holds=(Held("webhooks", "centry-85-create-webhook"),),
        differs=(UPDATED,),
        call=written_own.changed_webhook,
    ),
    example(
        87, "delete-webhook", (5100, 5102), (5106, 5106),
        holds=(Held("webhooks", "centry-85-create-webhook"),),
        call=lambda client: written.done(client.remove("centry-87", "/webhooks/59c9852d1746bf1d93000001.json")),
    ),
]  # fmt: skip

NOTIFICATION = Recorded(CONTRACT / "webhook-product-save.json", ((4925, 4928),))
"""What Centry sends to a registered address; the simulated one sends nothing yet."""
