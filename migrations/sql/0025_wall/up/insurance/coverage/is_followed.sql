-- Whether something follows on a coverage: another that begins later, or a payment that is held for one. For functions that
-- see what every group paid.
create or replace function is_followed(p_coverage uuid) returns boolean language sql stable as $$
    select exists (select from coverage n
                    where n.member_id = c.member_id and n.product = c.product and n.valid_from > c.valid_from
                      and (n.ended_on is null or n.ended_on >= n.valid_from))
        or exists (select from premium_payment h
                    where h.member_id = c.member_id and h.product = c.product and h.status = 'held'
                      and h.from_month > c.valid_from)
      from coverage c where c.id = p_coverage
$$;
