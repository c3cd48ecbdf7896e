-- How many months of voluntary insurance one person, who is these members, already had the state's support for: what was
-- recorded, or more where an enrolment that BHXH accepted declares more. A declaration says how many there had been when
-- it was submitted, so what was recorded by then is in it and is not counted again; what was recorded or given back since
-- is added to it. It counts for ever after, whatever a later enrolment leaves out (NĐ 159/2025/NĐ-CP, Article 5.2).
--
-- p_enrolment: one whose declaration counts although it is not accepted yet, because it is its price that is asked.
create or replace function support_of(p_members uuid[], p_enrolment uuid) returns integer language sql stable as $$
    with recorded as (
        select c.enrolment_id, c.created_at as at, c.supported_months as kept, p.supported_months as paid,
               r.decided_at as refunded_at
          from coverage c
          join premium_payment p on p.id = c.payment_id
          left join premium_refund r on r.payment_id = c.payment_id
         where c.member_id = any (p_members) and c.product = 'bhxh_tn'
    ), declared as (
        select null::uuid as id, 0 as months, '-infinity'::timestamptz as at
        union all
        select e.id, e.supported_before, coalesce(e.submitted_at, e.created_at)
          from enrolment e
         where e.member_id = any (p_members) and e.product = 'bhxh_tn' and e.supported_before > 0
           and (e.status in ('accepted', 'paid', 'active', 'ended') or e.id = p_enrolment)
    )
    select max(d.months + coalesce((
               select sum(case when r.enrolment_id = d.id or r.at > d.at then r.kept
                               when r.refunded_at > d.at then r.kept - r.paid
                               else 0 end)
                 from recorded r), 0))::integer
      from declared d
$$;
