"""CartonCloudReads: who the gateway is there."""

from gateway.own.cartoncloud import User
from gateway.ports import CartonCloudReads
from tests.conformance.subject import Subject

PORT = CartonCloudReads


async def test_the_user_is_told_with_all_tenants(subject: Subject) -> None:
    user = await subject.backend.user_info()
    assert isinstance(user, User)
    assert user.id
    assert subject.settings().model_dump()["tenant_id"] in {tenant.id for tenant in user.tenants}
    assert user.raw
    assert user.email is None or user.email not in repr(user)
