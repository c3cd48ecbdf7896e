"""The report scenario with and without payments."""

from typing import Any

import pytest

from tests.forms.reports.scenario import ReportScenario, pay_in_november
from tests.world import World


@pytest.fixture
async def scenario(world: World, app: Any) -> ReportScenario:
    """The report scenario, before anybody has paid."""
    return await ReportScenario.create(world, app)


@pytest.fixture
async def paid_scenario(scenario: ReportScenario) -> ReportScenario:
    """The report scenario with seven payments of the province, one of the other province and one refund."""
    await pay_in_november(scenario)
    return scenario
