create or replace function known_qualifier(word text) returns boolean language sql immutable parallel safe
    as $$ select word in ('exact', 'about', 'nearly', 'more_than', 'at_least', 'unspecified') $$;

grant execute on function known_qualifier to :"app_role";
