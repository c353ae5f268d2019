"""The words of the provincial report: its sections, and the fields their figures stand in. Pure.

No official form was found; the sections are the product's own and are marked so on page and paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from portal import words
from portal.figures.annex import Annex
from portal.figures.rules import Counts
from portal.figures.tables import Row
from portal.reports.skeleton import Section, Skeleton

from .tables import Source, number_of

UNCONFIRMED = "Mẫu đề xuất, chưa xác nhận: chưa tìm thấy mẫu báo cáo cấp tỉnh trong văn bản nào."
MOST_FAILED = 3

SECTIONS: tuple[Section, ...] = (
    Section("I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI"),
    Section(
        "1. Văn bản chỉ đạo, hướng dẫn",
        "i_1",
        "Việc đánh giá, công nhận “Đơn vị học tập” năm {nam} được triển khai theo Thông tư số 24/2023/TT-BGDĐT.",
        True,
        "Kể tên, số, ngày các văn bản của Ủy ban nhân dân và của Sở.",
    ),
    Section(
        "2. Tổ chức thực hiện ở các huyện",
        "i_2",
        "Theo báo cáo đã nhận, các huyện tổ chức {so_hoat_dong_huyen} hoạt động chỉ đạo, tuyên truyền, tập huấn, kiểm tra với "
        "{luot_nguoi_huyen} lượt người tham gia.",
        True,
    ),
    Section(
        "3. Tình hình gửi báo cáo",
        "i_3",
        "{so_huyen_da_nhan}/{so_huyen} huyện có báo cáo được Sở nhận, trong đó {so_huyen_qua_han} huyện gửi quá hạn. "
        "Chưa có báo cáo được nhận: {huyen_con_thieu}.",
        True,
    ),
    Section(
        "II. KẾT QUẢ TỰ ĐÁNH GIÁ CỦA CÁC ĐƠN VỊ",
        "ii",
        "Có {so_don_vi} đơn vị tại ngày 31/12/{nam}; {so_dang_ky} đơn vị đăng ký ({ty_le_dang_ky}).\n"
        "{so_tu_danh_gia} đơn vị đã tự đánh giá ({ty_le_tu_danh_gia}): {tu_xep_muc_1} đơn vị tự xếp mức độ 1, {tu_xep_muc_2} "
        "đơn vị tự xếp mức độ 2, {tu_xep_chua_dat} đơn vị tự xếp chưa đạt (Biểu 01-T).",
    ),
    Section("III. KẾT QUẢ ĐÁNH GIÁ, CÔNG NHẬN"),
    Section(
        "1. Tiếp nhận, kiểm tra",
        "iii_1",
        "{so_nop} đơn vị nộp hồ sơ, trong đó {so_nop_qua_han} hồ sơ nộp quá hạn; {so_yeu_cau_bo_sung} hồ sơ được yêu cầu bổ "
        "sung; {so_kiem_tra_thuc_te} đơn vị được kiểm tra thực tế.",
        True,
    ),
    Section(
        "2. Quyết định công nhận",
        "iii_2",
        "Các huyện ban hành {so_quyet_dinh} quyết định, công nhận {so_cong_nhan} đơn vị, gồm {so_muc_1} đơn vị mức độ 1 và "
        "{so_muc_2} đơn vị mức độ 2, đạt {ty_le_cong_nhan_ho_so} số hồ sơ đã nộp và {ty_le_cong_nhan_don_vi} tổng số đơn vị; "
        "không công nhận {so_khong_cong_nhan} đơn vị; {so_chua_xet} hồ sơ rút, trả hoặc chưa xét (Biểu 01-T, 02-T).\n"
        "{don_vi_cap_tinh}",
        True,
    ),
    Section(
        "3. Hiệu lực công nhận",
        "iii_3",
        "{so_con_hieu_luc} đơn vị còn hiệu lực từ các năm trước. Tổng số đang được công nhận là {so_dang_cong_nhan}/{so_don_vi} "
        "đơn vị ({ty_le_dang_cong_nhan}), {so_voi_nam_truoc}; {so_het_han_nam_sau} đơn vị hết hạn trong năm {nam_sau} "
        "(Biểu 05-T).",
        True,
    ),
    Section(
        "IV. KẾT QUẢ THỰC HIỆN CHỈ TIÊU PHẤN ĐẤU",
        "iv",
        "{cac_muc_tieu}",
        False,
        "Mục tiêu do các huyện tự đặt (Biểu 04-T).",
    ),
    Section("V. ĐÁNH GIÁ CHUNG"),
    Section("1. Ưu điểm", "v_1", "", True),
    Section(
        "2. Hạn chế",
        "v_2",
        "Chỉ tiêu nhiều đơn vị chưa đạt qua thẩm định: {chi_tieu_chua_dat}.",
        True,
    ),
    Section("3. Nguyên nhân", "v_3", "", True),
    Section("VI. PHƯƠNG HƯỚNG NĂM TIẾP THEO", "vi", "", False, "Nhiệm vụ của năm {nam_sau}."),
    Section("VII. KIẾN NGHỊ, ĐỀ XUẤT", "vii", ""),
)
OWN = "don_vi_cap_tinh"
"""The field that tells of the units of provincial level: a sentence, for they are in no table of districts."""
FIELDS: Mapping[str, str] = {
    "nam": "năm đánh giá",
    "nam_sau": "năm sau",
    "so_huyen": "số huyện",
    "so_huyen_da_nhan": "số huyện có báo cáo đã nhận",
    "so_huyen_qua_han": "số huyện có báo cáo đã nhận gửi quá hạn",
    "huyen_con_thieu": "tên các huyện chưa có báo cáo được nhận",
    "so_hoat_dong_huyen": "số hoạt động của các huyện",
    "luot_nguoi_huyen": "lượt người dự hoạt động của các huyện",
    "so_don_vi": "tổng số đơn vị (cột 3)",
    "so_dang_ky": "số đăng ký (cột 4)",
    "ty_le_dang_ky": "tỷ lệ đăng ký (cột 5)",
    "so_tu_danh_gia": "số đã tự đánh giá (cột 6)",
    "ty_le_tu_danh_gia": "tỷ lệ tự đánh giá (cột 7)",
    "tu_xep_muc_1": "tự xếp mức độ 1 (cột 8)",
    "tu_xep_muc_2": "tự xếp mức độ 2 (cột 9)",
    "tu_xep_chua_dat": "tự xếp chưa đạt (cột 10)",
    "so_nop": "số nộp hồ sơ (cột 11)",
    "so_nop_qua_han": "nộp quá hạn (cột 11a)",
    "so_yeu_cau_bo_sung": "hồ sơ được yêu cầu bổ sung",
    "so_kiem_tra_thuc_te": "số đơn vị được kiểm tra thực tế (cột 12)",
    "so_quyet_dinh": "số quyết định các huyện ban hành",
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
    "so_het_han_nam_sau": "công nhận hết hạn trong năm sau (Biểu 05-T)",
    "cac_muc_tieu": "từng mục tiêu với tỷ lệ chung và số huyện đạt (Biểu 04-T)",
    "chi_tieu_chua_dat": "ba chỉ tiêu nhiều đơn vị chưa đạt nhất",
    OWN: "cả câu về các đơn vị cấp tỉnh, đứng ngoài các biểu",
}
SKELETON = Skeleton(SECTIONS, FIELDS)


def fields(
    year: int, rows: Sequence[Row], annexes: Mapping[str, Annex], sources: Sequence[Source], missing: Sequence[str],
    late: int, own: str = "",
) -> dict[str, str]:  # fmt: skip
    """Return what each field shows.

    `missing`: districts without an accepted report; `late`: accepted ones sent late; `own`: what `of_provincial` says.
    """
    row, n = rows[-1], words.number
    c, gain = row.counts, row.cell("24").text
    held = annexes["05-T"].total
    return {
        "nam": str(year),
        "nam_sau": str(year + 1),
        "so_huyen": n(len(sources) + len(missing)),
        "so_huyen_da_nhan": n(len(sources)),
        "so_huyen_qua_han": n(late),
        "huyen_con_thieu": "; ".join(missing) or "không có",
        "so_hoat_dong_huyen": n(sum(one.own_activities[0] for one in sources)),
        "luot_nguoi_huyen": n(sum(one.own_activities[1] for one in sources)),
        "so_don_vi": n(c.units),
        "so_dang_ky": n(c.registered),
        "ty_le_dang_ky": row.cell("5").text,
        "so_tu_danh_gia": n(c.self_assessed),
        "ty_le_tu_danh_gia": row.cell("7").text,
        "tu_xep_muc_1": n(c.self_1),
        "tu_xep_muc_2": n(c.self_2),
        "tu_xep_chua_dat": n(c.self_none),
        "so_nop": n(c.submitted),
        "so_nop_qua_han": n(c.late),
        "so_yeu_cau_bo_sung": n(sum(one.supplements for one in sources)),
        "so_kiem_tra_thuc_te": row.cell("12").text,
        "so_quyet_dinh": n(sum(one.decisions for one in sources)),
        "so_muc_1": n(c.level_1),
        "so_muc_2": n(c.level_2),
        "so_khong_cong_nhan": n(c.refused),
        "so_chua_xet": n(c.pending),
        "so_cong_nhan": n(c.recognised),
        "ty_le_cong_nhan_ho_so": words.percent(c.recognised, c.submitted),
        "ty_le_cong_nhan_don_vi": row.cell("20").text,
        "so_con_hieu_luc": n(c.still_valid),
        "so_dang_cong_nhan": n(c.in_force),
        "ty_le_dang_cong_nhan": row.cell("23").text,
        "so_voi_nam_truoc": "chưa có số liệu năm trước để so sánh" if gain == "–" else f"{gain} điểm % so với năm trước",
        "so_het_han_nam_sau": n(number_of(held, "expires_1")) if held else "–",
        "cac_muc_tieu": _goals(annexes["04-T"]),
        "chi_tieu_chua_dat": _failed(sources),
        OWN: own,
    }  # fmt: skip


def of_provincial(counts: Iterable[Counts]) -> str:
    """Tell of the units of provincial level from the accepted reports on them, "" while there is none."""
    n = words.number
    return " ".join(
        f"Ngoài các biểu của huyện, có {n(c.units)} đơn vị cấp tỉnh: {n(c.submitted)} đơn vị nộp hồ sơ, công nhận "
        f"{n(c.recognised)} đơn vị, gồm {n(c.level_1)} đơn vị mức độ 1 và {n(c.level_2)} đơn vị mức độ 2."
        for c in counts
    )


def _goals(annex: Annex) -> str:
    ratio = annex.field("ratio")
    if not annex.lines or ratio is None:
        return annex.empty
    n = words.number
    return "\n".join(
        f"- {line.label}: {n(number_of(line, 'districts'))} huyện đặt mục tiêu, tính chung {line.text(ratio)}, "
        f"{n(number_of(line, 'reached'))} huyện đạt;"
        for line in annex.lines
    )


def _failed(sources: Sequence[Source]) -> str:
    titles: dict[str, str] = {}
    sums: dict[str, int] = {}
    for one in sources:
        for code, title, missed in one.missed:
            titles.setdefault(code, title)
            sums[code] = sums.get(code, 0) + missed
    worst = sorted((code for code in sums if sums[code]), key=lambda code: (-sums[code], code))[:MOST_FAILED]
    return (
        "; ".join(
            f"chỉ tiêu {code} {titles[code][:1].lower()}{titles[code][1:]} ({words.number(sums[code])} đơn vị)"
            for code in worst
        )
        or "không có"
    )
