"""What WTForms itself says of a value, in Vietnamese; a room's own sentence stands before these wherever it gives one."""

from __future__ import annotations

_CHOOSE = "Lựa chọn này không có trong danh sách. Xin chọn lại."
_WRONG = "Giá trị này không hợp lệ. Xin kiểm tra rồi nhập lại."
_NUMBER = "Xin nhập một số, chỉ dùng chữ số."
_RELOAD = "Trang đã mở quá lâu hoặc không do cổng gửi. Xin tải lại trang rồi gửi lại."

SENTENCES = {
    "Invalid field name '%s'.": "Không có ô “%s”.",
    "Field must be equal to %(other_name)s.": "Hai ô phải giống nhau.",
    "Field must be at least %(min)d character long.": "Xin viết ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d character.": "Xin viết ngắn hơn, tối đa %(max)d ký tự.",
    "Field must be exactly %(max)d character long.": "Xin viết đúng %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": "Xin viết từ %(min)d đến %(max)d ký tự.",
    "Number must be at least %(min)s.": "Xin nhập số không nhỏ hơn %(min)s.",
    "Number must be at most %(max)s.": "Xin nhập số không lớn hơn %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Xin nhập số từ %(min)s đến %(max)s.",
    "Date must be at least %(min)s.": "Xin nhập ngày không trước %(min)s.",
    "Date must be at most %(max)s.": "Xin nhập ngày không sau %(max)s.",
    "Date must be between %(min)s and %(max)s.": "Xin nhập ngày từ %(min)s đến %(max)s.",
    "This field is required.": "Xin nhập ô này.",
    "Invalid input.": _WRONG,
    "Invalid email address.": "Địa chỉ thư điện tử không đúng. Xin viết theo mẫu ten@coquan.vn.",
    "Invalid IP address.": "Địa chỉ IP không đúng.",
    "Invalid Mac address.": "Địa chỉ MAC không đúng.",
    "Invalid URL.": "Địa chỉ trang không đúng. Xin viết đủ, bắt đầu bằng https://.",
    "Invalid UUID.": "Mã không đúng.",
    "Invalid value, must be one of: %(values)s.": "Xin nhập một trong các giá trị: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Không dùng được các giá trị: %(values)s.",
    "This field cannot be edited.": "Ô này không sửa được.",
    "This field is disabled and cannot have a value.": "Ô này không nhận giá trị.",
    "Invalid CSRF Token.": _RELOAD,
    "CSRF token missing.": _RELOAD,
    "CSRF failed.": _RELOAD,
    "CSRF token expired.": _RELOAD,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Choices cannot be None.": _CHOOSE,
    "Not a valid choice.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": "“%(value)s” không có trong danh sách. Xin chọn lại.",
    "Not a valid datetime value.": "Xin nhập ngày giờ theo mẫu đã nêu.",
    "Not a valid date value.": "Xin viết ngày theo mẫu 15/01/2027.",
    "Not a valid time value.": "Xin nhập giờ theo mẫu 14:30.",
    "Not a valid week value.": "Xin nhập tuần theo mẫu đã nêu.",
    "Not a valid integer value.": _NUMBER,
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
}


class Sentences:
    """How forms look a sentence up. Vietnamese has one form for any number; what is no sentence stays (a field's name)."""

    def gettext(self, text: str) -> str:
        """Return a sentence of WTForms in Vietnamese."""
        return SENTENCES.get(text, text)

    def ngettext(self, one: str, _many: str, _number: int) -> str:
        """Return a sentence that counts something, found by its singular."""
        return SENTENCES.get(one, one)
