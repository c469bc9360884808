"""WebhookRegistrar: what is registered is sent, once however often it is registered, until it is removed."""

import pytest

from gateway.errors import BackendError
from gateway.ports import WebhookRegistrar
from tests.conformance.subject import Subject
from tests.secrets import found_in

PORT = WebhookRegistrar
GATEWAY = "https://gateway.example.com"


async def test_it_is_registered_once_shown_without_its_secret_and_removed(subject: Subject) -> None:
    backend, before = subject.backend, await subject.backend.webhooks()
    made = await backend.register_webhook(GATEWAY)
    assert await backend.register_webhook(GATEWAY) == made
    assert made.ours
    assert made.topics
    assert made.address.startswith(GATEWAY)

    shown = await backend.webhooks()
    assert sorted(shown, key=lambda each: each.id) == sorted([*before, made], key=lambda each: each.id)
    assert not found_in(str(shown))

    for _ in range(2):
        await backend.remove_webhook(made.id)
    assert list(await backend.webhooks()) == list(before)


async def test_a_backend_that_is_down_says_so(subject: Subject) -> None:
    subject.fault(status=503)
    for ask in (subject.backend.webhooks(), subject.backend.register_webhook(GATEWAY), subject.backend.remove_webhook("1")):
        with pytest.raises(BackendError):
            await ask
