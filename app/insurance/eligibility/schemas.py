"""Wire shapes of the checks of an enrolment."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import BaseModel, Field

from app.core.language import Language
from app.insurance.eligibility.rules import EligibilityFinding, Severity
from app.insurance.matching.rules import Candidate
from app.insurance.matching.schemas import MemberCandidate, candidate_to_outcome


class EligibilityCheck(BaseModel):
    """An error or a warning about an enrolment."""

    pointer: Annotated[str, Field(examples=["/birth_date"])]
    code: Annotated[str, Field(examples=["under_age"])]
    severity: Severity
    detail: str


class Checks(BaseModel):
    """The checks of an enrolment (kiểm tra điều kiện); empty when nothing speaks against it."""

    items: list[EligibilityCheck]
    candidates: Annotated[
        list[MemberCandidate],
        Field(description="Who else in the register may be the same person: at most 5, the likeliest first"),
    ]

    @classmethod
    def from_findings(
        cls, findings: Iterable[EligibilityFinding], candidates: Iterable[Candidate], language: Language
    ) -> Self:
        """Build from the findings and candidates, in the reader's language."""
        return cls(
            items=[
                EligibilityCheck(
                    pointer=item.note.pointer,
                    code=item.note.code,
                    severity=item.severity,
                    detail=item.note.en if language == "en" else item.note.vi,
                )
                for item in findings
            ],
            candidates=[MemberCandidate.model_validate(candidate_to_outcome(item)) for item in candidates],
        )
