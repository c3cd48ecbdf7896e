-- The fields of an event without what says something of a person: which fields changed, and from where to where, stays.
create or replace function erased_fields(p_fields jsonb) returns jsonb language sql immutable as $$
    select p_fields - array['relation_to_head', 'referrer_id', 'household_id', 'hamlet_code', 'joined_on', 'died_on',
        'kind', 'evidence', 'monthly_income', 'external_ref', 'support_group', 'covered_until', 'insured_since',
        'supported_before', 'given_by']
$$;
