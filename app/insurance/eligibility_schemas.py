"""Wire shapes of the checks of an enrolment."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.core.language import Language
from app.insurance.eligibility_rules import Finding, Severity
from app.insurance.enrolment_batch_schemas import MemberCandidate
from app.insurance.enrolment_matching import Candidate
from app.insurance.enrolment_row import said_of


class Check(BaseModel):
    """Something that speaks against an enrolment, or is worth a look."""

    pointer: Annotated[str, Field(examples=["/birth_date"])]
    code: Annotated[str, Field(examples=["under_age"])]
    severity: Severity
    detail: str


class Checks(BaseModel):
    """The checks of an enrolment (kiểm tra điều kiện); empty when nothing speaks against it."""

    items: list[Check]
    candidates: Annotated[
        list[MemberCandidate],
        Field(description="Who else in the register may be the same person: at most 5, the likeliest first"),
    ]

    @classmethod
    def of(cls, found: Iterable[Finding], candidates: Iterable[Candidate], language: Language) -> Self:
        """From the findings and candidates, in the reader's language."""
        return cls(
            items=[
                Check(
                    pointer=one.note.pointer,
                    code=one.note.code,
                    severity=one.severity,
                    detail=one.note.en if language == "en" else one.note.vi,
                )
                for one in found
            ],
            candidates=[MemberCandidate.model_validate(said_of(one)) for one in candidates],
        )
