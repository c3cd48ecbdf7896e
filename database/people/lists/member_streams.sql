-- Through which streams of ix_member_province and ix_member_commune the actor's members come in the order of their
-- ids: every stream ends after one page, so a page costs the same however many members there are.
create or replace function member_streams(a actor_row, f member_filter, out provinces text[], out communes text[])
language plpgsql stable as $$
begin
    provinces := '{}';
    communes := '{}';
    if f.commune is not null then
        communes := array[f.commune];
    elsif f.hamlet is not null then
        communes := (select x.communes from expand_place(f.hamlet) x);
    elsif f.province is not null and (a.nationwide or f.province = any (a.provinces)) then
        provinces := array[f.province];
    else
        provinces := a.provinces;
        communes := a.communes;
    end if;
end $$;

grant execute on function member_streams to :"app_role";
