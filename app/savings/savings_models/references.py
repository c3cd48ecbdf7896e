"""Resolve the savings model that a body refers to."""

from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.values.references import choose_pointer, reference_not_found
from app.models.savings.savings_model import SavingsModel
from app.savings.savings_models.queries import select_readable_models


async def resolve_savings_model(
    db: AsyncSession, actor: Actor, model_id: UUID | None, model_code: str | None
) -> SavingsModel | None:
    """Resolve the savings model that a body names, of the actor's own network; None when it names none.

    Raises: NotFound with the field's pointer.
    """
    pointer = choose_pointer(model_id, model_code, "model")
    if pointer is None:
        return None
    condition = (
        col(SavingsModel.id) == model_id if model_id is not None else col(SavingsModel.code) == model_code
    )
    model = (
        await db.exec(select_readable_models(actor).where(condition, SavingsModel.network == actor.network))
    ).first()
    if model is None:
        raise reference_not_found(pointer)
    return model
