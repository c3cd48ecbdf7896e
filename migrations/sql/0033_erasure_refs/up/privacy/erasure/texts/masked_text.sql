-- A text in which a person's numbers are masked, and nothing else is changed (app/privacy/traces/rules.py does the same). A
-- number stands by itself there, its digits together or with spaces or dots between them.
--
-- The nine digits of an old identity card stay, for they may be a phone; so do digits that are written as an amount.
create or replace function masked_text(p_text text, p_numbers text[]) returns text language plpgsql immutable as $$
declare
    each text;
    letters text;
    digits text;
    masked text := p_text;
begin
    foreach each in array p_numbers loop
        digits := regexp_replace(each, '\D', '', 'g');
        continue when length(digits) < 10 or strpos(translate(p_text, ' .', ''), digits) = 0;
        letters := case when each ~ '^[A-Z]{2}' then '(?:' || left(each, 2) || '[ .]?)?' else '' end;
        masked := regexp_replace(masked, '(?<![[:alnum:]])' || letters || digits || '(?![[:alnum:]])', '…', 'g');
        masked := regexp_replace(masked,
            '(?<![[:alnum:]])(?<![0-9][ .])' || letters || '(?![1-9][0-9]{0,2}(?:[ .][0-9]{3})+(?![ .]?[0-9]))'
            || array_to_string(regexp_split_to_array(digits, ''), '[ .]?') || '(?![[:alnum:]])(?![ .][0-9])', '…', 'g');
    end loop;
    return masked;
end $$;
