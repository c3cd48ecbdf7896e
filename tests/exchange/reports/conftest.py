"""A scene with and without payments."""

from typing import Any

import pytest

from tests.exchange.reports.scene import Scene, pay_november
from tests.world import World


@pytest.fixture
async def scene(world: World, app: Any) -> Scene:
    """Nobody has paid yet."""
    return await Scene.create(world, app)


@pytest.fixture
async def november(scene: Scene) -> Scene:
    """Seven payments of the province, one of the other province, one refund."""
    await pay_november(scene)
    return scene
