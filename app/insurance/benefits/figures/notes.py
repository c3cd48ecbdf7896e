"""What estimates assume, and what the texts of the law leave open."""

from app.core.errors import Words

L41 = "Luật BHXH 41/2024/QH15"
ND159 = "NĐ 159/2025/NĐ-CP"

PAID_MONTHLY = Words(
    "Giả định đóng hằng tháng; đóng một lần cho nhiều năm về sau được giảm theo lãi suất đầu tư quỹ.",
    "Monthly payment is assumed; years ahead are cheaper by the fund's rate of return.",
)
TODAYS_VALUES = Words(
    "Giả định chuẩn nghèo, mức tham chiếu, tỷ lệ hỗ trợ và lãi suất giữ như ngày ước tính.",
    "Poverty line, reference level, support and rates are assumed to stay as on the day of the estimate.",
)
NO_PROVINCE = Words(
    "Chưa tính phần tỉnh và tổ chức, cá nhân hỗ trợ thêm.",
    "Further support of provinces, organisations and people is not counted.",
)
TODAYS_MONEY = Words(
    "Tính theo giá trị tiền của ngày ước tính; khi nghỉ hưu thu nhập đã đóng được điều chỉnh theo giá tiêu dùng.",
    "In the money of the day of the estimate; on retirement incomes are raised by the consumer price index.",
)
NO_FACTOR_AHEAD = Words(
    "Thu nhập của năm ước tính và các năm sau lấy hệ số 1, vì hệ số của các năm đó chưa công bố.",
    "Incomes of this year and later ones have the factor 1, because theirs are not published.",
)
ODD_MONTHS = Words(
    "Tháng lẻ từ 1 đến 6 tính nửa năm, từ 7 đến 11 tính một năm (Điều 5.6).",
    "1 to 6 odd months count as half a year, 7 to 11 as a year (Article 5.6).",
)
VOLUNTARY_ONLY = Words(
    "Chỉ tính thời gian đóng BHXH tự nguyện; thời gian đóng bắt buộc nếu có được cộng thêm (NĐ 159, Điều 11).",
    "Only voluntary insurance is counted; compulsory insurance is added where there is any (NĐ 159, Article 11).",
)
MISSING_SUPPORT_OPEN = Words(
    "NĐ 159 không có công thức hỗ trợ riêng cho những năm còn thiếu; tính theo công thức của QĐ 595, Điều 12.1.2c.",
    "NĐ 159 has no formula of the support of missing months; that of QĐ 595, Article 12.1.2c, is used.",
)
WITHDRAWAL_CASES = Words(
    "Chỉ được rút khi đủ tuổi nghỉ hưu mà chưa đủ 15 năm, ra nước ngoài định cư, mắc bệnh hiểm nghèo hoặc suy giảm khả "
    "năng lao động từ 81 %; mắc bệnh hoặc suy giảm thì không trừ phần Nhà nước hỗ trợ (Điều 102.1 và 102.3).",
    "Only at retirement age without 15 years, on emigration, in grave illness or disability from 81 %; the latter two "
    "without the deduction (Articles 102.1 and 102.3).",
)
WITHDRAWAL_BEFORE_LAW = Words(
    "Đã đóng trước 01/7/2025: cũng được rút sau 12 tháng không đóng tiếp, khi chưa đủ 20 năm (Điều 102.1.đ).",
    "Who paid before 2025-07-01 may also withdraw after 12 months without payment, below 20 years (Article 102.1.đ).",
)
NOTHING_PAID = Words("Chưa đóng tháng nào.", "Nothing is paid.")
ASKED_AT_AGE = Words(
    "Giả định đề nghị ngay khi đủ tuổi nghỉ hưu và đóng xong, không rút một lần và không bảo lưu.",
    "It is assumed to be asked for as soon as age and plan are over, without a withdrawal.",
)
LAST_MONTH_OPEN = Words(
    "Văn bản không nói tháng đủ tuổi hưởng trợ cấp hưu trí xã hội có được tính hay không; ở đây không tính.",
    "The texts do not say whether the month of the social pension's age is counted; here it is not.",
)
ONE_PARENT = Words(
    "Chỉ cha hoặc mẹ được hưởng; nếu hưởng chế độ thai sản bắt buộc thì không hưởng khoản này.",
    "Only one of the parents has it, and who has compulsory maternity benefits does not.",
)
BIRTH_MONTH_OPEN = Words(
    "Văn bản không nói tháng sinh con có tính vào 12 tháng hay không; ở đây tính 12 tháng trước tháng sinh.",
    "The texts do not say whether the month of the birth counts; here the 12 months before it do.",
)
PAID_OPEN = Words(
    "Điều 110.2.c không nói “số tiền đã đóng” có gồm phần Nhà nước hỗ trợ hay không; ở đây tính cả.",
    "Article 110.2.c does not say whether what was paid includes the state's support; here it does.",
)
STAYS_POOR = Words(
    "Giả định khi đó vẫn thuộc hộ nghèo hoặc hộ cận nghèo.",
    "The household is assumed to be poor or near-poor then.",
)
LOW_PENSION_OPEN = Words(
    "Lương hưu thấp hơn mức trợ cấp: văn bản không nói được hưởng cả hai hay chỉ phần chênh lệch.",
    "The pension is lower than the social pension: the texts do not say whether both are paid or the difference.",
)
