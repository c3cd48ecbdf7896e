revoke all on premium_refund from :"app_role";
grant select, insert, update on premium_refund to :"app_role";

alter table premium_refund enable row level security;
alter table premium_refund force row level security;

drop policy if exists tenant on premium_refund;
create policy tenant on premium_refund to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and is_direct_customer(member_id)))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])
            or group_id is null and is_direct_customer(member_id)));

drop policy if exists system on premium_refund;
create policy system on premium_refund to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger fixed before update or delete on premium_refund for each row
    execute function refuse_other_change('status', 'received_as', 'received_on', 'received_by', 'received_at', 'txn_id',
    'receiver_id', 'client_key', 'request_hash', 'version');
