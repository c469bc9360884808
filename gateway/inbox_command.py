"""`gateway inbox`: what backends sent us by themselves, what became of it, and having it dealt with once more."""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from gateway.app import Gateway, open_gateway
from gateway.errors import DatabaseUnavailable
from gateway.inbox.letters import Inbox, Letter
from gateway.models import Backend
from gateway.readmodel.store import MessageState
from gateway.settings import Settings

_ALL = 1_000_000


class UnknownLetter(Exception):
    """There is no such message, or nothing was named. The message is one line with the mend."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said behind `gateway inbox`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="messages, the newest first, without what they say")
    states = [state.lower() for state in MessageState]
    listing.add_argument("--state", action="append", choices=states, help="only these; dead: given up (default: all)")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most (default 20)")
    showing = actions.add_parser("show", help="one message and what it says, personal data included")
    showing.add_argument("id", type=int, metavar="ID")
    replaying = actions.add_parser("replay", help="have messages dealt with once more, by the background work")
    replaying.add_argument("id", type=int, nargs="*", metavar="ID")
    replaying.add_argument("--dead", action="store_true", help="all that were given up")
    for action in (listing, replaying):
        action.add_argument(
            "--backend", action="append", choices=[name.lower() for name in Backend], help="only those of these backends"
        )


def run_inbox(settings: Settings, options: argparse.Namespace) -> int:
    """Raises UnknownLetter."""
    with open_gateway(settings) as gateway:
        try:
            return asyncio.run(_run(gateway, options))
        except DatabaseUnavailable as error:
            print(f"gateway: {error.message}", file=sys.stderr)
            return 2


async def _run(gateway: Gateway, options: argparse.Namespace) -> int:
    try:
        match options.action:
            case "list":
                return await _list(gateway.inbox, options)
            case "show":
                return await _show(gateway.inbox, options.id)
            case _:
                return await _replay(gateway.inbox, options)
    finally:
        await gateway.registry.close()


async def _list(inbox: Inbox, options: argparse.Namespace) -> int:
    states = [MessageState(state.upper()) for state in options.state or MessageState]
    for letter in await inbox.listed(states, _backends(options), max(1, options.limit)):
        print(_line(letter))
    counts = await inbox.counts()
    told = (f"{sum(n for (_, state), n in counts.items() if state is each)} {each.lower()}" for each in MessageState)
    print(f"in all: {', '.join(told)}")
    return 0


async def _show(inbox: Inbox, letter_id: int) -> int:
    letter = await _found(inbox, letter_id)
    print(_line(letter))
    times = {"to be tried at": letter.due_at, "dealt with or given up at": letter.handled_at}
    for label, at in times.items():
        if at is not None:
            print(f"{label} {at.isoformat(timespec='seconds')}")
    print(letter.body)
    return 0


async def _replay(inbox: Inbox, options: argparse.Namespace) -> int:
    ids: Sequence[int] = [(await _found(inbox, letter_id)).id for letter_id in options.id]
    if options.dead:
        ids = [*ids, *(letter.id for letter in await inbox.listed([MessageState.DEAD], _backends(options), _ALL))]
    if not (options.id or options.dead):
        raise UnknownLetter("name the messages by their ids, or say --dead; `gateway inbox list` has them")
    print(f"{await inbox.replay(ids)} to be dealt with once more")
    return 0


async def _found(inbox: Inbox, letter_id: int) -> Letter:
    letter = await inbox.find(letter_id)
    if letter is None:
        raise UnknownLetter(f"{letter_id}: there is no message with this id; `gateway inbox list` has them")
    return letter


def _backends(options: argparse.Namespace) -> list[Backend]:
    return [Backend(name.upper()) for name in options.backend] if options.backend else list(Backend)


def _line(letter: Letter) -> str:
    at = letter.received_at.isoformat(timespec="seconds")
    came = "" if letter.times == 1 else f"  came {letter.times} times"
    tried = f"  tried {letter.attempts} times" if letter.attempts > 1 else ""
    problem = f"  {letter.problem}" if letter.problem else ""
    return f"{letter.id:>8}  {at}  {letter.backend:11} {letter.type or '-':24} {letter.state:7}{came}{tried}{problem}"
