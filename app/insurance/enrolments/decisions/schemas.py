"""Wire shapes of decisions on many enrolments (quyết định hàng loạt) and of the catalogue of reasons."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from app.core.language import Language
from app.core.values.bodies import RequestBody, StrictFlag, WholeNumber
from app.core.values.ids import Uuid
from app.insurance.enrolments.decisions.catalogue import CatalogueReason
from app.insurance.enrolments.rules import Action
from app.insurance.enrolments.schemas import DecisionReason, EnrolmentFilter, ReasonOut
from app.insurance.kinds import EnrolmentStatus
from app.models.insurance.enrolment_decision import EnrolmentDecision

MAX_ITEMS = 10_000
"""Of a list in a request; a filter may choose more."""
MAX_FILTERED_ROWS = 50_000
MAX_DECIDED_AT_ONCE = 1_000
"""More become a job."""


class DecisionAction(StrEnum):
    """What is decided (quyết định)."""

    ACCEPT = "accept"  # tiếp nhận
    RETURN = "return"  # trả lại để sửa
    REJECT = "reject"  # từ chối

    @property
    def step(self) -> Action:
        """The same as a step of an enrolment's life."""
        return Action(self.value)


class DecisionVerdict(StrEnum):
    """What became of one row (kết quả)."""

    DONE = "done"  # đã thực hiện, hoặc sẽ thực hiện được
    REFUSED = "refused"  # không thực hiện được


class DecisionRowIn(RequestBody):
    """One enrolment of a list."""

    enrolment_id: Uuid
    version: Annotated[
        WholeNumber | None, Field(description="As it was read: one that was changed since is refused")
    ] = None


class DecisionFilter(EnrolmentFilter):
    """Which enrolments: the words of the list of enrolments."""

    model_config = RequestBody.model_config


class EnrolmentDecisionIn(RequestBody):
    """A decision on many enrolments: those of a list, those of a filter, or those of a trial that was seen.

    A filter is only tried (`dry_run`); the trial's id then stands for exactly the rows that it showed.
    """

    action: Annotated[DecisionAction | None, Field(description="Not with `dry_run_id`")] = None
    dry_run: Annotated[StrictFlag, Field(description="Chạy thử: the same answer, nothing is written")] = False
    items: Annotated[list[DecisionRowIn] | None, Field(min_length=1, max_length=MAX_ITEMS)] = None
    filter: Annotated[DecisionFilter | None, Field(description="Only with `dry_run`")] = None
    dry_run_id: Annotated[
        Uuid | None, Field(description="Carry out a trial: its action, reasons and rows, as they were seen")
    ] = None
    reasons: Annotated[
        list[DecisionReason], Field(max_length=50, description="For `return` and `reject`, of every row")
    ] = []


class DecisionNote(BaseModel):
    """One of the reasons why a row is refused."""

    pointer: Annotated[str, Field(examples=["/product"])]
    code: str
    detail: str


class DecisionRowOut(BaseModel):
    """What became of one row."""

    index: int
    enrolment_id: UUID
    status: DecisionVerdict
    enrolment_status: Annotated[
        EnrolmentStatus | None, Field(description="Afterwards; null where it is not found")
    ]
    version: Annotated[int | None, Field(description="Afterwards")]
    code: Annotated[str | None, Field(description="Of the refusal, as the single decision answers it")]
    detail: str | None
    errors: list[DecisionNote]


class DecisionCounts(BaseModel):
    """How many rows ended in which way."""

    done: int
    refused: int


class EnrolmentDecisionOut(BaseModel):
    """A decision on many enrolments, with what became of each row, in their order."""

    decision_id: UUID
    action: DecisionAction
    dry_run: bool
    dry_run_id: Annotated[UUID | None, Field(description="The trial that was carried out")]
    reasons: list[ReasonOut]
    rows: int
    counts: DecisionCounts
    job_id: Annotated[UUID | None, Field(description="The job that decides, of more than 1,000 rows")]
    decided_by: UUID
    decided_at: datetime
    items: Annotated[list[DecisionRowOut], Field(description="Empty where the job has them in its file")]

    @classmethod
    def from_record(cls, row: EnrolmentDecision, language: Language) -> Self:
        """Build from its record, in the reader's language."""
        same = ("action", "dry_run", "dry_run_id", "rows", "job_id", "decided_by", "decided_at")
        return cls(
            **{name: getattr(row, name) for name in same},
            decision_id=row.id,
            reasons=[ReasonOut.model_validate(reason) for reason in row.reasons],
            counts=DecisionCounts(done=row.done, refused=row.refused),
            items=[outcome_to_response(index, item, language) for index, item in enumerate(row.items)],
        )


def outcome_to_response(index: int, item: Mapping[str, Any], language: Language) -> DecisionRowOut:
    """Build the outcome of a row from how it is stored."""
    is_english = language == "en"
    notes = [
        DecisionNote(pointer=pointer, code=code, detail=texts[is_english])
        for pointer, code, *texts in item["errors"]
    ]
    same = ("enrolment_id", "status", "enrolment_status", "version", "code")
    detail = item["texts"][is_english] if item["texts"] else None
    return DecisionRowOut(index=index, **{name: item[name] for name in same}, detail=detail, errors=notes)


class CatalogueReasonOut(BaseModel):
    """A reason for which an enrolment may be returned or rejected (lý do trong danh mục)."""

    code: str
    pointer: Annotated[str, Field(description="The field to which it belongs; empty: the whole")]
    actions: Annotated[list[DecisionAction], Field(description="For which decisions it may be given")]
    vi: str
    en: str
    needs_text: Annotated[bool, Field(description="Whether a sentence of the officer is needed beside it")]
    valid_from: date
    valid_to: Annotated[date | None, Field(description="The last day on which it may be given")]

    @classmethod
    def from_reason(cls, reason: CatalogueReason) -> Self:
        """Build from the catalogue."""
        same = ("code", "pointer", "vi", "en", "needs_text", "valid_from", "valid_to")
        actions = [action for action in DecisionAction if action.step in reason.actions]
        return cls(**{name: getattr(reason, name) for name in same}, actions=actions)


class CatalogueReasonsOut(BaseModel):
    """The catalogue of reasons (danh mục lý do)."""

    items: list[CatalogueReasonOut]
