-- Accounts of all who join in one statement, in one statement.
create or replace function open_member_accounts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);  -- whoever joins again has an account: it must be seen
    insert into account (kind, network, province_code, commune_code, group_id, member_id, floor)
    select 'member', network, province_code, commune_code, group_id, member_id, 0 from added
     order by group_id, member_id
    on conflict on constraint uq_account_owner do nothing;
    perform set_config('app.system', was, true);
    return null;
end $$;
