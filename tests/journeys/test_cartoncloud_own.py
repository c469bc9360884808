"""What CartonCloud alone has, from the query to CartonCloud and back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.backends.cartoncloud.sandbox import TENANT_ID
from tests.secrets import API_KEYS, CLERK, READER
from tests.stack import Stack, whole_stack

QUERY = "{ cartoncloud { userInfo { id name email tenants { id name } fetchedAt raw } } }"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"GATEWAY_API_KEYS": API_KEYS, "GATEWAY_CARTONCLOUD__POLL_INTERVAL": "3600"}
    with whole_stack(tmp_path_factory.mktemp("cartoncloud"), orders=5, settings=settings, wait=False, key=CLERK) as made:
        yield made


def test_the_user_is_read_from_cartoncloud(stack: Stack) -> None:
    user = stack.client.data(QUERY)["cartoncloud"]["userInfo"]
    assert user["id"] == user["raw"]["id"]
    assert user["email"] == user["raw"]["email"]
    assert TENANT_ID in {tenant["id"] for tenant in user["tenants"]}
    assert "cartoncloud-02" in stack.calls("CARTONCLOUD")


def test_name_and_address_take_the_scope_for_personal_data(stack: Stack) -> None:
    answer = replace(stack.client, key=READER).ask(QUERY)
    user = answer["data"]["cartoncloud"]["userInfo"]
    assert (user["name"], user["email"], user["raw"]) == (None, None, None)
    assert user["tenants"]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"] * 3


def test_without_settings_it_says_so(stack: Stack) -> None:
    with stack.newcomer(GATEWAY_CARTONCLOUD__CLIENT_ID="") as client:
        answer = client.ask("{ cartoncloud { userInfo { id } } }")
    assert answer["data"] == {"cartoncloud": {"userInfo": None}}
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("BACKEND_NOT_CONFIGURED", ["cartoncloud", "userInfo"])
