"""Replicate a savings model (nhân rộng) in another place or organisation."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.core.errors import InvalidInput
from app.core.values.ids import uuid7
from app.models.savings.savings_model import SavingsModel
from app.savings.references import resolve_owning_organisation
from app.savings.savings_models.schemas import ReplicaIn
from app.savings.savings_models.service import require_model, resolve_model_place, store_model

_COPIED = ("aliases", "mechanism", "details", "products", "partners", "description")


async def replicate_model(db: AsyncSession, actor: Actor, model_id: UUID, body: ReplicaIn) -> SavingsModel:
    """Copy a model that the actor can read to a place or organisation of theirs.

    The replica is of the actor's network, refers to its source, and has a code and a launch day of its own.
    Raises: NotFound (model, organisation), InvalidInput, OutsideScope, ModelCodeTaken, IdTaken.
    """
    source = await require_model(db, actor, model_id)
    if body.place_code is None and body.organisation_id is None and body.organisation_code is None:
        raise InvalidInput.at(
            "/place_code",
            "place_or_organisation",
            vi="Cần ghi địa danh hoặc tổ chức nhận nhân rộng.",
            en="Name the place or organisation to which the model is copied.",
        )
    organisation = await resolve_owning_organisation(db, actor, body.organisation_id, body.organisation_code)
    row = SavingsModel(
        **{name: getattr(source, name) for name in _COPIED},
        **await resolve_model_place(db, actor, organisation, body.place_code, body.launched_on),
        id=body.id or uuid7(),
        code=body.code or "",
        name=body.name or source.name,
        network=actor.network,
        organisation_id=organisation.id,
        launched_on=body.launched_on,
        replicated_from_id=source.id,
    )
    compared = ["name", "place_code", "launched_on", "replicated_from_id"]
    return await store_model(db, actor, row, Event.MODEL_REPLICATED, compared, body.id)
