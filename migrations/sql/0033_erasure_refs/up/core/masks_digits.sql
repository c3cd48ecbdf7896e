-- Whether a text became another by nothing but the masking of digits in it (`masked_text`).
create or replace function masks_digits(p_before text, p_after text) returns boolean language sql immutable as $$
    select regexp_replace(p_before, '[A-Z0-9 .]', '', 'g') = regexp_replace(p_after, '[A-Z0-9 .…]', '', 'g')
       and length(p_after) < length(p_before)
$$;
