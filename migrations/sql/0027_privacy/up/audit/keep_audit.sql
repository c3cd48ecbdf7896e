-- Of an event nothing changes, but that fields are taken out of it when a person is erased; and nothing goes, but security
-- events that are older than a year.
create or replace function keep_audit() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.subject_kind in ('login', 'client_login', 'token', 'session', 'refresh')
           and old.at < now() - interval '1 year' then
            return old;
        end if;
    elsif to_jsonb(old) - 'fields' = to_jsonb(new) - 'fields' and old.fields @> new.fields then
        return new;
    end if;
    raise exception 'table % is append-only', tg_table_name using errcode = 'AS409';
end $$;
