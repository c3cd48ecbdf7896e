-- What rows of a batch share (network, organisation, partner system, batch) is looked for once for each value of a
-- statement, where a foreign key looks once for each row: a third of what writing an enrolment cost. At the other end
-- the parents refuse to go or to change their key, so that nothing is ever referred to that is not there.
create procedure refer_in_sets(target regclass, variadic refs text[]) language plpgsql as $$
-- refs: a column, the table that it refers to and that one's key, three by three.
declare
    columns text;
    known text;
begin
    select string_agg(refs[i], ', '),
           string_agg(format('(a.%1$I is null or exists (select from %2$I p where p.%3$I = a.%1$I))', refs[i], refs[i + 1],
               refs[i + 2]), ' and ')
      into columns, known
      from generate_series(1, cardinality(refs), 3) as i;
    execute format($f$create function %1$I() returns trigger
        language plpgsql security definer set search_path = public, pg_temp as $body$
        declare
            was constant text := coalesce(current_setting('app.system', true), '');
            lost boolean;
        begin
            perform set_config('app.system', 'on', true);
            lost := exists (select from (select distinct %2$s from added) a where not (%3$s));
            perform set_config('app.system', was, true);
            if lost then
                raise exception 'table %% refers to what is not there', tg_table_name using errcode = '23503';
            end if;
            return null;
        end $body$
        $f$, 'refs_of_' || target, columns, known);
    execute format('create trigger refs after insert on %s referencing new table as added
        for each statement execute function %I()', target, 'refs_of_' || target);
    execute format('create trigger refs_stay before update of %s on %s for each row when ((%s) is distinct from (%s))
        execute function refuse_change()', columns, target,
        regexp_replace(columns, '(\w+)', 'old.\1', 'g'), regexp_replace(columns, '(\w+)', 'new.\1', 'g'));
end $$;

create procedure keep_for_ever(target regclass, key text) language plpgsql as $$
begin
    execute format('create trigger kept before delete on %s for each row execute function refuse_change()', target);
    execute format('create trigger kept_truncate before truncate on %s
        for each statement execute function refuse_change()', target);
    execute format('create trigger kept_key before update of %2$I on %1$s
        for each row when (old.%2$I is distinct from new.%2$I) execute function refuse_change()', target, key);
end $$;

call keep_for_ever('network', 'code');
call keep_for_ever('organisation', 'id');
call keep_for_ever('api_client', 'id');
call keep_for_ever('enrolment_batch', 'id');

call refer_in_sets('member', 'network', 'network', 'code', 'organisation_id', 'organisation', 'id');
alter table member drop constraint member_network_fkey, drop constraint member_organisation_id_fkey;

call refer_in_sets('enrolment', 'network', 'network', 'code', 'organisation_id', 'organisation', 'id',
    'client_id', 'api_client', 'id', 'batch_id', 'enrolment_batch', 'id');
alter table enrolment drop constraint enrolment_network_fkey, drop constraint enrolment_organisation_id_fkey,
    drop constraint enrolment_client_id_fkey, drop constraint enrolment_batch_id_fkey;

call refer_in_sets('outbox_event', 'network', 'network', 'code', 'organisation_id', 'organisation', 'id',
    'client_id', 'api_client', 'id');
alter table outbox_event drop constraint outbox_event_network_fkey, drop constraint outbox_event_organisation_id_fkey,
    drop constraint outbox_event_client_id_fkey;

call refer_in_sets('membership', 'network', 'network', 'code');
alter table membership drop constraint membership_network_fkey;

-- They served nothing but those keys.
drop index ix_member_organisation, ix_enrolment_organisation;

-- One index of each number where there were two: unique in a network, and read across networks.
alter table member drop constraint uq_member_national_id, drop constraint uq_member_social_insurance_no;
drop index ix_member_national_id, ix_member_social_insurance_no;
create unique index uq_member_national_id on member (national_id, network)
    include (id, province_code, commune_code, created_by) where national_id is not null;
create unique index uq_member_social_insurance_no on member (social_insurance_no, network)
    include (id, province_code, commune_code, created_by) where social_insurance_no is not null;

-- Accounts of all who join in one statement, in one statement.
create function open_member_accounts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
begin
    perform set_config('app.system', 'on', true);  -- whoever joins again has an account: it must be seen
    insert into account (kind, network, province_code, commune_code, group_id, member_id, floor)
    select 'member', network, province_code, commune_code, group_id, member_id, 0 from added
     order by group_id, member_id
    on conflict on constraint uq_account_owner do nothing;
    perform set_config('app.system', was, true);
    return null;
end $$;
drop trigger accounts_of_membership on membership;
create trigger accounts_of_membership after insert on membership
    referencing new table as added for each statement execute function open_member_accounts();
drop function open_member_account();

-- A UUIDv7 (RFC 9562) for what a statement writes beside its rows; servers before 18 have none of their own.
do $do$ begin
    if current_setting('server_version_num')::integer >= 180000 then
        create function new_id() returns uuid language sql volatile parallel safe as 'select uuidv7()';
    else
        create function new_id() returns uuid language sql volatile parallel safe as $new$
            select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
                || substr(random.digits, 14, 3) || substr(random.digits, 17))::uuid
              from (select replace(gen_random_uuid()::text, '-', '') as digits) random $new$;
    end if;
end $do$;
