"""A real mail server on this machine for the tests of mail, and the worker that sends to it."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from portal.mail_server import MailServer

SENDER = "cong-dvht@so.example.vn"


class Post:
    """What the server does with letters: takes them, or answers as told."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.connections = 0
        self.refuse: dict[str, str] = {}
        self.data_answers: list[str] = []
        self.cut_at_data = 0

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greet, and count."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a recipient unless told to refuse it."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the letter; or cut the connection, or answer as told, before keeping it."""
        if self.cut_at_data:
            self.cut_at_data -= 1
            server.transport.abort()
            return "451 gone"
        if self.data_answers:
            return self.data_answers.pop(0)
        made = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(made, EmailMessage)
        assert made["To"] == envelope.rcpt_tos[0]
        self.got.append(made)
        return "250 kept"


@contextmanager
def post_office(**options: Any) -> Iterator[tuple[Post, MailServer]]:
    """A server on a free port of this machine, for as long as the block runs."""
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield post, MailServer("127.0.0.1", port, "", SENDER)
    finally:
        controller.stop()


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail, decoded."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    """The HTML of a mail, decoded."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
