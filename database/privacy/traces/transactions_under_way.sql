-- The transactions that are under way in this database, but for the caller's own, and for upkeep, which writes of nobody.
-- One of them may have read a name before it was erased, and write it down later.
create or replace function transactions_under_way() returns text[] language sql as $$
    with locks as materialized (select l.pid, l.locktype, l.mode, l.granted, l.virtualtransaction from pg_locks l)
    select coalesce(array_agg(l.virtualtransaction), '{}')
      from locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and l.granted and l.pid <> pg_backend_pid()
       and a.datname = current_database() and a.usename is not null
       and not exists (select from locks v where v.pid = l.pid and v.mode = 'ShareUpdateExclusiveLock')
$$;
