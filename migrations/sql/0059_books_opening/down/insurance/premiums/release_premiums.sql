-- Voids what is held for enrolments that go no further, or whose terms changed, and frees the money: savings are available
-- again, a gift stays in the fund, a direct customer has their money back. What was posted stays.
--
-- Who may close an enrolment frees what is held for it, BHXH among them, which records no money: so it is the enrolment that
-- must be the actor's, and not the books. The caller has locked the enrolments; after them come the payments and then the
-- cash accounts, each in the order of their ids, as whoever posts one takes them. It is done today, which is never in a
-- closed period, and moves no balance.
create or replace function release_premiums(p_session uuid, p_roles text[], p_scopes text[], p_enrolments uuid[])
returns table (id uuid, enrolment_id uuid, network text, organisation_id uuid, province_code text, commune_code text,
    client_id uuid, product text, amount_due bigint, participant_pays bigint, from_month date)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    a actor_row := begin_permitted(p_session, p_roles, p_scopes);
    payments uuid[];
begin
    perform set_config('app.system', 'on', true);
    payments := array(
        select p.id from premium_payment p join enrolment e on e.id = p.enrolment_id
         where p.enrolment_id = any (p_enrolments) and p.status = 'held'
           and (select scope_network()) in (e.network, '*')
           and ((select scope_national())
                or array[e.province_code, p.province_code] && (select scope_provinces())::text[]
                or array[e.commune_code, p.commune_code] && (select scope_communes())::text[])
           and ((select scope_all_groups()) or array[e.group_id, p.group_id] && (select scope_groups())::uuid[]
                or p.group_id is null and is_direct_customer(p.member_id))
         order by p.id for no key update of p);
    perform from account c
      where c.member_id is null and c.kind = 'cash'
        and c.group_id in (select s.group_id from premium_source s where s.payment_id = any (payments))
      order by c.group_id for no key update;

    perform return_collected(a, payments);
    with freed as (
        insert into ledger_txn (id, network, province_code, commune_code, group_id, model_id, member_id, kind, product,
               amount, business_date, recorded_by, org_id, client_key, request_hash, resolves_id, member_balance,
               group_balance)
        select new_id(), h.network, g.province_code, coalesce(place_on(g.commune_code, local_today()), g.commune_code),
               h.group_id, h.model_id, h.member_id, 'hold_voided', h.product, h.amount, local_today(), a.id,
               a.organisation_id, 'premium/' || s.payment_id || '/' || s.position || '/resolve', sha256(h.id::text::bytea),
               h.id, own.posted, -box.posted
          from premium_source s
          join ledger_txn h on h.id = s.hold_id
          join savings_group g on g.id = h.group_id
          join account box on box.group_id = h.group_id and box.member_id is null and box.kind = 'cash'
          left join account own on own.group_id = h.group_id and own.member_id = h.member_id
         where s.payment_id = any (payments) and s.paid is null
         order by s.payment_id, s.position
        returning id, resolves_id, group_id, member_id, amount
    ), available as (
        update account c set held = c.held - f.amount
          from (select group_id, member_id, sum(amount)::bigint as amount from freed group by group_id, member_id) f
         where c.group_id = f.group_id and c.member_id is not distinct from f.member_id
           and c.kind = case when f.member_id is null then 'fund' else 'member' end
    )
    update premium_source s set paid = 0, resolution_id = f.id
      from (select x.id, r.id as resolution_id from premium_source x left join freed r on r.resolves_id = x.hold_id
             where x.payment_id = any (payments) and x.group_id is not null) f (source_id, id)
     where s.id = f.source_id;

    return query
    update premium_payment p set status = 'voided', voided_at = now(), voided_by = a.id, version = p.version + 1
     where p.id = any (payments)
    returning p.id, p.enrolment_id, p.network, p.organisation_id, p.province_code, p.commune_code, p.client_id, p.product,
              p.amount_due, p.participant_pays, p.from_month;
    perform set_config('app.system', '', true);
end $$;

grant execute on function release_premiums to :"app_role";
