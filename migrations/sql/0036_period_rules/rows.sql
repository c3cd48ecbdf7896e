-- What is not confirmed by the text of the law is loaded and not used; it still says since when there is such insurance.
insert into insurance_rule (id, key, value, valid_from, valid_to, legal_basis, note, status)
select md5('insurance_rule ' || x.key || ' ' || x.valid_from)::uuid, x.key, x.value, x.valid_from::date, x.valid_to::date,
       x.legal_basis, x.note, x.status
  from (values
    -- Tuổi nghỉ hưu: tháng tuổi
    ('retirement_age_months_male', 720, '2008-01-01', '2020-12-31', 'Luật BHXH 58/2014/QH13, Điều 73; QĐ 595/QĐ-BHXH (2017), Điều 9.3.2', 'Years since 2008, read in QĐ 595', 'active'),
    ('retirement_age_months_male', 723, '2021-01-01', '2021-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '60 years 3 months', 'active'),
    ('retirement_age_months_male', 726, '2022-01-01', '2022-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '60 years 6 months', 'active'),
    ('retirement_age_months_male', 729, '2023-01-01', '2023-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '60 years 9 months', 'active'),
    ('retirement_age_months_male', 732, '2024-01-01', '2024-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '61 years', 'active'),
    ('retirement_age_months_male', 735, '2025-01-01', '2025-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '61 years 3 months', 'active'),
    ('retirement_age_months_male', 738, '2026-01-01', '2026-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '61 years 6 months', 'active'),
    ('retirement_age_months_male', 741, '2027-01-01', '2027-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '61 years 9 months', 'active'),
    ('retirement_age_months_male', 744, '2028-01-01', null, 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '62 years', 'active'),
    ('retirement_age_months_female', 660, '2008-01-01', '2020-12-31', 'Luật BHXH 58/2014/QH13, Điều 73; QĐ 595/QĐ-BHXH (2017), Điều 9.3.2', 'Years since 2008, read in QĐ 595', 'active'),
    ('retirement_age_months_female', 664, '2021-01-01', '2021-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '55 years 4 months', 'active'),
    ('retirement_age_months_female', 668, '2022-01-01', '2022-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '55 years 8 months', 'active'),
    ('retirement_age_months_female', 672, '2023-01-01', '2023-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '56 years', 'active'),
    ('retirement_age_months_female', 676, '2024-01-01', '2024-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '56 years 4 months', 'active'),
    ('retirement_age_months_female', 680, '2025-01-01', '2025-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '56 years 8 months', 'active'),
    ('retirement_age_months_female', 684, '2026-01-01', '2026-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '57 years', 'active'),
    ('retirement_age_months_female', 688, '2027-01-01', '2027-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '57 years 4 months', 'active'),
    ('retirement_age_months_female', 692, '2028-01-01', '2028-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '57 years 8 months', 'active'),
    ('retirement_age_months_female', 696, '2029-01-01', '2029-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '58 years', 'active'),
    ('retirement_age_months_female', 700, '2030-01-01', '2030-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '58 years 4 months', 'active'),
    ('retirement_age_months_female', 704, '2031-01-01', '2031-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '58 years 8 months', 'active'),
    ('retirement_age_months_female', 708, '2032-01-01', '2032-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '59 years', 'active'),
    ('retirement_age_months_female', 712, '2033-01-01', '2033-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '59 years 4 months', 'active'),
    ('retirement_age_months_female', 716, '2034-01-01', '2034-12-31', 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '59 years 8 months', 'active'),
    ('retirement_age_months_female', 720, '2035-01-01', null, 'Bộ luật Lao động 45/2019/QH14, Điều 169.2; NĐ 135/2020/NĐ-CP, Điều 4', '60 years', 'active'),
    -- BHXH tự nguyện: từ 2008-01
    ('bhxh_tn_rate', 0.16, '2008-01-01', '2009-12-31', 'Luật BHXH 71/2006/QH11, Điều 100', 'Not verified for these years', 'unconfirmed'),
    ('bhxh_tn_rate', 0.18, '2010-01-01', '2011-12-31', 'Luật BHXH 71/2006/QH11, Điều 100', 'Not verified for these years', 'unconfirmed'),
    ('bhxh_tn_rate', 0.2, '2012-01-01', '2013-12-31', 'Luật BHXH 71/2006/QH11, Điều 100', 'Not verified for these years', 'unconfirmed'),
    ('bhxh_tn_age_min', 15, '2008-01-01', '2025-06-30', 'Luật BHXH 71/2006/QH11, Điều 2.5; Luật BHXH 58/2014/QH13, Điều 2.4; QĐ 595/QĐ-BHXH (2017), Điều 8.1', 'Read in QĐ 595', 'active'),
    -- BHYT hộ gia đình: thẻ mua trước
    ('bhyt_ahead_months_max', 12, '2017-07-01', null, 'NĐ 146/2018/NĐ-CP, Điều 9; NĐ 188/2025/NĐ-CP, Điều 7.8', 'The longest period of one payment; the texts name no other bound', 'active')
  ) as x (key, value, valid_from, valid_to, legal_basis, note, status);
