"""Start a session of somebody whose password was right: second factor, device, first tokens, and what is told of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import record_event
from app.auth.actor import Actor, begin_actor
from app.core.errors import Unauthenticated
from app.core.values.ids import digest_session, uuid7
from app.core.values.time import now
from app.models.tenancy.auth import AuthSession
from app.tenancy.logins import queries
from app.tenancy.logins.auth_services import AuthServices
from app.tenancy.logins.device_tokens import build_device_token
from app.tenancy.logins.errors import (
    DeviceRevoked,
    DeviceTaken,
    InitialPasswordExpired,
    SecondFactorCodeNeeded,
    WrongCode,
    WrongCredentials,
    WrongLoginCode,
)
from app.tenancy.logins.queries import LoginRow
from app.tenancy.logins.refresh import generate_first_token, hash_token
from app.tenancy.logins.schemas import LoginIn, TokenPair
from app.tenancy.logins.second_factors.queries import find_second_factor
from app.tenancy.logins.second_factors.service import use_code

DEFAULT_DEVICE_NAME = "Thiết bị"


@dataclass(frozen=True, slots=True)
class ShownFactor:
    """What was shown of a second factor. state: as the session keeps it; used: the event if it was a recovery code."""

    state: str
    used: Event | None = None


@dataclass(frozen=True, slots=True)
class SessionStart:
    """The start of a session. familiar: the device showed its token; new_hash: of the same password, to be stored."""

    services: AuthServices
    login: LoginRow
    body: LoginIn
    address: str
    familiar: bool
    new_hash: str | None

    async def run(self) -> TokenPair:
        """Write session, device and first refresh token. Returns: the tokens.

        Raises: InitialPasswordExpired, SecondFactorCodeNeeded, WrongLoginCode, TooManyLogins, DeviceTaken,
        DeviceRevoked, WrongCredentials, NoSigningKey.
        """
        if self.login.initial_until is not None and self.login.initial_until <= now():
            raise InitialPasswordExpired
        await self.services.tokens.require_signing_key()
        token = generate_first_token()
        async with self.services.database.begin() as db:
            shown = await self._check_factor(db)
            session, known = await self._create_session(db, shown.state, hash_token(token))
            if self.new_hash:
                await queries.rehash_password(db, self.user_id, self.login.password_hash, self.new_hash)
            actor = await self._record(db, session, known, shown.used)
        return await issue_tokens(self.services, session.id, session.device_id, actor, token)

    @property
    def user_id(self) -> UUID:
        """Who begins it."""
        return self.login.user_id

    async def _check_factor(self, db: AsyncSession) -> ShownFactor:
        """Check the code of a second factor, if the user has one."""
        row = await find_second_factor(db, self.user_id)
        if row is None or row.confirmed_at is None:
            return ShownFactor(self.services.unverified_state)
        if self.body.code is None:
            raise SecondFactorCodeNeeded
        device = self.body.device_id if self.familiar else ""
        attempt = await self.services.admit_guess("code", self.user_id, device)
        try:
            used = await use_code(db, self.services, self.user_id, row, self.body.code)
        except WrongCode:
            raise WrongLoginCode from None
        await self.services.throttle.forgive(attempt)
        return ShownFactor("passed", used)

    async def _create_session(
        self, db: AsyncSession, factor_state: str, token_hash: bytes
    ) -> tuple[AuthSession, bool]:
        """Write session, device and first refresh token. Returns: the session, and whether its device is known."""
        known = self.familiar or await self._has_session_from_here(db)
        device_id = await _claim_device(db, self.user_id, self.body)
        session = AuthSession(
            id=uuid7(),
            user_id=self.user_id,
            device_id=device_id,
            second_factor=factor_state,
            address_hash=self.services.throttle.hash_address(self.address),
            expires_at=now() + self.services.session_life,
        )
        await queries.start_session(db, session, token_hash)
        return session, known

    async def _has_session_from_here(self, db: AsyncSession) -> bool:
        for address_hash in self.services.throttle.hash_address_by_all(self.address):
            if await queries.has_session_from(db, self.user_id, address_hash):
                return True
        return False

    async def _record(self, db: AsyncSession, session: AuthSession, known: bool, used: Event | None) -> Actor:
        """Record the session, and what its user should know of it. Returns: its actor."""
        try:
            actor = await begin_actor(db, session.id)
        except Unauthenticated:
            raise WrongCredentials from None
        device_id = str(session.device_id) if session.device_id else None
        fields: dict[str, Any] = {"session": digest_session(session.id), "device_id": device_id}
        if actor.initial:
            fields["initial_password"] = True
        user = await queries.get_own_record(db, actor)
        for event in (Event.SESSION_STARTED, None if known else Event.LOGIN_NEW_DEVICE, used):
            if event is not None:
                await record_event(db, actor, event, user, fields)
        return actor


async def issue_tokens(
    services: AuthServices, session_id: UUID, device_id: UUID | None, actor: Actor, refresh_token: str
) -> TokenPair:
    """Issue the pair of tokens of a session, and its device's token."""
    return TokenPair(
        access_token=await services.tokens.issue(session_id=session_id, subject=actor.id),
        token_type="bearer",  # noqa: S106 - RFC 6750's name of the kind
        expires_in=services.tokens.lifetime,
        refresh_token=refresh_token,
        device_token=build_device_token(device_id, services.device_keys[0]) if device_id else None,
        password_change_required=actor.initial,
    )


async def _claim_device(db: AsyncSession, user_id: UUID, body: LoginIn) -> UUID | None:
    """Get or register the device of this login; its earlier sessions end."""
    if body.device_id is None and body.device_name is None:
        return None
    device_id = body.device_id or uuid7()
    name = body.device_name or DEFAULT_DEVICE_NAME
    device = await queries.claim_device(db, device_id, user_id, name, body.device_name or None)
    if device.user_id != user_id:
        raise DeviceTaken
    if device.revoked:
        raise DeviceRevoked
    await queries.revoke_sessions(db, "new login", device_id=device_id)
    return device_id
