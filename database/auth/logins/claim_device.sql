-- The device of a login, locked: registered if it is new, and otherwise seen again, unless it is another's or revoked.
create or replace function claim_device(p_key bytea, p_id uuid, p_user uuid, p_name text, p_new_name text, p_at timestamptz)
returns table (user_id uuid, revoked boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    insert into device (id, user_id, name, registered_at, last_seen_at) values (p_id, p_user, p_name, p_at, p_at)
        on conflict do nothing;
    perform from device d where d.id = p_id for no key update;
    update device d set last_seen_at = p_at, name = coalesce(p_new_name, d.name)
     where d.id = p_id and d.user_id = p_user and d.revoked_at is null;
    return query select d.user_id, d.revoked_at is not null from device d where d.id = p_id;
    perform set_config('app.system', '', true);
end $$;

grant execute on function claim_device to :"app_role";
