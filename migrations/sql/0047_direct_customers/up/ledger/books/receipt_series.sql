revoke all on receipt_series from :"app_role";

alter table receipt_series enable row level security;
alter table receipt_series force row level security;

drop policy if exists system on receipt_series;
create policy system on receipt_series to current_user
    using (current_setting('app.system', true) = 'on')
    with check (current_setting('app.system', true) = 'on');
