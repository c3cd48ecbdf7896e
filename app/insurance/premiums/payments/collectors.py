"""Who took a direct customer's money (nhân viên thu), and whether the sources fit the enrolment."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput
from app.core.language import missing_field
from app.core.values.references import reference_not_found
from app.insurance.premiums import errors
from app.insurance.premiums.payments.schemas import DIRECT_KINDS, PremiumPaymentIn, PremiumSourceKind
from app.models.insurance.enrolment import Enrolment
from app.models.tenancy.user import User


def check_source_kinds(enrolment: Enrolment, body: PremiumPaymentIn) -> None:
    """Check that the money is a group's, or all of it a direct customer's. Raises: InvalidInput."""
    if enrolment.group_id is None:
        if any(source.kind not in DIRECT_KINDS for source in body.sources):
            raise InvalidInput(errors=[errors.ENROLMENT_WITHOUT_GROUP])
        return
    problems = [
        FieldError(f"/sources/{index}/kind", *errors.NOT_WITH_GROUP)
        for index, source in enumerate(body.sources)
        if source.kind in DIRECT_KINDS
    ]
    if problems:
        raise InvalidInput(errors=problems)


async def resolve_collector(db: AsyncSession, actor: Actor, body: PremiumPaymentIn) -> UUID | None:
    """Resolve who took the money: one person of the actor's organisation; None only for a partner's transfers.

    Raises: InvalidInput when it is nobody, more than one, or (for a treasurer or collector) somebody else; NotFound.
    """
    own_id = actor.id if actor.kind == "user" else None
    collectors = [source.collector_id or own_id for source in body.sources]
    for index, (source, collector) in enumerate(zip(body.sources, collectors, strict=True)):
        pointer = f"/sources/{index}/collector_id"
        if collector is None and source.kind is PremiumSourceKind.CASH:
            raise InvalidInput(errors=[missing_field(pointer)])
        if collector != collectors[0]:
            raise InvalidInput(errors=[FieldError(pointer, *errors.SEVERAL_COLLECTORS)])
        if actor.groups is not None and collector != actor.id:
            raise InvalidInput(errors=[FieldError(pointer, *errors.OTHER_COLLECTOR)])
    collector = collectors[0] if collectors else own_id
    if collector not in (None, own_id):
        stmt = select(User.id).where(
            User.id == collector,
            User.organisation_id == actor.organisation_id,
            col(User.disabled_at).is_(None),
        )
        if (await db.exec(stmt)).first() is None:
            raise reference_not_found("/sources/0/collector_id")
    return collector
