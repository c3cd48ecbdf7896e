-- Whether a member is among those asked for; null asks for nothing in particular. A name is asked for by the
-- beginning of any of its words: "thi da" finds "nguyen thi dao".
create or replace function member_fits(m member, f member_filter) returns boolean language sql immutable parallel safe
    as $$ select (f.commune is null or m.commune_code = f.commune)
             and (f.province is null or m.province_code = f.province)
             and (f.hamlet is null or m.hamlet_code = f.hamlet)
             and (f.household_id is null or m.household_id = f.household_id)
             and (f.referrer_id is null or m.referrer_id = f.referrer_id)
             and (f.name is null or strpos(' ' || m.search_name, ' ' || f.name) > 0) $$;
