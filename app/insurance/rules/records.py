"""What every act on an insurance rule needs: the row, who may act on it, a second person, and what the audit keeps."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import NotFound
from app.insurance.rules.errors import SecondPersonNeeded
from app.insurance.rules.keys import format_decimal
from app.models.audit.audit_event import AuditEvent
from app.models.insurance.insurance_rule import InsuranceRule
from app.tenancy.errors import OutsideScope


async def require_rule(db: AsyncSession, rule_id: UUID) -> InsuranceRule:
    """Find one rule. Raises: NotFound."""
    row = (await db.exec(select(InsuranceRule).where(InsuranceRule.id == rule_id))).first()
    if row is None:
        raise NotFound
    return row


async def lock_rule(db: AsyncSession, actor: Actor, rule_id: UUID) -> InsuranceRule:
    """Find and lock a rule that the actor may change, as it is then. Raises: NotFound, OutsideScope."""
    row = await require_rule(db, rule_id)
    check_scope(actor, row.province_code)
    await db.refresh(row, with_for_update={"key_share": True})
    return row


def check_scope(actor: Actor, province_code: str | None) -> None:
    """Check that the national level writes the state's values, a province its own. Raises: OutsideScope."""
    if not actor.all_networks or not actor.covers(province_code, None):
        raise OutsideScope("/province_code")


async def check_second_person(
    db: AsyncSession, actor: Actor, proposed_by: UUID | None, proposed_at: datetime
) -> None:
    """Check that another person confirms than proposed: an account that this one made, or whose rights or password
    they set, since then is no other. proposed_by: None for what came with the program. Raises: SecondPersonNeeded."""
    if proposed_by is None:
        return
    stmt = select(AuditEvent.id).where(
        AuditEvent.subject_id == actor.id,
        AuditEvent.actor_id == proposed_by,
        AuditEvent.subject_kind == "user",
        col(AuditEvent.at) >= proposed_at,
    )
    if actor.id == proposed_by or (await db.exec(stmt.limit(1))).first() is not None:
        raise SecondPersonNeeded


def drop_proposed_end(row: InsuranceRule) -> None:
    """Forget the end that was proposed."""
    row.end_proposed_to = row.end_proposed_by = row.end_proposed_at = None


def audit_data(row: InsuranceRule) -> dict[str, str | None]:
    """What the audit keeps of a rule."""
    days = ("valid_from", "valid_to", "confirmed_to", "end_proposed_to")
    return {
        "key": row.key,
        "value": format_decimal(row.value),
        **{name: day.isoformat() if (day := getattr(row, name)) else None for name in days},
        "status": row.status,
    }
