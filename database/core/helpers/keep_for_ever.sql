create or replace procedure keep_for_ever(target regclass, key text) language plpgsql as $$
begin
    execute format('create trigger kept before delete on %s for each row execute function refuse_change()', target);
    execute format('create trigger kept_truncate before truncate on %s
        for each statement execute function refuse_change()', target);
    execute format('create trigger kept_key before update of %2$I on %1$s
        for each row when (old.%2$I is distinct from new.%2$I) execute function refuse_change()', target, key);
end $$;
