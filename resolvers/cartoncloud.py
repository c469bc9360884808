"""Fields of what CartonCloud alone has."""

from gateway.models import Backend
from gateway.own.cartoncloud import User
from gateway.ports import CartonCloudReads
from resolvers import older
from resolvers.asks import Asks, Known, Need, Parents
from resolvers.context import Info


async def user_info(info: Info) -> User:
    try:
        return await info.context.sources.ask(Backend.CARTONCLOUD, CartonCloudReads, lambda port: port.user_info())
    finally:
        older.tell(info, Backend.CARTONCLOUD, CartonCloudReads)


def asks(_known: Known, _parents: Parents) -> Asks:
    """One question, whatever is asked of the answer."""
    return Asks(needs=[Need(port=CartonCloudReads, question="user_info", backends=[Backend.CARTONCLOUD])])
