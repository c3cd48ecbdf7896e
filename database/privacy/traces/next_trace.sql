-- The next piece of what is stored that may name somebody who was erased, and whom to look for in it; all searches of a
-- network that stand at one place go on together. Wants the key of the processes.
--
-- `settle_trace` writes what is left of the piece, in the same transaction: so a search goes on from its last piece, and no
-- transaction is longer than one. It goes through the files of jobs that were there when it began, through batches and
-- through lists without mentions; then through the files of those jobs that had not ended when it came to them. A piece at
-- which the database fails again and again is passed by and noted.
--
-- Returns: NULL in `kind` when nothing is to be done; 'none' when the search went on and there is no piece this time.
create or replace function next_trace(p_key bytea, out kind text, out id uuid, out name text, out part integer,
    out content bytea, out beside bytea, out body jsonb, out people jsonb)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    place trace_search;
    members uuid[];
    step record;
    is_passed boolean;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    place := await_trace();
    if place.member_id is null then
        perform release_traces() where exists (select from trace_search s where s.stage = 'aside');
    elsif passes_by(place) and place.stage = 'waiting' and place.waiting = '{}' then
        perform set_trace_aside(place.member_id);
        kind := 'none';
    else
        members := members_of_trace(place);
        place.begun_at := coalesce((select max(s.begun_at) from trace_search s where s.member_id = any (members)),
                                   clock_timestamp());
        case
            when place.stage in ('batches', 'contributions') then select * into step from next_trace_of_batches(place);
            when place.stage = 'lists' then select * into step from next_trace_of_lists(place);
            else select * into step from next_trace_of_jobs(place);
        end case;
        is_passed := passes_by(place) and step.kind <> 'none';
        update trace_search s
           set stage = step.stage, at_id = step.at_id, at_name = step.at_name, at_part = step.at_part, failures = 0,
               begun_at = coalesce(s.begun_at, place.begun_at),
               passed = s.passed || case when is_passed then array[step.id] else '{}' end,
               waiting = array(select w from unnest(s.waiting || step.waits) w where w <> all (step.ended))
         where s.member_id = any (members);
        if is_passed then
            insert into trace_doubt (record_kind, record_id, file, part, is_failed, rows)
            values (step.kind, step.id, coalesce(step.name, ''), coalesce(step.part, 0), true, '{}') on conflict do nothing;
            kind := 'none';
        else
            if step.kind <> 'none' then
                people := people_of_traces(members, step.organisation_id);
            end if;
            select step.kind, step.id, step.name, step.part, step.content, step.beside, step.body
              into kind, id, name, part, content, beside, body;
        end if;
        if place.stage = 'waiting' and not is_passed then
            perform end_traces(members);
        end if;
    end if;
    perform set_config('app.system', was, true);
end $$;

grant execute on function next_trace to :"app_role";
