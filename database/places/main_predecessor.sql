-- The unit that a unit stands for before it began: its own code among its predecessors, else the largest share.
create or replace function main_predecessor(p_code text, p_from date) returns text language sql stable as $$
    select s.old_code from place_succession s where s.new_code = p_code and s.on_date = p_from
     order by (s.old_code = p_code) desc, s.is_default desc, s.share desc nulls last, s.old_code limit 1
$$;

grant execute on function main_predecessor to :"app_role";
