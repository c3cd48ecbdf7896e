"""Selects over the audit."""

from datetime import datetime, time, timedelta

from sqlalchemy import true
from sqlmodel import and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.schemas import AuditFilter
from app.auth.actor import Actor
from app.auth.scope import visible
from app.core.time import VIET_NAM
from app.models.audit_event import AuditEvent

_SAME = ("subject_id", "subject_kind", "event", "actor_id")


def visible_events(actor: Actor) -> SelectOfScalar[AuditEvent]:
    """What happened in the actor's network and places, and what their own organisation did wherever it was."""
    network = true() if actor.all_networks else col(AuditEvent.network) == actor.network
    own = and_(network, col(AuditEvent.organisation_id) == actor.organisation_id)
    return select(AuditEvent).where(or_(visible(actor, AuditEvent), own))


def listed(actor: Actor, wanted: AuditFilter) -> SelectOfScalar[AuditEvent]:
    """The visible ones that the filters leave."""
    stmt = visible_events(actor)
    for name in _SAME:
        value = getattr(wanted, name)
        if value is not None:
            stmt = stmt.where(getattr(AuditEvent, name) == value)
    if wanted.first is not None:
        stmt = stmt.where(col(AuditEvent.at) >= datetime.combine(wanted.first, time(), VIET_NAM))
    if wanted.last is not None:
        end = datetime.combine(wanted.last + timedelta(days=1), time(), VIET_NAM)
        stmt = stmt.where(col(AuditEvent.at) < end)
    return stmt
