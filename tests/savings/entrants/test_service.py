"""Entering many people with their memberships and pledges: all of them or none."""

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.auth.actor import begin_actor
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.postgres.database_errors import error_for_database
from app.people.errors import NationalIdTaken
from app.savings.entrants.schemas import EntrantIn
from app.savings.entrants.service import create_entrants
from tests.world import GroupRef, Login, World

_numbers = count(1)
_TODAY = date(2026, 1, 5)
_A_DAY = {"kind": "money", "product": "bhxh_tn", "amount": 10_000, "per": "day"}


def make_entrant(group: GroupRef, **changed: Any) -> EntrantIn:
    """Somebody new who joins the group."""
    number = next(_numbers)
    columns: dict[str, Any] = {
        "group_id": group.id,
        "full_name": f"Lê Thị Mới {number}",
        "birth_date": date(1985, 2, 3),
        "sex": "female",
        "national_id": f"042185{number + 500_000}",
        "joined_on": _TODAY,
        "pledges": [_A_DAY],
    }
    return EntrantIn(**columns | changed)


async def create_members(app: FastAPI, who: Login, *entrants: EntrantIn) -> list[UUID]:
    async with app.state.database.begin() as db:
        return await create_entrants(db, await begin_actor(db, who.session_id), entrants)


@pytest.fixture
async def group(world: World) -> GroupRef:
    return await world.group(await world.unit("womens_union"))


@pytest.fixture
async def officer(world: World, group: GroupRef) -> Login:
    return await world.user(group.unit, "union_officer")


class TestEnterMembers:
    async def test_enters_people_with_accounts_memberships_pledges_and_audit(
        self, app: FastAPI, group: GroupRef, officer: Login, owner: Any
    ):
        ids = await create_members(
            app, officer, *[make_entrant(group) for _ in range(3)], make_entrant(group, pledges=[])
        )
        people = await owner.fetch(
            "select p.commune_code, p.created_by, m.joined_on, a.kind, g.amount from member p"
            " join membership m on m.member_id = p.id join account a on a.member_id = p.id and a.group_id = m.group_id"
            " left join pledge g on g.membership_id = m.id where p.id = any($1) order by g.amount",
            ids,
        )
        known = (group.commune, officer.id, _TODAY, "member")
        assert [tuple(row) for row in people] == [(*known, 10_000)] * 3 + [(*known, None)]
        events = await owner.fetch(
            "select event, count(*) from audit_event where actor_id = $1 group by 1 order by 1", officer.id
        )
        assert [tuple(row) for row in events] == [("member.created", 4), ("membership.started", 4)]

    async def test_more_than_one_statement_holds(
        self, app: FastAPI, group: GroupRef, officer: Login, owner: Any
    ):
        ids = await create_members(app, officer, *[make_entrant(group) for _ in range(1_001)])
        assert await owner.fetchval("select count(*) from membership where member_id = any($1)", ids) == 1_001

    @pytest.mark.parametrize(
        ("changed", "pointer"),
        [
            ({"joined_on": date(2199, 1, 1)}, "/1/joined_on"),
            ({"commune_code": "nope"}, "/1/commune_code"),
            ({"hamlet_code": "nope"}, "/1/hamlet_code"),
            ({"birth_date": date(2026, 1, 6)}, "/1/joined_on"),
            ({"pledges": [_A_DAY, _A_DAY]}, "/1/pledges/1"),
        ],
    )
    async def test_one_that_cannot_be_stops_all_and_is_named(
        self, app: FastAPI, group: GroupRef, officer: Login, owner: Any, changed: dict[str, Any], pointer: str
    ):
        with pytest.raises(InvalidInput) as exc_info:
            await create_members(app, officer, make_entrant(group), make_entrant(group, **changed))
        assert [error.pointer for error in exc_info.value.errors] == [pointer]
        assert await owner.fetchval("select count(*) from membership where group_id = $1", group.id) == 0

    async def test_group_of_another_union_is_not_found(self, app: FastAPI, world: World, group: GroupRef):
        farmer = await world.user(await world.unit("farmers_association"), "union_officer")
        with pytest.raises(NotFound) as exc_info:
            await create_members(app, farmer, make_entrant(group))
        assert [error.pointer for error in exc_info.value.errors] == ["/0/group_id"]

    async def test_commune_outside_the_scope_is_refused(
        self, app: FastAPI, world: World, group: GroupRef, officer: Login, owner: Any
    ):
        beyond = await owner.fetchval("select code from place where parent_code = $1", world.sibling_province)
        with pytest.raises(DomainError) as exc_info:
            await create_members(app, officer, make_entrant(group, commune_code=beyond))
        assert (exc_info.value.code, exc_info.value.errors[0].pointer) == ("outside_scope", "/0/commune_code")

    async def test_known_national_id_is_a_conflict(self, app: FastAPI, group: GroupRef, officer: Login):
        known = make_entrant(group)
        await create_members(app, officer, known)
        with pytest.raises(Exception) as exc_info:
            await create_members(app, officer, make_entrant(group, national_id=known.national_id))
        assert isinstance(error_for_database(exc_info.value), NationalIdTaken)
