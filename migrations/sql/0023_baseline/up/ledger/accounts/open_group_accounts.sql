-- Accounts come into being with their owner, so that the writer only ever finds them.
create or replace function open_group_accounts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into account (kind, network, province_code, commune_code, group_id, floor)
    values ('cash', new.network, new.province_code, new.commune_code, new.id, null),
           ('fund', new.network, new.province_code, new.commune_code, new.id, 0);
    return null;
end $$;
