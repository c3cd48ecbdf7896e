"""What a list is asked for: the form fits, was in force on its day, and names what the actor may see."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import visible
from app.core.errors import FieldError, InvalidInput
from app.core.time import today
from app.exchange import export_errors as errors
from app.exchange.export_schemas import PRODUCTS, ExportForm, ExportIn
from app.exchange.export_sheets import OLD_LAYOUT
from app.exchange.report_schemas import ReportIn
from app.insurance.rulebook import Rulebook
from app.models.enrolment import Enrolment
from app.models.group import Group
from app.places.queries import with_predecessors
from app.savings.references import absent, one_of, seat_on

_OLD_FORMS: Final = (ExportForm.D05_TS,)
"""Forms that were in force before QĐ 366 as well."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What chooses the rows, found."""

    group_id: UUID | None
    communes: list[str] | None


def check_export(body: ExportIn) -> None:
    """Raises: InvalidInput with each wrong field."""
    found = []
    if body.list_date > today():
        found.append(FieldError("/list_date", *errors.IN_FUTURE))
    if body.product not in (None, PRODUCTS[body.form]):
        found.append(FieldError("/product", *errors.NOT_OF_FORM))
    if body.paid_from and body.paid_to and body.paid_to < body.paid_from:
        found.append(FieldError("/paid_to", *errors.ENDS_BEFORE))
    if body.form is ExportForm.TK1_TS and len(set(body.enrolment_ids or ())) != 1:
        found.append(FieldError("/enrolment_ids", *errors.ONE_ENROLMENT))
    if found:
        raise InvalidInput(errors=found)


def layout_of(book: Rulebook, body: ExportIn | ReportIn) -> int:
    """The number of the decision whose forms are used on the list's day. Raises: InvalidInput at /list_date."""
    rule, _ = book.on("forms_decision", body.list_date)
    if rule is None or (rule.value == OLD_LAYOUT and body.form not in _OLD_FORMS):
        raise InvalidInput(errors=[FieldError("/list_date", *errors.NOT_IN_FORCE)])
    return int(rule.value)


async def filters_of(db: AsyncSession, actor: Actor, body: ExportIn) -> Filters:
    """What the body names. Raises: NotFound with its pointer, OutsideScope for a place."""
    group_id = await _group_id(db, actor, body)
    communes = None
    if body.commune_code is not None:
        await seat_on(db, actor, body.commune_code, body.list_date, "/commune_code")
        communes = sorted(await with_predecessors(db, [body.commune_code]))
    if body.enrolment_ids is not None:
        wanted = visible(actor, Enrolment), col(Enrolment.id).in_(body.enrolment_ids)
        there = set((await db.exec(select(Enrolment.id).where(*wanted))).all())
        for index, one in enumerate(body.enrolment_ids):
            if one not in there:
                raise absent(f"/enrolment_ids/{index}")
    return Filters(group_id, communes)


async def _group_id(db: AsyncSession, actor: Actor, body: ExportIn) -> UUID | None:
    pointer = one_of(body.group_id, body.group_code, "group")
    if pointer is None:
        return None
    named = Group.id == body.group_id if body.group_id is not None else Group.code == body.group_code
    found = (await db.exec(select(Group.id).where(visible(actor, Group), named))).first()
    if found is None:
        raise absent(pointer)
    return found
