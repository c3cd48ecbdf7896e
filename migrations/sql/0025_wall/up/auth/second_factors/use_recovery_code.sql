-- Uses a recovery code, once: it is gone then. Returns whether there was one, of a factor that counts.
create or replace function use_recovery_code(p_key bytea, p_user uuid, p_hash bytea) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    done boolean;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    delete from recovery_code c using second_factor f
     where c.user_id = p_user and c.code_hash = p_hash and f.user_id = c.user_id and f.confirmed_at is not null;
    done := found;
    perform set_config('app.system', '', true);
    return done;
end $$;

grant execute on function use_recovery_code(bytea, uuid, bytea) to :"app_role";
