create or replace procedure grant_app(target regclass, rights text) language plpgsql as $$
begin
    execute format('grant %s on %s to %I', rights, target, current_setting('ansinh.app_role'));
end $$;
