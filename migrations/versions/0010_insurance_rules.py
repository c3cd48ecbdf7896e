"""The law's values as dated rows, with their history.

Revision ID: 0010
Revises: 0009
"""

from pathlib import Path

from migrations.script import run

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A value is the state's, or a province's own extra. Everybody may read it, also without a login: a quote names the
# values that it was worked out with. BHXH writes: the national level the state's, each province its own.
TABLE = """
create table insurance_rule (
    id uuid primary key,
    key text not null,
    value numeric not null constraint ck_insurance_rule_value check (value >= 0),
    province_code text,
    valid_from date not null,
    valid_to date,
    legal_basis text not null constraint ck_insurance_rule_legal_basis check (nfc(legal_basis)),
    note text,
    status text not null constraint ck_insurance_rule_status check (status in ('active', 'unconfirmed')),
    confirmed_at timestamptz,
    confirmed_by uuid,
    entered_by uuid,
    entered_at timestamptz not null default now(),
    version integer not null default 1,
    -- (A row that ends on the day before its first was withdrawn and never holds.)
    constraint ck_insurance_rule_dates check (valid_to >= valid_from - 1),
    constraint ex_insurance_rule_overlap exclude using gist
        (key with =, coalesce(province_code, '') with =, daterange(valid_from, valid_to + 1) with &&)
        where (status = 'active')
);
create index ix_insurance_rule_key on insurance_rule (key, valid_from);

-- A row is confirmed and ended, nothing else: another value is another row, and what was quoted can be told again.
create function refuse_rule_edit() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (old.id, old.key, old.value, old.valid_from, old.legal_basis, old.entered_at)
            is distinct from (new.id, new.key, new.value, new.valid_from, new.legal_basis, new.entered_at)
        or old.province_code is distinct from new.province_code or new.version <= old.version
        or old.status = 'active' and new.status <> 'active'
    then
        raise exception 'a rule is never edited' using errcode = 'AS409';
    end if;
    return new;
end $$;
create trigger no_edit before update or delete on insurance_rule
    for each row execute function refuse_rule_edit();
"""

RIGHTS = """
call protect_with('insurance_rule',
    '(select scope_network()) = ''*'' and ((select scope_national())'
    ' or province_code = any ((select scope_provinces())::text[]))', 'true');
call grant_app('insurance_rule', 'select, insert, update');
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(TABLE)
    run((Path(__file__).parent.parent / "sql" / "0010_insurance_rules.sql").read_text(encoding="utf-8"))
    run(RIGHTS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop table insurance_rule;
        drop function refuse_rule_edit();
    """)
