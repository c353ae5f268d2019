"""The words of a district report: its sections, and the fields their figures stand in (see `skeleton`). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .skeleton import Section, Skeleton

# The skeleton is the product's own (no official form was found); a prescribed one replaces this table.
SECTIONS: tuple[Section, ...] = (
    Section("I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI"),
    Section(
        "1. Văn bản chỉ đạo, kế hoạch",
        "i_1",
        "Việc đánh giá, công nhận “Đơn vị học tập” năm {nam} được triển khai theo Thông tư số 24/2023/TT-BGDĐT và "
        "văn bản hướng dẫn của Sở Giáo dục và Đào tạo.\n"
        "{huyen_ban_hanh}",
        True,
        "Kể tên, số, ngày của kế hoạch và văn bản chỉ đạo.",
    ),
    Section(
        "2. Phổ biến, quán triệt, tuyên truyền, tập huấn",
        "i_2",
        "{huyen_tuyen_truyen_tap_huan}\n{don_vi_hoat_dong}",
        True,
        "Số cuộc, số lượt người, hình thức.",
    ),
    Section(
        "3. Đăng ký xây dựng",
        "i_3",
        "Có {so_don_vi} đơn vị tại ngày 31/12/{nam}; {so_dang_ky} đơn vị đăng ký xây dựng “Đơn vị học tập” "
        "({ty_le_dang_ky}), gồm {so_dang_ky_muc_1} đơn vị đăng ký mức độ 1, {so_dang_ky_muc_2} đơn vị mức độ 2 và "
        "{so_dang_ky_duy_tri} đơn vị duy trì kết quả đã được công nhận; {so_khong_dang_ky} đơn vị không đăng ký nhưng đã tự "
        "đánh giá.",
        True,
    ),
    Section(
        "4. Kiểm tra, hướng dẫn",
        "i_4",
        "{huyen_kiem_tra_huong_dan}",
        True,
        "Số đơn vị được kiểm tra, hướng dẫn; kết quả.",
    ),
    Section(
        "II. KẾT QUẢ TỰ ĐÁNH GIÁ CỦA CÁC ĐƠN VỊ",
        "ii",
        "{so_tu_danh_gia}/{so_don_vi} đơn vị đã tự đánh giá ({ty_le_tu_danh_gia}): {tu_xep_muc_1} đơn vị tự xếp mức độ 1, "
        "{tu_xep_muc_2} đơn vị tự xếp mức độ 2, {tu_xep_chua_dat} đơn vị tự xếp chưa đạt (Biểu 01).",
    ),
    Section("III. KẾT QUẢ ĐÁNH GIÁ, CÔNG NHẬN"),
    Section(
        "1. Tiếp nhận, yêu cầu bổ sung, kiểm tra thực tế",
        "iii_1",
        "{so_nop} đơn vị nộp hồ sơ, trong đó {so_nop_qua_han} hồ sơ nộp quá hạn; {so_yeu_cau_bo_sung} hồ sơ được yêu cầu "
        "bổ sung; {so_kiem_tra_thuc_te} đơn vị được kiểm tra thực tế.",
        True,
    ),
    Section(
        "2. Thẩm định, họp xét",
        "iii_2",
        "Phòng Giáo dục và Đào tạo chủ trì, phối hợp với Hội Khuyến học và các cơ quan liên quan thẩm định từng chỉ tiêu "
        "của các hồ sơ đã tiếp nhận.",
        True,
    ),
    Section(
        "3. Quyết định công nhận",
        "iii_3",
        "{quyet_dinh}: công nhận {so_cong_nhan} đơn vị, gồm {so_muc_1} đơn vị mức độ 1 và {so_muc_2} đơn vị mức độ 2, đạt "
        "{ty_le_cong_nhan_ho_so} số hồ sơ đã nộp và {ty_le_cong_nhan_don_vi} tổng số đơn vị; không công nhận "
        "{so_khong_cong_nhan} đơn vị; {so_chua_xet} hồ sơ rút, trả hoặc chưa xét (Biểu 01, 02, 03).",
        True,
    ),
    Section(
        "4. Đơn vị còn hiệu lực từ các năm trước",
        "iii_4",
        "{so_con_hieu_luc} đơn vị còn hiệu lực công nhận từ các năm trước và không xét lại. Tổng số đang được công nhận là "
        "{so_dang_cong_nhan}/{so_don_vi} đơn vị ({ty_le_dang_cong_nhan}), {so_voi_nam_truoc}. Trong số đang được công nhận, "
        "{so_het_han_nam_sau} đơn vị hết hạn trong năm {nam_sau}, {so_nang_muc} đơn vị đủ điều kiện đề nghị nâng mức độ; "
        "{so_thu_hoi} đơn vị đã bị thu hồi khi còn thời hạn (Biểu 05).",
        True,
    ),
    Section("5. Khiếu nại, giải quyết", "iii_5", "", True, "Số đơn khiếu nại, kết quả giải quyết."),
    Section(
        "IV. KẾT QUẢ THỰC HIỆN CHỈ TIÊU PHẤN ĐẤU",
        "iv",
        "{cac_muc_tieu}",
        False,
        "Theo kế hoạch của Ủy ban nhân dân.",
    ),
    Section("V. ĐÁNH GIÁ CHUNG"),
    Section("1. Ưu điểm", "v_1", "", True),
    Section(
        "2. Hạn chế",
        "v_2",
        "Chỉ tiêu nhiều đơn vị chưa đạt qua thẩm định: {chi_tieu_chua_dat} (Biểu 06).",
        True,
        "Chỉ tiêu nhiều đơn vị chưa đạt.",
    ),
    Section("3. Nguyên nhân", "v_3", "", True),
    Section("4. Bài học kinh nghiệm", "v_4", "", True),
    Section("VI. PHƯƠNG HƯỚNG NĂM TIẾP THEO", "vi", "", False, "Nhiệm vụ, chỉ tiêu của năm {nam_sau}."),
    Section("VII. KIẾN NGHỊ, ĐỀ XUẤT", "vii", ""),
)
FIELDS: Mapping[str, str] = {
    "nam": "năm đánh giá",
    "nam_sau": "năm sau",
    "so_don_vi": "tổng số đơn vị (cột 3)",
    "so_dang_ky": "số đăng ký (cột 4)",
    "ty_le_dang_ky": "tỷ lệ đăng ký (cột 5)",
    "so_dang_ky_muc_1": "số đăng ký mức độ 1",
    "so_dang_ky_muc_2": "số đăng ký mức độ 2",
    "so_dang_ky_duy_tri": "số đăng ký duy trì",
    "so_khong_dang_ky": "tự đánh giá mà không đăng ký",
    "don_vi_hoat_dong": "cả câu về hoạt động của các đơn vị (Biểu 08)",
    "so_don_vi_hoat_dong": "số đơn vị có hoạt động (Biểu 08)",
    "so_hoat_dong": "số hoạt động của các đơn vị (Biểu 08)",
    "luot_nguoi_hoat_dong": "lượt người tham gia hoạt động (Biểu 08)",
    "so_tuyen_truyen": "số cuộc tuyên truyền (Biểu 08)",
    "luot_nguoi_tuyen_truyen": "lượt người được tuyên truyền (Biểu 08)",
    "so_tap_huan": "số lớp tập huấn, bồi dưỡng (Biểu 08)",
    "luot_nguoi_tap_huan": "lượt người được tập huấn, bồi dưỡng (Biểu 08)",
    "huyen_ban_hanh": "cả câu về văn bản chỉ đạo, triển khai của huyện",
    "huyen_tuyen_truyen_tap_huan": "cả câu về phổ biến, tuyên truyền, tập huấn của huyện",
    "huyen_kiem_tra_huong_dan": "cả câu về kiểm tra, hướng dẫn của huyện",
    "huyen_so_hoat_dong": "số hoạt động của huyện",
    "huyen_luot_nguoi": "lượt người dự hoạt động của huyện",
    "huyen_so_van_ban": "số văn bản chỉ đạo, triển khai của huyện",
    "huyen_cac_van_ban": "số, ngày các văn bản của huyện",
    "huyen_so_quan_triet": "số cuộc phổ biến, quán triệt của huyện",
    "huyen_luot_nguoi_quan_triet": "lượt người dự phổ biến, quán triệt của huyện",
    "huyen_so_tuyen_truyen": "số cuộc tuyên truyền của huyện",
    "huyen_luot_nguoi_tuyen_truyen": "lượt người dự tuyên truyền của huyện",
    "huyen_so_tap_huan": "số lớp tập huấn của huyện",
    "huyen_luot_nguoi_tap_huan": "lượt người dự tập huấn của huyện",
    "huyen_so_kiem_tra": "số đợt kiểm tra, hướng dẫn của huyện",
    "huyen_luot_nguoi_kiem_tra": "lượt người dự kiểm tra, hướng dẫn của huyện",
    "so_tu_danh_gia": "số đã tự đánh giá (cột 6)",
    "ty_le_tu_danh_gia": "tỷ lệ tự đánh giá (cột 7)",
    "tu_xep_muc_1": "tự xếp mức độ 1 (cột 8)",
    "tu_xep_muc_2": "tự xếp mức độ 2 (cột 9)",
    "tu_xep_chua_dat": "tự xếp chưa đạt (cột 10)",
    "so_nop": "số nộp hồ sơ (cột 11)",
    "so_nop_qua_han": "nộp quá hạn (cột 11a)",
    "so_yeu_cau_bo_sung": "hồ sơ được yêu cầu bổ sung",
    "so_kiem_tra_thuc_te": "số đơn vị được kiểm tra thực tế (cột 12)",
    "so_muc_1": "công nhận mức độ 1 (cột 13)",
    "so_muc_2": "công nhận mức độ 2 (cột 15)",
    "so_khong_cong_nhan": "không công nhận (cột 17)",
    "so_chua_xet": "rút, trả, chưa xét (cột 18)",
    "so_cong_nhan": "công nhận trong năm (cột 19)",
    "ty_le_cong_nhan_ho_so": "công nhận trên hồ sơ đã nộp",
    "ty_le_cong_nhan_don_vi": "công nhận trên tổng số đơn vị (cột 20)",
    "so_con_hieu_luc": "còn hiệu lực từ năm trước (cột 21)",
    "so_dang_cong_nhan": "đang được công nhận (cột 22)",
    "ty_le_dang_cong_nhan": "tỷ lệ đang được công nhận (cột 23)",
    "so_voi_nam_truoc": "so sánh với năm trước (cột 24)",
    "so_het_han_nam_sau": "công nhận hết hạn trong năm sau (Biểu 05)",
    "so_nang_muc": "đủ điều kiện đề nghị nâng mức độ (Biểu 05)",
    "so_thu_hoi": "đã thu hồi khi còn thời hạn (Biểu 05)",
    "so_muc_tieu": "số mục tiêu phấn đấu (Biểu 04)",
    "so_muc_tieu_dat": "số mục tiêu đã đạt (Biểu 04)",
    "cac_muc_tieu": "số mục tiêu đã đạt và từng mục tiêu với tỷ lệ (Biểu 04)",
    "chi_tieu_chua_dat": "ba chỉ tiêu nhiều đơn vị chưa đạt nhất (Biểu 06)",
    "so_thanh_vien": "tổng số thành viên (Biểu 07)",
    "so_nguoi_hoc": "tổng số người học (Biểu 07)",
    "quyet_dinh": "số, ngày các quyết định",
}
SKELETON = Skeleton(SECTIONS, FIELDS)


def which_edition(edition: int, amendment: int) -> str:
    """Name an edition of a year's report after its place in the row, "" for the first one sent."""
    if amendment:
        return f"điều chỉnh lần {amendment}"
    return f"lần {edition}" if edition > 1 else ""
