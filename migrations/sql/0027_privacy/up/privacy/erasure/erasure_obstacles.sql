-- Why a member cannot be erased now; empty when nothing speaks against it. Its caller has set `app.system`.
--
-- p_kept_since: what was covered or paid on this day or later must be kept (the registry's `insurance_file`).
create or replace function erasure_obstacles(p_member uuid, p_kept_since date) returns text[]
language sql stable as $$
    select array_remove(array[
        case when exists (select from membership s where s.member_id = p_member
                             and (s.left_on is null or s.left_on > local_today())) then 'membership_open' end,
        case when exists (select from enrolment e where e.member_id = p_member
                             and (e.status in ('submitted', 'accepted', 'returned')
                                  or e.status in ('paid', 'active') and not exists (
                                     select from coverage c where c.enrolment_id = e.id
                                        and coalesce(c.ended_on, c.valid_to) < local_today()))) then 'enrolment_open' end,
        case when exists (select from account a where a.member_id = p_member and (a.posted <> 0 or a.held <> 0))
             then 'balance_not_zero' end,
        case when exists (select from premium_advance a where a.member_id = p_member and a.repaid < a.amount)
             then 'advance_open' end,
        case when exists (select from premium_refund r where r.member_id = p_member and r.status <> 'received')
             then 'refund_open' end,
        case when exists (select from premium_payment p where p.member_id = p_member and p.status <> 'voided'
                             and greatest(p.payment_date, p.business_date) >= p_kept_since)
               or exists (select from coverage c where c.member_id = p_member
                             and coalesce(c.ended_on, c.valid_to, c.created_at::date) >= p_kept_since)
             then 'retention_holds' end], null)
$$;
