"""`flask demo`: build the demonstration province, or print its accounts."""

from __future__ import annotations

import random
import sys
import time
from datetime import datetime
from functools import partial
from typing import Any

import click
from flask import current_app
from sqlalchemy import func, select

from portal import clock, migrate
from portal.catalogue.models import CriteriaVersion
from portal.catalogue.operations import confirm_suggestions_for_demo
from portal.cycle.operations import open_year
from portal.evidence.store import store
from portal.spelling import sort_key
from portal.units.models import Unit
from portal.words import ZONE
from tenants.database import db
from tenants.identity import Identity
from tenants.people import Role
from tenants.places import Tenant, TenantKind
from tenants.scope import Scope, ScopeKind, acting_in

from . import accounts, bulk, files, provincial, season
from .bulk import Catalogue, Registered
from .compiled import compile_year
from .governance import govern
from .guidance import announce, ask
from .moments import at
from .notices import keep_days
from .one_place import SEED, Begun, load_years, people_of, people_of_province, play
from .quality import conclude, recheck
from .reforming import draft_plan
from .registry import PROVINCE, SINCE, PlaceData, places, units_of
from .side_by_side import each

STEWARD = Scope(ScopeKind.STEWARD)
START = datetime(2027, 1, 10, 9, 0, tzinfo=ZONE)
READY = "demo_ready"


@click.command()
@click.option("--accounts", "only_accounts", is_flag=True, help="Chỉ in các tài khoản (TSV).")
@click.option(
    "--only", "only_places", default="", help="Chỉ dựng các huyện có tên viết liền này (anlao,lechan)."
)
def demo(only_accounts: bool, only_places: str) -> None:
    """Dựng tỉnh minh họa: địa danh thật, số liệu minh họa; chạy lại không làm gì thêm."""
    if only_accounts:
        with acting_in(STEWARD):
            for row in accounts.shown():
                click.echo("\t".join(row))
        return
    with acting_in(STEWARD):
        if clock.settings().get(READY) == "yes":
            click.echo("Dữ liệu minh họa đã có.")
            return
        if clock.settings().get(clock.DEMO) == "yes":
            sys.exit("Lần dựng dữ liệu minh họa trước bị ngắt giữa chừng. Xóa thư mục dữ liệu rồi chạy lại.")
        if db.session.scalar(select(func.count()).select_from(Unit)):
            sys.exit("Bản cài đặt này đã có dữ liệu thật nên không dựng dữ liệu minh họa.")
    wanted = [p for p in places() if not only_places or p.slug in only_places.split(",")]
    build(wanted)


def build(wanted: list[PlaceData]) -> None:
    """Build the demonstration from its seed; every step says how long it took."""
    began = time.monotonic()

    def say(sentence: str) -> None:
        click.echo(f"  {time.monotonic() - began:5.1f} s  {sentence}")

    settings = _open_deployment()
    registered = {place: _open_place(place) for place in wanted}
    _load_accounts(registered)
    say(f"{len(wanted)} huyện, {sum(len(u) for u in registered.values())} đơn vị, tài khoản.")
    catalogue = _govern()
    say("Bộ tiêu chí: gợi ý được xác nhận là số liệu minh họa.")
    papers = _store_papers([units[0].tenant_id for units in registered.values()])
    load = partial(load_years, catalogue=catalogue, settings=settings, papers=papers)
    begun = [Begun(place, units) for place, units in registered.items()]
    loaded = each(load, begun)
    admin_url = current_app.extensions["settings"].admin_url()
    migrate.take_statistics(admin_url)
    say("Hồ sơ các năm 2024, 2025 và hồ sơ đang lập năm 2026.")
    # What takes longest begins; the province's own units are one place more.
    ahead = sorted(zip(begun, loaded, strict=True), key=lambda pair: -season.plan_of(pair[0].place).work)
    administrator = people_of_province()[(Role.PROVINCE_ADMIN, None)]
    own_units = provincial.begin(administrator)
    announced = announce(people_of_province())
    each(partial(play, announced=announced), [*ahead[:1], own_units, *ahead[1:]])
    keep_days(administrator)
    govern(administrator)
    compile_year(people_of_province())
    conclude(people_of_province())
    recheck(people_of_province())
    draft_plan(administrator, "Huyện An Lão")
    ask(people_of(begun[0].units[0].tenant_id))
    migrate.take_statistics(admin_url)
    say("Báo cáo đã nhận; hồ sơ năm 2026 ở mọi trạng thái.")
    with acting_in(STEWARD):
        clock.forget_settings()
        clock.set_demo_clock(START)
        clock.put_setting(READY, "yes")
    say(f"Đồng hồ minh họa: {START:%d/%m/%Y %H:%M}.")


def _open_deployment() -> dict[str, Any]:
    with acting_in(STEWARD):
        clock.put_setting(clock.DEMO, "yes")
        province = db.session.scalars(select(Tenant).where(Tenant.kind == TenantKind.PROVINCE)).one()
        province.name, province.name_sort = PROVINCE, sort_key(PROVINCE)
        province.committee, province.seat = "Ủy ban nhân dân thành phố Hải Phòng", "Hải Phòng"
        version = db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023")).one()
        clock.forget_settings()
        return dict(version.settings)


def _open_place(place: PlaceData) -> list[Registered]:
    with acting_in(STEWARD):
        tenant = Tenant(
            kind=place.kind,
            code=place.code,
            name=place.name,
            name_sort=sort_key(place.name),
            committee=f"Ủy ban nhân dân {place.inline}",
            office="Phòng Giáo dục và Đào tạo",
            seat=place.short,
            valid_from=SINCE,
        )
        db.session.add(tenant)
        db.session.flush()
        units = units_of(place, random.Random(f"{SEED}-{place.code}"))
        return bulk.register_units(tenant.id, place.slug.upper(), units)


def _load_accounts(registered: dict[PlaceData, list[Registered]]) -> None:
    with acting_in(STEWARD):
        province = db.session.scalars(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)).one()
        wanted = accounts.of_province(province)
        for place, units in registered.items():
            wanted += accounts.of_district(place, units[0].tenant_id) + accounts.of_units(units)
        accounts.load(wanted)


def _govern() -> Catalogue:
    admin: Identity = people_of_province()[(Role.PROVINCE_ADMIN, None)]
    with at(2024, 2, 1, 9, 0), acting_in(admin.here.scope(admin.account_id)):
        version = db.session.scalars(select(CriteriaVersion).where(CriteriaVersion.key == "tt24-2023")).one()
        confirm_suggestions_for_demo(admin, version.id)
        for year in (2024, 2025, 2026):
            open_year(year, version)
        version_id = version.id
    with acting_in(STEWARD):
        return Catalogue.load(version_id)


def _store_papers(tenant_ids: list[int]) -> list[dict[str, Any]]:
    made = files.papers()
    rows = []
    for file in made:
        sha256 = ""
        for tenant_id in tenant_ids:
            sha256 = store().put(tenant_id, file.content)
        rows.append(
            {
                "sha256": sha256,
                "size": len(file.content),
                "media_type": file.media_type,
                "file_name": file.file_name,
                "title": file.title,
                "symbol": file.symbol,
            }
        )
    return rows
