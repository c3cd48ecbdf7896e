"""Cases of second factors, sessions and notices: one's own, and those of users whom one manages."""

from datetime import timedelta
from uuid import UUID

from app.auth.permissions import P
from app.core.values.ids import uuid7
from app.core.values.time import now
from tests.access.cases.base import CaseList, CaseRequest, ScopeCheck
from tests.access.cases.tenancy import user
from tests.access.scenario.actors import PROVINCE, SUBJECT, ActorKind, Cell
from tests.access.scenario.cell_data import CellData

cases = CaseList()
_BOTH = (SUBJECT, PROVINCE)


def people_only(kind: ActorKind, _cell: Cell) -> int | None:
    """A partner system has secrets: no second factor, and nobody to be told of logins."""
    return 403 if kind.scopes else None


def no_password(kind: ActorKind, _cell: Cell) -> int | None:
    """The users of the scenario have no password, which is asked after the guard."""
    return 403 if kind.scopes else 422


def no_factor(kind: ActorKind, _cell: Cell) -> int | None:
    """The users of the scenario have no second factor, which is asked after the guard."""
    return 403 if kind.scopes else 409


async def new_session(data: CellData, user_id: UUID) -> UUID:
    """Another session of a user."""
    session_id = uuid7()
    await data.scenario.owner.execute(
        "insert into auth_session (id, user_id, expires_at) values ($1, $2, $3)",
        session_id, user_id, now() + timedelta(days=1),
    )  # fmt: skip
    return session_id


@cases.add("GET /v1/auth/second-factor", P.SELF, ScopeCheck.OWN, but=(people_only,))
async def read_factor(_data: CellData) -> CaseRequest:
    return CaseRequest()


@cases.add("POST /v1/auth/second-factor", P.SELF, ScopeCheck.OWN, but=(no_password,))
async def start_factor(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"current_password": "một mật khẩu"})


@cases.add("POST /v1/auth/second-factor/confirm", P.SELF, ScopeCheck.OWN, but=(no_factor,))
async def confirm_factor(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"code": "000000"})


@cases.add("POST /v1/auth/second-factor/recovery-codes", P.SELF, ScopeCheck.OWN, but=(no_factor,))
async def renew_recovery_codes(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"current_password": "một mật khẩu", "code": "000000"})


@cases.add("POST /v1/auth/second-factor/remove", P.SELF, ScopeCheck.OWN, but=(no_factor,))
async def remove_factor(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"current_password": "một mật khẩu", "code": "000000"})


@cases.add("POST /v1/auth/proof", P.SELF, ScopeCheck.OWN, but=(no_password,))
async def prove(_data: CellData) -> CaseRequest:
    return CaseRequest(body={"current_password": "một mật khẩu"})


@cases.add("GET /v1/auth/sessions", P.SELF, ScopeCheck.OWN, but=(people_only,))
async def list_own_sessions(_data: CellData) -> CaseRequest:
    return CaseRequest()


@cases.add("DELETE /v1/auth/sessions/{session_id}", P.SELF, ScopeCheck.OWN, but=(people_only,))
async def end_own_session(data: CellData) -> CaseRequest:
    kind = data.actor
    if kind is None or kind.scopes or kind.unverified or kind.initial or kind.invalid_reason:
        return CaseRequest({"session_id": str(uuid7())})
    return CaseRequest({"session_id": str(await new_session(data, data.scenario.logins[kind].id))})


@cases.add("GET /v1/auth/notices", P.SELF, ScopeCheck.OWN, but=(people_only,))
async def list_notices(_data: CellData) -> CaseRequest:
    return CaseRequest()


async def holder(data: CellData) -> str:
    """A user with a second factor."""
    user_id = await user(data)

    async def make() -> UUID:
        await data.scenario.owner.execute(
            "insert into second_factor (user_id, sealed_secret, confirmed_at) values ($1, '', now())",
            UUID(user_id),
        )
        return UUID(user_id)

    await data.get_or_create("factor", make)
    return user_id


async def session(data: CellData) -> str:
    """A session of `user`."""
    user_id = UUID(await user(data))

    async def make() -> UUID:
        return await new_session(data, user_id)

    return await data.row_id("session", make)


@cases.add("POST /v1/users/{user_id}/second-factor/reset", P.USER_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def reset_second_factor(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await holder(data)})


@cases.add("GET /v1/users/{user_id}/sessions", P.USER_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def list_user_sessions(data: CellData) -> CaseRequest:
    await session(data)
    return CaseRequest({"user_id": await user(data)})


@cases.add("DELETE /v1/users/{user_id}/sessions", P.USER_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def end_user_sessions(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await user(data)})


@cases.add("DELETE /v1/users/{user_id}/sessions/{session_id}", P.USER_MANAGE, ScopeCheck.ROW, cells=_BOTH)
async def end_user_session(data: CellData) -> CaseRequest:
    return CaseRequest({"user_id": await user(data), "session_id": await session(data)})
