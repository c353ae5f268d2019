"""Small real files for the demonstration's evidence: PDFs in the layout of official papers, and pictures."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from PIL import Image, ImageDraw

from portal.papers.pdf import render_pdf

TITLES = (
    ("Kế hoạch xây dựng Đơn vị học tập", "KH"),
    ("Quyết định ban hành quy chế khuyến khích học tập", "QĐ"),
    ("Dự toán kinh phí đào tạo, bồi dưỡng", "QĐ"),
    ("Danh sách hoàn thành chương trình bồi dưỡng", "DS"),
    ("Quyết định công nhận danh hiệu Lao động tiên tiến", "QĐ"),
    ("Danh sách đạt danh hiệu Công dân học tập", "DS"),
    ("Biên bản họp Tổ đánh giá", "BB"),
    ("Báo cáo kết quả chuyển đổi số", "BC"),
)
COLOURS = ((11, 79, 92), (183, 121, 31), (28, 107, 60))


@dataclass(frozen=True)
class MadeFile:
    """A file ready for the store, with the title and the symbol its paper would carry."""

    title: str
    symbol: str
    file_name: str
    media_type: str
    content: bytes


def papers() -> list[MadeFile]:
    """Return the files every unit of the demonstration has; the same words give the same bytes."""
    made = [paper(title, symbol, number) for number, (title, symbol) in enumerate(TITLES, start=1)]
    for number, colour in enumerate(COLOURS, start=1):
        made.append(
            MadeFile(
                f"Ảnh hoạt động học tập {number}",
                "ẢNH",
                f"hoat-dong-{number}.png",
                "image/png",
                _picture(number, colour),
            )
        )
    return made


@cache
def paper(title: str, symbol: str, number: int) -> MadeFile:
    """Return one made-up paper; the same words give the same bytes."""
    rows = "".join(
        f"<tr><td>{n}</td><td>(họ tên)</td><td>{'Đạt' if n % 7 else 'Chưa đạt'}</td></tr>"
        for n in range(1, 25)
    )
    html = (
        f'<html lang="vi"><head><title>{title}</title><style>'
        "@page { size: a4; margin: 20mm 15mm 20mm 30mm } html, body { font-family: portal, symbols; font-size: 13pt }"
        " td { border: 0.5pt solid #000; padding: 3pt }</style></head>"
        f"<body><p><b>DỮ LIỆU MINH HỌA</b></p><h1>{title}</h1>"
        f"<p>Văn bản minh họa số {number}, không có giá trị pháp lý.</p><table>{rows}</table></body></html>"
    )
    issued = datetime(2026, 6, 1, 8, tzinfo=UTC)
    return MadeFile(title, symbol, f"{title}.pdf", "application/pdf", render_pdf(html, issued))


def _picture(number: int, colour: tuple[int, int, int]) -> bytes:
    image = Image.new("RGB", (640, 420), (244, 246, 245))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 640, 70), fill=colour)
    for row in range(3):
        for seat in range(7 - row):
            x = 60 + seat * 80 + row * 30
            y = 140 + row * 90
            draw.ellipse((x, y, x + 36, y + 36), fill=colour)
            draw.rectangle((x - 6, y + 36, x + 42, y + 70), fill=(120 + 20 * number, 150, 160))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
