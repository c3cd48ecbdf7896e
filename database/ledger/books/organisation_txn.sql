revoke all on organisation_txn from :"app_role";
grant select on organisation_txn to :"app_role";

alter table organisation_txn enable row level security;
alter table organisation_txn force row level security;

-- A treasurer or collector sees what they hold themselves, and what their own customers paid.
drop policy if exists tenant on organisation_txn;
create policy tenant on organisation_txn to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or holder_id = (select scope_actor())
            or is_direct_customer(member_id)))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or holder_id = (select scope_actor())
            or is_direct_customer(member_id)));

drop policy if exists system on organisation_txn;
create policy system on organisation_txn to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

drop policy if exists writer on organisation_txn;
create policy writer on organisation_txn to current_user
    using (organisation_id = scope_book())
    with check (organisation_id = scope_book());

create or replace trigger append_only before update or delete on organisation_txn
    for each row execute function refuse_change();

create or replace trigger append_only_truncate before truncate on organisation_txn
    for each statement execute function refuse_change();

create or replace trigger stats_follow after insert on organisation_txn for each row
    when (new.kind in ('remitted', 'refund_paid')) execute function book_stats_follow();
