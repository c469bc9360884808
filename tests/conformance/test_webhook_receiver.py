"""WebhookReceiver: what comes by itself is known by its secret, stored once, and cannot do harm."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from gateway.backends import backend_class
from gateway.errors import BackendError
from gateway.ports import Synchronised, WebhookReceiver
from tests.conformance.distorted import distorted
from tests.conformance.known import by_id, everything
from tests.conformance.questions import answers
from tests.conformance.subject import Subject, Webhook, new_resources
from tests.secrets import WRONG, found_in

PORT = WebhookReceiver

ODD_BODIES = {
    "nothing": b"", "null": b"null", "a list": b"[]", "a number": b"7", "a text": b'"x"', "an empty object": b"{}",
    "cut": b'{"id": "1', "no UTF-8": b'{"id": "\xff\xfe"}', "a form": b"id=1&x=2", "depth": b"[" * 100_000,
    "an object's depth": b'{"a":' * 100_000, "a huge number": b'{"id": 1e999999, "version": 123456789012345678901234567890}',
    "odd members": b'{"id": {"id": [null]}, "type": 7, "version": "x", "status": [], "items": {}, "details": 1}',
    "a lone surrogate": rb'{"id": "\ud800"}', "a null character": rb'{"id": "a\u0000b"}',
}  # fmt: skip


async def test_a_webhook_that_comes_again_changes_nothing(subject: Subject) -> None:
    assert subject.webhooks
    for webhook in list(subject.webhooks):
        assert await webhook.status(subject.backend) == 200
    assert by_id(await everything(subject.backend)) == by_id(subject.known)


async def test_what_is_known_does_not_depend_on_the_order_in_which_webhooks_came(subject: Subject) -> None:
    async with subject.another(fresh=True) as new:
        for webhook in [*reversed(subject.webhooks), *subject.webhooks[:3]]:
            assert await webhook.status(new) == 200
        if isinstance(new, Synchronised):
            await new.synchronise()
        assert by_id(await everything(new)) == by_id(subject.known)


@pytest.mark.parametrize("given", [None, WRONG, "", "ÿ"])
async def test_without_its_secret_a_webhook_is_refused_and_not_stored(subject: Subject, given: str | None) -> None:
    """It stands in a header, or in the address: that with another secret is one that nobody has."""
    (webhook, *_) = subject.webhooks
    secret = [name for name, value in webhook.headers.items() if found_in(value)]
    in_address = bool(found_in(webhook.secret))
    assert secret or in_address
    headers = {name: given or "" for name in secret if given is not None}
    others = {name: value for name, value in webhook.headers.items() if name not in secret}
    wrong = Webhook(others | headers, webhook.query, webhook.body, (given or "") if in_address else webhook.secret)
    with new_resources(subject.home) as resources:
        made = backend_class(subject.name)(subject.settings(), resources)
        assert await wrong.status(made) == (404 if in_address else 401)
        await made.close()
        assert await resources.inbox.counts() == {}


async def test_where_no_secret_is_set_there_is_no_such_address(subject: Subject) -> None:
    fields = type(subject.settings()).model_fields
    secrets: dict[str, Any] = {
        name: "" for name, field in fields.items() if name.startswith("webhook") and field.annotation is SecretStr
    }
    assert secrets
    (webhook, *_) = subject.webhooks
    async with subject.another(**secrets) as open_to_none:
        for secret in (webhook.secret, ""):
            assert await replace(webhook, secret=secret).status(open_to_none) == 404


@pytest.mark.parametrize("body", ODD_BODIES)
async def test_what_nobody_can_read_is_refused_or_kept_and_does_no_harm(subject: Subject, body: str) -> None:
    (webhook, *_) = subject.webhooks
    odd: Mapping[str, Any] = {"": "", "type": "\u0000", "x": "ÿ"}
    for query in ({}, odd):
        status = await Webhook(webhook.headers, query, ODD_BODIES[body], webhook.secret).status(subject.backend)
        assert status in (200, 400, 413, 422)
    assert by_id(await everything(subject.backend)) == by_id(subject.known)


@pytest.mark.parametrize("seed", range(3))
async def test_odd_values_in_a_webhook_are_kept_or_refused_and_do_no_harm(subject: Subject, seed: int) -> None:
    async with subject.another(fresh=True) as new:
        for webhook in list(subject.webhooks):
            odd = replace(webhook, body=distorted(webhook.body, seed))
            assert await odd.status(new) in (200, 400, 422)
        if isinstance(new, Synchronised):
            await new.synchronise()
        for answer in (await answers(new, subject.known)).values():
            assert isinstance(answer, BackendError | dict | list | int | None)
