-- Erases a member whom who acts sees, or says why not. Wants the key of the processes: it cannot be undone, so who can
-- only run SQL must not be able to.
--
-- p_kept_since: see `erasure_obstacles`. p_carry_out: false to be told of the obstacles alone. Returns: the obstacles,
-- empty when there are none; NULL when the member is not there or not to be seen.
create or replace function erase_member(p_key bytea, p_member uuid, p_kept_since date, p_carry_out boolean) returns text[]
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    obstacles text[];
    is_erased boolean;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    -- Whoever enrols the member or pays for them waits for this lock, or has been waited for.
    select m.anonymised_at is not null into is_erased from member m
     where m.id = p_member and sees_member(m.network, m.province_code, m.commune_code) for update;
    if found then
        perform from account a where a.member_id = p_member order by a.id for no key update;
        obstacles := case when is_erased then array['already_erased'] else erasure_obstacles(p_member, p_kept_since) end;
        if p_carry_out and obstacles = '{}' then
            perform erase_files(array[p_member]);
            perform erase_person(p_member);
        end if;
    end if;
    perform set_config('app.system', was, true);
    return obstacles;
end $$;

grant execute on function erase_member(bytea, uuid, date, boolean) to :"app_role";
