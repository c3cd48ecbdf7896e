-- Which other insurance each of these members of the actor's has in a month: the kinds alone, never the records. What
-- BHXH knows of a person holds for them in every register that has one of their numbers; but it alone is told that, at
-- the acceptance. A union is told what was noted of its own member: else it would learn of anybody whose number it sends.
create or replace function other_insurance_in(p_members uuid[], p_months date[]) returns table (member_id uuid, month date, kind text)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    return query
    select distinct x.member_id, x.month, o.kind
      from unnest(p_members, p_months) as x (member_id, month)
      join member m on m.id = x.member_id and (select scope_network()) in ('*', m.network)
           and ((select scope_national())
               or m.province_code = any ((select scope_provinces())::text[])
               or m.commune_code = any ((select scope_communes())::text[]))
     cross join lateral (
           select m.id
           union all
           select p.id from member p where scope_network() = '*' and p.national_id = m.national_id
           union all
           select p.id from member p where scope_network() = '*' and p.social_insurance_no = m.social_insurance_no
           ) as same (id)
      join other_insurance o on o.member_id = same.id
           and daterange(o.valid_from, o.valid_to, '[]') && daterange(x.month, (x.month + interval '1 month')::date);
    perform set_config('app.system', was, true);
end $$;

grant execute on function other_insurance_in to :"app_role";
