"""`flask backup` and `flask restore`: the whole installation, or one place with --tenant."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from portal import clock, words
from portal.config import Settings
from portal.evidence.store import store
from portal.health.queries import LAST_BACKUP
from portal.stops import CannotStart
from portal.trail.operations import record
from tenants import signin
from tenants.database import db
from tenants.places import Tenant, TenantKind
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in

from . import restoring, writing
from .archive import reading

STEWARD = Scope(ScopeKind.STEWARD)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tenant", "code", default="", help="Chỉ một nơi, theo mã (flask tenant list).")
def backup(file: Path, code: str) -> None:
    """Sao lưu vào một tệp mới: mọi bảng và mọi tệp minh chứng, cùng một thời điểm."""
    given = _settings()
    try:
        if code:
            made = writing.back_up_place(given.admin_url(), given, store(), code, file)
        else:
            made = writing.back_up(given.admin_url(), given, store(), file)
    except Refused as refused:
        sys.exit(refused.sentence)
    with acting_in(STEWARD):
        if made.tenant_id:
            sentence = (
                f"đã sao lưu toàn bộ dữ liệu của nơi này từ dòng lệnh ({made.rows} dòng, {made.files} tệp)."
            )
            record(None, "tenant.backup", sentence, tenant_id=made.tenant_id)
        else:
            clock.put_setting(LAST_BACKUP, signin.now().isoformat(timespec="seconds"))
    click.echo(f"Đã sao lưu {made.rows} dòng và {made.files} tệp vào {file} ({made.size / 1e6:.1f} MB).")
    for key in made.damaged:
        click.echo(f"Tệp minh chứng đã hỏng trong kho, không sao lưu được: {key}", err=True)
    for key in made.missing:
        click.echo(f"Tệp minh chứng được hồ sơ nhắc tới nhưng không có trong kho: {key}", err=True)
    if made.damaged or made.missing:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tenant", "one_place", is_flag=True, help="Tệp là bản sao lưu của một nơi.")
@click.option("--replace", is_flag=True, help="Thay dữ liệu đang có.")
@click.option("--superuser-url", default="", help="Khi máy chủ dữ liệu còn trống, để tạo vai trò.")
def restore(file: Path, one_place: bool, replace: bool, superuser_url: str) -> None:
    """Khôi phục từ tệp sao lưu; xem xét cả tệp trước, rồi ghi trong một giao dịch."""
    from portal.commands import prepare_database, superuser_of  # this module is one of that one's commands

    given = _settings()
    kind = writing.PLACE if one_place else writing.WHOLE
    try:
        with reading(file) as archive:
            restoring.fitting(archive, kind)
            if given.private:
                superuser_url = superuser_url or superuser_of(given.server)
            prepare_database(given, superuser_url)
            act = restoring.restore_place if one_place else restoring.restore
            done = act(given.admin_url(), given, store(), archive, replace=replace)
    except Refused as refused:
        sys.exit(refused.sentence)
    except CannotStart as reason:
        sys.exit(str(reason))
    made_at = words.moment(datetime.fromisoformat(done.made_at))
    told = f"khôi phục dữ liệu từ bản sao lưu lúc {made_at} ({done.rows} dòng, {done.files} tệp)."
    with acting_in(STEWARD):
        clock.forget_settings()
        provinces = db.session.scalars(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)).all()
        for tenant_id in {*provinces, *filter(None, [done.tenant_id])}:
            record(None, "tenant.restore", f"đã {told}", tenant_id=tenant_id, detail={"of": done.tenant_id})
    click.echo(f"Đã {told}")
    for note in done.notes:
        click.echo(note)
    if not one_place:
        click.echo("Mọi phiên và liên kết đặt mật khẩu đã hết hiệu lực; mọi người đăng nhập lại.")
