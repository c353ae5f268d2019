"""Forms of signing in and of one's own account. A password is taken exactly as typed."""

from __future__ import annotations

from wtforms import PasswordField, RadioField, SelectChoice
from wtforms.validators import DataRequired, InputRequired

from portal.notices.wording import PACES
from portal.typed import Line, VietnameseForm


class SignInForm(VietnameseForm):
    """Name and password."""

    login = Line("Tên đăng nhập", [DataRequired("Xin nhập tên đăng nhập.")])
    password = PasswordField("Mật khẩu", [InputRequired("Xin nhập mật khẩu.")])


class CodeForm(VietnameseForm):
    """The six digits of the second factor."""

    code = Line("Mã 6 chữ số", [DataRequired("Xin nhập mã 6 chữ số trong ứng dụng.")])


class NewPasswordForm(VietnameseForm):
    """A new password, typed twice."""

    password = PasswordField("Mật khẩu mới", [InputRequired("Xin nhập mật khẩu mới.")])
    again = PasswordField("Nhập lại mật khẩu mới", [InputRequired("Xin nhập lại mật khẩu mới.")])

    def validate(self, extra_validators: object = None) -> bool:
        """Both must be the same."""
        if not super().validate(extra_validators):
            return False
        if self.password.data != self.again.data:
            self.again.errors = ["Hai lần nhập chưa giống nhau."]
            return False
        return True


class ChangePasswordForm(NewPasswordForm):
    """The old password and the new one."""

    old = PasswordField("Mật khẩu đang dùng", [InputRequired("Xin nhập mật khẩu đang dùng.")])


class ConfirmForm(VietnameseForm):
    """The password once more, before a delicate act."""

    old = PasswordField("Mật khẩu đang dùng", [InputRequired("Xin nhập mật khẩu đang dùng.")])


class MailForm(VietnameseForm):
    """How one wants mail, and where to."""

    pace = RadioField(
        "Nhận thông báo qua thư",
        choices=[SelectChoice(pace, f"{name}. {said}") for pace, (name, said) in PACES.items()],
        validators=[InputRequired("Xin chọn một cách nhận thư.")],
    )
    address = Line("Địa chỉ nhận thư")
