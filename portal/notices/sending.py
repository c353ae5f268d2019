"""Sending letters through the SMTP server of MAIL_URL, in the worker's scope.

A letter's next try is written down and committed before the try begins. So a worker that dies in between never
loses a letter, two workers never hold the same one, and only one thing can send twice: dying after the server
said yes and before that was written. Then the second mail bears the same Message-ID, by which mail programs
recognise it. Nothing of a request waits for any of this.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select, update

from portal.mail_server import MailServer
from portal.words import ZONE
from tenants import signin
from tenants.database import db
from tenants.scope import Scope, ScopeKind, acting_in

from . import rules
from .models import Letter

log = logging.getLogger("portal.mail")
WORK = Scope(ScopeKind.WORK)
NAME = "Cổng Đơn vị học tập"
# One try has at most nine answers to wait for; together less than the first pause, so that no two tries overlap.
TIMEOUT = 45
LETTERS_A_CONNECTION = 100


class Unreachable(Exception):
    """The mail server cannot be reached or does not let the portal in; no letter was tried."""


def send_due(server: MailServer, base: str, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due; returns how many letters were tried. Raises `Unreachable`.

    `base`: the address links begin with. Stops early when `stop` says so.
    """
    _give_up_old()
    tried = 0
    while not stop() and _anything_due():
        connection = connect(server)
        try:
            for _ in range(LETTERS_A_CONNECTION):
                letter = None if stop() else _take()
                if letter is None:
                    break
                tried += 1
                if not _try(connection, server, base, letter):
                    break
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
    return tried


def connect(server: MailServer) -> smtplib.SMTP:
    """Open a connection to the mail server, encrypted and signed in as MAIL_URL says. Raises `Unreachable`."""
    try:
        if server.security == "tls":
            context = ssl.create_default_context()
            opened: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT, context=context
            )
        else:
            opened = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        try:
            if server.security == "starttls":
                opened.starttls(context=ssl.create_default_context())
            if server.login:
                opened.login(server.login, server.password)
        except BaseException:
            opened.close()
            raise
    except (smtplib.SMTPException, OSError) as reason:
        raise Unreachable(f"{server.host}:{server.port}: {_said(reason)}") from reason
    return opened


def _anything_due() -> bool:
    with acting_in(WORK):
        due = select(Letter.id).where(Letter.state == "waiting", Letter.next_at <= signin.now()).limit(1)
        return db.session.scalar(due) is not None


def _take() -> dict[str, Any] | None:
    """Take the next due letter: its following try is set before this one begins."""
    with acting_in(WORK):
        letter = db.session.scalar(
            select(Letter)
            .where(Letter.state == "waiting", Letter.next_at <= signin.now())
            .order_by(Letter.next_at, Letter.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if letter is None:
            return None
        letter.tries += 1
        letter.next_at = signin.now() + rules.pause_after(letter.tries)
        return {
            "id": letter.id,
            "address": letter.address,
            "subject": letter.subject,
            "content": letter.content,
            "message_id": letter.message_id,
            "made_at": letter.made_at,
        }


def _try(connection: smtplib.SMTP, server: MailServer, base: str, letter: dict[str, Any]) -> bool:
    """Send one letter and write down what the server said; returns whether the connection can go on."""
    try:
        connection.send_message(written(letter, server.sender, base), server.sender, [letter["address"]])
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
        _settle(letter["id"], code, answer)
        return True
    except smtplib.SMTPDataError as refused:
        _settle(letter["id"], refused.smtp_code, refused.smtp_error)
        return True
    except ValueError as reason:  # a header that cannot be written; no later try would be better
        _settle(letter["id"], 599, str(reason))
        return True
    except (smtplib.SMTPException, OSError) as reason:
        # The connection is gone, or the server minds the sender: it may be set right within the days of trying.
        _note(letter["id"], _said(reason))
        return False
    _update(letter["id"], state="sent", settled_at=signin.now(), answer="")
    return True


def _settle(letter_id: int, code: int, answer: bytes | str) -> None:
    """Write down a refusal: 5xx is for good, 4xx is tried again."""
    said = f"{code} {_text(answer)}"[:500]
    if code >= 500:
        log.warning("mail %s refused: %s", letter_id, said)
        _update(letter_id, state="refused", settled_at=signin.now(), answer=said)
    else:
        _note(letter_id, said)


def _note(letter_id: int, said: str) -> None:
    log.warning("mail %s put off: %s", letter_id, said)
    _update(letter_id, answer=said[:500])


def _update(letter_id: int, **values: Any) -> None:
    with acting_in(WORK):
        db.session.execute(update(Letter).where(Letter.id == letter_id).values(**values))


def _said(reason: BaseException) -> str:
    if isinstance(reason, smtplib.SMTPResponseException):
        return f"{reason.smtp_code} {_text(reason.smtp_error)}"
    return str(reason) or type(reason).__name__


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return "".join(character if character.isprintable() else " " for character in text)


def _give_up_old() -> None:
    """Give up letters tried for days, leaving the last answer as the record; forget settled ones after weeks."""
    at = signin.now()
    with acting_in(WORK):
        given_up = db.session.scalars(
            update(Letter)
            .where(Letter.state == "waiting", Letter.made_at < at - rules.GIVE_UP, Letter.next_at <= at)
            .values(state="given_up", settled_at=at)
            .returning(Letter.id)
        ).all()
        db.session.execute(delete(Letter).where(Letter.state != "waiting", Letter.made_at < at - rules.KEPT))
    for number in given_up:
        log.warning("mail %s given up", number)


def written(letter: dict[str, Any], sender: str, base: str) -> EmailMessage:
    """Write a letter as mail: plain text and simple HTML, both in UTF-8, with links below `base`."""
    settings_page = f"{base}/tai-khoan#thu-bao"
    values = {**letter["content"], "base": base, "settings_page": settings_page, "name": NAME}
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(NAME, addr_spec=sender)
    mail["To"] = letter["address"]
    mail["Subject"] = letter["subject"]
    mail["Date"] = format_datetime(letter["made_at"].astimezone(ZONE))
    mail["Message-ID"] = letter["message_id"]
    mail["Auto-Submitted"] = "auto-generated"
    if not letter["content"]["always"]:
        mail["List-Unsubscribe"] = f"<{settings_page}>"
    # Rendered without the frame of a page: a worker has no request.
    text, html = (current_app.jinja_env.get_template(f"mail/letter.{kind}") for kind in ("txt", "html"))
    mail.set_content(text.render(values), cte="base64")
    mail.add_alternative(html.render(values), subtype="html", cte="base64")
    return mail


def tally() -> dict[str, int]:
    """Return how many letters are in which state."""
    with acting_in(WORK):
        return dict(db.session.execute(select(Letter.state, func.count()).group_by(Letter.state)).all())
