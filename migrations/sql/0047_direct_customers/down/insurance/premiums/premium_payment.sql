revoke all on premium_payment from :"app_role";
grant select, insert, update on premium_payment to :"app_role";

alter table premium_payment enable row level security;
alter table premium_payment force row level security;

drop policy if exists tenant on premium_payment;
create policy tenant on premium_payment to :"app_role"
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

drop policy if exists system on premium_payment;
create policy system on premium_payment to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');

create or replace trigger no_delete before delete on premium_payment
    for each row execute function refuse_other_change();

create or replace trigger held before update on premium_payment
    for each row when (old.status = 'held' and new.status <> 'refunded')
    execute function refuse_other_change('status', 'priced_on', 'amount_due', 'state_support', 'province_support',
    'other_support', 'participant_pays', 'supported_months', 'supported_before', 'support_group', 'covered_until',
    'insured_since', 'household_id', 'household_order', 'formula', 'rules', 'receipt_series', 'receipt_no',
    'payment_date', 'posted_at', 'posted_by', 'voided_at', 'voided_by', 'remuneration_kind', 'remuneration_rate',
    'remuneration_rule_id', 'remuneration', 'version');

create or replace trigger posted before update on premium_payment for each row
    when (old.status = 'posted' and new.status = 'refunded') execute function refuse_other_change('status', 'version');

create or replace trigger settled before update on premium_payment for each row
    when (old.status <> 'held' and not (old.status = 'posted' and new.status = 'refunded')
    or old.status = 'held' and new.status = 'refunded') execute function refuse_change();
