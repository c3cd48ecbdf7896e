"""Loading the demonstration data: once, also after a kill in the middle; its loaders cannot act afterwards."""

from typing import Any

import pytest

from app.core.settings import Settings
from app.demo.load import CHAPTERS, DatabaseInUse, load_demo
from app.ledger.verification.verify import verify_ledger
from tests.demo.conftest import KILLED_CHAPTER, LOADED_CHAPTERS_SQL, LoadedDemo
from tests.world import World

TABLES = (
    "organisation", "app_user", "place", "savings_model", "savings_group", "household", "member", "membership",
    "pledge", "ledger_txn", "posting", "enrolment", "campaign", "campaign_event", "observation", "target", "award",
    "payout", "audit_event", "auth_session",
)  # fmt: skip


async def count_rows(owner: Any) -> dict[str, int]:
    return {table: await owner.fetchval(f"select count(*) from {table}") for table in TABLES}


async def test_killed_loading_left_whole_chapters_only(loaded_demo: LoadedDemo) -> None:
    assert loaded_demo.chapters_when_killed == list(CHAPTERS)[: list(CHAPTERS).index(KILLED_CHAPTER)]
    assert loaded_demo.groups_when_killed == 0


async def test_resumed_loading_is_complete(demo_owner: Any) -> None:
    assert [row[0] for row in await demo_owner.fetch(LOADED_CHAPTERS_SQL)] == list(CHAPTERS)


async def test_second_loading_changes_nothing(demo_owner: Any, loaded_demo: LoadedDemo) -> None:
    before = await count_rows(demo_owner)
    messages: list[str] = []
    await load_demo(demo_owner, loaded_demo.settings, messages.append)
    assert await count_rows(demo_owner) == before
    assert messages == []


async def test_books_agree(demo_owner: Any) -> None:
    assert await verify_ledger(demo_owner) == []


async def test_nobody_can_act_with_what_the_loading_used(demo_owner: Any) -> None:
    ended = "revoked_at is not null or expires_at < now() + interval '15 minutes'"
    loaders = "device_id is null and client_id is null and not exists (select from refresh_token r where r.session_id = s.id)"
    alive = f"select count(*) from auth_session s where {loaders} and not ({ended})"
    assert await demo_owner.fetchval(alive) == 0
    revoked = "select count(*) from auth_session where revoked_why = 'demo loaded'"
    assert await demo_owner.fetchval(revoked) >= 5


async def test_everything_was_done_by_somebody(demo_owner: Any) -> None:
    unknown = "select count(*) from audit_event where actor_kind = 'user' and actor_id not in (select id from app_user)"
    assert await demo_owner.fetchval(unknown) == 0
    entered = "select count(*) from member where created_by is null"
    assert await demo_owner.fetchval(entered) == 0
    members = await demo_owner.fetchval("select count(*) from member")
    assert (
        await demo_owner.fetchval("select count(*) from audit_event where event = 'member.created'")
        == members
    )


async def test_database_with_other_data_is_left_alone(owner: Any, settings: Settings, world: World) -> None:
    await world.unit("womens_union")
    with pytest.raises(DatabaseInUse, match="trống"):
        await load_demo(owner, settings)
    assert not await owner.fetchval("select exists (select from app_user where username = 'bhxh.vn')")
