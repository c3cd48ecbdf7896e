"""Figures and targets as printed: entered one by one, each by who may record it."""

from app.auth.actor import Actor
from app.campaigns.observation_schemas import ObservationIn
from app.campaigns.observation_service import record_observation
from app.campaigns.target_schemas import TargetIn
from app.campaigns.target_service import set_target
from app.demo.cases import figures_north, figures_south, targets
from app.demo.stage import Stage, key


async def enter(stage: Stage) -> None:
    """All figures, then all targets."""
    actor: Actor | None = None
    for figure in sorted([*figures_north.FIGURES, *figures_south.FIGURES], key=lambda one: one.by):
        if actor is None or actor.name != figure.by:
            actor = await stage.acting(figure.by)
        body = ObservationIn(id=key("observation", figure.name), **figure.columns)
        await record_observation(stage.db, actor, body)
    for target in sorted(targets.TARGETS, key=lambda one: one.by):
        if actor is None or actor.name != target.by:
            actor = await stage.acting(target.by)
        await set_target(stage.db, actor, TargetIn(id=key("target", target.name), **target.columns))
