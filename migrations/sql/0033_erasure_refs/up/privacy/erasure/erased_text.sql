-- A text without a person's name and numbers. The name is theirs alone as the whole text, or as it is written or in capitals
-- where no other word with a capital stands beside it, which would be a longer name; but for how one is addressed before it.
--
-- p_name: NULL to leave names as they are.
create or replace function erased_text(p_text text, p_name text, p_numbers text[]) returns text
language plpgsql immutable as $$
declare
    anonymous constant text := 'Người đã ẩn danh';
    -- With every sign that means something in a pattern made plain.
    plain constant text := regexp_replace(p_name, '([][\\.^$*+?(){}|])', '\\\1', 'g');
    each text;
    erased text := p_text;
begin
    if lower(btrim(p_text)) = lower(p_name) then
        erased := anonymous;
    elsif p_name is not null then
        erased := regexp_replace(erased,
            '(?<![[:alnum:]])(?:(?<![[:upper:]][[:alnum:]]*[\s-]+)|(?<=(?:^|[^[:alnum:]])'
            || '(?:Bà|Ông|Chị|Anh|Em|Cô|Chú|Bác|Cụ|Dì|BÀ|ÔNG|CHỊ|ANH|EM|CÔ|CHÚ|BÁC|CỤ|DÌ)\s+))'
            || '(?:' || plain || '|' || upper(plain) || ')(?![[:alnum:]])(?![\s-]+[[:upper:]])', anonymous, 'g');
    end if;
    foreach each in array p_numbers loop
        erased := regexp_replace(erased, '(?<![0-9])' || regexp_replace(each, '\D', '', 'g') || '(?![0-9])', '…', 'g');
    end loop;
    return erased;
end $$;
