"""Fixtures of the tests about personal data."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.privacy.traces.service import search_traces
from tests.privacy.request_scenario import PrivacyScenario
from tests.world import World


@pytest.fixture
async def privacy(world: World, client: Any, app: FastAPI, owner: Any) -> PrivacyScenario:
    """A search waits for jobs that have not ended, and for other searches: what other tests left behind ends here."""
    await owner.execute("update job set status = 'failed', finished_at = now() where finished_at is null")
    await search_traces(app.state.database)
    return await PrivacyScenario.create(world, client)
