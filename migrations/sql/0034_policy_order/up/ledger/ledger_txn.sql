revoke all on ledger_txn from :"app_role";
grant select on ledger_txn to :"app_role";

alter table ledger_txn enable row level security;
alter table ledger_txn force row level security;

drop policy if exists tenant on ledger_txn;
create policy tenant on ledger_txn to :"app_role"
    using (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])))
    with check (((select scope_network()) in (network, '*'))
        and ((select scope_national())
            or province_code = any ((select scope_provinces())::text[])
            or commune_code = any ((select scope_communes())::text[]))
        and ((select scope_all_groups())
            or group_id = any ((select scope_groups())::uuid[])));

drop policy if exists system on ledger_txn;
create policy system on ledger_txn to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

-- The writer has seen the group under the tenant's scope and named it (`scope_group`).
drop policy if exists writer on ledger_txn;
create policy writer on ledger_txn to current_user
    using (group_id = scope_group())
    with check (group_id = scope_group());

-- Words that may name somebody are emptied when a person is erased; no figure ever changes.
create or replace trigger append_only before update or delete on ledger_txn
    for each row execute function refuse_all_but_clearing('note', 'source');

create or replace trigger append_only_truncate before truncate on ledger_txn
    for each statement execute function refuse_change();

-- A refund counts as a figure of its own. An instalment does not: it is neither saved nor paid to anybody.
create or replace trigger stats_follow after insert on ledger_txn for each row
    when (new.sheet_id is null
    and new.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal', 'hold_posted', 'premium_refund'))
    execute function ledger_stats_follow();
