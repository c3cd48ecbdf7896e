-- A row of a list without its person: the figures stay, and a name that is none. An address is a text, if an empty one, for
-- the release before.
create or replace function erased_row(p_data jsonb) returns jsonb language sql immutable as $$
    select p_data || coalesce((
        select jsonb_object_agg(key, case key when 'full_name' then to_jsonb('Người đã ẩn danh'::text)
                                              when 'address' then '""' else 'null' end)
          from jsonb_object_keys(p_data) key
         where key in ('full_name', 'national_id', 'social_insurance_no', 'insurance_no', 'birth_date', 'sex', 'phone',
                       'address', 'relation', 'head')), '{}')
$$;
