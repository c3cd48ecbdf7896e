"""Selects over the read audit."""

from datetime import timedelta

from sqlalchemy import true
from sqlmodel import and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.reads.schemas import ReadAuditFilter
from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.values.time import start_of_day
from app.models.audit.read_audit import ReadAudit

_EQUALITY_FILTERS = ("member_id", "actor_id", "act", "emergency_access_id")


def select_reads(actor: Actor, filters: ReadAuditFilter) -> SelectOfScalar[ReadAudit]:
    """Select what was seen in the actor's network and places, or by their own organisation, as the filters say."""
    network = true() if actor.all_networks else col(ReadAudit.network) == actor.network
    own = and_(network, col(ReadAudit.organisation_id) == actor.organisation_id)
    stmt = select(ReadAudit).where(or_(visible_condition(actor, ReadAudit), own))
    for name in _EQUALITY_FILTERS:
        value = getattr(filters, name)
        if value is not None:
            stmt = stmt.where(getattr(ReadAudit, name) == value)
    if filters.first is not None:
        stmt = stmt.where(col(ReadAudit.at) >= start_of_day(filters.first))
    if filters.last is not None:
        end = start_of_day(filters.last + timedelta(days=1))
        stmt = stmt.where(col(ReadAudit.at) < end)
    return stmt
