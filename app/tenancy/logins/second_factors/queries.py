"""Queries of second factors, by the owner's functions that ask for the key of the processes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.tenancy.logins.queries import call_secret_function

_FACTOR = text(
    "select sealed_secret, confirmed_at, codes_left from find_second_factor(:process_key, :user_id)"
)
_START_FACTOR = text("select start_second_factor(:process_key, :user_id, :sealed)")
_USE_FACTOR = text("select use_second_factor(:process_key, :user_id, :step, :confirm)")
_SET_RECOVERY_CODES = text("select set_recovery_codes(:process_key, :user_id, :hashes)")
_USE_RECOVERY_CODE = text("select use_recovery_code(:process_key, :user_id, :code_hash)")
_REMOVE_FACTOR = text("select remove_second_factor(:process_key, :user_id)")
_SET_STATE = text("select set_factor_state(:process_key, :session_id, :state)")


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A user's second factor. confirmed_at: since when it counts, None until its first code was shown."""

    sealed_secret: bytes
    confirmed_at: datetime | None
    codes_left: int


async def find_second_factor(db: AsyncSession, user_id: UUID) -> FactorRow | None:
    """Find a user's second factor, whether it counts already or not."""
    row = (await call_secret_function(db, _FACTOR, user_id=user_id)).one_or_none()
    return FactorRow(*row) if row else None


async def start_second_factor(db: AsyncSession, user_id: UUID, sealed: bytes) -> bool:
    """Store a secret to be confirmed; False when another one counts."""
    values = {"user_id": user_id, "sealed": sealed}
    return bool((await call_secret_function(db, _START_FACTOR, **values)).scalar_one())


async def use_second_factor(db: AsyncSession, user_id: UUID, step: int, *, confirm: bool) -> bool:
    """Use the code of a time step, once; confirm: it is a new factor's first."""
    values = {"user_id": user_id, "step": step, "confirm": confirm}
    return bool((await call_secret_function(db, _USE_FACTOR, **values)).scalar_one())


async def set_recovery_codes(db: AsyncSession, user_id: UUID, hashes: list[bytes]) -> None:
    """Replace a user's recovery codes."""
    await call_secret_function(db, _SET_RECOVERY_CODES, user_id=user_id, hashes=hashes)


async def use_recovery_code(db: AsyncSession, user_id: UUID, code_hash: bytes) -> bool:
    """Use a recovery code, once."""
    values = {"user_id": user_id, "code_hash": code_hash}
    return bool((await call_secret_function(db, _USE_RECOVERY_CODE, **values)).scalar_one())


async def remove_second_factor(db: AsyncSession, user_id: UUID) -> bool:
    """Remove a user's second factor with its recovery codes; False when none counted."""
    return bool((await call_secret_function(db, _REMOVE_FACTOR, user_id=user_id)).scalar_one())


async def set_factor_state(db: AsyncSession, session_id: UUID, state: str) -> None:
    """Set what a session says of its second factor: passed, missing or waived."""
    await call_secret_function(db, _SET_STATE, session_id=session_id, state=state)
