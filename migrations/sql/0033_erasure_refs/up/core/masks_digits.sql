-- Whether a text became another by nothing but the masking of numbers in it (`masked_text`): what stays stands in its order, and
-- what went were digits, the letters before them and what separates them.
create or replace function masks_digits(p_before text, p_after text) returns boolean language sql immutable as $$
    select length(p_after) < length(p_before)
       and p_before like replace(regexp_replace(p_after, '([\\%_])', '\\\1', 'g'), '…', '%')
       and regexp_replace(p_before, '[A-Z0-9 .…]', '', 'g') = regexp_replace(p_after, '[A-Z0-9 .…]', '', 'g')
$$;
