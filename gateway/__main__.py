"""The command `gateway`: what each subcommand does, in plain words."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from gateway.authorize import NotAuthorized, run_authorize
from gateway.background import run_worker
from gateway.demo import DemoFailed, run_demo
from gateway.doctor import run_doctor
from gateway.imports import InvalidImport, run_import
from gateway.inbox_command import UnknownLetter, run_inbox
from gateway.inbox_command import add_arguments as add_inbox_arguments
from gateway.models import Backend
from gateway.operations_command import run_operations
from gateway.sandbox.server import HOST, PortTaken, environment, load_sandboxes, serve
from gateway.sandbox.world import make_world
from gateway.serve import run_server
from gateway.settings import InvalidSettings, Settings
from gateway.telemetry import configure_logging
from gateway.transactions_command import UnknownTransaction, add_arguments, run_transactions
from gateway.webhooks_command import NothingToDo, run_webhooks
from gateway.webhooks_command import add_arguments as add_webhook_arguments
from schema import build_schema


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; gives the exit code. What a user can mend is one line on the error output."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    configure_logging()
    try:
        return run(options)
    except (
        InvalidSettings,
        InvalidImport,
        NotAuthorized,
        PortTaken,
        DemoFailed,
        NothingToDo,
        UnknownLetter,
        UnknownTransaction,
    ) as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    description = "One GraphQL graph over Cenports, Centra, Centry and CartonCloud."
    parser = argparse.ArgumentParser(prog="gateway", description=description)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        command.set_defaults(run=run)
        return command

    demo = add("demo", _demo, "start the sandbox and a gateway on it, run one query across all four backends, then serve")
    demo.add_argument("--once", action="store_true", help="end after the query; exit 0 only if every backend answered")
    demo.add_argument("--without", metavar="BACKEND", help="leave one simulated system switched off, such as centry")
    serving = add("serve", _serve, "serve the graph on the settings in the environment")
    serving.add_argument("--no-worker", action="store_true", help="leave the background work to another process")
    add("worker", _worker, "do only the background work: transactions, event queues, the index of the catalogues")
    sandbox = add("sandbox", _sandbox, "run the four simulated backends alone")
    sandbox.add_argument("--seed", type=int, default=1, help="another seed is another world (default 1)")
    sandbox.add_argument("--orders", type=int, default=200, help="orders in each shop system (default 200)")
    sandbox.add_argument("--env", action="store_true", help="print the settings that reach them, for a file .env, and end")
    sandbox.add_argument("--webhook-url", metavar="URL", help="where CartonCloud sends its webhooks (default: the gateway)")
    add("schema", _schema, "print the schema (SDL)")
    add("operations", _operations, "list as CSV every operation that a vendor documents, and the fields that reach it")
    add("doctor", _doctor, "tell of each backend whether it is configured, reachable and lets the gateway in; 1 if one is not")
    authorizing = add("authorize", _authorize, "exchange a code that a backend's staff gave for the first tokens")
    authorizing.add_argument("backend", choices=[name.lower() for name in Backend], help="who gave it, such as centry")
    authorizing.add_argument("code", metavar="CODE", help="the authorization code; it is good once")
    add_arguments(add("transactions", _transactions, "list, show, retry and cancel transactions"))
    add_inbox_arguments(add("inbox", _inbox, "list, show and replay what backends sent by themselves"))
    add_webhook_arguments(add("webhooks", _webhooks, "have backends send their webhooks to this gateway, list and remove them"))
    importing = add("import", _import, "read records that are older than the gateway")
    importing.add_argument("backend", choices=[name.lower() for name in Backend], help="whose records")
    importing.add_argument(
        "file", metavar="FILE", help="one a line: kind and id (cartoncloud: inbound, outbound or consignment)"
    )
    return parser


def _demo(options: argparse.Namespace) -> int:
    logging.getLogger().setLevel(logging.ERROR)
    return run_demo(once=options.once, without=options.without)


def _serve(options: argparse.Namespace) -> int:
    return run_server(Settings.load(), worker=not options.no_worker)


def _worker(_options: argparse.Namespace) -> int:
    return run_worker(Settings.load())


def _transactions(options: argparse.Namespace) -> int:
    return run_transactions(Settings.load(), options)


def _inbox(options: argparse.Namespace) -> int:
    return run_inbox(Settings.load(), options)


def _webhooks(options: argparse.Namespace) -> int:
    return run_webhooks(Settings.load(), options)


def _schema(_options: argparse.Namespace) -> int:
    print(build_schema().as_str())
    return 0


def _operations(_options: argparse.Namespace) -> int:
    return run_operations()


def _doctor(_options: argparse.Namespace) -> int:
    return run_doctor(Settings.load())


def _authorize(options: argparse.Namespace) -> int:
    return run_authorize(Settings.load(), Backend(options.backend.upper()), options.code)


def _import(options: argparse.Namespace) -> int:
    return run_import(Settings.load(), Backend[options.backend.upper()], options.file)


def _sandbox(options: argparse.Namespace) -> int:
    told = {Backend.CARTONCLOUD: {"webhook_url": options.webhook_url}} if options.webhook_url else None
    systems = load_sandboxes(make_world(options.seed, options.orders), options=told)
    addresses = {name: f"http://{HOST}:{system.port}" for name, system in systems.items()}
    if options.env:
        for name, value in environment(systems, addresses).items():
            print(f"{name}={value}")
        return 0
    for name, address in addresses.items():
        print(f"{name:12} {address}{systems[name].path}", flush=True)
    with suppress(asyncio.CancelledError):
        asyncio.run(serve(systems))
    return 0


if __name__ == "__main__":
    sys.exit(main())
