"""Properties of the ledger: whatever is asked, in whatever order and however often, the books agree.

Hypothesis plays a group's life against PostgreSQL and compares it with a ledger of a few lines of Python. It has an
event loop of its own, because its rules are plain functions.
"""

import asyncio
import random
from dataclasses import dataclass, field
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

from app.auth.caller import Caller
from app.auth.guards import begin_actor
from app.auth.permissions import Permission, roles_with
from app.core.db import Database
from app.core.errors import DomainError, IdempotencyKeyReused
from app.core.ids import uuid7
from app.core.postgres import become_owner, connected
from app.core.time import today
from app.ledger.holds import HoldOrder, hold, post_hold, void_hold
from app.ledger.schemas import ContributionIn, MeetingIn, ReversalIn
from app.ledger.service import Recorded, record, record_sheet, reverse
from app.ledger.verify import verify
from tests.databases import DatabaseUrls
from tests.ledger.books import line
from tests.world import GroupOf, Login, World

AMOUNTS = st.integers(1, 9)
KINDS = st.sampled_from(["saving", "withdrawal", "donation", "sale"])
WHO = st.integers(0, 3)  # the fourth is the common fund
LINES = st.lists(st.tuples(KINDS, WHO, AMOUNTS), min_size=1, max_size=6)


class NoTokens:
    """These tests come in behind the token."""

    async def issue(self, **_claims: Any) -> str:
        return ""


class Desk:
    """Somebody who works on one group's books, in an event loop of its own."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self.urls = urls
        self.runner = asyncio.Runner()
        self.owner: Any = self.do(self._owner())
        self.database: Database = self.do(Database.connect(urls.app, pool_size=4))

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    async def _owner(self) -> Any:
        connection = await connected(self.urls.admin)
        await become_owner(connection, self.urls.role_prefix)
        return connection

    def close(self) -> None:
        self.do(self.database.close())
        self.do(self.owner.close())
        self.runner.close()

    async def open(self) -> tuple[World, GroupOf, Login]:
        world = await World.create(self.owner, NoTokens())  # type: ignore[arg-type]
        group = await world.group(await world.unit("womens_union"), members=3)
        return world, group, await world.user(group.unit, "treasurer", groups=[group.id])

    def caller(self, login: Login) -> Caller:
        return Caller(login.session_id, roles_with(Permission.CONTRIBUTION_RECORD), [], self.database.call)


@pytest.fixture(scope="module")
def desk(database_urls):
    made = Desk(database_urls)
    yield made
    made.close()


@dataclass
class Model:
    """The ledger in a few lines: what each of the four accounts has and holds."""

    posted: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    held: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def accepts(self, deltas: list[tuple[int, int]]) -> bool:
        """Book the changes, all or none."""
        after = list(self.posted)
        for who, delta in deltas:
            after[who] += delta
        if any(after[who] < self.held[who] for who, _ in deltas):
            return False
        self.posted = after
        return True


@dataclass(frozen=True)
class Request:
    """A request that was accepted, to be repeated, and its answer."""

    send: Any
    answer: str


class Life(RuleBasedStateMachine):
    """A group's books. Every rule says what the model expects and holds the ledger to it."""

    desk: Desk
    requests = Bundle("requests")
    entries = Bundle("entries")
    holds = Bundle("holds")

    @initialize()
    def open(self) -> None:
        self.world, self.group, self.login = self.desk.do(self.desk.open())
        self.caller = self.desk.caller(self.login)
        self.model = Model()
        self.reversed: set[str] = set()
        self.resolved: set[str] = set()
        self.written = 0

    def member(self, who: int) -> UUID | None:
        return self.group.members[who] if who < 3 else None

    def line(self, kind: str, who: int, amount: int) -> dict[str, Any]:
        if kind == "sale":
            return line(self.member(who), None, kind=kind, quantity=amount, unit_price=1)
        return line(self.member(who), amount, kind=kind)

    def send(self, send: Any, accepted: bool, transactions: int) -> Recorded | None:
        """Send a request; the ledger must agree with the model on whether it is accepted."""
        answer: Recorded | None = None
        refusal: DomainError | None = None
        try:
            answer = self.desk.do(send())
        except DomainError as raised:
            refusal = raised
        assert (refusal is None) == accepted, refusal
        if answer is not None:
            assert not answer.replayed
            self.written += transactions
        return answer

    @rule(target=requests, kind=KINDS, who=WHO, amount=AMOUNTS)
    def record(self, kind: str, who: int, amount: int) -> Any:
        if kind == "saving" and who == 3:
            kind = "donation"
        key, body = str(uuid7()), self.line(kind, who, amount)
        made = ContributionIn.model_validate(
            {**body, "group_id": str(self.group.id), "business_date": today()}
        )
        delta = -amount if kind == "withdrawal" else amount
        answer = self.send(lambda: record(self.caller, made, key), self.model.accepts([(who, delta)]), 1)
        if answer is None:
            return multiple()
        value = answer.value()
        assert value["member_balance"] == (self.model.posted[who] if who < 3 else None)
        assert value["group_balance"] == sum(self.model.posted)

        async def other() -> None:
            with pytest.raises(IdempotencyKeyReused):
                await record(self.caller, made.model_copy(update={"note": "khác"}), key)

        self.desk.do(other())
        return Request(lambda: record(self.caller, made, key), answer.body)

    @rule(
        target=entries, kind=st.sampled_from(["saving", "withdrawal"]), who=st.integers(0, 2), amount=AMOUNTS
    )
    def record_entry(self, kind: str, who: int, amount: int) -> Any:
        made = ContributionIn.model_validate(
            {**self.line(kind, who, amount), "group_code": self.group.code, "business_date": today()}
        )
        delta = -amount if kind == "withdrawal" else amount
        answer = self.send(
            lambda: record(self.caller, made, str(uuid7())), self.model.accepts([(who, delta)]), 1
        )
        return multiple() if answer is None else (answer.value()["id"], who, delta)

    @rule(target=requests, lines=LINES)
    def sheet(self, lines: list[tuple[str, int, int]]) -> Any:
        lines = [("donation" if kind == "saving" and who == 3 else kind, who, n) for kind, who, n in lines]
        deltas = [(who, -amount if kind == "withdrawal" else amount) for kind, who, amount in lines]
        made = MeetingIn.model_validate(
            {
                "id": str(uuid7()),
                "group_id": str(self.group.id),
                "business_date": today(),
                "items": [self.line(*item) for item in lines],
            }
        )
        answer = self.send(
            lambda: record_sheet(self.caller, made), self.model.accepts(deltas), 1 + len(lines)
        )
        if answer is None:
            return multiple()
        value = answer.value()
        assert (value["total"], value["count"]) == (sum(delta for _, delta in deltas), len(lines))
        assert value["group_balance"] == sum(self.model.posted)
        return Request(lambda: record_sheet(self.caller, made), answer.body)

    @rule(target=requests, entry=entries)
    def take_back(self, entry: tuple[str, int, int]) -> Any:
        txn_id, who, delta = entry
        accepted = txn_id not in self.reversed and self.model.accepts([(who, -delta)])
        key = str(uuid7())
        send = lambda: reverse(self.caller, UUID(txn_id), ReversalIn(note="nhầm"), key)  # noqa: E731
        answer = self.send(send, accepted, 1)
        if answer is None:
            return multiple()
        self.reversed.add(txn_id)
        return Request(send, answer.body)

    @rule(request=requests)
    def repeat(self, request: Request) -> None:
        answer: Recorded = self.desk.do(request.send())
        assert (answer.replayed, answer.body) == (True, request.answer)

    async def acting(self, work: Any) -> Recorded:
        async with self.desk.database.begin() as db:
            answer: Recorded = await work(db, await begin_actor(db, self.login.session_id))
            return answer

    @rule(target=holds, who=WHO, amount=AMOUNTS)
    def hold(self, who: int, amount: int) -> Any:
        order = HoldOrder(self.group.id, self.member(who), amount, None, today())
        accepted = self.model.posted[who] - self.model.held[who] >= amount
        answer = self.send(
            lambda: self.acting(lambda db, actor: hold(db, actor, order, key=str(uuid7()))), accepted, 1
        )
        if answer is None:
            return multiple()
        self.model.held[who] += amount
        return answer.value()["id"], who, amount

    @rule(held=holds, paid=st.integers(0, 9))
    def resolve(self, held: tuple[str, int, int], paid: int) -> None:
        hold_id, who, amount = held

        def send() -> Any:
            words: dict[str, Any] = {"key": str(uuid7()), "business_date": today()}
            if paid:
                return self.acting(
                    lambda db, actor: post_hold(db, actor, UUID(hold_id), amount=paid, **words)
                )
            return self.acting(lambda db, actor: void_hold(db, actor, UUID(hold_id), **words))

        if self.send(send, hold_id not in self.resolved and paid <= amount, 1):
            self.resolved.add(hold_id)
            self.model.held[who] -= amount
            self.model.posted[who] -= paid

    @rule()
    def fold(self) -> None:
        self.desk.do(self.desk.owner.execute("select fold_stats()"))

    @invariant()
    def books_equal_the_model(self) -> None:
        rows = self.desk.do(
            self.desk.owner.fetch(
                "select posted, held, kind, (select count(*) from ledger_txn where group_id = $1) as written"
                "  from account a where group_id = $1 order by kind = 'cash', member_id is null, id",
                self.group.id,
            )
        )
        assert [row["posted"] for row in rows] == [*self.model.posted, -sum(self.model.posted)]
        assert [row["held"] for row in rows] == [*self.model.held, 0]
        assert rows[0]["written"] == self.written

    def teardown(self) -> None:
        if hasattr(self, "world"):
            assert self.desk.do(verify(self.desk.owner, [self.world.province])) == []


LIMITS = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_group_lives_as_the_model_says(desk):
    Life.desk = desk
    run_state_machine_as_test(Life, settings=LIMITS)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(["donation", "sale"]), WHO, AMOUNTS), min_size=1, max_size=12),
    st.randoms(),
)
def test_order_repetition_and_split_do_not_matter(desk, lines, chance):
    desk.do(_three_ways(desk, lines, chance))


async def _three_ways(desk: Desk, lines: list[tuple[str, int, int]], chance: random.Random) -> None:
    """The same lines as one sheet, as several, and one by one: shuffled and repeated, they give the same balances."""
    world, first, _ = await desk.open()
    groups = [first, await world.group(first.unit, members=3), await world.group(first.unit, members=3)]
    login = await world.user(first.unit, "union_officer")
    caller = desk.caller(login)
    wanted = [0, 0, 0, 0]
    for _, who, amount in lines:
        wanted[who] += amount
    for group, size in zip(groups, (len(lines), 3, 1), strict=True):
        requests = list(_requests(group, lines, size))
        requests += chance.choices(requests, k=3)
        chance.shuffle(requests)
        for request in requests:
            if isinstance(request, MeetingIn):
                await record_sheet(caller, request)
            else:
                await record(caller, request)
        rows = await desk.owner.fetch(
            "select posted from account where group_id = $1 and kind <> 'cash' order by member_id is null, id",
            group.id,
        )
        assert [row["posted"] for row in rows] == wanted
    assert await verify(desk.owner, [world.province]) == []


def _requests(group: GroupOf, lines: list[tuple[str, int, int]], size: int) -> Any:
    for start in range(0, len(lines), size):
        items = [
            line(group.members[who] if who < 3 else None, None, kind=kind, quantity=amount, unit_price=1)
            if kind == "sale"
            else line(group.members[who] if who < 3 else None, amount, kind=kind)
            for kind, who, amount in lines[start : start + size]
        ]
        head = {"id": str(uuid7()), "group_id": str(group.id), "business_date": today()}
        if size == 1:
            yield ContributionIn.model_validate(items[0] | head)
        else:
            yield MeetingIn.model_validate(head | {"items": items})
