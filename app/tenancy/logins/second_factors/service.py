"""The second factor of one's own account: set it up, show it at a login, renew its recovery codes, remove it."""

import logging
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor
from app.auth.keys.sealing import UnreadableValue
from app.auth.passwords import verify_password
from app.auth.permissions import SECOND_FACTOR_ROLES
from app.auth.second_factors import (
    OpenedFactor,
    build_uri,
    find_step,
    generate_recovery_codes,
    generate_secret,
    is_recovery_code,
    normalise_code,
)
from app.core.errors import Forbidden
from app.core.values.time import now
from app.tenancy.logins.auth_services import AuthServices
from app.tenancy.logins.errors import (
    NoSecondFactor,
    SecondFactorExists,
    WrongCode,
    WrongPassword,
)
from app.tenancy.logins.queries import get_own_record, get_password_hash, note_proof, revoke_sessions
from app.tenancy.logins.schemas import FactorOut, FactorProofIn, NewFactorOut, RecoveryCodesOut
from app.tenancy.logins.second_factors import queries
from app.tenancy.logins.second_factors.queries import FactorRow

_log = logging.getLogger("ansinh.auth")


async def read_factor(db: AsyncSession, actor: Actor) -> FactorOut:
    """Read whether the account has a second factor and needs one. Raises: Forbidden for a partner system."""
    _require_person(actor)
    row = await queries.find_second_factor(db, actor.id)
    return FactorOut(
        required=not SECOND_FACTOR_ROLES.isdisjoint(actor.own_roles),
        since=row.confirmed_at if row else None,
        recovery_codes_left=row.codes_left if row else 0,
    )


async def start_factor(
    db: AsyncSession, services: AuthServices, actor: Actor, current_password: str
) -> NewFactorOut:
    """Make a secret that waits for its first code.

    Raises: Forbidden, WrongPassword, SecondFactorExists, TooManyLogins, PasswordsBusy.
    """
    _require_person(actor)
    await check_own_password(db, services, actor, current_password)
    secret = generate_secret()
    sealed = services.factor_keys.seal_secret(actor.id, secret)
    if not await queries.start_second_factor(db, actor.id, sealed):
        raise SecondFactorExists
    return NewFactorOut(secret=secret, uri=build_uri(secret, actor.name))


async def confirm_factor(
    db: AsyncSession, services: AuthServices, actor: Actor, code: str
) -> RecoveryCodesOut:
    """Let the second factor count from its first code on; the user's other sessions end.

    Raises: Forbidden, NoSecondFactor, SecondFactorExists, WrongCode, TooManyLogins.
    """
    _require_person(actor)
    row = await queries.find_second_factor(db, actor.id)
    if row is None:
        raise NoSecondFactor
    if row.confirmed_at is not None:
        raise SecondFactorExists
    attempt = await services.admit_guess("code", actor.id)
    if not await _use_app_code(db, services, actor.id, row, code):
        services.security.report(Event.SECOND_FACTOR_REFUSED, WrongCode.code, subject_id=actor.id)
        raise WrongCode
    await queries.set_factor_state(db, actor.session_id, "passed")
    await revoke_sessions(db, "second factor set", user_id=actor.id, except_id=actor.session_id)
    codes = await _renew_codes(db, services, actor, row)
    await record_event(db, actor, Event.SECOND_FACTOR_SET, await get_own_record(db, actor))
    await services.throttle.forgive(attempt)
    return codes


async def renew_recovery_codes(
    db: AsyncSession, services: AuthServices, actor: Actor, proof: FactorProofIn
) -> RecoveryCodesOut:
    """Replace the recovery codes.

    Raises: Forbidden, NoSecondFactor, WrongPassword, WrongCode, TooManyLogins, PasswordsBusy.
    """
    row = await _check_proof(db, services, actor, proof)
    codes = await _renew_codes(db, services, actor, row)
    await record_event(db, actor, Event.RECOVERY_CODES_RENEWED, await get_own_record(db, actor))
    return codes


async def remove_factor(db: AsyncSession, services: AuthServices, actor: Actor, proof: FactorProofIn) -> None:
    """Remove one's own second factor; who needs one sets up another before anything else.

    Raises: Forbidden, NoSecondFactor, WrongPassword, WrongCode, TooManyLogins, PasswordsBusy.
    """
    await _check_proof(db, services, actor, proof)
    await queries.remove_second_factor(db, actor.id)
    await queries.set_factor_state(db, actor.session_id, services.unverified_state)
    await record_event(db, actor, Event.SECOND_FACTOR_REMOVED, await get_own_record(db, actor))


async def use_code(
    db: AsyncSession, services: AuthServices, user_id: UUID, row: FactorRow, code: str
) -> Event | None:
    """Use a code of a second factor that counts: of the app, or for recovery. Nothing is counted here.

    Returns: the event to record when it was a recovery code. Raises: WrongCode, UnreadableValue.
    """
    if is_recovery_code(code):
        hashed = _open_factor(services, user_id, row).hash_recovery_code(code)
        if await queries.use_recovery_code(db, user_id, hashed):
            return Event.RECOVERY_CODE_USED
    elif await _use_app_code(db, services, user_id, row, code):
        return None
    services.security.report(Event.SECOND_FACTOR_REFUSED, WrongCode.code, subject_id=user_id)
    raise WrongCode


async def check_own_password(
    db: AsyncSession, services: AuthServices, actor: Actor, current_password: str
) -> None:
    """Check the password of somebody who is logged in, and note when; guesses are counted for each session.

    Raises: WrongPassword, TooManyLogins, PasswordsBusy.
    """
    attempt = await services.admit_guess("password", actor.id, actor.session_id)
    stored = await get_password_hash(db, actor.id)
    if not (await verify_password(current_password, stored)).ok:
        services.security.report(Event.LOGIN_FAILED, WrongPassword.code, subject_id=actor.id)
        raise WrongPassword
    await note_proof(db, actor.session_id)
    await services.throttle.forgive(attempt)


async def _check_proof(
    db: AsyncSession, services: AuthServices, actor: Actor, proof: FactorProofIn
) -> FactorRow:
    """Check both factors again: whoever found an open session has neither. Returns: the second one."""
    _require_person(actor)
    row = await queries.find_second_factor(db, actor.id)
    if row is None or row.confirmed_at is None:
        raise NoSecondFactor
    await check_own_password(db, services, actor, proof.current_password)
    attempt = await services.admit_guess("code", actor.id)
    event = await use_code(db, services, actor.id, row, proof.code)
    if event is not None:
        await record_event(db, actor, event, await get_own_record(db, actor))
    await services.throttle.forgive(attempt)
    return row


def _open_factor(services: AuthServices, user_id: UUID, row: FactorRow) -> OpenedFactor:
    try:
        return services.factor_keys.unseal(user_id, row.sealed_secret)
    except UnreadableValue as error:
        _log.error("%s", error)
        raise


async def _use_app_code(
    db: AsyncSession, services: AuthServices, user_id: UUID, row: FactorRow, code: str
) -> bool:
    secret = _open_factor(services, user_id, row).secret
    step = find_step(secret, normalise_code(code), now())
    confirm = row.confirmed_at is None
    return step is not None and await queries.use_second_factor(db, user_id, step, confirm=confirm)


async def _renew_codes(
    db: AsyncSession, services: AuthServices, actor: Actor, row: FactorRow
) -> RecoveryCodesOut:
    codes, factor = generate_recovery_codes(), _open_factor(services, actor.id, row)
    hashes = [factor.hash_recovery_code(code) for code in codes]
    await queries.set_recovery_codes(db, actor.id, hashes)
    return RecoveryCodesOut(recovery_codes=codes)


def _require_person(actor: Actor) -> None:
    if actor.kind != "user":
        raise Forbidden
