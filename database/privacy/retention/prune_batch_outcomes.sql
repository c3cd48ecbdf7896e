-- What became of each row of a batch goes; the batch stays with its key, its counts and what its request was. Batches that
-- only validated (of the sandbox, too) have a time of their own.
--
-- It takes away what came before a moment (a day ago at the latest), no more than p_limit of it, and returns how much it
-- was. Rows that another transaction has locked are left for the next time.
create or replace function prune_batch_outcomes(p_before timestamptz, p_limit integer, p_dry_runs boolean default false)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    ended constant timestamptz := least(p_before, now() - interval '1 day');
    pruned bigint;
begin
    perform set_config('app.system', 'on', true);
    with due as (
        select id from enrolment_batch
         where sent_at < ended and (mode = 'validate' or not p_dry_runs) and items <> '[]'
         limit p_limit for no key update skip locked
    ), also_due as (
        select id from contribution_batch
         where sent_at < ended and (mode = 'validate' or not p_dry_runs) and items <> '[]'
         limit greatest(p_limit - (select count(*) from due), 0) for no key update skip locked
    ), emptied as (
        update enrolment_batch b set items = '[]' from due where b.id = due.id returning 1
    ), also_emptied as (
        update contribution_batch b set items = '[]' from also_due where b.id = also_due.id returning 1
    )
    select (select count(*) from emptied) + (select count(*) from also_emptied) into pruned;
    perform set_config('app.system', was, true);
    return pruned;
end $$;

grant execute on function prune_batch_outcomes to :"app_role";
