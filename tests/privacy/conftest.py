"""Fixtures of the tests about personal data."""

from typing import Any

import pytest

from tests.privacy.request_scenario import PrivacyScenario
from tests.world import World


@pytest.fixture
async def privacy(world: World, client: Any) -> PrivacyScenario:
    return await PrivacyScenario.create(world, client)
