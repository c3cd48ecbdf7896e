"""Administrative units over time and their succession.

Revision ID: 0002
Revises: 0001
"""

from migrations.script import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Codes are re-used: 18628 was xã Tượng Sơn until 2025-06-30 and is xã Thạch Lạc since, so a unit is a code
# and the day it came into force. A fact needs only the code: its own date says which of the two is meant.
TABLES = """
create table place (
    code text not null constraint ck_place_code check (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'),
    valid_from date not null,
    valid_to date,
    level text not null constraint ck_place_level
        check (level in ('country', 'province', 'district', 'commune', 'hamlet', 'block')),
    name text not null constraint ck_place_name check (nfc(name)),
    kind text not null,
    parent_code text,
    search_name text not null,
    latitude double precision,
    longitude double precision,
    area_km2 double precision,
    created_by_org uuid references organisation,
    primary key (code, valid_from),
    constraint ck_place_dates check (valid_to is null or valid_to >= valid_from)
);
create index ix_place_parent on place (parent_code, level);
create index ix_place_created_by_org on place (created_by_org) where created_by_org is not null;
call grant_app('place', 'select, insert');

create table place_succession (
    old_code text not null,
    new_code text not null,
    on_date date not null,
    share double precision,
    is_default boolean not null,
    primary key (old_code, new_code, on_date)
);
create index ix_place_succession_new on place_succession (new_code, on_date);
call grant_app('place_succession', 'select');

create table place_dataset (
    one boolean primary key default true constraint ck_place_dataset_one check (one),
    version text not null,
    loaded_at timestamptz not null default now()
);
call grant_app('place_dataset', 'select');
"""

# place_on: which unit a fact of that day belongs to. A code in force on the day is meant as it stands; a code that
# ended earlier stands for its default successor; one that began later, for its main predecessor (its own code
# among the predecessors, else the largest share).
FUNCTIONS = """
create function place_on(p_code text, p_day date) returns text language plpgsql stable as $$
declare
    here text := p_code;
    step text;
begin
    for i in 1..4 loop
        if exists (select from place where code = here and valid_from <= p_day and (valid_to is null or valid_to >= p_day)) then
            return here;
        end if;
        if exists (select from place where code = here and valid_from > p_day) then
            select s.old_code into step from place_succession s where s.new_code = here and s.on_date > p_day
             order by (s.old_code = here) desc, s.is_default desc, s.share desc nulls last, s.old_code limit 1;
        else
            select s.new_code into step from place_succession s
             where s.old_code = here and s.on_date <= p_day and s.is_default order by s.on_date limit 1;
        end if;
        if step is null then
            return null;
        end if;
        here := step;
        step := null;
    end loop;
    return null;
end $$;

-- province_of: the province in which a unit lies, or lay on its last day.
create function province_of(p_code text) returns text language plpgsql stable as $$
begin
    return (with recursive up as (
        (select p.level, p.code, p.parent_code, p.valid_to from place p where p.code = p_code order by p.valid_from desc limit 1)
        union all
        select q.level, q.code, q.parent_code, coalesce(up.valid_to, q.valid_to) from up
          join lateral (select * from place q where q.code = up.parent_code and q.valid_from <= coalesce(up.valid_to, local_today())
                         order by q.valid_from desc limit 1) q on up.level <> 'province'
    ) select code from up where level = 'province');
end $$;

-- expand_place: what coverage of a place means for a scope. A country is everything; a province is itself and the
-- provinces that became it; a district (until 2025) its communes and what became of them; a commune itself and
-- the communes that became it; a hamlet its commune.
create function expand_place(p_code text, out provinces text[], out communes text[], out nationwide boolean)
language plpgsql stable as $$
declare
    of_level text;
begin
    select p.level into of_level from place p where p.code = p_code order by p.valid_from desc limit 1;
    provinces := '{}'; communes := '{}'; nationwide := coalesce(of_level = 'country', false);
    if of_level = 'province' then
        with recursive before as (
            select p_code as code union select s.old_code from place_succession s join before b on s.new_code = b.code
        ) select array_agg(code order by code) into provinces from before;
    elsif of_level in ('commune', 'district', 'hamlet', 'block') then
        with recursive up as (
            select p_code as code, of_level as level
            union select q.code, q.level from up join place p on p.code = up.code join place q on q.code = p.parent_code
             where up.level in ('hamlet', 'block') and q.level in ('hamlet', 'commune')
        ), start as (
            select code from up where level = 'commune'
            union select p.code from place p where of_level = 'district' and p.parent_code = p_code and p.level = 'commune'
            union select s.new_code from place p join place_succession s on s.old_code = p.code
             where of_level = 'district' and p.parent_code = p_code and p.level = 'commune'
        ), before as (
            select code from start
            union select s.old_code from place_succession s join before b on s.new_code = b.code
             where of_level <> 'district'
        ) select coalesce(array_agg(code order by code), '{}') into communes from before;
    end if;
end $$;
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(TABLES)
    run(FUNCTIONS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run("""
        drop function expand_place(text), province_of(text), place_on(text, date);
        drop table place_dataset, place_succession, place;
    """)
