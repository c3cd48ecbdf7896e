"""Loading: once, also after a kill in the middle; by people who may, who can no longer act afterwards."""

from typing import Any

import pytest

from app.core.settings import Settings
from app.demo.load import CHAPTERS, DatabaseInUse, load_demo
from app.ledger.verify import verify
from tests.demo.conftest import KILLED, MARKS, Loaded
from tests.world import World

TABLES = (
    "organisation", "app_user", "place", "savings_model", "savings_group", "household", "member", "membership",
    "pledge", "ledger_txn", "posting", "enrolment", "campaign", "campaign_event", "observation", "target", "award",
    "payout", "audit_event", "auth_session",
)  # fmt: skip


async def counted(owner: Any) -> dict[str, int]:
    return {table: await owner.fetchval(f"select count(*) from {table}") for table in TABLES}


async def test_killed_loading_left_whole_chapters_only(loaded: Loaded) -> None:
    assert loaded.chapters_when_killed == list(CHAPTERS)[: list(CHAPTERS).index(KILLED)]
    assert loaded.groups_when_killed == 0


async def test_resumed_loading_is_complete(demo: Any) -> None:
    assert [row[0] for row in await demo.fetch(MARKS)] == list(CHAPTERS)


async def test_second_loading_changes_nothing(demo: Any, loaded: Loaded) -> None:
    before = await counted(demo)
    told: list[str] = []
    await load_demo(demo, loaded.settings, told.append)
    assert await counted(demo) == before
    assert told == []


async def test_books_agree(demo: Any) -> None:
    assert await verify(demo) == []


async def test_nobody_can_act_with_what_the_loading_used(demo: Any) -> None:
    ended = "revoked_at is not null or expires_at < now() + interval '15 minutes'"
    loaders = "device_id is null and client_id is null and not exists (select from refresh_token r where r.session_id = s.id)"
    alive = f"select count(*) from auth_session s where {loaders} and not ({ended})"
    assert await demo.fetchval(alive) == 0
    revoked = "select count(*) from auth_session where revoked_why = 'demo loaded'"
    assert await demo.fetchval(revoked) >= 5


async def test_everything_was_done_by_somebody(demo: Any) -> None:
    unknown = "select count(*) from audit_event where actor_kind = 'user' and actor_id not in (select id from app_user)"
    assert await demo.fetchval(unknown) == 0
    entered = "select count(*) from member where created_by is null"
    assert await demo.fetchval(entered) == 0
    members = await demo.fetchval("select count(*) from member")
    assert await demo.fetchval("select count(*) from audit_event where event = 'member.created'") == members


async def test_database_with_other_data_is_left_alone(owner: Any, settings: Settings, world: World) -> None:
    await world.unit("womens_union")
    with pytest.raises(DatabaseInUse, match="trống"):
        await load_demo(owner, settings)
    assert not await owner.fetchval("select exists (select from app_user where username = 'bhxh.vn')")
