-- Called when the one statement below could not place every line: says which, and why.
create or replace function explain_refusal(p_group uuid, p_day date, p_lines jsonb, p_single boolean) returns void
language plpgsql as $$
declare
    bad record;
begin
    for bad in
        select x.ord - 1 as index, x.value ->> 'member_id' as member_id, a.id as account_id, x.value ->> 'kind' as kind,
               present.joined, present.still_there
          from jsonb_array_elements(p_lines) with ordinality x(value, ord)
          left join account a on a.group_id = p_group
               and a.member_id is not distinct from (x.value ->> 'member_id')::uuid and a.kind in ('member', 'fund')
          cross join lateral (
               select count(*) > 0 as joined, coalesce(bool_or(m.left_on is null or m.left_on >= p_day), false) as still_there
                 from membership m where m.group_id = p_group and m.member_id = a.member_id and m.joined_on <= p_day) present
         order by x.ord
    loop
        if bad.account_id is not null and bad.member_id is not null and not bad.joined then
            perform refuse('422', 'before_joining', jsonb_build_object('pointer',  -- a sheet has one day for all its lines
                case when p_single then '/business_date' else '/items/' || bad.index || '/member_id' end));
        elsif bad.account_id is null or (bad.member_id is not null and not bad.still_there and bad.kind <> 'withdrawal') then
            perform refuse('422', 'not_in_group', jsonb_build_object('pointer',
                case when p_single then '' else '/items/' || bad.index end || '/member_id'));
        end if;
    end loop;
    select x.ord - 1 as index into bad
      from (select v.value, v.ord, sum(v.delta) over (partition by v.value ->> 'member_id' order by v.ord) as running,
                   sum(v.delta) over (partition by v.value ->> 'member_id') as total
              from (select e.value, e.ord, case when e.value ->> 'kind' = 'withdrawal' then -1 else 1 end
                           * (e.value ->> 'amount')::bigint as delta
                      from jsonb_array_elements(p_lines) with ordinality e(value, ord)) v) x
      join account a on a.group_id = p_group and a.member_id is not distinct from (x.value ->> 'member_id')::uuid
           and a.kind in ('member', 'fund')
     where a.posted - a.held + x.total < a.floor and a.posted - a.held + x.running < a.floor order by x.ord limit 1;
    perform refuse('409', 'insufficient_balance', jsonb_build_object('pointer',
        case when p_single then '' else '/items/' || bad.index end || '/amount'));
end $$;
