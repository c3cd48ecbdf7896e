-- Moves who was seen from the pending rows, which hot paths append at the least cost, into the read audit with its indexes,
-- at most 20,000 at a time; returns how many. One fold at a time; whoever reads the read audit folds first, waits for another
-- fold, and so sees every read that was answered. Members are looked up one by one: their table is large, and a fold is not.
create or replace function fold_reads() returns bigint
language plpgsql security definer set search_path = public, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set jit = off
as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    moved bigint;
begin
    perform pg_advisory_xact_lock(hashtext('ansinh.fold_reads'));
    perform set_config('app.system', 'on', true);
    with taken as (
        delete from read_pending where ctid = any (array(select ctid from read_pending limit 20000)) returning *
    ), records as (
        insert into read_audit (at, act, network, province_code, commune_code, member_id, actor_id, actor_kind,
               organisation_id)
        select t.at, 'record', m.network, m.province_code, m.commune_code, m.id, t.actor_id, t.actor_kind,
               t.organisation_id
          from taken t join member m on m.id = t.member_id
         where t.searched_for is null
    ), searches as (
        insert into read_audit (at, act, network, province_code, commune_code, member_id, actor_id, actor_kind,
               organisation_id, searched_by, searched_for, shown)
        select t.at, 'searched', coalesce(m.network, o.network), m.province_code, m.commune_code, m.id, t.actor_id,
               case when exists (select from api_client k where k.id = t.actor_id) then 'client' else 'user' end,
               t.organisation_id, 'name', t.searched_for, t.shown
          from taken t join organisation o on o.id = t.organisation_id
          left join lateral unnest(t.member_ids) as seen (id) on true
          left join member m on m.id = seen.id
         where t.searched_for is not null
    )
    select count(*) into moved from taken;
    perform set_config('app.system', was, true);
    return moved;
end $$;

grant execute on function fold_reads to :"app_role";
