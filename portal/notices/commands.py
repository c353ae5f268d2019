"""`flask remind` (once a day, by cron) and `flask work` (mail and jobs; beside the web server, or by cron with --once)."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable

import click
from flask import current_app
from sqlalchemy import or_, select

from portal import clock, work
from portal.config import Settings
from portal.evidence.parts import clear_expired
from portal.figures.keeping import prove
from portal.guidance.announcing import tell_begun
from portal.health.queries import LAST_REMIND, REMIND_FAILED
from portal.inquiries.operations import erase_askers
from portal.retention.operations import clear_signin, note_erased
from portal.roster.operations import erase_old_rosters
from portal.trail.sealing import seal_all
from tenants import signin
from tenants.database import db
from tenants.places import Tenant, TenantKind
from tenants.scope import Scope, ScopeKind, acting_in

from . import sending
from .assigned import remind_assigned
from .reminders import remind as remind_district

log = logging.getLogger("portal.remind")
NO_MAIL = "MAIL_URL chưa đặt nên không có thư nào được gửi; thông báo vẫn hiện trong cổng."
_STATES = (("sent", "đã gửi"), ("waiting", "đang chờ"), ("refused", "bị từ chối"), ("given_up", "thôi gửi"))


def _clear_uploads() -> int:
    with acting_in(Scope(ScopeKind.STEWARD)):
        return clear_expired()


# What is due every day beside the reminders: what it is called, and what does it.
HOUSEKEEPING: tuple[tuple[str, Callable[[], int]], ...] = (
    ("danh sách quá hạn lưu đã xóa tên", erase_old_rosters),
    ("người gửi câu hỏi, phản ánh đã xóa tên", erase_askers),
    ("tệp gửi dở đã bỏ", _clear_uploads),
    ("phiên và liên kết hết hạn đã xóa", clear_signin),
    ("thông báo chung đến ngày đã gửi", tell_begun),
    ("mục nhật ký đã niêm phong", seal_all),
    ("số tổng hợp giữ sẵn khác số đếm lại, sẽ được tính lại", prove),
)


@click.command()
def remind() -> None:
    """Nhắc hạn theo lịch của năm; chạy lại trong ngày không nhắc hai lần. Thoát khác 0 khi có huyện bị lỗi."""
    told = 0
    failed = []
    for tenant_id, name in _districts():
        try:
            with acting_in(Scope(ScopeKind.DISTRICT, tenant_id)):
                clock.forget_settings()
                told += remind_district(tenant_id)
            told += remind_assigned(tenant_id)
        except Exception as reason:
            log.exception("reminders of tenant %s failed", tenant_id)
            click.echo(f"{name}: chưa nhắc được ({type(reason).__name__}).", err=True)
            failed.append(f"nhắc hạn {name}")
    click.echo(f"Đã nhắc {told} việc.")
    erased = {}
    for name, act in HOUSEKEEPING:
        try:
            erased[name] = act()
            click.echo(f"{erased[name]} {name}.")
        except Exception as reason:
            log.exception("housekeeping failed: %s", name)
            click.echo(f"{name}: lỗi ({type(reason).__name__}).", err=True)
            failed.append(name)
    with acting_in(Scope(ScopeKind.STEWARD)):
        clock.put_setting(LAST_REMIND, signin.now().isoformat(timespec="seconds"))
        clock.put_setting(REMIND_FAILED, json.dumps(failed, ensure_ascii=False))
        note_erased(erased)
    if failed:
        sys.exit(1)


def _districts() -> list[tuple[int, str]]:
    with acting_in(Scope(ScopeKind.PUBLIC, writes=False)):
        rows = (
            select(Tenant.id, Tenant.name)
            .where(
                Tenant.kind != TenantKind.PROVINCE,
                or_(Tenant.valid_to.is_(None), Tenant.valid_to > clock.today()),
            )
            .order_by(Tenant.name_sort)
        )
        return [(number, name) for number, name in db.session.execute(rows)]


@click.command("work")
@click.option("--once", is_flag=True, help="Làm hết việc đang chờ rồi thôi (cho cron).")
def work_command(once: bool) -> None:
    """Làm các việc mọi người yêu cầu, gửi thư đang chờ; không có --once thì làm mãi cho đến khi được dừng."""
    settings: Settings = current_app.extensions["settings"]
    settings.admin_url()
    if settings.mail is None:
        click.echo(NO_MAIL)
    if not once:
        click.echo("Đang chờ việc và thư. Dừng: Ctrl-C.")
        work.on_and_on(settings, work.end_on_signals())
        return
    failed = work.once(settings)
    if settings.mail is not None:
        tally = sending.tally()
        click.echo("Thư: " + ", ".join(f"{tally.get(state, 0)} {word}" for state, word in _STATES) + ".")
    if failed:
        sys.exit("\n".join(failed))
