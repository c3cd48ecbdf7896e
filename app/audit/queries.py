"""Selects over the audit."""

from datetime import timedelta

from sqlalchemy import true
from sqlmodel import and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.schemas import AuditFilter
from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.values.time import start_of_day
from app.models.audit.audit_event import AuditEvent

_EQUALITY_FILTERS = ("subject_id", "subject_kind", "event", "actor_id")


def select_visible_audit_events(actor: Actor) -> SelectOfScalar[AuditEvent]:
    """Select the events in the actor's network and places, and all events of the actor's own organisation."""
    network = true() if actor.all_networks else col(AuditEvent.network) == actor.network
    own = and_(network, col(AuditEvent.organisation_id) == actor.organisation_id)
    return select(AuditEvent).where(or_(visible_condition(actor, AuditEvent), own))


def select_audit_events(actor: Actor, filters: AuditFilter) -> SelectOfScalar[AuditEvent]:
    """Select the visible events that match the filters."""
    stmt = select_visible_audit_events(actor)
    for name in _EQUALITY_FILTERS:
        value = getattr(filters, name)
        if value is not None:
            stmt = stmt.where(getattr(AuditEvent, name) == value)
    if filters.first is not None:
        stmt = stmt.where(col(AuditEvent.at) >= start_of_day(filters.first))
    if filters.last is not None:
        end = start_of_day(filters.last + timedelta(days=1))
        stmt = stmt.where(col(AuditEvent.at) < end)
    return stmt
