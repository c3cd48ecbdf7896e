-- Uses the code of a time step, once: neither it nor an earlier one counts again. p_confirm: it is the first code of a
-- factor that does not count yet, and from now on does. Returns whether the code counts.
create or replace function use_second_factor(p_key bytea, p_user uuid, p_step bigint, p_confirm boolean) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done boolean;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    update second_factor
       set last_step = p_step, confirmed_at = coalesce(confirmed_at, now())
     where user_id = p_user and (confirmed_at is null) = p_confirm and (last_step is null or last_step < p_step);
    done := found;
    perform set_config('app.system', '', true);
    return done;
end $$;

grant execute on function use_second_factor(bytea, uuid, bigint, boolean) to :"app_role";
