"""The progress of a target: counted from the books at the moment of asking, never stored."""

from datetime import date
from decimal import Decimal

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.campaigns.metrics import Metric
from app.core.errors import Words
from app.core.language import Language
from app.core.values.time import today
from app.models.campaigns.target import Target
from app.stats.progress import queries, rules
from app.stats.progress.rules import BookSource, Counting
from app.stats.progress.schemas import TargetProgressOut
from app.stats.rules import is_suppressed


async def count_progress(
    db: AsyncSession, actor: Actor, target: Target, language: Language
) -> TargetProgressOut:
    """Count how far a target is reached, of what the actor sees; fewer than five people are hidden from who may not
    see people."""
    last = min(today(), target.period_to)
    counted, suppressed = None, False
    note = _find_obstacle(target)
    if note is None:
        number, people = await _count(db, actor, target, last)
        suppressed = is_suppressed(people, suppress=not actor.has_permission(Permission.MEMBER_READ))
        counted = None if suppressed else Decimal(number)
    return TargetProgressOut(
        target_id=target.id,
        metric=Metric(target.metric),
        unit=target.unit,
        value=target.value,
        counted=counted,
        completion=None if counted is None else rules.compute_completion(counted, target.value),
        date_from=target.period_from,
        date_to=last,
        suppressed=suppressed,
        note=None if note is None else note.in_language(language),
    )


def _find_obstacle(target: Target) -> Words | None:
    """Why the books do not tell it; None when they do."""
    counting = rules.COUNTED_METRICS.get(Metric(target.metric))
    if counting is None or target.unit not in counting.units:
        return rules.NOT_COUNTED
    if target.campaign_id is not None:
        return rules.NOT_OF_CAMPAIGN
    if target.for_user_id is not None and counting.source is not BookSource.PAYMENTS:
        return rules.NOT_OF_PERSON
    return None


async def _count(db: AsyncSession, actor: Actor, target: Target, last: date) -> tuple[int, int]:
    """Count what the target is about, and how many people that tells of; nothing before the period begins."""
    if last < target.period_from:
        return 0, 0
    counting: Counting = rules.COUNTED_METRICS[Metric(target.metric)]
    match counting.source:
        case BookSource.PAYMENTS:
            return await queries.count_payers(db, actor, target, counting, last)
        case BookSource.MEMBERSHIPS:
            return await queries.count_target_members(db, actor, target, last)
        case BookSource.LEDGER:
            return await queries.sum_saved(db, actor, target, last)
        case BookSource.GROUPS:
            return await queries.count_target_groups(db, actor, target, last)
