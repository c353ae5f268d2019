"""Files as a request sends them: whole in the form, or in parts before it (`uploads.js`), told apart by nobody else.

A room whose forms send files calls `let_files_in` for them and reads the files from `sent`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from portal.web import error_page
from tenants.identity import Identity

from . import parts
from .checks import MAX_BYTES, too_large
from .keeping import MOST_FILES, Taken
from .keeping import Sent as OneSent

MOST_AT_ONCE = 105 * 1024 * 1024
TOO_LARGE = "Dữ liệu gửi lên quá lớn: mỗi tệp tối đa 20 MB, mỗi lần gửi tối đa 100 MB. Xin gửi làm nhiều lần."


def let_files_in(blueprint: Blueprint, *endpoints: str) -> None:
    """Raise the size limit at these endpoints, and only for somebody who is signed in."""

    @blueprint.url_value_preprocessor
    def _raise(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if endpoint in endpoints and current_user.is_authenticated:
            request.max_content_length = MOST_AT_ONCE

    @blueprint.errorhandler(RequestEntityTooLarge)
    def _too_large(_error: RequestEntityTooLarge) -> Any:
        return error_page(413, TOO_LARGE)


class Sent:
    """The files of a request, one by one, none read further than what may be kept."""

    def __init__(self, actor: Identity, tenant_id: int, field: str = "file") -> None:
        self.actor, self.tenant_id, self.field = actor, tenant_id, field
        given = request.form.getlist("sent")[:MOST_FILES]
        numbers = [int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19]
        self.ids = list(dict.fromkeys(numbers))

    def __iter__(self) -> Iterator[OneSent]:
        """Yield (name, content) of each, those that came in parts last."""
        for file in request.files.getlist(self.field):
            if file.filename:
                content = file.stream.read(MAX_BYTES + 1)
                if len(content) > MAX_BYTES:
                    yield too_large(file.filename, file.stream.seek(0, os.SEEK_END))
                else:
                    yield file.filename, content
        yield from parts.files(self.actor, self.tenant_id, self.ids)

    def settle(self, taken: Taken) -> None:
        """Write down what became of those that came in parts."""
        parts.settle(self.actor, self.tenant_id, self.ids, taken)
