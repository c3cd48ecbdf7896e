"""`ansinh verify`: consistent books pass, and every kind of corruption is found."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.auth.actor import begin_actor
from app.core.values.ids import uuid7
from app.core.values.time import today
from app.ledger.holds import HoldOrder, hold_money, post_hold, void_hold
from app.ledger.verification.books import BOOK_CHECKS
from app.ledger.verification.persons import PERSON_CHECKS
from app.ledger.verification.premium_bounds import PREMIUM_BOUND_CHECKS
from app.ledger.verification.premiums import PREMIUM_CHECKS
from app.ledger.verification.verify import LEDGER_CHECKS, find_violations, verify_ledger
from app.savings.kinds import Product
from tests.ledger.books import Books, create_books, entry_line


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


async def write_everything(books: Books, app: Any) -> None:
    """Entries of every kind, some folded into the aggregates and some pending."""
    a, b, c = books.members
    entry = await books.record(a, 10_000)
    await books.record(None, 7_000, kind="donation", product=None)
    yesterday = str(today() - timedelta(days=1))
    lines = [
        entry_line(a, 500),
        entry_line(b, 900, product="bhyt_hgd"),
        entry_line(a, 100),
        entry_line(None, 50, kind="donation"),
    ]
    await books.post("/v1/meetings", books.meeting_body(*lines, business_date=yesterday))
    await books.post(
        "/v1/meetings", books.meeting_body(entry_line(c, 5, kind="withdrawal"), entry_line(c, 5))
    )
    await books.world.owner.execute("select fold_stats()")
    await books.record(a, 300, kind="withdrawal")
    await books.post(f"/v1/contributions/{entry['id']}/reversal", {"note": "x"})
    await books.record(b, 20_000)
    async with app.state.database.begin() as db:
        actor = await begin_actor(db, books.treasurer.session_id)

        async def held(amount: int) -> UUID:
            order = HoldOrder(books.group.id, b, amount, Product.BHXH_TN, today())
            return UUID((await hold_money(db, actor, order, key=str(uuid7()))).parse_body()["id"])

        await held(1_000)
        await post_hold(db, actor, await held(2_000), key="p", business_date=today(), amount=1_500)
        await void_hold(db, actor, await held(3_000), key="v", business_date=today())


class TestVerify:
    async def test_clean_books_are_clean(self, books, app, owner):
        await write_everything(books, app)
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_empty_books_are_clean(self, books, owner):
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_every_break_is_found(self, books, app, owner):
        await write_everything(books, app)
        found_at_all = set()
        for statements, code in CORRUPTIONS:
            transaction = owner.transaction()
            await transaction.start()
            for table in ("ledger_txn", "posting"):
                await owner.execute(f"alter table {table} disable trigger user")
            await owner.execute(DROP_CONSTRAINTS_SQL)
            for statement in statements.split(";"):
                status = await owner.execute(statement.replace(":group", f"'{books.group.id}'"))
                assert not status.endswith(" 0"), f"nothing was broken by {statement}"
            violations = await find_violations(owner, [books.world.province])
            await transaction.rollback()
            codes = {finding.code for finding in violations}
            assert code in codes, f"{statements} gave {codes}"
            assert all(finding.subject and finding.vi and finding.en for finding in violations)
            found_at_all |= codes
        assert found_at_all == {check.code for check in LEDGER_CHECKS} - {
            check.code  # their own tests break these
            for check in (*PREMIUM_CHECKS, *PREMIUM_BOUND_CHECKS, *PERSON_CHECKS, *BOOK_CHECKS)
        }
        assert await verify_ledger(owner, [books.world.province]) == []

    async def test_many_of_a_kind_are_counted(self, books, owner):
        for _ in range(2):
            lines = [entry_line(books.members[n % 3], 1) for n in range(60)]
            await books.post("/v1/meetings", books.meeting_body(*lines))
        transaction = owner.transaction()
        await transaction.start()
        await owner.execute("alter table ledger_txn disable trigger user")
        await owner.execute(
            "update ledger_txn set member_id = $2 where group_id = $1 and kind = 'saving'",
            books.group.id, uuid4(),
        )  # fmt: skip
        violations = [
            f
            for f in await find_violations(owner, [books.world.province])
            if f.code == "transaction_postings"
        ]
        await transaction.rollback()
        assert (len(violations), violations[-1].subject) == (101, "+20")
        assert str(violations[-1]).startswith("transaction_postings +20: ")


# What only an index or a check constraint prevents is let go first, in the transaction that is rolled back.
DROP_CONSTRAINTS_SQL = """
    drop index uq_ledger_txn_key, uq_ledger_txn_reverses, uq_ledger_txn_resolves;
    alter table account drop constraint ck_account_floor
"""
SOME_TXN = "(select id from ledger_txn where group_id = :group and kind = 'saving' and sheet_id is null order by seq limit 1)"
LINE_TXN = "(select id from ledger_txn where group_id = :group and sheet_id is not null order by seq limit 1)"
SHEET_TXN = "(select id from ledger_txn where group_id = :group and kind = 'sheet' order by seq limit 1)"
CASH_ACCOUNT = "(select id from account where group_id = :group and kind = 'cash')"
# A commune's code with two bearers on one day: what lies there counts twice.
SECOND_BEARER = (
    "insert into place (code, valid_from, level, name, kind, parent_code, search_name) select commune_code, '2001-01-01',"
    " 'commune', 'Hai', 'xã', province_code, 'hai' from savings_group where id = :group"
)
CORRUPTIONS = [
    (SECOND_BEARER, "stat_windows"),
    ("update ledger_txn set commune_code = 'gone' where group_id = :group", "stat_windows"),
    (f"update posting set amount = amount + 1 where account_id = {CASH_ACCOUNT} and account_version = 1", "transaction_unbalanced"),
    (f"update posting set amount = amount + 1 where txn_id = {SOME_TXN}", "transaction_postings"),
    (f"update posting set amount = amount * 2 where txn_id = {SOME_TXN}", "transaction_postings"),
    (f"delete from posting where txn_id = {SOME_TXN}", "transaction_postings"),
    (f"update posting set txn_id = '{uuid4()}' where txn_id = {SOME_TXN}", "transaction_postings"),
    (f"update posting set txn_id = {SOME_TXN} where txn_id = {LINE_TXN}", "transaction_postings"),
    (f"delete from ledger_txn where id = {SOME_TXN}", "transaction_postings"),
    (f"update ledger_txn set amount = amount + 1 where id = {SOME_TXN}", "transaction_postings"),
    (f"update ledger_txn set kind = 'withdrawal' where id = {SOME_TXN}", "transaction_postings"),
    (f"update ledger_txn set kind = 'gift' where id = {SOME_TXN}", "transaction_words"),
    (f"update ledger_txn set product = 'lottery' where id = {SOME_TXN}", "transaction_words"),
    ("update account set kind = 'member' where group_id = :group and kind = 'fund'", "transaction_words"),
    (f"update ledger_txn set group_id = '{uuid4()}' where id = {SOME_TXN}", "transaction_owner"),
    (f"update ledger_txn set member_id = '{uuid4()}' where id = {SOME_TXN}", "transaction_owner"),
    ("delete from account where group_id = :group and kind = 'member'", "transaction_owner"),
    (f"update ledger_txn set lines = lines + 1 where id = {SHEET_TXN}", "sheet_lines"),
    (f"update ledger_txn set amount = amount + 1 where id = {SHEET_TXN}", "sheet_lines"),
    (f"update ledger_txn set group_balance = 1 where id = {SHEET_TXN}", "sheet_lines"),
    (f"update ledger_txn set sheet_id = '{uuid4()}' where id = {LINE_TXN}", "sheet_lines"),
    (f"update ledger_txn set sheet_id = null where id = {LINE_TXN}", "sheet_lines"),
    (f"delete from ledger_txn where id = {SHEET_TXN}", "sheet_lines"),
    (f"update ledger_txn set group_balance = group_balance + 1 where id = {LINE_TXN}", "transaction_balance"),
    (f"update ledger_txn set member_balance = 5 where id = {SOME_TXN}", "transaction_balance"),
    ("update ledger_txn set group_balance = 5 where group_id = :group and kind = 'hold'", "transaction_balance"),
    (f"update ledger_txn set member_balance = 5 where id = {SOME_TXN}", "transaction_balance_posted"),
    (f"update ledger_txn set group_balance = 5 where id = {SOME_TXN}", "transaction_balance_posted"),
    ("update ledger_txn set amount = 1 where group_id = :group and kind = 'reversal'", "reversal_mirror"),
    (f"update ledger_txn set reverses_id = {LINE_TXN} where group_id = :group and kind = 'reversal'", "reversal_mirror"),
    ("update ledger_txn set reverses_id = null where group_id = :group and kind = 'reversal'", "reversal_mirror"),
    (f"update ledger_txn set reverses_id = {SOME_TXN} where id = {LINE_TXN}", "reversal_mirror"),
    (f"update ledger_txn set client_key = null where id = {SOME_TXN}", "key"),
    (f"update ledger_txn set client_key = 'x', request_hash = 'x' where id = {LINE_TXN}", "key"),
    ("update ledger_txn set client_key = 'x' where group_id = :group and client_key is not null", "key"),
    ("update account set posted = posted + 1 where group_id = :group and kind = 'fund'", "account_balance"),
    (f"update account set version = version + 1 where id = {CASH_ACCOUNT}", "account_balance"),
    (f"update posting set account_version = 99 where account_id = {CASH_ACCOUNT} and account_version = 2", "account_balance"),
    (f"update posting set balance_after = 3 where account_id = {CASH_ACCOUNT} and account_version = 2", "account_chain"),
    ("update account set posted = -1 where group_id = :group and kind = 'fund'", "account_floor"),
    ("update account set held = posted + 1 where group_id = :group and kind = 'member'", "account_floor"),
    ("update account set floor = null where group_id = :group and kind = 'fund'", "account_floor"),
    ("update ledger_txn set business_date = business_date - 9 where group_id = :group and kind = 'withdrawal'", "account_past"),
    ("update ledger_txn set business_date = business_date - 9 where group_id = :group and kind = 'hold_posted'", "account_past"),
    ("update account set held = held - 1 where group_id = :group and held > 0", "account_held"),
    ("delete from ledger_txn where group_id = :group and kind = 'hold_voided'", "account_held"),
    ("update ledger_txn set resolves_id = null where group_id = :group and kind = 'hold_posted'", "hold_resolution"),
    ("update ledger_txn set amount = 9000 where group_id = :group and kind = 'hold_voided'", "hold_resolution"),
    (("update ledger_txn set resolves_id = (select resolves_id from ledger_txn where kind = 'hold_voided' and group_id = :group)"
     " where group_id = :group and kind = 'hold_posted'"), "hold_resolution"),
    ("delete from account where group_id = :group and kind = 'fund'", "account_missing"),
    ("delete from account where group_id = :group and kind = 'member'", "account_missing"),
    ("update account set commune_code = 'elsewhere' where group_id = :group", "account_missing"),
    ("update stat_day set amount = amount + 1 where (province_code) in (select province_code from account where group_id = :group)",
     "stat_day"),
    ("delete from stat_month where (province_code) in (select province_code from account where group_id = :group)", "stat_month"),
    (("update stat_province_month set entries = entries + 1 where (province_code) in"
     " (select province_code from account where group_id = :group)"), "stat_province_month"),
    (("insert into stat_pending (day, network, province_code, commune_code, model_id, product, kind, amount, entries)"
     " select day, network, province_code, commune_code, model_id, product, kind, 1, 0 from stat_day"
     " where province_code in (select province_code from account where group_id = :group) limit 1"), "stat_day"),
]  # fmt: skip
