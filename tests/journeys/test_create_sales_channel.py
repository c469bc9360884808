"""createSalesChannel, from the mutation to the simulated Cenports and back through a query."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.cenports_account import LOST, Account, account_in
from tests.journeys.changes import ended, refused, submit
from tests.stack import GatewayClient

CHANNELS = "{ salesChannels { backend channelId name email phone location } }"
PLACE = {"line1": "1 Example Street", "city": "Hayward", "state": "CA", "country": "US", "postalCode": "94545"}
PICTURE = b64encode(b"<svg/>").decode()


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with account_in(tmp_path_factory.mktemp("channels"), orders=5) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(account: Account) -> Iterator[None]:
    yield
    account.stack.mend()


def create(client: GatewayClient, **given: Any) -> dict[str, Any]:
    channel = {"backend": "CENPORTS", "email": "shop@example.com", "contact": PLACE, **given}
    return ended(client, submit(client, "createSalesChannel", channel)["handle"])


def named(account: Account, name: str) -> list[dict[str, Any]]:
    channels = account.stack.client.data(CHANNELS)["salesChannels"]
    return [channel for channel in channels if channel["name"] == name]


def test_a_channel_is_made_and_shown(account: Account) -> None:
    billing = {**PLACE, "name": "Co", "email": "bills@example.com"}

    done = create(account.stack.client, channelId="NEW", name="Fair", phone="555", billing=billing, logoBase64=PICTURE)

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    (shown,) = named(account, "Fair")
    assert shown["channelId"] == "NEW"
    assert (shown["email"], shown["phone"]) == ("shop@example.com", "555")
    assert "Hayward" in shown["location"]


def test_an_id_that_is_taken_is_refused(account: Account) -> None:
    create(account.stack.client, channelId="ONCE", name="First")

    done = create(account.stack.client, channelId="ONCE", name="Second")

    assert done["status"] == "FAILED"
    assert "already been taken" in done["items"][0]["errors"][0]["message"]
    assert named(account, "Second") == []


def test_everything_that_is_wrong_is_told_at_once(account: Account) -> None:
    wrong = {
        "backend": "CENPORTS",
        "name": "x" * 256,
        "channelId": " ",
        "contact": {**PLACE, "state": "a state of more than 20", "country": "USA", "postalCode": None, "line2": "Floor 2"},
        "billing": {"company": "Co"},
        "logoBase64": "R0lGODlh",
    }

    errors = refused(account.stack.client, "createSalesChannel", wrong)

    assert [("/".join(error["path"]), error["code"]) for error in errors] == [
        ("name", "BAD_USER_INPUT"),
        ("channelId", "BAD_USER_INPUT"),
        ("email", "BAD_USER_INPUT"),
        ("contact/state", "BAD_USER_INPUT"),
        ("contact/country", "BAD_USER_INPUT"),
        ("contact/postalCode", "BAD_USER_INPUT"),
        ("contact/line2", "NOT_SUPPORTED"),
        ("billing/company", "NOT_SUPPORTED"),
        ("logoBase64", "BAD_USER_INPUT"),
    ]


@pytest.mark.parametrize("fault", ["an error before", "silence after"])
def test_a_channel_is_made_once_though_no_answer_came(account: Account, fault: str) -> None:
    """Also one for which the caller names no id."""
    account.stack.fault("CENPORTS", match="cenports-06", times=1, **LOST[fault])

    done = create(account.hasty, name=fault)

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert len(named(account, fault)) == 1


def test_a_channel_that_exists_after_an_earlier_message_of_ours_was_made_by_it(account: Account) -> None:
    """The first message lands after nothing of it could be found, and before the second."""
    account.stack.fault("CENPORTS", match="cenports-06", times=1, status=500, lands=0.8)
    account.stack.fault("CENPORTS", match="cenports-06", times=1, latency=0.3)

    done = create(account.hasty, name="Late")

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert len(named(account, "Late")) == 1
