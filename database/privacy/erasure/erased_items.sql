-- The outcomes of a batch without the sender's name for one person's rows, and without the person among candidates.
create or replace function erased_items(p_items jsonb, p_member uuid) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(
        case when i.item ->> 'member_id' = p_member::text then i.item || '{"external_ref": null, "candidates": []}'
             when i.item @> jsonb_build_object('candidates', jsonb_build_array(jsonb_build_object('member_id', p_member)))
             then jsonb_set(i.item, '{candidates}', (
                 select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(i.item -> 'candidates') c
                  where c ->> 'member_id' <> p_member::text))
             else i.item end order by i.nth), '[]')
      from jsonb_array_elements(p_items) with ordinality i (item, nth)
$$;
