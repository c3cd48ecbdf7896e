"""Factories for rows of a cell that several cases need."""

from typing import Any
from uuid import UUID

from tests.access.scenario.actors import Visibility
from tests.access.scenario.cell_data import CellData
from tests.world import national_id


async def model(data: CellData) -> str:
    """A savings model (mô hình) of the cell's place."""
    body = {"name": data.marked_name(Visibility.AROUND), "mechanism": "piggy_bank", "place_code": data.place}
    return await data.post_row("model", "/v1/savings-models", body, sight=Visibility.AROUND)


async def unassigned_group(data: CellData) -> str:
    """A group of the cell to which no treasurer is assigned: for edits of the group itself."""

    async def make() -> UUID:
        return (await data.scenario.new_group(data.cell)).id

    return await data.row_id("own group", make, sight=Visibility.GROUPED)


async def member(data: CellData) -> str:
    """A member (hội viên) of the cell, in its group."""

    async def make() -> UUID:
        created = await create_member(data)
        await data.scenario.world.join(data.scenario.groups[data.cell], created)
        return created

    return await data.row_id("member", make, sight=Visibility.GROUPED)


async def former_member(data: CellData) -> str:
    """A member who was in the group and left, so that its treasurer knows them."""

    async def make() -> UUID:
        created = await create_member(data)
        membership = await data.scenario.world.join(data.scenario.groups[data.cell], created)
        await data.scenario.owner.execute(
            "update membership set left_on = '2001-12-31' where id = $1", membership
        )
        return created

    return await data.row_id("leaver", make, sight=Visibility.GROUPED)


async def create_member(data: CellData) -> UUID:
    """A person in the register, with every number that a search can find, in no group."""
    scenario = data.scenario
    created = await scenario.world.member(
        scenario.units[data.cell], commune=data.place, name=data.marked_name(Visibility.GROUPED)
    )
    await scenario.owner.execute(
        "update member set national_id = $2, phone = '0912000111' where id = $1",
        created,
        national_id(),
    )
    return created


async def membership(data: CellData) -> str:
    """The membership (tổ viên) of `member`."""
    person, group = await member(data), await data.group()

    async def make() -> Any:
        return await data.scenario.owner.fetchval(
            "select id from membership where member_id = $1 and group_id = $2", UUID(person), UUID(group)
        )

    return await data.row_id("membership", make, sight=Visibility.GROUPED)


async def household(data: CellData) -> str:
    """The household (hộ) of `member`."""
    person = await member(data)

    async def make() -> Any:
        body = {"commune_code": data.place, "address": data.marked_name(Visibility.GROUPED)}
        created = (await data.scenario.post(data.cell, "/v1/households", body))["id"]
        await data.scenario.owner.execute(
            "update member set household_id = $2 where id = $1", UUID(person), UUID(created)
        )
        return created

    return await data.row_id("household", make, sight=Visibility.GROUPED)


async def contribution(data: CellData) -> str:
    """A contribution (khoản đóng góp) of `member`."""
    return await data.post_row(
        "contribution", "/v1/contributions", await contribution_body(data), sight=Visibility.GROUPED
    )


async def contribution_body(data: CellData) -> dict[str, Any]:
    """What a saving of `member` today looks like."""
    return {
        "group_id": await data.group(),
        "member_id": await member(data),
        "kind": "saving",
        "product": "bhxh_tn",
        "amount": 10_000,
        "business_date": "2026-01-05",
    }


async def meeting(data: CellData) -> str:
    """A meeting (buổi sinh hoạt) of the group."""
    return await data.post_row("meeting", "/v1/meetings", await meeting_body(data), sight=Visibility.GROUPED)


async def meeting_body(data: CellData) -> dict[str, Any]:
    """What the collection sheet of one line looks like."""
    item = {"member_id": await member(data), "amount": 5_000}
    return {
        "group_id": await data.group(),
        "business_date": "2026-01-06",
        "note": data.marked_name(Visibility.GROUPED),
        "items": [item],
    }
