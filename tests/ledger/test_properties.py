"""Properties of the ledger: whatever is asked, in whatever order and however often, the books agree.

Hypothesis runs a group's operations against PostgreSQL and compares it with a ledger of a few lines of Python. It has an
event loop of its own, because its rules are plain functions.
"""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.auth.actor import begin_actor
from app.auth.caller import Caller, join_names
from app.auth.permissions import Permission, roles_with
from app.core.errors import DomainError, IdempotencyKeyReused
from app.core.postgres.database import Database
from app.core.postgres.server import become_owner, open_connection
from app.core.values.ids import uuid7
from app.core.values.time import today
from app.ledger.holds import HoldOrder, hold_money, post_hold, void_hold
from app.ledger.schemas import ContributionIn, MeetingIn, ReversalIn
from app.ledger.service import LedgerResult, record_contribution, record_sheet, reverse_contribution
from app.ledger.verification.verify import verify_ledger
from tests.databases import DatabaseUrls
from tests.ledger.books import entry_line
from tests.world import GroupRef, Login, World

AMOUNTS = st.integers(1, 9)
KINDS = st.sampled_from(["saving", "withdrawal", "donation", "sale"])
WHO = st.integers(0, 3)  # the fourth is the common fund
AGO = st.integers(0, 3)
"""How many days ago: no day ends with less than nothing, in whatever order its entries come."""
LINES = st.lists(st.tuples(KINDS, WHO, AMOUNTS), min_size=1, max_size=6)


class FakeTokens:
    """A fake token issuer: these tests call below the token."""

    async def issue(self, **_claims: Any) -> str:
        return ""


class LedgerSession:
    """A database and a login on one group's books, in an event loop of its own."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self.urls = urls
        self.runner = asyncio.Runner()
        self.owner: Any = self.run(self._owner())
        self.database: Database = self.run(Database.connect(urls.app, pool_size=4))

    def run(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)

    async def _owner(self) -> Any:
        connection = await open_connection(self.urls.admin)
        await become_owner(connection, self.urls.role_prefix)
        return connection

    def close(self) -> None:
        self.run(self.database.close())
        self.run(self.owner.close())
        self.runner.close()

    async def create_group(self) -> tuple[World, GroupRef, Login]:
        world = await World.create(self.owner, FakeTokens())  # type: ignore[arg-type]
        group = await world.group(await world.unit("womens_union"), members=3)
        return world, group, await world.user(group.unit, "treasurer", groups=[group.id])

    def caller(self, login: Login) -> Caller:
        return Caller(
            login.session_id, join_names(roles_with(Permission.CONTRIBUTION_RECORD)), "{}", self.database.call
        )


@pytest.fixture(scope="module")
def ledger_session(database_urls):
    created = LedgerSession(database_urls)
    yield created
    created.close()


def day_of(ago: int) -> date:
    return today() - timedelta(days=ago)


@dataclass
class Model:
    """The ledger in a few lines: what each of the four accounts got and holds, and how many days ago."""

    entries: list[tuple[int, int, int]] = field(default_factory=list)
    held: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def posted(self) -> list[int]:
        return [sum(delta for each, _, delta in self.entries if each == who) for who in range(4)]

    def has(self, who: int, ago: int) -> bool:
        """Whether no day since then ends with less in the account than it holds."""
        changes = [each for each in self.entries if each[0] == who]
        changes += [(who, then, -amount) for each, then, amount in self.held.values() if each == who]
        return all(sum(delta for _, then, delta in changes if then >= day) >= 0 for day in range(ago + 1))

    def apply(self, deltas: list[tuple[int, int]], ago: int) -> bool:
        """Book the changes of a day, all or none."""
        before = list(self.entries)
        self.entries += [(who, ago, delta) for who, delta in deltas]
        totals = {who: sum(delta for each, delta in deltas if each == who) for who, _ in deltas}
        if all(total >= 0 or self.has(who, ago) for who, total in totals.items()):
            return True
        self.entries = before
        return False


@dataclass(frozen=True)
class Request:
    """A request that was accepted, to be repeated, and its answer."""

    send: Any
    answer: str


class LedgerMachine(RuleBasedStateMachine):
    """A group's books. Every rule says what the model expects and holds the ledger to it."""

    session: LedgerSession
    requests = Bundle("requests")
    entries = Bundle("entries")
    holds = Bundle("holds")

    @initialize()
    def open(self) -> None:
        self.world, self.group, self.login = self.session.run(self.session.create_group())
        self.caller = self.session.caller(self.login)
        self.model = Model()
        self.reversed: set[str] = set()
        self.written = 0

    def member(self, who: int) -> UUID | None:
        return self.group.members[who] if who < 3 else None

    def line(self, kind: str, who: int, amount: int) -> dict[str, Any]:
        if kind == "sale":
            return entry_line(self.member(who), None, kind=kind, quantity=amount, unit_price=1)
        return entry_line(self.member(who), amount, kind=kind)

    def send(self, send: Any, accepted: bool, transactions: int) -> LedgerResult | None:
        """Send a request; the ledger must agree with the model on whether it is accepted."""
        result: LedgerResult | None = None
        refusal: DomainError | None = None
        try:
            result = self.session.run(send())
        except DomainError as raised:
            refusal = raised
        assert (refusal is None) == accepted, refusal
        if result is not None:
            assert not result.replayed
            self.written += transactions
        return result

    @rule(target=requests, kind=KINDS, who=WHO, amount=AMOUNTS, ago=AGO)
    def record(self, kind: str, who: int, amount: int, ago: int) -> Any:
        if kind == "saving" and who == 3:
            kind = "donation"
        key, body = str(uuid7()), self.line(kind, who, amount)
        created = ContributionIn.model_validate(
            {**body, "group_id": str(self.group.id), "business_date": day_of(ago)}
        )
        delta = -amount if kind == "withdrawal" else amount
        result = self.send(
            lambda: record_contribution(self.caller, created, key), self.model.apply([(who, delta)], ago), 1
        )
        if result is None:
            return multiple()
        value = result.parse_body()
        assert value["member_balance"] == (self.model.posted[who] if who < 3 else None)
        assert value["group_balance"] == sum(self.model.posted)

        async def other() -> None:
            with pytest.raises(IdempotencyKeyReused):
                await record_contribution(self.caller, created.model_copy(update={"note": "khác"}), key)

        self.session.run(other())
        return Request(lambda: record_contribution(self.caller, created, key), result.body)

    @rule(
        target=entries,
        kind=st.sampled_from(["saving", "withdrawal"]),
        who=st.integers(0, 2),
        amount=AMOUNTS,
        ago=AGO,
    )
    def record_entry(self, kind: str, who: int, amount: int, ago: int) -> Any:
        created = ContributionIn.model_validate(
            {**self.line(kind, who, amount), "group_code": self.group.code, "business_date": day_of(ago)}
        )
        delta = -amount if kind == "withdrawal" else amount
        result = self.send(
            lambda: record_contribution(self.caller, created, str(uuid7())),
            self.model.apply([(who, delta)], ago),
            1,
        )
        return multiple() if result is None else (result.parse_body()["id"], who, delta, ago)

    @rule(target=requests, lines=LINES, ago=AGO)
    def sheet(self, lines: list[tuple[str, int, int]], ago: int) -> Any:
        lines = [("donation" if kind == "saving" and who == 3 else kind, who, n) for kind, who, n in lines]
        deltas = [(who, -amount if kind == "withdrawal" else amount) for kind, who, amount in lines]
        created = MeetingIn.model_validate(
            {
                "id": str(uuid7()),
                "group_id": str(self.group.id),
                "business_date": day_of(ago),
                "items": [self.line(*item) for item in lines],
            }
        )
        result = self.send(
            lambda: record_sheet(self.caller, created), self.model.apply(deltas, ago), 1 + len(lines)
        )
        if result is None:
            return multiple()
        value = result.parse_body()
        assert (value["total"], value["count"]) == (sum(delta for _, delta in deltas), len(lines))
        assert value["group_balance"] == sum(self.model.posted)
        return Request(lambda: record_sheet(self.caller, created), result.body)

    @rule(target=requests, entry=entries, ago=AGO)
    def reverse(self, entry: tuple[str, int, int, int], ago: int) -> Any:
        txn_id, who, delta, recorded = entry
        accepted = txn_id not in self.reversed and ago <= recorded and self.model.apply([(who, -delta)], ago)
        key, body = str(uuid7()), ReversalIn(note="nhầm", business_date=day_of(ago))
        send = lambda: reverse_contribution(self.caller, UUID(txn_id), body, key)  # noqa: E731
        result = self.send(send, accepted, 1)
        if result is None:
            return multiple()
        self.reversed.add(txn_id)
        return Request(send, result.body)

    @rule(request=requests)
    def repeat(self, request: Request) -> None:
        result: LedgerResult = self.session.run(request.send())
        assert (result.replayed, result.body) == (True, request.answer)

    async def run_as_treasurer(self, work: Any) -> LedgerResult:
        async with self.session.database.begin() as db:
            result: LedgerResult = await work(db, await begin_actor(db, self.login.session_id))
            return result

    @rule(target=holds, who=WHO, amount=AMOUNTS, ago=AGO)
    def hold(self, who: int, amount: int, ago: int) -> Any:
        order = HoldOrder(self.group.id, self.member(who), amount, None, day_of(ago))
        self.model.held["new"] = (who, ago, amount)
        accepted = self.model.has(who, ago)
        del self.model.held["new"]
        result = self.send(
            lambda: self.run_as_treasurer(lambda db, actor: hold_money(db, actor, order, key=str(uuid7()))),
            accepted,
            1,
        )
        if result is None:
            return multiple()
        hold_id: str = result.parse_body()["id"]
        self.model.held[hold_id] = (who, ago, amount)
        return hold_id, who, amount, ago

    @rule(held=holds, paid=st.integers(0, 9), ago=AGO)
    def resolve(self, held: tuple[str, int, int, int], paid: int, ago: int) -> None:
        hold_id, who, amount, recorded = held

        def send() -> Any:
            words: dict[str, Any] = {"key": str(uuid7()), "business_date": day_of(ago)}
            if paid:
                return self.run_as_treasurer(
                    lambda db, actor: post_hold(db, actor, UUID(hold_id), amount=paid, **words)
                )
            return self.run_as_treasurer(lambda db, actor: void_hold(db, actor, UUID(hold_id), **words))

        if self.send(send, hold_id in self.model.held and paid <= amount and ago <= recorded, 1):
            del self.model.held[hold_id]
            self.model.entries.append((who, ago, -paid))

    @rule()
    def fold(self) -> None:
        self.session.run(self.session.owner.execute("select fold_stats()"))

    @invariant()
    def assert_equals_model(self) -> None:
        rows = self.session.run(
            self.session.owner.fetch(
                "select posted, held, kind, (select count(*) from ledger_txn where group_id = $1) as written"
                "  from account a where group_id = $1 order by kind = 'cash', member_id is null, id",
                self.group.id,
            )
        )
        assert [row["posted"] for row in rows] == [*self.model.posted, -sum(self.model.posted)]
        held = [sum(n for each, _, n in self.model.held.values() if each == who) for who in range(4)]
        assert [row["held"] for row in rows] == [*held, 0]
        assert rows[0]["written"] == self.written

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert self.session.run(verify_ledger(self.session.owner, [self.world.province])) == []


LIMITS = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_group_lives_as_the_model_says(ledger_session):
    LedgerMachine.session = ledger_session
    run_state_machine_as_test(LedgerMachine, settings=LIMITS)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(["donation", "sale"]), WHO, AMOUNTS), min_size=1, max_size=12),
    st.randoms(),
)
def test_order_repetition_and_split_do_not_matter(ledger_session, lines, rng):
    ledger_session.run(_record_three_ways(ledger_session, lines, rng))


async def _record_three_ways(
    ledger_session: LedgerSession, lines: list[tuple[str, int, int]], rng: random.Random
) -> None:
    """The same lines as one sheet, as several, and one by one: shuffled and repeated, they give the same balances."""
    world, first, _ = await ledger_session.create_group()
    groups = [first, await world.group(first.unit, members=3), await world.group(first.unit, members=3)]
    login = await world.user(first.unit, "union_officer")
    caller = ledger_session.caller(login)
    expected_balances = [0, 0, 0, 0]
    for _, who, amount in lines:
        expected_balances[who] += amount
    for group, size in zip(groups, (len(lines), 3, 1), strict=True):
        requests = list(_split_into_requests(group, lines, size))
        requests += rng.choices(requests, k=3)
        rng.shuffle(requests)
        for request in requests:
            if isinstance(request, MeetingIn):
                await record_sheet(caller, request)
            else:
                await record_contribution(caller, request)
        rows = await ledger_session.owner.fetch(
            "select posted from account where group_id = $1 and kind <> 'cash' order by member_id is null, id",
            group.id,
        )
        assert [row["posted"] for row in rows] == expected_balances
    assert await verify_ledger(ledger_session.owner, [world.province]) == []


def _split_into_requests(group: GroupRef, lines: list[tuple[str, int, int]], size: int) -> Any:
    for start in range(0, len(lines), size):
        items = [
            entry_line(
                group.members[who] if who < 3 else None, None, kind=kind, quantity=amount, unit_price=1
            )
            if kind == "sale"
            else entry_line(group.members[who] if who < 3 else None, amount, kind=kind)
            for kind, who, amount in lines[start : start + size]
        ]
        head = {"id": str(uuid7()), "group_id": str(group.id), "business_date": today()}
        if size == 1:
            yield ContributionIn.model_validate(items[0] | head)
        else:
            yield MeetingIn.model_validate(head | {"items": items})
