"""Wire shapes of savings models."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from app.core.values.bodies import RequestBody, omittable_field
from app.core.values.ids import Uuid
from app.core.values.text import Code, Name, Note
from app.core.values.time import Day
from app.models.savings.savings_model import SavingsModel
from app.savings.kinds import Mechanism, Product
from app.savings.mechanisms import Details, Unique, fill_in_mechanism, load_details

Names = Annotated[list[Name], Unique, Field(max_length=20)]
Products = Annotated[list[Product], Unique]
OrganisationId = Annotated[Uuid | None, Field(description="Yours or one below it; default: yours")]
OrganisationCode = Annotated[Code | None, Field(description="In place of `organisation_id`")]
ModelPlaceCode = Annotated[
    Code | None, Field(description="Where it runs, of any level (province, old district, commune, hamlet)")
]


class ModelFilter(BaseModel):
    """Query parameters of the list of savings models."""

    q: Annotated[
        Name | None,
        Field(description="Words of the name, an alias or the code; no diacritics needed, heo finds lợn"),
    ] = None
    mechanism: Annotated[Mechanism | None, Field(description="Cơ chế")] = None
    product: Annotated[Product | None, Field(description="Saved for this product")] = None
    place_code: Annotated[
        Code | None, Field(description="In this place, in a place below it, or in a predecessor of it")
    ] = None
    organisation_id: Uuid | None = None
    organisation_code: Code | None = None
    network: Annotated[Code | None, Field(description="For BHXH, which sees all networks")] = None
    replicated_from_id: Annotated[Uuid | None, Field(description="Replicas of this model")] = None


class ModelIn(RequestBody):
    """A savings model (mô hình) to be added. Without a place it belongs to the whole network."""

    id: Uuid | None = None
    code: Annotated[Code | None, Field(description="Generated when left out")] = None
    name: Annotated[
        Name, Field(description="Tên mô hình; the same name may stand for other models elsewhere")
    ]
    aliases: Annotated[Names, Field(description="Other names (tên gọi khác)")] = []
    mechanism: Annotated[Mechanism, Field(description="Cơ chế")]
    details: Annotated[
        Details | None,
        Field(description="The mechanism's own fields; `mechanism` need not be repeated in it"),
    ] = None
    products: Products = []
    partners: Annotated[Names, Field(description="Phối hợp: BHXH huyện, Hội CCB…")] = []
    place_code: ModelPlaceCode = None
    organisation_id: OrganisationId = None
    organisation_code: OrganisationCode = None
    launched_on: Annotated[Day | None, Field(description="Ngày phát động")] = None
    ended_on: Day | None = None
    description: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_in_mechanism(cls, body: Any) -> Any:
        return fill_in_mechanism(body)


class ModelPatch(RequestBody):
    """Changes of a savings model; place, organisation, code and mechanism stay."""

    name: Name = omittable_field()
    aliases: Names = omittable_field()
    details: Annotated[Details, Field(description="Replaces all earlier values")] = omittable_field()
    products: Products = omittable_field()
    partners: Names = omittable_field()
    launched_on: Day | None = None
    ended_on: Day | None = None
    description: Note | None = None


class ReplicaIn(RequestBody):
    """Where a model is to be replicated (nhân rộng): a place, an organisation below yours, or both."""

    id: Uuid | None = None
    code: Annotated[Code | None, Field(description="Generated when left out")] = None
    name: Annotated[Name | None, Field(description="Default: the model's")] = None
    place_code: ModelPlaceCode = None
    organisation_id: OrganisationId = None
    organisation_code: OrganisationCode = None
    launched_on: Day | None = None


class ModelOut(BaseModel):
    """A savings model (mô hình tiết kiệm an sinh)."""

    id: Uuid
    code: str
    network: str
    organisation_id: Annotated[Uuid, Field(description="Who runs it")]
    name: str
    aliases: list[str]
    mechanism: Mechanism
    details: Details
    products: list[Product]
    partners: list[str]
    place_code: str | None
    province_code: str | None
    commune_code: str | None
    launched_on: date | None
    ended_on: date | None
    description: str | None
    replicated_from_id: Annotated[Uuid | None, Field(description="The model that this one replicates")]
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def from_record(cls, row: SavingsModel) -> Self:
        """Build the response from the model's record."""
        columns = {name: getattr(row, name) for name in cls.model_fields if name != "details"}
        return cls(**columns, details=load_details(row.mechanism, row.details))
