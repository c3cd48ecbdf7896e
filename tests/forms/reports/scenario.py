"""Scenario of the report tests: organisations and logins, and what was paid in November 2026."""

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.auth.actor import begin_actor
from app.core.values.time import freeze_time
from app.forms.reports.schemas import ReportIn
from app.forms.reports.service import compute_report
from tests.forms.reports.factories import PaymentFactory
from tests.world import GroupRef, Login, Unit, World

NOW = datetime(2026, 12, 5, 3, tzinfo=UTC)


@dataclass
class ReportScenario:
    """Two communes of a province, the Women's Union in both, the farmers in the first, an office of BHXH over it."""

    world: World
    payments: PaymentFactory
    app: Any
    women: Unit
    sibling_women: Unit
    farmers: Unit
    group: GroupRef
    sibling_group: GroupRef
    farmers_group: GroupRef
    collector: Login
    sibling_collector: Login
    farmer: Login
    officer: Login
    bhxh: Login
    office: Login
    viewer: Login
    province_unit: Unit
    office_unit: Unit

    @classmethod
    async def create(cls, world: World, app: Any) -> "ReportScenario":
        provincial = await world.unit("womens_union")
        women = await world.unit("womens_union", world.commune, level="commune", parent=provincial)
        sibling_unit = await world.unit(
            "womens_union", world.sibling_commune, level="commune", parent=provincial
        )
        farmers = await world.unit("farmers_association")
        bhxh = await world.unit("bhxh")
        office = await world.unit("bhxh", world.commune, level="commune", parent=bhxh)
        group, group_beside = await world.group(women), await world.group(sibling_unit)
        farmers_group = await world.group(farmers)
        return cls(
            world=world,
            payments=PaymentFactory(world),
            app=app,
            women=women,
            sibling_women=sibling_unit,
            farmers=farmers,
            group=group,
            sibling_group=group_beside,
            farmers_group=farmers_group,
            collector=await world.user(women, "treasurer", groups=[group.id]),
            sibling_collector=await world.user(sibling_unit, "treasurer", groups=[group_beside.id]),
            farmer=await world.user(farmers, "union_officer"),
            officer=await world.user(provincial, "union_officer"),
            bhxh=await world.user(bhxh, "bhxh_officer"),
            office=await world.user(office, "bhxh_officer"),
            viewer=await world.user(bhxh, "viewer"),
            province_unit=bhxh,
            office_unit=office,
        )

    async def create_member(self, group: GroupRef, name: str, **columns: Any) -> Any:
        return await self.payments.create_member(group.unit, group.commune, name, **columns)

    async def create_report(self, login: Login, form: str, sheet: str, **fields: Any) -> Any:
        """The report of November 2026, made on 5 December, unless said otherwise."""
        values = {"form": form, "sheet": sheet, "list_date": "2026-12-05", "month": "2026-11"} | fields
        async with begin_as(self.app, login) as (db, actor):
            with freeze_time(NOW):
                return await compute_report(db, actor, ReportIn.model_validate(values))


@asynccontextmanager
async def begin_as(app: Any, login: Login) -> Any:
    async with app.state.database.begin() as db:
        yield db, await begin_actor(db, login.session_id)


async def pay_in_november(scenario: ReportScenario) -> None:
    """Seven payments of the province, one of the other province, one refund."""
    pay, payments = scenario.payments.create_payment, scenario.payments
    first = await scenario.create_member(scenario.group, "Nguyễn Thị Một")
    paid = await pay(scenario.group, first, date(2026, 10, 10), collector=scenario.collector, state=792_000)
    two, three = (
        await scenario.create_member(scenario.group, "Trần Thị Hai"),
        await scenario.create_member(scenario.group, "Lê Thị Ba"),
    )
    await pay(
        scenario.group, two, date(2026, 11, 3), collector=scenario.collector, state=1_980_000, support="poor"
    )
    again: Any = {"kind": "again", "rate": "0.09"}
    await pay(
        scenario.group,
        three,
        date(2026, 11, 5),
        collector=scenario.collector,
        state=1_584_000,
        support="near_poor",
        **again,
    )
    card: Any = {"product": "bhyt_hgd", "due": 1_366_200, "support": None, "kind": "again", "rate": "0.0377"}
    await pay(scenario.group, first, date(2026, 11, 6), collector=scenario.collector, **card)
    four, five = (
        await scenario.create_member(scenario.sibling_group, "Võ Thị Bốn"),
        await scenario.create_member(scenario.sibling_group, "Y Năm"),
    )
    there: Any = {"collector": scenario.sibling_collector}
    await pay(scenario.sibling_group, four, date(2026, 11, 7), state=1_980_000, support="island", **there)
    await pay(
        scenario.sibling_group, five, date(2026, 11, 8), state=1_188_000, support="ethnic_minority", **there
    )
    stopped_member = await scenario.create_member(scenario.farmers_group, "Phạm Văn Sáu")
    await pay(
        scenario.farmers_group, stopped_member, date(2026, 11, 9), collector=scenario.farmer, state=792_000
    )
    await payments.create_refund(
        paid, date(2026, 11, 15), amount=2_112_000, months=8, clawback=380_160, reason="compulsory"
    )
    elsewhere = await scenario.world.unit("womens_union", scenario.world.sibling_province)
    far = await scenario.world.place("commune", scenario.world.sibling_province)
    group = await scenario.world.group(elsewhere, commune=far)
    other = await scenario.world.user(elsewhere, "union_officer")
    await pay(
        group,
        await payments.create_member(elsewhere, far, "Người Nơi Khác"),
        date(2026, 11, 9),
        collector=other,
    )


async def create_stopped_member(
    scenario: ReportScenario,
    group: GroupRef,
    by: Login,
    name: str,
    *,
    until: date = date(2026, 10, 31),
    **payment_fields: Any,
) -> Any:
    """Create a member whose insurance of a year ended on that day."""
    columns = payment_fields.pop("columns", {})
    member = await scenario.create_member(group, name, **columns)
    begins = date(until.year - 1, until.month % 12 + 1, 1) if until.month < 12 else date(until.year, 1, 1)
    paid = await scenario.payments.create_payment(group, member, begins, collector=by, **payment_fields)
    return member, paid
