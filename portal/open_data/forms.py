"""The form by which the Department says under which licence its open data may be used."""

from __future__ import annotations

import re

from wtforms.validators import DataRequired, Length, Regexp

from portal.typed import Line, VietnameseForm


class LicenceForm(VietnameseForm):
    """A licence, and the document that decides on it."""

    name = Line(
        "Tên giấy phép",
        [
            DataRequired("Xin ghi tên giấy phép."),
            Length(max=200, message="Tên giấy phép dài nhất 200 ký tự."),
        ],
    )
    url = Line(
        "Địa chỉ đọc toàn văn",
        [
            DataRequired("Xin ghi địa chỉ đọc toàn văn giấy phép."),
            Length(max=300, message="Địa chỉ dài nhất 300 ký tự."),
            Regexp(
                re.compile(r"https?://[^\s\"'<>]+"), message="Địa chỉ bắt đầu bằng https:// hoặc http://."
            ),
        ],
    )
    document = Line(
        "Văn bản xác nhận",
        [
            DataRequired("Xin ghi văn bản của tỉnh cho dùng giấy phép này (số, ngày, nơi ban hành)."),
            Length(max=200, message="Văn bản xác nhận dài nhất 200 ký tự."),
        ],
    )
