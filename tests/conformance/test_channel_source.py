"""ChannelSource: the sales channels."""

from gateway.ports import ChannelSource
from tests.conformance.known import plain
from tests.conformance.subject import Subject

PORT = ChannelSource


async def test_a_channel_is_whole(subject: Subject) -> None:
    channels = await subject.backend.sales_channels()
    assert channels
    assert len({channel.channel_id for channel in channels}) == len(channels)
    for channel in channels:
        assert channel.backend is subject.name
        assert channel.channel_id.strip() == channel.channel_id != ""


async def test_every_order_was_taken_by_a_channel_that_is_known(subject: Subject) -> None:
    known = {channel.channel_id for channel in await subject.backend.sales_channels()}
    assert {order.channel_id for order in subject.known.orders if order.channel_id} <= known


async def test_the_channels_are_the_same_whenever_they_are_asked_for(subject: Subject) -> None:
    first, second = [await subject.backend.sales_channels() for _ in range(2)]
    assert sorted(map(repr, plain(first))) == sorted(map(repr, plain(second)))
