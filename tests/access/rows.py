"""Rows of a spot that several lines need."""

from typing import Any
from uuid import UUID

from tests.access.actors import Sight
from tests.access.spots import Spot
from tests.world import national_id


async def model(at: Spot) -> str:
    """A savings model (mô hình) of the cell's place."""
    body = {"name": at.name(Sight.AROUND), "mechanism": "piggy_bank", "place_code": at.place}
    return await at.posted("model", "/v1/savings-models", body, sight=Sight.AROUND)


async def own_group(at: Spot) -> str:
    """A group of the cell that is nobody's task: for edits of the group itself."""

    async def make() -> UUID:
        return (await at.stage.new_group(at.cell)).id

    return await at.row("own group", make, sight=Sight.GROUPED)


async def member(at: Spot) -> str:
    """A member (hội viên) of the cell, in its group."""

    async def make() -> UUID:
        made = await new_member(at)
        await at.stage.world.join(at.stage.groups[at.cell], made)
        return made

    return await at.row("member", make, sight=Sight.GROUPED)


async def leaver(at: Spot) -> str:
    """A member who was in the group and left, so that its treasurer knows them."""

    async def make() -> UUID:
        made = await new_member(at)
        membership = await at.stage.world.join(at.stage.groups[at.cell], made)
        await at.stage.owner.execute("update membership set left_on = '2001-12-31' where id = $1", membership)
        return made

    return await at.row("leaver", make, sight=Sight.GROUPED)


async def new_member(at: Spot) -> UUID:
    """A person in the register, with every number that a search can find, in no group."""
    stage = at.stage
    made = await stage.world.member(stage.units[at.cell], commune=at.place, name=at.name(Sight.GROUPED))
    await stage.owner.execute(
        "update member set national_id = $2, phone = '0912000111' where id = $1",
        made,
        national_id(),
    )
    return made


async def membership(at: Spot) -> str:
    """The membership (tổ viên) of `member`."""
    person, group = await member(at), await at.group()

    async def make() -> Any:
        return await at.stage.owner.fetchval(
            "select id from membership where member_id = $1 and group_id = $2", UUID(person), UUID(group)
        )

    return await at.row("membership", make, sight=Sight.GROUPED)


async def household(at: Spot) -> str:
    """The household (hộ) of `member`."""
    person = await member(at)

    async def make() -> Any:
        body = {"commune_code": at.place, "address": at.name(Sight.GROUPED)}
        made = (await at.stage.post(at.cell, "/v1/households", body))["id"]
        await at.stage.owner.execute(
            "update member set household_id = $2 where id = $1", UUID(person), UUID(made)
        )
        return made

    return await at.row("household", make, sight=Sight.GROUPED)


async def contribution(at: Spot) -> str:
    """A contribution (khoản đóng góp) of `member`."""
    return await at.posted("contribution", "/v1/contributions", await saving(at), sight=Sight.GROUPED)


async def saving(at: Spot) -> dict[str, Any]:
    """What a saving of `member` today looks like."""
    return {
        "group_id": await at.group(),
        "member_id": await member(at),
        "kind": "saving",
        "product": "bhxh_tn",
        "amount": 10_000,
        "business_date": "2026-01-05",
    }


async def meeting(at: Spot) -> str:
    """A meeting (buổi sinh hoạt) of the group."""
    return await at.posted("meeting", "/v1/meetings", await sheet(at), sight=Sight.GROUPED)


async def sheet(at: Spot) -> dict[str, Any]:
    """What the collection sheet of one line looks like."""
    line = {"member_id": await member(at), "amount": 5_000}
    return {
        "group_id": await at.group(),
        "business_date": "2026-01-06",
        "note": at.name(Sight.GROUPED),
        "items": [line],
    }
