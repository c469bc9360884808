"""WebhookInstructions: what staff have to be asked for is told whole, but for the secret."""

from gateway.ports import WebhookInstructions
from tests.conformance.subject import Subject
from tests.secrets import found_in

PORT = WebhookInstructions


async def test_the_address_is_told_and_no_secret(subject: Subject) -> None:
    told = subject.backend.webhook_instructions("https://gateway.example.com")
    assert f"https://gateway.example.com/webhooks/{subject.name.lower()}" in told
    assert f"GATEWAY_{subject.name}__WEBHOOK" in told
    assert not found_in(told)
