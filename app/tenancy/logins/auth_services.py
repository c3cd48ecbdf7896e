"""The services that logins need, created once when the server starts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

from app.audit.events import Event
from app.audit.security import SecurityLog
from app.auth.keys.keystore import KeyStore
from app.auth.keys.rotation import fetch_key_rows, require_secret_keys
from app.auth.keys.sealing import derive_key, derive_keys
from app.auth.second_factors import FactorKeys
from app.auth.tokens import AccessTokens
from app.core.postgres.database import Database
from app.core.settings import Settings
from app.tenancy.logins.errors import TooManyLogins
from app.tenancy.logins.throttle import LoginAttempt, Throttle


@dataclass(frozen=True, slots=True)
class CallerOfLogin:
    """Who tries to log in. name: as it was given; subject_id: the user or client of that name, if there is one."""

    name: str
    address: str
    subject_id: UUID | None

    def report(self, services: "AuthServices", event: Event, code: str) -> None:
        """Report that they were refused."""
        services.security.report(
            event, code, address=self.address, subject_id=self.subject_id, name=self.name
        )


@dataclass(frozen=True, slots=True)
class AuthServices:
    """The services of logins.

    refresh_keys: derive new refresh tokens; device_keys: device tokens; of both the current one is the first.
    session_life: how long an unused login lasts; longest_session: how long any does; initial_life: how long a password
    that somebody else set opens its change. requires_factor: whether roles that change rights or the law's values get
    nothing without a second factor.
    """

    database: Database
    keys: KeyStore
    tokens: AccessTokens
    throttle: Throttle
    security: SecurityLog
    refresh_keys: tuple[bytes, ...]
    device_keys: tuple[bytes, ...]
    factor_keys: FactorKeys
    session_life: timedelta
    longest_session: timedelta
    initial_life: timedelta
    requires_factor: bool

    @classmethod
    def create(cls, database: Database, settings: Settings) -> Self:
        """Create the services; keys are read with the first token. Raises: ValueError without a secret key."""
        secret_keys = require_secret_keys(settings)
        keys = KeyStore(lambda: fetch_key_rows(database.driver, database.process_key), secret_keys)
        tokens = AccessTokens(
            keys, issuer=settings.issuer, audience=settings.audience, lifetime=settings.access_token_seconds
        )
        return cls(
            database=database,
            keys=keys,
            tokens=tokens,
            throttle=Throttle(database, derive_keys(secret_keys, "login throttle")),
            security=SecurityLog(database, derive_key(secret_keys[0], "security log")),
            refresh_keys=derive_keys(secret_keys, "refresh successor"),
            device_keys=derive_keys(secret_keys, "device token"),
            factor_keys=FactorKeys(secret_keys),
            session_life=timedelta(days=min(settings.refresh_token_days, settings.session_days)),
            longest_session=timedelta(days=settings.session_days),
            initial_life=timedelta(days=settings.initial_password_days),
            requires_factor=settings.requires_second_factor,
        )

    @property
    def unverified_state(self) -> str:
        """What a session says of its second factor when none was shown."""
        return "missing" if self.requires_factor else "waived"

    def report_refused_token(self, code: str, subject_id: UUID | None, address: str) -> None:
        """Report an access token that was refused. subject_id: whose it is, None for a forged one."""
        self.security.report(Event.TOKEN_REFUSED, code, address=address, subject_id=subject_id)

    async def admit_guess(self, kind: str, user_id: UUID, *subject: object) -> LoginAttempt:
        """Count a guess of somebody who is half known already; see `Throttle.admit_guess`. Raises: TooManyLogins."""
        try:
            return await self.throttle.admit_guess(kind, user_id, *subject)
        except TooManyLogins as refusal:
            self.security.report(Event.LOGIN_THROTTLED, refusal.code, subject_id=user_id)
            raise
