"""Commands of the whole installation: prepare a database, check it, open places, hand out links.

Commands act as the steward, with a recorded reason in the trail where they touch anybody's rows; they
need the login that may become owner and steward (`DATABASE_URL_ADMIN`, or the private server).
"""

from __future__ import annotations

import sys
from datetime import date
from urllib.parse import unquote, urlsplit

import click
from flask import current_app
from psycopg.conninfo import make_conninfo
from sqlalchemy import select

from portal import clock, migrate, words
from portal.config import DATABASE, Settings
from portal.embedded import Server
from portal.evidence.store import store
from portal.figures.keeping import differences, note_proof
from portal.health import rules as health
from portal.health.queries import facts
from portal.place_kinds import TEMPLATES
from portal.province.queries import bodies_of
from portal.spelling import sort_key
from portal.stops import CannotStart
from portal.trail.sealing import prove_all
from tenants import operations, signin
from tenants.database import db
from tenants.people import DECIDING_ROLES, Account, Membership, Role
from tenants.places import Tenant, TenantKind
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in

STEWARD = Scope(ScopeKind.STEWARD)


def settings() -> Settings:
    """Return the settings the program was built from."""
    found: Settings = current_app.extensions["settings"]
    return found


def passwords(given: Settings) -> dict[str, str]:
    """Return the password of each login, as its URL states it."""
    urls = given.urls()
    found = {}
    for login, url in (
        ("portal_web", urls.web),
        ("portal_oversight", urls.oversight),
        ("portal_migrate", urls.admin),
    ):
        found[login] = unquote(urlsplit(url).password or "")
    return found


def prepare_database(given: Settings, superuser_url: str = "") -> None:
    """Create roles (as superuser, where one is known), run the migrations, raise the wall.

    Raises `CannotStart` where the wall does not stand afterwards.
    """
    if superuser_url:
        migrate.bootstrap(superuser_url, passwords(given))
    elif missing := migrate.missing_roles(given.admin_url()):
        raise CannotStart(
            f"Bản này cần thêm vai trò {', '.join(missing)} trong cơ sở dữ liệu. Xin chạy một lần với "
            "--superuser-url (flask init --superuser-url …).",
            "This version needs further database roles; run flask init once with --superuser-url.",
        )
    migrate.upgrade(given.admin_url())
    open_places = migrate.defects(given.admin_url())
    if open_places:
        raise CannotStart(
            "Tường ngăn giữa các huyện không đúng như khai báo: " + "; ".join(open_places),
            "The wall between tenants is not as declared; see above.",
        )


@click.command()
@click.option("--superuser-url", default="", help="Một lần, để tạo vai trò; không cần với máy chủ riêng.")
@click.option("--province", default="Tỉnh (chưa đặt tên)", help="Tên tỉnh, thành phố.")
@click.option("--login", default="quantri.tinh", help="Tên đăng nhập của quản trị tỉnh đầu tiên.")
def init(superuser_url: str, province: str, login: str) -> None:
    """Tạo lược đồ, tường ngăn, bộ tiêu chí, tỉnh và tài khoản quản trị đầu tiên."""
    given = settings()
    try:
        if given.private:
            superuser_url = superuser_url or superuser_of(given.server)
        prepare_database(given, superuser_url)
        with acting_in(STEWARD):
            load_catalogue()
            link = first_administrator(province, login)
    except (CannotStart, Refused) as reason:
        sys.exit(str(reason))
    if link:
        base = given.public_url or f"http://{given.host}:{given.port}"
        click.echo(f"Liên kết đặt mật khẩu cho {login} (dùng một lần, trong 72 giờ):")
        click.echo(f"{base}/lien-ket/{link}")


def superuser_of(server: Server) -> str:
    """Return the private server's superuser as a connection string for our database."""
    return make_conninfo(**server.superuser(DATABASE))


def load_catalogue() -> None:
    """Load the catalogue versions that are not in the database yet."""
    from portal.catalogue.operations import load_all

    for key in load_all():
        click.echo(f"Đã nạp bộ tiêu chí {key}.")


def first_administrator(province: str, login: str) -> str:
    """Create the province and its first administrator once; returns the token of the link, "" if there."""
    if db.session.scalar(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)):
        return ""
    place = operations.open_tenant(
        kind=TenantKind.PROVINCE,
        code="tinh",
        name=province,
        name_sort=sort_key(province),
        committee=f"Ủy ban nhân dân {province[:1].lower()}{province[1:]}",
        office="Sở Giáo dục và Đào tạo",
        seat=province,
        valid_from=date(2024, 1, 1),
    )
    account_id = operations.new_account(login, "Quản trị tỉnh")
    operations.place_person(account_id, Role.PROVINCE_ADMIN, place.id, since=date(2024, 1, 1))
    return signin.new_link(account_id, None)


@click.command()
def check() -> None:
    """Kiểm tra tường ngăn, lược đồ, kho minh chứng, niêm phong nhật ký, số tổng hợp giữ sẵn, tình trạng vận hành; thoát khác 0 khi có sai lệch."""
    found = [*migrate.defects(settings().admin_url()), *filter(None, [store().fault()])]
    with acting_in(STEWARD):
        for proof in prove_all():
            if proof.fault:
                found.append(f"Nhật ký {proof.name}: {proof.fault}.")
            elif proof.number:
                click.echo(f"Nhật ký {proof.name}: niêm phong số {proof.number}, mã {proof.hash.hex()}")
    if not found:
        wrong = differences()
        note_proof(wrong)
        found += map(str, wrong)
    for line in found:
        click.echo(line)
    if found:
        sys.exit(1)
    click.echo(
        "Tường ngăn và lược đồ đúng như khai báo; kho minh chứng dùng được; nhật ký còn nguyên; số tổng hợp khớp."
    )
    with acting_in(STEWARD):
        for sign in health.signs(facts()):
            if sign.light is not health.Light.GOOD and sign.key != "wall":  # looked at just now
                click.echo(f"{health.WORDS[sign.light]}: {sign.name}. {sign.said} {sign.todo}".rstrip())


@click.group()
def tenant() -> None:
    """Mở và xem các huyện."""


@tenant.command("list")
def tenant_list() -> None:
    """Liệt kê các nơi của bản cài đặt."""
    with acting_in(STEWARD):
        for row in db.session.scalars(select(Tenant).order_by(Tenant.name_sort)):
            click.echo(f"{row.id}\t{row.code}\t{row.kind}\t{row.name}")


@tenant.command("open")
@click.option("--kind", type=click.Choice([k.value for k in TenantKind]), required=True)
@click.option("--code", required=True)
@click.option("--name", required=True, help='Tên đầy đủ, ví dụ "Huyện An Lão".')
@click.option("--seat", default="", help="Địa danh ghi trên văn bản; bỏ trống: tên không kèm loại.")
@click.option("--login", required=True, help="Tên đăng nhập của quản trị huyện đầu tiên.")
def tenant_open(kind: str, code: str, name: str, seat: str, login: str) -> None:
    """Mở một huyện cùng quản trị viên đầu tiên và in liên kết đặt mật khẩu."""
    from portal.trail.operations import record

    given = settings()
    try:
        with acting_in(STEWARD):
            template = TEMPLATES[TenantKind(kind)]
            committee, office, own_seat = bodies_of(TenantKind(kind), name)
            place = operations.open_tenant(
                kind=TenantKind(kind),
                code=code,
                name=name,
                name_sort=sort_key(name),
                committee=committee,
                office=office,
                seat=seat or own_seat,
                valid_from=clock.today(),
                chair_title=template.chair_title,
                symbol=template.symbol,
            )
            account_id = operations.new_account(login, f"Quản trị {name[:1].lower()}{name[1:]}")
            operations.place_person(account_id, Role.DISTRICT_ADMIN, place.id, since=signin.today())
            record(None, "tenant.open", f"đã mở {name} từ dòng lệnh.", tenant_id=place.id)
            link = signin.new_link(account_id, None)
    except Refused as reason:
        sys.exit(reason.sentence)
    click.echo(f"{given.public_url or f'http://{given.host}:{given.port}'}/lien-ket/{link}")


@tenant.command("reform")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Lý do làm từ dòng lệnh, ghi vào nhật ký.")
def tenant_reform(number: int, reason: str) -> None:
    """Thực hiện (hoặc trả lại) ngay một phương án sắp xếp đã xác nhận và đến ngày."""
    from portal.reform.models import Reform
    from portal.reform.rules import State
    from portal.reform.working import settle
    from portal.trail.operations import record

    if not reason.strip():
        sys.exit("Xin ghi lý do.")
    with acting_in(STEWARD):
        reform = db.session.get(Reform, number)
        if reform is None or reform.state not in (State.CONFIRMED, State.BACK_ASKED):
            sys.exit("Không có phương án nào như vậy đang chờ thực hiện hay trả lại.")
        state = State(reform.state)
        province = db.session.scalars(select(Tenant.id).where(Tenant.kind == TenantKind.PROVINCE)).one()
        told = f"đã cho thực hiện phương án số {number} từ dòng lệnh: {reason.strip()[:300]}."
        record(None, "reform.command", told, tenant_id=province, detail={"reform": number})
    done = settle(number, state)
    with acting_in(STEWARD):
        reform = db.session.get_one(Reform, number)
        if not done:
            sys.exit(reform.fault)
        click.echo(f"Phương án số {number}: {'đã trả lại' if reform.undone_at else 'đã thực hiện'}.")


@click.group()
def user() -> None:
    """Xem, khóa tài khoản; cấp liên kết đặt mật khẩu khi không còn ai quản trị."""


@user.command("list")
@click.option("--tenant", "code", default="", help="Chỉ một nơi, theo mã.")
def user_list(code: str) -> None:
    """Liệt kê tên đăng nhập cùng vai trò còn hiệu lực."""
    with acting_in(STEWARD):
        rows = (
            select(Account.login, Account.full_name, Account.disabled_at, Membership.role, Tenant.name)
            .join(Membership, Membership.account_id == Account.id)
            .join(Tenant, Tenant.id == Membership.tenant_id)
            .where(Membership.ended_at.is_(None))
            .order_by(Tenant.name_sort, Account.login, Membership.id)
        )
        if code:
            rows = rows.where(Tenant.code == code)
        for login, name, disabled_at, role, place in db.session.execute(rows):
            click.echo("\t".join((login, name, words.ROLES[role], place, "đã khóa" if disabled_at else "")))


@user.command("disable")
@click.argument("login")
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký.")
def user_disable(login: str, reason: str) -> None:
    """Khóa một tài khoản ngay; mọi phiên đang mở kết thúc."""
    from portal.trail.operations import record

    with acting_in(STEWARD):
        account = db.session.scalar(select(Account).where(Account.login == login.strip().lower()))
        if account is None:
            sys.exit(f"Không có tên đăng nhập “{login}”.")
        operations.disable_account(account.id)
        signin.end_sessions(account.id)
        home = db.session.scalar(
            select(Membership.tenant_id).where(Membership.account_id == account.id).limit(1)
        )
        if home:
            sentence = f"đã khóa tài khoản {account.login} từ dòng lệnh: {reason.strip()[:300]}."
            record(None, "person.disable", sentence, tenant_id=home, detail={"account_id": account.id})
    click.echo(f"Đã khóa {login}.")


@user.command("give")
@click.argument("login")
@click.option("--role", type=click.Choice(sorted(role.value for role in DECIDING_ROLES)), required=True)
@click.option("--tenant", "code", required=True, help="Nơi giữ vai trò, theo mã.")
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký và báo cho người đó.")
def user_give(login: str, role: str, code: str, reason: str) -> None:
    """Giao quyền quyết định khi không còn ai đề xuất hoặc xác nhận được trên cổng."""
    from portal.notices.operations import tell_person
    from portal.trail.operations import record

    reason = reason.strip()[:300]
    with acting_in(STEWARD):
        account = db.session.scalar(select(Account).where(Account.login == login.strip().lower()))
        place = db.session.scalar(select(Tenant).where(Tenant.code == code))
        if account is None or place is None or not reason:
            sys.exit("Không có tên đăng nhập hoặc mã nơi đó, hoặc chưa ghi lý do.")
        if (place.kind == TenantKind.PROVINCE) != (role == Role.PROVINCE_ADMIN):
            sys.exit("Vai trò này không thuộc cấp của nơi đó.")
        operations.place_person(account.id, Role(role), place.id, since=signin.today())
        sentence = f"đã giao cho {account.full_name} vai trò {words.role_name(role, place.tier)} từ dòng lệnh: {reason}."
        record(
            None, "power.give", sentence, tenant_id=place.id, detail={"account_id": account.id}, inner=True
        )
        tell_person(
            place.id,
            account.id,
            f"Anh/chị được giao vai trò {words.role_name(role, place.tier)} của {place.name}.",
        )
        click.echo(f"Đã giao cho {login} vai trò {words.role_name(role, place.tier)} của {place.name}.")


@user.command("erase")
@click.argument("login")
@click.option("--reason", required=True, help="Lý do, ghi vào nhật ký.")
def user_erase(login: str, reason: str) -> None:
    """Xóa dữ liệu cá nhân của một người không còn vai trò; nhật ký giữ nguyên."""
    from portal.retention.operations import erase_person

    try:
        with acting_in(STEWARD):
            gone = erase_person(login, reason)
    except Refused as refused:
        sys.exit(refused.sentence)
    kept = "" if gone else " Tài khoản còn lại như một con số, vì có việc đã làm mang số đó."
    click.echo(f"Đã xóa dữ liệu cá nhân của {login}.{kept}")


@user.command("link")
@click.argument("login")
def user_link(login: str) -> None:
    """In liên kết đặt mật khẩu (dùng một lần) cho một tên đăng nhập; việc này được ghi vào nhật ký."""
    from portal.notices.operations import tell_person
    from portal.notices.wording import LINK_MADE
    from portal.trail.operations import record

    given = settings()
    with acting_in(STEWARD):
        account = db.session.scalar(select(Account).where(Account.login == login.strip().lower()))
        if account is None:
            sys.exit(f"Không có tên đăng nhập “{login}”.")
        link = signin.new_link(account.id, None)
        home = db.session.scalar(
            select(Membership.tenant_id).where(Membership.account_id == account.id).limit(1)
        )
        if home:
            record(
                None,
                "user.link",
                f"đã cấp liên kết đặt mật khẩu cho {account.login} từ dòng lệnh.",
                tenant_id=home,
            )
            tell_person(home, account.id, LINK_MADE.format(place="hệ thống"), "/tai-khoan")
    click.echo(f"{given.public_url or f'http://{given.host}:{given.port}'}/lien-ket/{link}")
