"""The whole database, from an empty one: what the revisions 0001 to 0022, of before the first release, led to.

Tables stand in migrations/sql/0023_baseline/tables; every function and what guards every table in …/up, as frozen copies
of what database/ held then.

Revision ID: 0023
Revises:
"""

from migrations.script import install, read, run

revision = "0023"
down_revision = None
branch_labels = None
depends_on = None

HERE = "0023_baseline"
NEEDED_BY_TABLES = ("core/nfc.sql", "campaigns/known_qualifier.sql")

# The queue stands in a schema of its own (made by `prepare`): it holds ids only, and nobody but workers looks there.
# Its functions find their tables whoever calls them.
QUEUE_RIGHTS = """
do $do$
declare
    f regprocedure;
begin
    for f in select oid::regprocedure from pg_proc where pronamespace = 'queue'::regnamespace and prokind = 'f' loop
        execute format('alter function %s set search_path = queue, pg_temp', f);
    end loop;
end $do$;
grant usage on schema queue to :"app_role";
grant usage on all sequences in schema queue to :"app_role";
grant select, insert, update, delete on queue.procrastinate_jobs to :"app_role";
grant select, insert, update, delete on queue.procrastinate_workers to :"app_role";
grant select, insert on queue.procrastinate_events to :"app_role";
grant select, insert, update, delete on queue.procrastinate_periodic_defers to :"app_role";
"""

# Everything in the two schemas that is ours: not what an extension brought, nor Alembic's own table.
EMPTY = """
do $do$
declare
    statement text;
begin
    for statement in
        select format('drop table %s cascade', c.oid::regclass) from pg_class c
         where c.relnamespace in ('public'::regnamespace, 'queue'::regnamespace) and c.relkind = 'r'
           and c.relname <> 'alembic_version'
    loop
        execute statement;
    end loop;
    for statement in
        select format('drop routine %s cascade', p.oid::regprocedure) from pg_proc p
         where p.pronamespace in ('public'::regnamespace, 'queue'::regnamespace)
           and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    loop
        execute statement;
    end loop;
    for statement in
        select format('drop type %s cascade', t.oid::regtype) from pg_type t left join pg_class c on c.oid = t.typrelid
         where t.typnamespace in ('public'::regnamespace, 'queue'::regnamespace)
           and (t.typtype = 'e' or c.relkind = 'c')
           and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
    loop
        execute statement;
    end loop;
end $do$;
revoke usage on schema queue from :"app_role";
"""


def upgrade() -> None:
    run("set local lock_timeout = '5s'")
    for name in NEEDED_BY_TABLES:
        run(read(f"{HERE}/up/{name}"))
    install(f"{HERE}/tables")
    install(f"{HERE}/up")
    run("set local search_path to queue, pg_temp")
    run(read(f"{HERE}/procrastinate.sql"))
    run("set local search_path to default")
    run(QUEUE_RIGHTS)


def downgrade() -> None:
    run("set local lock_timeout = '5s'")
    run(EMPTY)
