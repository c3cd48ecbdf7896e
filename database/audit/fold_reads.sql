-- Moves who was seen from the pending rows, which hot paths append at the least cost, into the read audit with its indexes,
-- at most 20,000 at a time; returns how many. One fold at a time; whoever reads the read audit folds first, waits for another
-- fold, and so sees every read that was answered.
create or replace function fold_reads() returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    moved bigint;
begin
    perform pg_advisory_xact_lock(hashtext('ansinh.fold_reads'));
    perform set_config('app.system', 'on', true);
    with taken as (
        delete from read_pending where ctid = any (array(select ctid from read_pending limit 20000)) returning *
    ), noted as (
        insert into read_audit (at, act, network, province_code, commune_code, member_id, actor_id, actor_kind,
               organisation_id, searched_by, searched_for, shown)
        select t.at, case when t.searched_for is null then 'record' else 'searched' end, coalesce(m.network, o.network),
               m.province_code, m.commune_code, m.id, t.actor_id, case when k.id is null then 'user' else 'client' end,
               t.organisation_id, case when t.searched_for is not null then 'name' end, t.searched_for, t.shown
          from taken t join organisation o on o.id = t.organisation_id
          left join api_client k on k.id = t.actor_id
          left join lateral unnest(t.member_ids) as seen (id) on true
          left join member m on m.id = seen.id
         order by t.at
    )
    select count(*) into moved from taken;
    perform set_config('app.system', was, true);
    return moved;
end $$;

grant execute on function fold_reads to :"app_role";
