-- What a member has been covered for, whichever group paid: the limit of supported months is one for a lifetime.
create or replace function coverage_of(p_member uuid) returns setof coverage
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);
    return query select c.* from coverage c where c.member_id = p_member and (select scope_network()) in ('*', c.network);
    perform set_config('app.system', was, true);
end $$;

grant execute on function coverage_of to :"app_role";
