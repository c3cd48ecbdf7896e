-- A UUIDv7 (RFC 9562) for what a statement writes beside its rows; servers before 18 have none of their own.
do $do$ begin
    if current_setting('server_version_num')::integer >= 180000 then
        create or replace function new_id() returns uuid language sql volatile parallel safe as 'select uuidv7()';
    else
        create or replace function new_id() returns uuid language sql volatile parallel safe as $new$
            select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
                || substr(random.digits, 14, 3) || substr(random.digits, 17))::uuid
              from (select replace(gen_random_uuid()::text, '-', '') as digits) random $new$;
    end if;
end $do$;

grant execute on function new_id to :"app_role";
