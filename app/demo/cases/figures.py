"""Figures and targets as printed: entered one by one, each by who may record it."""

from app.auth.actor import Actor
from app.campaigns.observations.schemas import ObservationIn
from app.campaigns.observations.service import record_observation
from app.campaigns.targets.schemas import TargetIn
from app.campaigns.targets.service import create_target
from app.demo.cases import figures_north, figures_south, targets
from app.demo.context import DemoContext, demo_id


async def load(context: DemoContext) -> None:
    """Load all figures, then all targets."""
    actor: Actor | None = None
    for figure in sorted(
        [*figures_north.FIGURES, *figures_south.FIGURES], key=lambda figure: figure.entered_by
    ):
        if actor is None or actor.name != figure.entered_by:
            actor = await context.act_as(figure.entered_by)
        body = ObservationIn(id=demo_id("observation", figure.name), **figure.columns)
        await record_observation(context.db, actor, body)
    for target in sorted(targets.TARGETS, key=lambda target: target.entered_by):
        if actor is None or actor.name != target.entered_by:
            actor = await context.act_as(target.entered_by)
        await create_target(context.db, actor, TargetIn(id=demo_id("target", target.name), **target.columns))
