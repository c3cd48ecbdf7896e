"""The initial password (mật khẩu ban đầu): set by an administrator, typed or made here, and good for its own change."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.passwords import generate_password, hash_password
from app.core.values.time import now
from app.tenancy.logins.account import check_password_strength
from app.tenancy.logins.queries import store_password
from app.tenancy.users.schemas import InitialPasswordOut


@dataclass(frozen=True, slots=True)
class InitialPassword:
    """A password that its holder must change. made: by the program, so that it is shown this once."""

    text: str
    made: bool

    @classmethod
    def choose(cls, typed: str | None, username: str, full_name: str) -> Self:
        """Take what an administrator typed, or make one. Raises: InvalidInput at `/password` if it is too weak."""
        if typed is None:
            return cls(generate_password(), made=True)
        check_password_strength(typed, username, full_name, "/password")
        return cls(typed, made=False)

    async def store(self, db: AsyncSession, user_id: UUID, life: timedelta) -> InitialPasswordOut:
        """Let it open its change for so long. Returns: what the administrator is told. Raises: PasswordsBusy."""
        until = now() + life
        await store_password(db, user_id, await hash_password(self.text), until)
        return InitialPasswordOut(
            initial_password=self.text if self.made else None, initial_password_until=until
        )
