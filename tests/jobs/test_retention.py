"""What the registry says is kept for a time goes after it, and nothing goes before: with the clock moved."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.core.values.time import now
from app.jobs import pruning
from app.jobs.pruning import HourlyPruning, count_expired, list_prune_steps, prune_expired
from app.privacy.registry.periods import RETENTION_PERIODS
from tests.privacy.request_scenario import PrivacyScenario
from tests.routers.responses import expect_json


@pytest.fixture
async def privacy(world: Any, client: Any) -> PrivacyScenario:
    return await PrivacyScenario.create(world, client)


class TestPlan:
    def test_every_period_that_ends_by_itself_has_its_step(self, settings: Settings):
        statements = " ".join(step.statement for step in list_prune_steps(settings, now()))
        functions = {period.function for period in RETENTION_PERIODS if period.function}
        assert {function for function in functions if f"select {function}(" not in statements} == set()

    @pytest.mark.parametrize(
        ("setting", "kind", "days"),
        [
            ("keep_batch_outcomes_days", "batch_outcomes", 60),
            ("keep_dry_runs_days", "dry_runs", 7),
            ("keep_security_events_days", "security_events", 400),
            ("keep_read_audit_days", "read_audit", 400),
        ],
    )
    def test_the_operator_says_how_long(self, settings: Settings, setting: str, kind: str, days: int):
        moment = datetime(2040, 1, 31, tzinfo=UTC)
        steps = list_prune_steps(settings.model_copy(update={setting: days}), moment)
        assert next(step.before for step in steps if step.kind == kind) == moment - timedelta(days=days)

    async def test_the_register_is_read_once_a_day(self, app, settings: Settings, monkeypatch):
        """From two in the night on (19:00 UTC), and later where nobody was there then."""
        skipped: list[Any] = []

        async def prune(*_: Any, skip: Any) -> int:
            skipped.append(skip)
            return 0

        monkeypatch.setattr(pruning, "prune_expired", prune)
        hourly = HourlyPruning(app.state.database, settings)
        first = datetime(2026, 11, 1, 2, tzinfo=UTC)
        for hours in (0, 1, 16, 17, 18, 45):
            await hourly.run(first + timedelta(hours=hours))
        assert ["departed" not in skip for skip in skipped] == [True, False, False, True, False, True]

    async def test_a_day_that_failed_is_tried_again(self, app, settings: Settings, monkeypatch):
        skipped: list[Any] = []

        async def prune(*_: Any, skip: Any) -> int:
            skipped.append(skip)
            raise ConnectionError

        monkeypatch.setattr(pruning, "prune_expired", prune)
        hourly = HourlyPruning(app.state.database, settings)
        for _ in range(2):
            with pytest.raises(ConnectionError):
                await hourly.run()
        assert skipped == [(), ()]


class TestSkip:
    async def test_what_is_skipped_stays(self, privacy: PrivacyScenario, app, owner, settings: Settings):
        person = await privacy.create_person()
        await TestDepartedMembers().age(owner, person, 11)
        await prune_expired(app.state.database, settings, skip={"departed"})
        assert await TestDepartedMembers().name(owner, person) == person["full_name"]
        await prune_expired(app.state.database, settings)
        assert await TestDepartedMembers().name(owner, person) != person["full_name"]


class TestBatches:
    async def send(self, privacy: PrivacyScenario, mode: str) -> dict[str, Any]:
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        person = await privacy.create_person()
        row = {
            "external_ref": str(uuid7()), "member_id": person["id"], "product": "bhxh_tn", "method": "months_12",
            "monthly_income": 1_500_000, "from_month": "2026-12",
        }  # fmt: skip

        async def post() -> Any:
            return await privacy.client.post(
                "/v1/enrolments/batches",
                json={"mode": mode, "items": [row]},
                headers=partner.headers | {"Idempotency-Key": "k"},
            )

        sent: dict[str, Any] = expect_json(await post())
        return sent | {"again": post}

    @pytest.mark.parametrize(
        ("mode", "days", "kept"),
        [("partial", 399, True), ("partial", 401, False), ("validate", 29, True), ("validate", 31, False)],
    )
    async def test_outcomes_go_and_the_key_holds(
        self, privacy: PrivacyScenario, app, owner, settings: Settings, mode: str, days: int, kept: bool
    ):
        sent = await self.send(privacy, mode)
        assert len(sent["items"]) == 1
        await owner.execute(
            "update enrolment_batch set sent_at = now() - $2 * interval '1 day' where id = $1", UUID(sent["batch_id"]), days
        )  # fmt: skip
        await prune_expired(app.state.database, settings)
        again = await sent["again"]()
        assert again.headers["idempotency-replayed"] == "true"
        assert (expect_json(again)["counts"], bool(again.json()["items"])) == (sent["counts"], kept)


class TestReadAudit:
    @pytest.mark.parametrize(("days", "kept"), [(729, True), (731, False)])
    async def test_goes_after_its_time(
        self, privacy: PrivacyScenario, app, owner, settings: Settings, days: int, kept: bool
    ):
        seq = await owner.fetchval(
            "insert into read_audit (at, act, network, member_id, actor_id, actor_kind, organisation_id)"
            " values (now() - $1 * interval '1 day', 'record', 'bhxh', new_id(), new_id(), 'user', $2) returning seq",
            days, privacy.unit.id,
        )  # fmt: skip
        await prune_expired(app.state.database, settings)
        assert await owner.fetchval("select exists (select from read_audit where seq = $1)", seq) == kept


class TestSecurityEvents:
    async def insert(self, owner: Any, event: str, days: int) -> UUID:
        id_ = uuid7()
        await owner.execute(
            "insert into audit_event (id, at, event, network, actor_kind, subject_kind, fields)"
            " values ($1, now() - $2 * interval '1 day', $3, 'bhxh', 'nobody', split_part($3, '.', 1), '{}')",
            id_, days, event,
        )  # fmt: skip
        return id_

    @pytest.mark.parametrize(
        ("event", "days", "kept"),
        [
            ("login.failed", 731, False),
            ("session.started", 731, False),
            ("token.refused", 731, False),
            ("login.failed", 729, True),
            ("member.seen_whole", 5000, True),
            ("user.changed", 5000, True),
            ("data_request.done", 5000, True),
        ],
    )
    async def test_of_logins_go_and_acts_stay(
        self, app, owner, settings: Settings, event: str, days: int, kept: bool
    ):
        id_ = await self.insert(owner, event, days)
        await prune_expired(app.state.database, settings)
        assert bool(await owner.fetchval("select count(*) from audit_event where id = $1", id_)) == kept

    async def test_never_within_a_year_whatever_is_asked_for(self, app, owner, settings: Settings):
        id_ = await self.insert(owner, "login.failed", 300)
        await prune_expired(app.state.database, settings, now() + timedelta(days=10_000))
        assert await owner.fetchval("select count(*) from audit_event where id = $1", id_) == 1

    async def test_nothing_else_of_the_audit_can_be_deleted_or_changed(self, owner):
        id_ = await self.insert(owner, "member.changed", 5000)
        for sql in (
            "delete from audit_event where id = $1",
            "update audit_event set event = 'x' where id = $1",
            "update audit_event set fields = '{\"a\": 1}' where id = $1",
        ):
            with pytest.raises(Exception, match="append-only"):
                await owner.execute(sql, id_)


class TestDataRequests:
    @pytest.mark.parametrize(("years", "kept"), [(4, True), (6, False)])
    async def test_words_go_and_the_proof_stays(
        self, privacy: PrivacyScenario, app, owner, settings: Settings, years: int, kept: bool
    ):
        person = await privacy.create_person()
        received = await privacy.receive(
            person, "copy", details="Lời của tôi", requester="guardian", requester_name="Mẹ Của Em"
        )
        expect_json(await privacy.act(received, "refuse", {"code": "other", "answer": "Lời đáp"}))
        await owner.execute(
            "update data_request set updated_at = now() - $2 * interval '1 year' where id = $1", UUID(received["id"]), years
        )  # fmt: skip
        await prune_expired(app.state.database, settings)
        row = await owner.fetchrow("select * from data_request where id = $1", UUID(received["id"]))
        assert [row[name] is not None for name in ("details", "requester_name", "answer")] == [kept] * 3
        assert (row["kind"], row["status"], row["refusal_code"]) == ("copy", "refused", "other")

    async def test_an_open_one_keeps_them(self, privacy: PrivacyScenario, app, owner, settings: Settings):
        received = await privacy.receive(await privacy.create_person(), "copy", details="Lời của tôi")
        await owner.execute(
            "update data_request set updated_at = now() - interval '9 years' where id = $1",
            UUID(received["id"]),
        )
        await prune_expired(app.state.database, settings)
        assert await owner.fetchval("select details from data_request where id = $1", UUID(received["id"]))


class TestDepartedMembers:
    async def age(self, owner: Any, person: dict[str, Any], years: int) -> None:
        for sql in (
            "update member set updated_at = now() - $2 * interval '1 year' where id = $1",
            "update membership set left_on = current_date - 365 * $2 - 5, joined_on = '1990-01-01' where member_id = $1",
        ):
            await owner.execute(sql, UUID(person["id"]), years)

    async def name(self, owner: Any, person: dict[str, Any]) -> str:
        found: str = await owner.fetchval("select full_name from member where id = $1", UUID(person["id"]))
        return found

    @pytest.mark.parametrize(("years", "kept"), [(9, True), (11, False)])
    async def test_who_left_ten_years_ago_is_a_number(
        self, privacy: PrivacyScenario, app, owner, settings: Settings, years: int, kept: bool
    ):
        person = await privacy.create_person()
        await privacy.join(person)
        await self.age(owner, person, years)
        await prune_expired(app.state.database, settings)
        assert ((await self.name(owner, person)) == person["full_name"]) == kept

    async def test_not_who_has_money_or_asks_for_something(
        self, privacy: PrivacyScenario, app, owner, settings: Settings
    ):
        rich, asking = await privacy.create_person(), await privacy.create_person()
        await privacy.join(rich)
        await privacy.save(rich, 1)
        await privacy.receive(asking, "access")
        for person in (rich, asking):
            await self.age(owner, person, 20)
        await prune_expired(app.state.database, settings)
        for person in (rich, asking):
            assert await self.name(owner, person) == person["full_name"]

    async def test_nobody_within_ten_years_whatever_is_asked_for(
        self, privacy: PrivacyScenario, app, owner, settings: Settings
    ):
        person = await privacy.create_person()
        await self.age(owner, person, 9)
        await prune_expired(app.state.database, settings, now() + timedelta(days=40_000))
        assert await self.name(owner, person) == person["full_name"]


class TestCountExpired:
    async def test_counts_and_deletes_nothing(self, privacy: PrivacyScenario, app, owner, settings: Settings):
        await prune_expired(app.state.database, settings)
        person = await privacy.create_person()
        await privacy.join(person)
        await TestDepartedMembers().age(owner, person, 11)
        await TestSecurityEvents().insert(owner, "login.failed", 800)
        counts = await count_expired(app.state.database, settings)
        assert [counts[kind] for kind in ("departed", "security_events", "job_files")] == [
            (1, False),
            (1, False),
            (0, False),
        ]
        assert counts == await count_expired(app.state.database, settings)
        assert await TestDepartedMembers().name(owner, person) == person["full_name"]
        assert await prune_expired(app.state.database, settings) == sum(
            each.number for each in counts.values()
        )
        assert set((await count_expired(app.state.database, settings)).values()) == {(0, False)}

    @pytest.mark.parametrize(("more", "expected"), [(0, (1_000, False)), (5, (1_000, True))])
    async def test_counts_no_further_than_one_portion(
        self, app, owner, settings: Settings, more: int, expected: tuple[int, bool]
    ):
        """It must not delete, and take back, whatever lies there: the statements are asked for a portion and one."""
        await prune_expired(app.state.database, settings)
        await owner.execute(
            "insert into audit_event (id, at, event, network, actor_kind, subject_kind, fields)"
            " select new_id(), now() - interval '800 days', 'login.failed', 'bhxh', 'nobody', 'login', '{}'"
            "   from generate_series(1, $1)",
            1_000 + more,
        )
        assert (await count_expired(app.state.database, settings))["security_events"] == expected
        assert await prune_expired(app.state.database, settings) == 1_000 + more
