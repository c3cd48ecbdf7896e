"""Cards are given back: the cases of the law by day, and the first day that is not used.

Revision ID: 0041
Revises: 0040
"""

from migrations.script import run

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BEFORE = ("compulsory", "one_off", "died", "pension", "other_group")
KEYS = "('bhyt_refund_other_group', 'bhyt_refund_stopped', 'bhyt_refund_died_unused')"
NOT_READ = "chưa đối chiếu văn bản"
BASIS = "QĐ 595/QĐ-BHXH (2017), Điều 20; NĐ 188/2025/NĐ-CP, Điều 7.13; QĐ 366/QĐ-BHXH (2026), C16-TS"


def allow(*reasons: str) -> None:
    """Let new refunds have these reasons; those that there are keep theirs."""
    values = ", ".join(f"'{reason}'" for reason in reasons)
    run(f"""
        alter table premium_refund drop constraint ck_premium_refund_reason;
        alter table premium_refund add constraint ck_premium_refund_reason check (reason in ({values})) not valid;
        do $$ begin
            if not exists (select from premium_refund where reason not in ({values})) then
                alter table premium_refund validate constraint ck_premium_refund_reason;
            end if;
        end $$;
    """)


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    allow(*BEFORE, "missing", "left_country")
    run("alter table premium_refund add column unused_from date")
    run(f"""
        alter table insurance_rule disable trigger no_edit;
        update insurance_rule
           set status = 'active', legal_basis = '{BASIS}', note = 'In the cases that other rules name',
               version = version + 1
         where key = 'bhyt_refund_allowed' and status = 'unconfirmed' and legal_basis = '{NOT_READ}'
           and not exists (select from insurance_rule r where r.key = 'bhyt_refund_allowed' and r.status = 'active');
        alter table insurance_rule enable trigger no_edit;
        insert into insurance_rule (id, key, value, valid_from, valid_to, legal_basis, note, status)
        select md5('insurance_rule ' || x.key || ' ' || x.valid_from)::uuid, x.key, 1, x.valid_from::date,
               x.valid_to::date, x.legal_basis, x.note, 'active'
          from (values
            ('bhyt_refund_other_group', '2017-07-01', null,
             'QĐ 595/QĐ-BHXH (2017), Điều 20.1.1; QĐ 366/QĐ-BHXH (2026), C16-TS và hướng dẫn TK1-TS',
             'From the first day of the card of the group that comes first'),
            ('bhyt_refund_died_unused', '2017-07-01', '2025-06-30', 'QĐ 595/QĐ-BHXH (2017), Điều 20.1.3',
             'Died before the card began'),
            ('bhyt_refund_stopped', '2025-07-01', null, 'NĐ 188/2025/NĐ-CP, Điều 7.13',
             'Died, missing, no longer living in Viet Nam: from the day of the list that reports it')
          ) as x (key, valid_from, valid_to, legal_basis, note);
    """)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(f"""
        alter table insurance_rule disable trigger no_edit;
        delete from insurance_rule where key in {KEYS};
        update insurance_rule
           set status = 'unconfirmed', legal_basis = '{NOT_READ}',
               note = 'Refund of cards not used: to be confirmed by BHXH', version = version - 1
         where key = 'bhyt_refund_allowed' and legal_basis = '{BASIS}';
        alter table insurance_rule enable trigger no_edit;
        alter table premium_refund drop column unused_from;
    """)
    allow(*BEFORE)
