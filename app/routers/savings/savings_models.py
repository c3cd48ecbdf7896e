"""Savings models (mô hình tiết kiệm an sinh)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import ModelManager, ModelReader, StatsReader
from app.savings.model_summaries.schemas import ModelSummaryOut
from app.savings.model_summaries.service import summarise_model
from app.savings.savings_models import service
from app.savings.savings_models.replicate import replicate_model
from app.savings.savings_models.schemas import ModelFilter, ModelIn, ModelOut, ModelPatch, ReplicaIn

router = StrictRouter(prefix="/v1/savings-models", tags=["savings-models"])

_MODEL_BODY = BodyLimits(256 * KIB)
"""50 kinds of scrap, and 20 aliases and partners each."""


@router.get("", summary="Danh sách mô hình")
async def list_models(
    filters: Annotated[ModelFilter, Query()], page: PageQuery, actor: ModelReader, db: Db
) -> Page[ModelOut]:
    """Savings models of your network in your places, of the whole network and of the provinces around you."""
    return await service.list_models(db, actor, filters, page)


@router.post("", status_code=201, summary="Thêm mô hình", body_limits=_MODEL_BODY)
async def create_model(body: ModelIn, actor: ModelManager, db: Db, response: Response) -> ModelOut:
    """Add a savings model (mô hình) of your organisation or one below it."""
    row = await service.create_model(db, actor, body)
    return created(response, "/v1/savings-models", ModelOut.from_record(row))


@router.get("/{model_id}", summary="Một mô hình")
async def read_model(model_id: UUID, actor: ModelReader, db: Db, response: Response) -> ModelOut:
    """One savings model."""
    return with_etag(response, ModelOut.from_record(await service.require_model(db, actor, model_id)))


@router.patch("/{model_id}", summary="Sửa mô hình", body_limits=_MODEL_BODY)
async def change_model(
    model_id: UUID, body: ModelPatch, actor: ModelManager, version: IfMatch, db: Db, response: Response
) -> ModelOut:
    """Edit a savings model of your own network and places; one of a higher level you only read."""
    return with_etag(
        response, ModelOut.from_record(await service.edit_model(db, actor, model_id, version, body))
    )


@router.post("/{model_id}/replicate", status_code=201, summary="Nhân rộng mô hình")
async def replicate(
    model_id: UUID, body: ReplicaIn, actor: ModelManager, db: Db, response: Response
) -> ModelOut:
    """Take a model up in another place or organisation (nhân rộng): a copy with a code and launch of its own."""
    row = await replicate_model(db, actor, model_id, body)
    return created(response, "/v1/savings-models", ModelOut.from_record(row))


@router.get("/{model_id}/summary", summary="Tổng hợp mô hình")
async def read_summary(model_id: UUID, actor: StatsReader, db: Db) -> ModelSummaryOut:
    """Units reached then and now, groups, members, members by product, money: of the model and its replicas.

    All of it as far as you see. Who sees aggregates only is not told numbers of people below 5.
    """
    return await summarise_model(db, actor, model_id)
