-- A group that moves takes its accounts along; what was recorded stays where it happened.
create or replace function move_group_accounts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.group', new.id::text, true);
    update account set province_code = new.province_code, commune_code = new.commune_code where group_id = new.id;
    perform set_config('app.group', '', true);
    return null;
end $$;
