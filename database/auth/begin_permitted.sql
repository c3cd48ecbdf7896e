-- The actor, if one of the given roles or scopes is theirs. Which roles may do what stays in the one table of
-- rights; a hot path passes the row it needs, so that checking costs no round trip of its own.
create or replace function begin_permitted(p_session uuid, p_roles text[], p_scopes text[]) returns actor_row
language plpgsql as $$
declare
    a actor_row := begin_actor(p_session);
begin
    if a.session_id is null then
        perform refuse('401', 'unauthenticated');
    end if;
    if not (a.roles && p_roles or a.scopes && p_scopes) then
        perform refuse('403', case when a.roles[1] like 'initial:%' then 'password_change_required'
                                   when a.scopes && array(select 'sandbox:' || x from unnest(p_scopes) x)
                                   then 'sandbox_only'
                                   when a.roles && array(select 'unverified:' || x from unnest(p_roles) x)
                                   then 'second_factor_required' else 'forbidden' end);
    end if;
    return a;
end $$;

grant execute on function begin_permitted to :"app_role";
