"""`gateway transactions`: looking at transactions, repeating and stopping them, on the terminal."""

import argparse
import asyncio
import sys
from collections.abc import Iterator

from gateway.app import Gateway, open_gateway
from gateway.errors import DatabaseUnavailable
from gateway.principal import Principal, Scope
from gateway.settings import Settings
from gateway.transactions.facts import Item, Step, Transaction, TransactionError, TransactionStatus
from gateway.transactions.ledger import Wanted

_OPERATOR = Principal("operator", frozenset(Scope))
"""Whoever can open the database may see and do everything in it."""

_OF_ONE = {"show": "steps, items and errors", "retry": "begin what failed again", "cancel": "stop what was not sent"}
_RESEND = "also what may or may not have taken effect: look before you do"


class UnknownTransaction(Exception):
    """There is no such transaction. The message is one line with the mend."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said behind `gateway transactions`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="the newest first")
    listing.add_argument("--status", action="append", type=str.upper, choices=list(TransactionStatus), help="only these")
    listing.add_argument("--operation", action="append", metavar="MUTATION", help="only these, such as createOrders")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most (default 20)")
    for name, text in _OF_ONE.items():
        action = actions.add_parser(name, help=text)
        action.add_argument("handle", metavar="HANDLE")
        if name != "cancel":
            action.add_argument("--watch", action="store_true", help="follow it until it has ended")
        if name == "retry":
            action.add_argument("--resend-unknown", action="store_true", help=_RESEND)


def run_transactions(settings: Settings, options: argparse.Namespace) -> int:
    """1 for a transaction that did not succeed. Raises UnknownTransaction."""
    with open_gateway(settings) as gateway:
        try:
            return asyncio.run(_run(gateway, options))
        except DatabaseUnavailable as error:
            print(f"gateway: {error.message}", file=sys.stderr)
            return 2


async def _run(gateway: Gateway, options: argparse.Namespace) -> int:
    try:
        if options.action == "list":
            return await _list(gateway, options)
        return await _one(gateway, options)
    finally:
        await gateway.registry.close()


async def _list(gateway: Gateway, options: argparse.Namespace) -> int:
    wanted = Wanted(
        statuses=frozenset(map(TransactionStatus, options.status)) if options.status else None,
        operations=frozenset(options.operation) if options.operation else None,
    )
    found = await gateway.desk.listed(_OPERATOR, wanted, None, max(1, options.limit))
    for transaction in found.transactions:
        print(_line(transaction))
    print(f"{len(found.transactions)} of {found.total}")
    return 0


async def _one(gateway: Gateway, options: argparse.Namespace) -> int:
    desk, handle = gateway.desk, options.handle
    match options.action:
        case "retry":
            found = await desk.retry(_OPERATOR, handle, resend_unknown=options.resend_unknown)
        case "cancel":
            found = await desk.cancel(_OPERATOR, handle)
        case _:
            found = await desk.find(_OPERATOR, handle)
    if found is None:
        raise UnknownTransaction(f"{handle}: there is no transaction with this handle; `gateway transactions list` has them")
    if getattr(options, "watch", False):
        async for seen in desk.watch(_OPERATOR, handle):
            found = seen
            print(_line(seen), flush=True)
    for line in _told(found):
        print(line)
    unsuccessful = (TransactionStatus.FAILED, TransactionStatus.UNKNOWN, TransactionStatus.PARTIALLY_COMPLETED)
    return 1 if found.status in unsuccessful else 0


def _line(transaction: Transaction) -> str:
    progress = f"{transaction.progress.done}/{transaction.progress.total}"
    at = transaction.submitted_at.isoformat(timespec="seconds")
    return (
        f"{transaction.handle}  {at}  {transaction.operation:24} {transaction.status:20} {progress:>7}  by {transaction.caller}"
    )


def _told(transaction: Transaction) -> Iterator[str]:
    yield _line(transaction)
    for step in transaction.steps:
        yield _step(step)
    for item in transaction.items:
        yield _item(item)
        yield from (_error(error) for error in item.errors)
    for step in transaction.steps:
        if step.completed_at is None:
            yield from (f"  step {step.id} waits: {error.message}" for error in step.errors)


def _step(step: Step) -> str:
    handle = f", the backend's handle {step.backend_handle}" if step.backend_handle else ""
    items = ", ".join(map(str, step.items))
    return f"  step {step.id}: {step.backend.label}, {step.status}, sent {step.attempts} times, items {items}{handle}"


def _item(item: Item) -> str:
    record = f", {item.record.type} {item.record.backend_id}" if item.record else ""
    return f"  item {item.index}: {item.backend.label}, {item.status}{record}"


def _error(error: TransactionError) -> str:
    return f"    {error.code}: {error.message}"
