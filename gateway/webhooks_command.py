"""`gateway webhooks`: who is told by the backends of what changes there, on the terminal."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from gateway.app import open_gateway
from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.ports import BackendPort, RegisteredWebhook, WebhookInstructions, WebhookRegistrar
from gateway.registry import Registry
from gateway.settings import Settings


class NothingToDo(Exception):
    """What was asked for cannot be done. The message is one line with the mend."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said behind `gateway webhooks`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    registering = actions.add_parser("register", help="have them sent to this gateway; done again it changes nothing")
    registering.add_argument(
        "url", metavar="URL", help="where backends reach this gateway, such as https://gateway.example.com"
    )
    listing = actions.add_parser("list", help="all that are sent, to whomever; addresses without their secrets")
    removing = actions.add_parser("remove", help="remove those with this gateway's secret, or those of these ids")
    removing.add_argument("id", nargs="*", metavar="ID", help="as `gateway webhooks list` shows them")
    for action in (registering, listing, removing):
        action.add_argument("--backend", choices=[name.lower() for name in Backend], help="only this backend's")


def run_webhooks(settings: Settings, options: argparse.Namespace) -> int:
    """1 where a backend did not do it. Raises NothingToDo."""
    with open_gateway(settings) as gateway:
        return asyncio.run(_run(gateway.registry, options))


async def _run(registry: Registry, options: argparse.Namespace) -> int:
    try:
        failed = 0
        for backend in _asked(registry, options.backend):
            try:
                await _act(backend, options)
            except GatewayError as error:
                failed = 1
                print(f"{backend.name.label}: {error.message}", file=sys.stderr)
        return failed
    finally:
        await registry.close()


def _asked(registry: Registry, named: str | None) -> list[BackendPort]:
    wanted = [Backend(named.upper())] if named else list(Backend)
    found = [each for each in registry.configured if each.name in wanted]
    sending: list[BackendPort] = [each for each in found if isinstance(each, WebhookRegistrar | WebhookInstructions)]
    if not sending:
        raise NothingToDo("no backend that sends webhooks is configured; `gateway doctor` tells what is missing")
    return sending


async def _act(backend: BackendPort, options: argparse.Namespace) -> None:
    gateway = _origin(options.url) if options.action == "register" else ""
    if isinstance(backend, WebhookRegistrar):
        for line in [line async for line in _lines(backend, options, gateway)]:
            print(f"{backend.name.label}: {line}")
    elif isinstance(backend, WebhookInstructions):
        told = "set up, shown and removed by its staff; `gateway webhooks register URL` tells what to ask them for"
        print(backend.webhook_instructions(gateway) if gateway else f"{backend.name.label}: {told}")


async def _lines(backend: WebhookRegistrar, options: argparse.Namespace, gateway: str) -> AsyncIterator[str]:
    match options.action:
        case "register":
            yield f"registered {_line(await backend.register_webhook(gateway))}"
        case "list":
            found = await backend.webhooks()
            for webhook in found:
                yield _line(webhook)
            if not found:
                yield "sends none"
        case _:
            known = await backend.webhooks()
            gone = [each for each in known if (each.id in options.id if options.id else each.ours)]
            for webhook in gone:
                await backend.remove_webhook(webhook.id)
                yield f"removed {_line(webhook)}"
            if not gone:
                yield "has none of these"


def _line(webhook: RegisteredWebhook) -> str:
    whose = "  (this gateway's secret)" if webhook.ours else ""
    return f"{webhook.id}  {webhook.address}  {', '.join(webhook.topics) or 'of nothing'}{whose}"


def _origin(url: str) -> str:
    """The address without a slash at its end. Raises NothingToDo."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise NothingToDo("give the address under which backends reach this gateway, such as https://gateway.example.com")
    return url.rstrip("/")
