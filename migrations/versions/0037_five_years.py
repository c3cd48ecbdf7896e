"""How long an interruption may be and still leaves five consecutive years of health insurance unbroken.

Revision ID: 0037
Revises: 0036
"""

from migrations.script import run

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

KEYS = "('bhyt_five_years_gap_days', 'bhyt_five_years_gap_months')"


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        insert into insurance_rule (id, key, value, valid_from, valid_to, legal_basis, note, status)
        select md5('insurance_rule ' || x.key || ' ' || x.valid_from)::uuid, x.key, x.value, x.valid_from::date,
               x.valid_to::date, x.legal_basis, x.note, 'active'
          from (values
            ('bhyt_five_years_gap_months', 3, '2018-12-01', '2025-06-30', 'NĐ 146/2018/NĐ-CP, Điều 12.5',
             'At most so many months, in whichever financial year'),
            ('bhyt_five_years_gap_days', 90, '2025-07-01', null, 'NĐ 188/2025/NĐ-CP, Điều 18.1.a', 'Within so many days')
          ) as x (key, value, valid_from, valid_to, legal_basis, note);
    """)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(f"""
        set local app.system = 'on';
        alter table insurance_rule disable trigger user;
        delete from insurance_rule where key in {KEYS};
        alter table insurance_rule enable trigger user;
        set local app.system = '';
    """)
