revoke all on payout from :"app_role";
grant select, insert on payout to :"app_role";

alter table payout enable row level security;
alter table payout force row level security;

drop policy if exists tenant on payout;
create policy tenant on payout to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[])));

drop policy if exists tenant_read on payout;
create policy tenant_read on payout for select to :"app_role"
    using (((select scope_network()) in (network, '*')) and province_code is null);

drop policy if exists system on payout;
create policy system on payout to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- Who paid, in words, goes when they are erased.
create or replace trigger append_only before update or delete on payout
    for each row execute function refuse_all_but_clearing('payer_name');

create or replace trigger append_only_truncate before truncate on payout
    for each statement execute function refuse_change();
