-- Whether something follows on a coverage: another that begins later, or a payment that is held for one. It sees what any
-- group of the network paid, so that nobody is asked to pay twice, and says no more than that.
create or replace function is_renewed(p_coverage uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    found boolean;
begin
    perform set_config('app.system', 'on', true);
    select exists (select from coverage n
                    where n.member_id = c.member_id and n.product = c.product and n.valid_from > c.valid_from
                      and (n.ended_on is null or n.ended_on >= n.valid_from))
        or exists (select from premium_payment h
                    where h.member_id = c.member_id and h.product = c.product and h.status = 'held'
                      and h.from_month > c.valid_from)
      into found from coverage c where c.id = p_coverage and (was = 'on' or scope_network() in ('*', c.network));
    perform set_config('app.system', was, true);
    return coalesce(found, false);
end $$;
