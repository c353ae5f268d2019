"""`flask roster`: erase the names whose day has come, and say how long names are kept."""

from __future__ import annotations

import sys

import click

from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in

from . import operations


@click.group()
def roster() -> None:
    """Danh sách dùng để đếm: xóa tên đến hạn, đặt số ngày giữ."""


@roster.command("erase")
def erase() -> None:
    """Xóa tên trong mọi danh sách đã đến hạn; các con số vẫn giữ. Chạy lại không làm gì thêm."""
    click.echo(f"Đã xóa tên trong {operations.erase_old_rosters()} danh sách.")


@roster.command("days")
@click.argument("days", type=int, required=False)
def days(days: int | None) -> None:
    """Xem, hoặc đặt số ngày giữ tên kể từ khi đọc danh sách (mặc định 90)."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        if days is not None:
            try:
                operations.keep_for(days)
            except Refused as refused:
                sys.exit(refused.sentence)
        click.echo(f"Tên được giữ {operations.days_kept()} ngày.")
