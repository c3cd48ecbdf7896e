"""Who sets up a second factor, and when."""

import pytest

from tests.auth.login_helpers import set_password
from tests.routers.tenancy.second_factor.steps import Clock
from tests.world import Login, World


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def admin(world: World) -> Login:
    """A union's administrator with a password."""
    login = await world.user(await world.unit("womens_union"), "union_admin")
    await set_password(world.owner, login)
    return login
