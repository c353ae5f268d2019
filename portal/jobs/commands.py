"""`flask peak`: let long work wait on the last evenings, and go on again."""

from __future__ import annotations

import click

from portal import words
from tenants.scope import Scope, ScopeKind, acting_in

from . import peak


@click.group("peak")
def peak_command() -> None:
    """Giờ cao điểm: hoãn việc lập tệp cả loạt để dành máy cho người đang nộp hồ sơ."""


@peak_command.command("on")
@click.option("--hours", type=click.IntRange(1, 96), default=12, show_default=True)
def on(hours: int) -> None:
    """Bật giờ cao điểm; tự tắt sau số giờ đã cho."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        ends = peak.begin(hours)
    click.echo(f"Giờ cao điểm đến {words.moment(ends)}: việc mới chờ, trang vẫn phục vụ như thường.")


@peak_command.command("off")
def off() -> None:
    """Tắt giờ cao điểm; việc đang chờ chạy tiếp."""
    with acting_in(Scope(ScopeKind.STEWARD)):
        peak.end()
    click.echo("Đã tắt giờ cao điểm.")
