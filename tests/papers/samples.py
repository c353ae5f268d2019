"""Builders of the papers' data sets, filled as a real unit and a real district would fill them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from portal.papers import data, forms

ISSUED = datetime(2027, 1, 12, 3, 30, tzinfo=UTC)
HASH = "9f3c-71ab-04de"
SPECIMEN = "DỮ LIỆU MINH HỌA"


def letterhead(**changes):
    return replace(
        data.Letterhead(
            superior="Ủy ban nhân dân huyện An Lão",
            issuer="Trường Tiểu học Mỹ Đức",
            number="03/TTr-THMĐ",
            place="An Lão",
            day=date(2027, 1, 8),
        ),
        **changes,
    )


def frame(**changes):
    return {
        "letterhead": letterhead(),
        "signature": data.Signature(title="Hiệu trưởng", signer_name="(chức danh ký)"),
        "year": 2026,
        "recipients": ("Như trên", "Hội Khuyến học huyện", "Lưu: VT"),
        "content_hash": HASH,
        "specimen": SPECIMEN,
        "signed": True,
        "issued": ISSUED,
    } | changes


def unit(**changes):
    return replace(
        data.UnitParticulars(
            name="Trường Tiểu học Mỹ Đức",
            kind="Trường tiểu học công lập",
            address="Xã Mỹ Đức, huyện An Lão, thành phố Hải Phòng",
            members=37,
            learners=812,
            has_learners=True,
            code="AL-TH-07",
        ),
        **changes,
    )


def team():
    return data.Team(
        decision_number="21/QĐ-THMĐ",
        decision_day=date(2026, 12, 7),
        members=(
            data.TeamMember(name="Cán bộ thứ nhất", title="Hiệu trưởng", task="Tổ trưởng"),
            data.TeamMember(
                name="Cán bộ thứ hai", title="Phó Hiệu trưởng, Chủ tịch Công đoàn", task="Tổ phó"
            ),
            data.TeamMember(name="Cán bộ thứ ba", title="Tổ trưởng tổ chuyên môn 4 - 5", task="Thư ký"),
        ),
    )


def criteria():
    plan = data.Evidence(
        title="Kế hoạch học tập thường xuyên năm 2026",
        number="05/KH-THMĐ",
        day=date(2026, 1, 15),
        issuer="Trường Tiểu học Mỹ Đức",
    )
    yes = "Có"
    conditions = (
        data.IndicatorResult(
            code="1.1",
            title="Ban hành kế hoạch hằng năm cho Thành viên trong đơn vị được học tập thường xuyên, tổ chức triển khai, thực hiện kế hoạch",
            requirement_1="Có",
            requirement_2="Có",
            outcome_1="Đạt",
            outcome_2="Đạt",
            answer=yes,
            evidence=(
                plan,
                replace(
                    plan,
                    title="Báo cáo kết quả thực hiện kế hoạch",
                    number="61/BC-THMĐ",
                    day=date(2026, 12, 20),
                ),
            ),
            explanation="Kế hoạch được xây dựng từ đăng ký của từng tổ chuyên môn và công khai trên bảng tin.",
        ),
        data.IndicatorResult(
            code="1.3",
            title="Bố trí đủ kinh phí từ ngân sách nhà nước hằng năm để thực hiện công tác đào tạo, bồi dưỡng đối với Thành viên trong đơn vị",
            requirement_1="Có",
            requirement_2="Có",
            outcome_1="Đạt",
            outcome_2="Đạt",
            answer=yes,
            explanation="Dự toán chi thường xuyên có mục bồi dưỡng 24.500.000 đồng.",
        ),
    )
    shares = tuple(
        data.IndicatorResult(
            code=code,
            title=title,
            requirement_1="Từ 90 % trở lên",
            requirement_2="Từ 95 % trở lên",
            outcome_1="Đạt",
            outcome_2=second,
            is_share=True,
            part=part,
            whole=37,
            percent=percent,
            evidence=(replace(plan, title="Danh sách xác nhận kết quả học tập, bồi dưỡng"),),
        )
        for code, title, part, percent, second in (
            (
                "2.1",
                "Thành viên trong đơn vị tuân thủ kỷ luật lao động, nội quy làm việc, có tinh thần đoàn kết, hợp tác, chia sẻ",
                37,
                "100 %",
                "Đạt",
            ),
            (
                "2.2",
                "Thành viên hoàn thành đầy đủ chương trình học tập, bồi dưỡng theo quy định",
                35,
                "94,59 %",
                "Chưa đạt",
            ),
            ("2.5", "Thành viên đạt danh hiệu “Lao động tiên tiến” trở lên", 36, "97,29 %", "Đạt"),
        )
    )
    effects = (
        data.IndicatorResult(
            code="3.1",
            title="Thành viên trong đơn vị đạt danh hiệu “Công dân học tập”",
            requirement_1="Từ 90 % trở lên",
            requirement_2="Từ 95 % trở lên",
            outcome_1="Đạt",
            outcome_2="Đạt",
            is_share=True,
            part=36,
            whole=37,
            percent="97,29 %",
            evidence=(
                replace(
                    plan,
                    title="Quyết định công nhận “Công dân học tập” năm 2026",
                    number="112/QĐ-UBND",
                    issuer="UBND xã Mỹ Đức",
                ),
            ),
        ),
        data.IndicatorResult(
            code="3.4",
            title="Đơn vị là cơ sở giáo dục phổ thông đạt mức độ chuyển đổi số",
            requirement_1="Mức đáp ứng cơ bản",
            requirement_2="Mức đáp ứng tốt",
            outcome_1="Đạt",
            outcome_2="Chưa đạt",
            answer="Mức đáp ứng cơ bản",
            evidence=(replace(plan, title="Phiếu đánh giá mức độ chuyển đổi số"),),
        ),
        data.IndicatorResult(
            code="3.5",
            title="Đơn vị là cơ sở giáo dục nghề nghiệp đạt kiểm định chất lượng theo quy định hiện hành",
            requirement_1="Có",
            requirement_2="Có",
            outcome_1="Không áp dụng",
            outcome_2="Không áp dụng",
            not_applicable="đơn vị không phải là cơ sở giáo dục nghề nghiệp",
        ),
    )
    return (
        data.CriterionResults(number=1, title="Về điều kiện xây dựng Đơn vị học tập", indicators=conditions),
        data.CriterionResults(
            number=2, title="Về kết quả học tập của Thành viên trong đơn vị", indicators=shares
        ),
        data.CriterionResults(
            number=3, title="Tác dụng của việc xây dựng Đơn vị học tập", indicators=effects
        ),
    )


SUMMARIES = (
    data.LevelSummary(level=1, applicable=14, met=14, verdict="đạt"),
    data.LevelSummary(level=2, applicable=14, met=12, verdict="chưa đạt"),
)
CHAIRMAN = "Chủ tịch Ủy ban nhân dân huyện An Lão"


def request_letter(**changes):
    return data.RequestLetter(
        **frame(
            unit=unit(),
            addressee=CHAIRMAN,
            through="Phòng Giáo dục và Đào tạo huyện An Lão",
            requested_level=1,
            team=team(),
            summaries=SUMMARIES,
            attachments=(
                "Báo cáo tự đánh giá “Đơn vị học tập” năm 2026 (Mẫu 02)",
                "Bản tổng hợp kết quả đánh giá các tiêu chí, chỉ tiêu (Mẫu 03)",
            ),
        )
        | changes
    )


def self_assessment_report(**changes):
    return data.SelfAssessmentReport(
        **frame(
            letterhead=letterhead(number="04/BC-THMĐ"),
            unit=unit(),
            addressee=CHAIRMAN,
            requested_level=1,
            team=team(),
            criteria=criteria(),
            summaries=SUMMARIES,
            sentences=("Đơn vị đạt mức độ 1. Để đạt mức độ 2 còn 2 chỉ tiêu cần hoàn thiện.",),
            gaps=("Chỉ tiêu 2.2: cần thêm 1 người hoàn thành chương trình học tập, bồi dưỡng.",),
            features="Trường có 02 điểm trường, 27 lớp.\nĐội ngũ ổn định trong ba năm liền.",
            strengths="Kế hoạch học tập gắn với sinh hoạt chuyên môn.",
            improvement_plan="Hoàn thành bồi dưỡng cho 02 giáo viên còn lại trong quý I năm 2027.",
        )
        | changes
    )


def result_summary(**changes):
    return data.ResultSummary(
        **frame(
            letterhead=letterhead(number="05/BTH-THMĐ"),
            unit=unit(),
            requested_level=1,
            criteria=criteria(),
            summaries=SUMMARIES,
            recipients=("Phòng GDĐT huyện", "Lưu: VT"),
        )
        | changes
    )


def office(**changes):
    return letterhead(
        **{"issuer": "Phòng Giáo dục và Đào tạo", "number": "17/PTN-GDĐT", "day": date(2027, 1, 12)} | changes
    )


OFFICE_SIGNATURE = data.Signature(title="Trưởng phòng", signer_name="(chức danh ký)")


def receipt(**changes):
    return data.Receipt(
        **frame(
            letterhead=office(),
            signature=OFFICE_SIGNATURE,
            recipients=("Trường Tiểu học Mỹ Đức", "Lưu: VT"),
            unit=unit(),
            receipt_number="AL-2026-0017",
            received_at=ISSUED,
            channel="Trực tuyến trên Cổng Đơn vị học tập",
            requested_level=1,
            submitter="Hiệu trưởng Trường Tiểu học Mỹ Đức",
            parts=(
                data.ReceivedPart(name="Tờ trình đề nghị đánh giá, công nhận (Mẫu 01)", present=True),
                data.ReceivedPart(name="Báo cáo tự đánh giá (Mẫu 02)", present=True),
                data.ReceivedPart(
                    name="Bản tổng hợp kết quả (Mẫu 03)", present=False, note="Bản giấy chưa đóng dấu"
                ),
            ),
            result_day=date(2027, 2, 15),
        )
        | changes
    )


def supplement_request(**changes):
    return data.SupplementRequest(
        **frame(
            letterhead=office(number="02/YCBS-GDĐT"),
            signature=OFFICE_SIGNATURE,
            recipients=("Như trên", "Lưu: VT"),
            unit=unit(),
            receipt_number="AL-2026-0017",
            received_day=date(2027, 1, 12),
            points=(
                data.SupplementPoint(
                    subject="Chỉ tiêu 2.2",
                    reason="Danh sách có 35 người nhưng chứng nhận chỉ có 33 người.",
                    action="Gửi bổ sung 02 chứng nhận hoặc sửa số liệu.",
                ),
                data.SupplementPoint(
                    subject="Quyết định thành lập Tổ đánh giá",
                    reason="Thiếu trang ký.",
                    action="Gửi bản đầy đủ.",
                ),
            ),
            deadline=date(2027, 1, 20),
        )
        | changes
    )


def decision(first=36, second=19, refused=4, **changes):
    kinds = ("Trường tiểu học công lập", "Ủy ban nhân dân xã, thị trấn", "Cơ quan, đơn vị thuộc UBND huyện")

    def rows(count, note=""):
        return tuple(
            data.DecisionRow(name=f"Đơn vị số {n} huyện An Lão", kind=kinds[n % 3], note=note)
            for n in range(1, count + 1)
        )

    return data.Decision(
        **frame(
            letterhead=letterhead(
                superior="", issuer="Ủy ban nhân dân huyện An Lão", number="304/QĐ-UBND", day=date(2027, 2, 6)
            ),
            signature=data.Signature(
                title="Phó Chủ tịch", signer_name="(chức danh ký)", authority_lines=("KT. Chủ tịch",)
            ),
            recipients=("Sở Giáo dục và Đào tạo", "Hội Khuyến học huyện", "Như Điều 4", "Lưu: VT, GDĐT"),
            authority=CHAIRMAN,
            place_name="trên địa bàn huyện An Lão",
            legal_bases=(
                "Căn cứ Luật Tổ chức chính quyền địa phương",
                "Căn cứ Thông tư số 24/2023/TT-BGDĐT ngày 11 tháng 12 năm 2023 của Bộ trưởng Bộ Giáo dục và Đào tạo",
            ),
            proposal="Trưởng phòng Giáo dục và Đào tạo huyện An Lão tại Tờ trình số 41/TTr-GDĐT ngày 03 tháng 02 năm 2027",
            level_1=rows(first),
            level_2=rows(second),
            not_recognised=rows(
                refused, "Chỉ tiêu 2.2: 33/37 người (89,18 %), thiếu 1 người so với yêu cầu 90 %."
            ),
            validity="Kết quả công nhận được bảo lưu trong thời hạn 36 tháng kể từ ngày ký Quyết định này.",
            executors="Chánh Văn phòng HĐND và UBND huyện, Trưởng phòng Giáo dục và Đào tạo",
        )
        | changes
    )


def figures(order, label, total, strong=False):
    part = Fraction
    values = (
        total, total - 2, part(total - 2, total), total - 3, part(total - 3, total), 6, 3, 2, 9, 1, 4,
        5, part(5, 9), 3, part(3, 9), 1, 0, 8, part(8, total), 2, 10, part(10, total), part(210, 100),
    )  # fmt: skip
    return forms.FigureRow(order, label, values, strong)


TYPES = (
    ("1", "Cơ quan tham mưu, giúp việc cấp ủy"),
    ("2", "Cơ quan, đơn vị thuộc UBND"),
    ("3", "MTTQ, đoàn thể, hội"),
    ("4", "Quân sự, công an"),
    ("5", "Doanh nghiệp, HTX, tổ chức kinh doanh"),
    ("6", "UBND xã, thị trấn"),
    ("7", "Cơ sở giáo dục"),
    ("7.1", "Nhà trẻ, mẫu giáo, mầm non"),
    ("7.1a", "Công lập"),
    ("7.1b", "Ngoài công lập"),
    ("7.2", "Tiểu học"),
    ("7.3", "Trung học cơ sở"),
    ("7.4", "TH&THCS"),
    ("7.5", "Trung tâm GDNN-GDTX"),
    ("7.6", "Cơ sở giáo dục khác"),
    ("8", "Tổ chức xã hội, xã hội - nghề nghiệp"),
)


def district_report(recognised=55, **changes):
    rows = [figures(order, label, 14, strong=order == "7") for order, label in TYPES]
    listed = [
        forms.RecognisedRow(
            code=f"AL-{n:03d}", name=f"Trường Tiểu học số {n}", kind="Trường tiểu học", commune="Xã Mỹ Đức",
            requested="Mức độ 1", recognised="Mức độ 1", renewal="Lần đầu", decision_number="304/QĐ-UBND",
            decision_day=date(2027, 2, 6), valid_until=date(2030, 2, 6),
        )
        for n in range(1, recognised + 1)
    ]  # fmt: skip
    return data.DistrictReport(
        **frame(
            letterhead=office(number="58/BC-GDĐT", day=date(2027, 3, 3)),
            signature=OFFICE_SIGNATURE,
            recipients=("Như trên", "UBND huyện (để báo cáo)", "Lưu: VT"),
            addressee="Sở Giáo dục và Đào tạo thành phố Hải Phòng",
            sections=(
                data.Section(heading="I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI"),
                data.Section(
                    heading="1. Văn bản chỉ đạo, kế hoạch",
                    paragraphs=(
                        "Phòng đã tham mưu ban hành kế hoạch và hướng dẫn.\nCác đơn vị triển khai từ quý I.",
                    ),
                    minor=True,
                ),
                data.Section(
                    heading="II. KẾT QUẢ TỰ ĐÁNH GIÁ CỦA CÁC ĐƠN VỊ", paragraphs=("Có 59 đơn vị nộp hồ sơ.",)
                ),
            ),
            form_01=forms.form_01(2026, rows, figures("", "Cộng", 1548), SPECIMEN),
            form_02=forms.form_02(2026, listed, SPECIMEN),
        )
        | changes
    )


DISTRICTS = (
    "Quận Hồng Bàng",
    "Quận Ngô Quyền",
    "Quận Lê Chân",
    "Huyện An Lão",
    "Huyện Kiến Thụy",
    "Huyện Tiên Lãng",
)


def provincial_report(**changes):
    rows = [figures(str(place), name, 90 + place) for place, name in enumerate(DISTRICTS, 1)]
    receipts = [
        forms.ReceiptRow(
            district=name, sent_day=date(2027, 3, 3), on_time="Đúng hạn", times_sent=1, state="Đã tiếp nhận"
        )
        for name in DISTRICTS
    ]
    receipts.append(
        forms.ReceiptRow(
            district="Huyện Bạch Long Vĩ", sent_day=None, on_time="–", times_sent=0, state="Chưa gửi"
        )
    )
    return data.ProvincialReport(
        **frame(
            letterhead=letterhead(
                superior="Ủy ban nhân dân thành phố Hải Phòng", issuer="Sở Giáo dục và Đào tạo",
                number="12/BTH-SGDĐT", place="Hải Phòng", day=date(2027, 3, 20),
            ),
            signature=data.Signature(title="Giám đốc", signer_name="(chức danh ký)"),
            recipients=("UBND thành phố (để báo cáo)", "Lưu: VT, GDTX"),
            province_name="thành phố Hải Phòng",
            addressee="Ủy ban nhân dân thành phố Hải Phòng",
            accepted=6,
            expected=7,
            missing=("Huyện Bạch Long Vĩ",),
            forms=(
                ("Biểu 01-T", forms.form_01_t(2026, rows, figures("", "Cộng", 561), 6, 7, SPECIMEN)),
                ("Tình hình tiếp nhận", forms.receipt_table(2026, receipts, SPECIMEN)),
            ),
            sections=(
                data.Section(heading="I. CÔNG TÁC CHỈ ĐẠO", paragraphs=("Theo báo cáo đã nhận của các huyện.",)),
            ),
            remark="Mẫu đề xuất, chưa xác nhận.",
        )
        | changes
    )  # fmt: skip
