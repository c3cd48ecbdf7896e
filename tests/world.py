"""Factories for a world of its own for each test: a new province with communes, organisations, people and logins.

Tests share a database and never clear it: nothing of one world is visible from another, which is the very
thing that tenancy promises.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from app.auth.tokens import AccessTokens
from app.core.values.ids import uuid7
from app.core.values.search_key import search_key

_numbers = count(1)
_national_ids = count(1)
_LONG_AGO = date(2000, 1, 1)


def national_id() -> str:
    """Make a national id that is unique in this run: of a woman born in 1984."""
    return f"042184{next(_national_ids):06}"


@dataclass(frozen=True)
class Login:
    """Somebody who can make requests: pass `headers=login.headers`."""

    id: UUID
    session_id: UUID
    username: str
    organisation_id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Unit:
    """An organisation of the world."""

    id: UUID
    code: str
    network: str
    province: str | None
    commune: str | None


@dataclass(frozen=True)
class GroupRef:
    """A group of the world with its members' ids."""

    id: UUID
    code: str
    unit: Unit
    commune: str
    members: list[UUID] = field(default_factory=list)


class World:
    """Creates rows as the owner of the tables, past row-level security, and issues logins."""

    def __init__(self, owner: Any, tokens: AccessTokens) -> None:
        self.owner = owner
        self.tokens = tokens
        self.province = ""
        self.sibling_province = ""
        self.commune = ""
        self.sibling_commune = ""

    @classmethod
    async def create(cls, owner: Any, tokens: AccessTokens) -> "World":
        """Two provinces; the first has two communes, the second one."""
        world = cls(owner, tokens)
        await owner.execute(
            "insert into place (code, valid_from, level, name, kind, search_name)"
            " values ('VN', '1900-01-01', 'country', 'Việt Nam', 'quốc gia', 'viet nam') on conflict do nothing"
        )
        world.province = await world.place("province", "VN")
        world.sibling_province = await world.place("province", "VN")
        world.commune = await world.place("commune", world.province)
        world.sibling_commune = await world.place("commune", world.province)
        await world.place("commune", world.sibling_province)
        return world

    async def place(
        self, level: str, parent: str, *, valid_from: date = _LONG_AGO, valid_to: date | None = None
    ) -> str:
        """A new unit; returns its code."""
        code = f"T{next(_numbers):05}"
        name = f"Đơn vị {code}"
        await self.owner.execute(
            "insert into place (code, valid_from, valid_to, level, name, kind, parent_code, search_name)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8)",
            code, valid_from, valid_to, level, name, {"province": "tỉnh"}.get(level, "xã"), parent, search_key(name),
        )  # fmt: skip
        return code

    async def old_commune(self, *, ended_on: date = date(2025, 6, 30)) -> str:
        """A commune of this world's province that ended; its default successor is the world's first commune."""
        district = await self.place("district", self.province, valid_to=ended_on)
        code = await self.place("commune", district, valid_to=ended_on)
        await self.owner.execute(
            "insert into place_succession (old_code, new_code, on_date, share, is_default) values ($1, $2, $3, 1, true)",
            code, self.commune, ended_on + timedelta(days=1),
        )  # fmt: skip
        return code

    async def unit(
        self,
        network: str,
        place: str | None = None,
        *,
        parent: Unit | None = None,
        level: str = "province",
    ) -> Unit:
        """An organisation of *network* that covers *place* (default: this world's province)."""
        place = place or self.province
        province: str | None = place if level == "province" else None
        commune: str | None = None
        if level == "commune":
            commune = place
            province = await self.owner.fetchval("select parent_code from place where code = $1", place)
        unit = Unit(uuid7(), f"{network}-{next(_numbers)}", network, province, commune)
        await self.owner.execute(
            "insert into organisation (id, code, network, level, name, province_code, commune_code, version)"
            " values ($1, $2, $3, $4, $5, $6, $7, 1)",
            unit.id, unit.code, network, level, f"Tổ chức {unit.code}", province, commune,
        )  # fmt: skip
        await self.owner.execute(
            "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes, nationwide)"
            " select $1, $2, $3, provinces, communes, nationwide from expand_place($2)",
            unit.id, place, _LONG_AGO,
        )  # fmt: skip
        if parent is not None:
            await self.owner.execute(
                "insert into organisation_parent (organisation_id, parent_id, valid_from) values ($1, $2, $3)",
                unit.id, parent.id, _LONG_AGO,
            )  # fmt: skip
        return unit

    async def national(self, network: str) -> Unit:
        """An organisation of the whole country."""
        return await self.unit(network, "VN", level="national")

    async def user(self, unit: Unit, *roles: str, groups: list[UUID] | None = None) -> Login:
        """A user of *unit* with *roles*, already logged in; a treasurer's or collector's *groups*."""
        user_id, username = uuid7(), f"user{next(_numbers)}"
        await self.owner.execute(
            "insert into app_user (id, username, network, organisation_id, province_code, commune_code, full_name,"
            " roles, version) values ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
            user_id, username, unit.network, unit.id, unit.province, unit.commune, "Người Dùng Thử", list(roles),
        )  # fmt: skip
        for group in groups or ():
            await self.owner.execute(
                "insert into user_group (user_id, group_id, duty, valid_from) values ($1, $2, 'treasurer', $3)",
                user_id, group, _LONG_AGO,
            )  # fmt: skip
        return await self.login(user_id, username, unit)

    async def login(self, user_id: UUID, username: str, unit: Unit) -> Login:
        """A new session of a user."""
        session = uuid7()
        await self.owner.execute(
            "insert into auth_session (id, user_id, expires_at) values ($1, $2, $3)",
            session, user_id, datetime.now(UTC) + timedelta(days=1),
        )  # fmt: skip
        await self.owner.execute("select keep_scope($1)", session)
        token = await self.tokens.issue(session_id=session, subject=user_id)
        return Login(user_id, session, username, unit.id, token)

    async def partner(self, unit: Unit, *scopes: str) -> Login:
        """A partner system of *unit* with a token for *scopes*."""
        client_id, name, session = uuid7(), f"partner{next(_numbers)}", uuid7()
        await self.owner.execute(
            "insert into api_client (id, client_id, name, network, organisation_id, province_code, commune_code,"
            " scopes, version) values ($1, $2, $2, $3, $4, $5, $6, $7, 1)",
            client_id, name, unit.network, unit.id, unit.province, unit.commune, list(scopes),
        )  # fmt: skip
        await self.owner.execute(
            "insert into auth_session (id, client_id, expires_at) values ($1, $2, $3)",
            session, client_id, datetime.now(UTC) + timedelta(days=1),
        )  # fmt: skip
        await self.owner.execute("select keep_scope($1)", session)
        token = await self.tokens.issue(session_id=session, subject=client_id)
        return Login(client_id, session, name, unit.id, token)

    async def member(self, unit: Unit, *, commune: str | None = None, name: str = "Nguyễn Thị Thử") -> UUID:
        """A member in the register of *unit*'s network."""
        member_id = uuid7()
        commune = commune or unit.commune or self.commune
        province = await self.owner.fetchval("select parent_code from place where code = $1", commune)
        await self.owner.execute(
            "insert into member (id, network, organisation_id, province_code, commune_code, full_name, search_name,"
            " version) values ($1, $2, $3, $4, $5, $6, $7, 1)",
            member_id, unit.network, unit.id, province, commune, name, search_key(name),
        )  # fmt: skip
        return member_id

    async def group(self, unit: Unit, *, members: int = 0, commune: str | None = None) -> GroupRef:
        """A group of *unit* in *commune* (default: the unit's or this world's first) with so many members."""
        group_id, code = uuid7(), f"G-{next(_numbers)}"
        commune = commune or unit.commune or self.commune
        province = await self.owner.fetchval("select parent_code from place where code = $1", commune)
        await self.owner.execute(
            "insert into savings_group (id, code, network, organisation_id, kind, name, province_code, commune_code,"
            " version) values ($1, $2, $3, $4, 'savings_group', $5, $6, $7, 1)",
            group_id, code, unit.network, unit.id, f"Tổ {code}", province, commune,
        )  # fmt: skip
        group = GroupRef(group_id, code, unit, commune)
        for _ in range(members):
            member = await self.member(unit, commune=commune)
            await self.join(group, member)
            group.members.append(member)
        return group

    async def join(self, group: GroupRef, member: UUID, *, joined_on: date = _LONG_AGO) -> UUID:
        """A membership; opens the member's account in the group."""
        membership = uuid7()
        await self.owner.execute(
            "insert into membership (id, group_id, member_id, network, province_code, commune_code, duty, joined_on,"
            " version) select $1, g.id, $3, g.network, g.province_code, g.commune_code, 'member', $4, 1"
            " from savings_group g where g.id = $2",
            membership, group.id, member, joined_on,
        )  # fmt: skip
        return membership
