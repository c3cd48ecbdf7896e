-- The next receipt (biên lai) of the actor's organisation, in its series of the day's year. The numbers follow each other without
-- a gap, because a transaction that fails gives its number back; so this is the last thing that it waits for. A number that
-- somebody wrote into another payment by hand is passed over.
create or replace function take_receipt_number(p_session uuid, p_roles text[], p_scopes text[], p_day date,
    out series text, out number bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    select o.code || '/' || to_char(p_day, 'YYYY') into series from organisation o where o.id = a.organisation_id;
    loop
        insert into receipt_series as s (organisation_id, series, network, last_no)
        values (a.organisation_id, take_receipt_number.series, a.network, 1)
        on conflict on constraint receipt_series_pkey do update set last_no = s.last_no + 1 returning s.last_no into number;
        exit when not exists (select from premium_payment p where p.network = a.network
            and p.receipt_series = take_receipt_number.series and p.receipt_no = lpad(number::text, 7, '0'));
    end loop;
    perform set_config('app.system', was, true);
end $$;

grant execute on function take_receipt_number to :"app_role";
