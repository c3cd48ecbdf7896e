-- The writer's own view. Once it has been shown a group under the tenant's scope it names that group (app.group) and
-- sees this group's money alone: narrower than the tenant's view, and one comparison instead of six. Without
-- subselects, because the writer's statements touch few rows.
create or replace function scope_group() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.group', true), '')::uuid $$;
