"""Who pays and who reports in the tests of reports, and what was paid in November 2026."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.auth.guards import begin_actor
from app.core.time import frozen
from app.exchange.report_schemas import ReportIn
from app.exchange.report_service import work_out
from tests.exchange.reports.paid import Books
from tests.world import GroupOf, Login, Unit, World

NOW = datetime(2026, 12, 5, 3, tzinfo=UTC)


@dataclass
class Scene:
    """Two communes of a province, the Women's Union in both, the farmers in the first, an office of BHXH over it."""

    world: World
    books: Books
    app: Any
    women: Unit
    women_beside: Unit
    farmers: Unit
    group: GroupOf
    group_beside: GroupOf
    farm: GroupOf
    collector: Login
    collector_beside: Login
    farmer: Login
    officer: Login
    bhxh: Login
    office: Login
    viewer: Login
    province_unit: Unit
    office_unit: Unit

    @classmethod
    async def create(cls, world: World, app: Any) -> "Scene":
        provincial = await world.unit("womens_union")
        women = await world.unit("womens_union", world.commune, level="commune", parent=provincial)
        beside = await world.unit("womens_union", world.sibling_commune, level="commune", parent=provincial)
        farmers = await world.unit("farmers_association")
        bhxh = await world.unit("bhxh")
        office = await world.unit("bhxh", world.commune, level="commune", parent=bhxh)
        group, group_beside = await world.group(women), await world.group(beside)
        farm = await world.group(farmers)
        return cls(
            world=world,
            books=Books(world),
            app=app,
            women=women,
            women_beside=beside,
            farmers=farmers,
            group=group,
            group_beside=group_beside,
            farm=farm,
            collector=await world.user(women, "treasurer", groups=[group.id]),
            collector_beside=await world.user(beside, "treasurer", groups=[group_beside.id]),
            farmer=await world.user(farmers, "union_officer"),
            officer=await world.user(provincial, "union_officer"),
            bhxh=await world.user(bhxh, "bhxh_officer"),
            office=await world.user(office, "bhxh_officer"),
            viewer=await world.user(bhxh, "viewer"),
            province_unit=bhxh,
            office_unit=office,
        )

    async def member(self, group: GroupOf, name: str, **columns: Any) -> Any:
        return await self.books.member(group.unit, group.commune, name, **columns)

    async def report(self, who: Login, form: str, sheet: str, **asked: Any) -> Any:
        """The report of November 2026, made on 5 December, unless said otherwise."""
        values = {"form": form, "sheet": sheet, "list_date": "2026-12-05", "month": "2026-11"} | asked
        async with acting(self.app, who) as (db, actor):
            with frozen(NOW):
                return await work_out(db, actor, ReportIn.model_validate(values))


@asynccontextmanager
async def acting(app: Any, who: Login) -> Any:
    async with app.state.database.begin() as db:
        yield db, await begin_actor(db, who.session_id)


async def pay_november(scene: Scene) -> None:
    """Seven payments of the province, one of the other province, one refund."""
    pay, books = scene.books.pay, scene.books
    first = await scene.member(scene.group, "Nguyễn Thị Một")
    paid = await pay(scene.group, first, date(2026, 10, 10), by=scene.collector, state=792_000)
    two, three = await scene.member(scene.group, "Trần Thị Hai"), await scene.member(scene.group, "Lê Thị Ba")
    await pay(scene.group, two, date(2026, 11, 3), by=scene.collector, state=1_980_000, support="poor")
    again: Any = {"kind": "again", "rate": "0.09"}
    await pay(
        scene.group,
        three,
        date(2026, 11, 5),
        by=scene.collector,
        state=1_584_000,
        support="near_poor",
        **again,
    )
    card: Any = {"product": "bhyt_hgd", "due": 1_366_200, "support": None, "kind": "again", "rate": "0.0377"}
    await pay(scene.group, first, date(2026, 11, 6), by=scene.collector, **card)
    four, five = (
        await scene.member(scene.group_beside, "Võ Thị Bốn"),
        await scene.member(scene.group_beside, "Y Năm"),
    )
    there: Any = {"by": scene.collector_beside}
    await pay(scene.group_beside, four, date(2026, 11, 7), state=1_980_000, support="island", **there)
    await pay(
        scene.group_beside, five, date(2026, 11, 8), state=1_188_000, support="ethnic_minority", **there
    )
    six = await scene.member(scene.farm, "Phạm Văn Sáu")
    await pay(scene.farm, six, date(2026, 11, 9), by=scene.farmer, state=792_000)
    await books.refund(
        paid, date(2026, 11, 15), amount=2_112_000, months=8, clawback=380_160, reason="compulsory"
    )
    elsewhere = await scene.world.unit("womens_union", scene.world.sibling_province)
    far = await scene.world.place("commune", scene.world.sibling_province)
    group = await scene.world.group(elsewhere, commune=far)
    other = await scene.world.user(elsewhere, "union_officer")
    await pay(group, await books.member(elsewhere, far, "Người Nơi Khác"), date(2026, 11, 9), by=other)


async def stop(
    scene: Scene, group: GroupOf, by: Login, name: str, *, until: date = date(2026, 11, 30), **how: Any
) -> Any:
    """A member whose insurance of a year ended on that day."""
    columns = how.pop("columns", {})
    member = await scene.member(group, name, **columns)
    begins = date(until.year - 1, until.month % 12 + 1, 1) if until.month < 12 else date(until.year, 1, 1)
    paid = await scene.books.pay(group, member, begins, by=by, **how)
    return member, paid
