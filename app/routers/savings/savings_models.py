"""Savings models (mô hình tiết kiệm an sinh)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.if_match import IfMatch
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.paging import Page
from app.models.savings.savings_model import SavingsModel
from app.savings.model_summaries.schemas import ModelSummaryOut
from app.savings.model_summaries.service import summarise_model
from app.savings.savings_models import service
from app.savings.savings_models.replicate import replicate_model
from app.savings.savings_models.schemas import ModelFilter, ModelIn, ModelOut, ModelPatch, ReplicaIn

router = StrictRouter(prefix="/v1/savings-models", tags=["savings-models"])

Reader = Annotated[Actor, Depends(Require(Permission.MODEL_READ))]
Manager = Annotated[Actor, Depends(Require(Permission.MODEL_MANAGE))]
Analyst = Annotated[Actor, Depends(Require(Permission.STATS_READ))]


def _to_response(row: SavingsModel, response: Response) -> ModelOut:
    response.headers["ETag"] = f'"{row.version}"'
    return ModelOut.of(row)


@router.get("", summary="Danh sách mô hình")
async def list_models(
    filters: Annotated[ModelFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[ModelOut]:
    """Savings models of your network in your places, of the whole network and of the provinces around you."""
    return await service.list_models(db, actor, filters, page)


@router.post("", status_code=201, summary="Thêm mô hình")
async def create_model(body: ModelIn, actor: Manager, db: Db, response: Response) -> ModelOut:
    """Add a savings model (mô hình) of your organisation or one below it."""
    row = await service.create_model(db, actor, body)
    response.headers["Location"] = f"/v1/savings-models/{row.id}"
    return _to_response(row, response)


@router.get("/{model_id}", summary="Một mô hình")
async def read_model(model_id: UUID, actor: Reader, db: Db, response: Response) -> ModelOut:
    """One savings model."""
    return _to_response(await service.find_model(db, actor, model_id), response)


@router.patch("/{model_id}", summary="Sửa mô hình")
async def change_model(
    model_id: UUID, body: ModelPatch, actor: Manager, version: IfMatch, db: Db, response: Response
) -> ModelOut:
    """Edit a savings model of your own network and places; one of a higher level you only read."""
    return _to_response(await service.edit_model(db, actor, model_id, version, body), response)


@router.post("/{model_id}/replicate", status_code=201, summary="Nhân rộng mô hình")
async def replicate(model_id: UUID, body: ReplicaIn, actor: Manager, db: Db, response: Response) -> ModelOut:
    """Take a model up in another place or organisation (nhân rộng): a copy with a code and launch of its own."""
    row = await replicate_model(db, actor, model_id, body)
    response.headers["Location"] = f"/v1/savings-models/{row.id}"
    return _to_response(row, response)


@router.get("/{model_id}/summary", summary="Tổng hợp mô hình")
async def read_summary(model_id: UUID, actor: Analyst, db: Db) -> ModelSummaryOut:
    """Units reached then and now, groups, members, members by product, money: of the model and its replicas.

    All of it as far as you see. Who sees aggregates only is not told numbers of people below 5.
    """
    return await summarise_model(db, actor, model_id)
