-- The next piece of what is stored that may name somebody who was erased, and whom to look for in it; all searches of a
-- network that stand at one place go on together. Wants the key of the processes.
--
-- `settle_trace` writes what is left of the piece, in the same transaction: so a search goes on from its last piece, and no
-- transaction is longer than one. It goes through the files of jobs that were there when it was asked for, through batches
-- and through lists without mentions; then through the files of those jobs that had not ended when it came to them.
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
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    place := choose_trace();
    if place.member_id is not null then
        members := array(
            select s.member_id from trace_search s
             where s.member_id = place.member_id
                or place.stage <> 'waiting' and s.network = place.network and s.stage = place.stage and s.at_id = place.at_id
               and s.at_name is not distinct from place.at_name and s.at_part = place.at_part
             order by s.asked_at, s.member_id limit 200 for update skip locked);
        place.asked_at := (select max(s.asked_at) from trace_search s where s.member_id = any (members));
        case
            when place.stage in ('batches', 'contributions') then select * into step from next_trace_of_batches(place);
            when place.stage = 'lists' then select * into step from next_trace_of_lists(place);
            else select * into step from next_trace_of_jobs(place);
        end case;
        people := people_of_traces(members, step.organisation_id);
        update trace_search s
           set stage = step.stage, at_id = step.at_id, at_name = step.at_name, at_part = step.at_part, failures = 0,
               waiting = array(select w from unnest(s.waiting || step.waits) w where w <> all (step.ended))
         where s.member_id = any (members);
        perform end_traces(members);
        select step.kind, step.id, step.name, step.part, step.content, step.beside, step.body
          into kind, id, name, part, content, beside, body;
    end if;
    perform set_config('app.system', was, true);
end $$;

grant execute on function next_trace to :"app_role";
