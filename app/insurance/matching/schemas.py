"""Wire shapes of candidates: members who may be the person of a row."""

from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import BaseModel, Field

from app.insurance.matching.rules import Candidate
from app.insurance.matching.scoring import Shared


class MemberCandidate(BaseModel):
    """A member of your own register who may be the same person (có thể trùng)."""

    member_id: UUID
    score: Annotated[str, Field(examples=["0.95"], description="0.00 to 1.00, as a decimal in text")]
    shared: Annotated[list[Shared], Field(description="What both have")]


class CandidateOutcome(TypedDict):
    """A member who may be the person of a row, as it is stored."""

    member_id: str
    score: str
    shared: list[str]


def candidate_to_outcome(candidate: Candidate) -> CandidateOutcome:
    """Build a candidate as it is stored and answered."""
    return CandidateOutcome(
        member_id=str(candidate.member.id),
        score=candidate.score,
        shared=[field.value for field in candidate.shared],
    )
