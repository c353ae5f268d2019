"""A backup brought back is the same to the last row and byte; what cannot be brought back changes nothing."""

from __future__ import annotations

import json
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portal import clock, migrate
from portal.backup import restoring, tables, writing
from portal.backup.archive import BROKEN, HALF, MANIFEST, THERE, reading
from portal.evidence.folder import FolderStore
from portal.evidence.store import store
from portal.health.queries import LAST_BACKUP
from tenants.access import GuardedFlask
from tenants.database import Base, db
from tenants.refusal import Refused
from tenants.scope import Scope, ScopeKind, acting_in
from tests.beds import TEMPLATE, bed_of, execute
from tests.canaries import Year, year_database

Rows = dict[str, list[str]]


@dataclass
class House:
    """An installation: a database and a store of evidence."""

    server: Any
    database: str
    store: FolderStore

    @property
    def url(self) -> str:
        """The address of the login of commands."""
        return str(self.server.urls(self.database).admin)

    def rows(self, where: str = "true") -> Rows:
        """Every row of every table as text, where `where` can be asked of the table."""
        with psycopg.connect(**self.server.superuser(self.database)) as connection:
            found: Rows = {}
            for table in Base.metadata.sorted_tables:
                if where == "true" or "tenant_id" in table.c:
                    statement = f"select t::text from {table.name} t where {where} order by 1"
                    found[table.name] = [row[0] for row in connection.execute(statement.encode())]
        return found

    def act(self, statement: str) -> None:
        """Run a statement past every wall and guard."""
        with psycopg.connect(**self.server.superuser(self.database)) as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute(statement.encode())


# What the province wrote for all, beside the year of a district.
OF_THE_PROVINCE = (
    (
        "insert into former_name select id, '2020-01-01', '2024-01-01', kind, name, name_sort, committee, office, seat,"
        " chair_title, symbol, 'Nghị quyết 01' from tenant"
    ),
    "insert into succession select min(id), max(id), '2027-07-01', 'Nghị quyết 01' from tenant",
    (
        "insert into paper_text (place, text, from_year, source, version, changed_at, changed_by, in_force_by)"
        " values ('circular', 'Thông tư', 2027, 'Công văn 01', 1, now(), 'Sở', '')"
    ),
    (
        "insert into anomaly_verdict (year, rule, subject, sentence, act, reason, at, by)"
        " values (2026, 'members', '1', 'Số thành viên đổi', 'dismiss', 'Sáp nhập', now(), 'Sở')"
    ),
    (
        "insert into recheck_draw (year, share, seed, pool, drawn_at, drawn_by)"
        " values (2026, 5, 'abc', '[]', now(), 'Sở')"
    ),
)


@pytest.fixture(scope="module")
def year(server: Any, program: GuardedFlask) -> Iterator[Year]:
    """A district's whole year with a row in every table, and another district beside it."""
    with year_database(server, program) as played:
        yield played


@pytest.fixture(scope="module")
def house(server: Any, program: GuardedFlask, year: Year) -> House:
    """The installation that is backed up."""
    kept = store()
    assert isinstance(kept, FolderStore)
    planted = House(server, bed_of(program).name, kept)
    for statement in OF_THE_PROVINCE:
        planted.act(statement)
    return planted


@pytest.fixture(scope="module")
def settings(program: GuardedFlask) -> Any:
    """The settings of the program."""
    return program.extensions["settings"]


@pytest.fixture(scope="module")
def whole(house: House, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the whole."""
    path = tmp_path_factory.mktemp("backup") / "whole.zip"
    made = writing.back_up(house.url, settings, house.store, path)
    assert made.damaged == []
    assert made.files > 5
    return path


@pytest.fixture
def elsewhere(server: Any, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Make further installations, each a copy of a database, with an empty store."""
    made: list[str] = []

    def copy(template: str = TEMPLATE) -> House:
        name = f"portal_restored_{len(made)}"
        execute(server, f"drop database if exists {name} with (force)")
        execute(server, f"create database {name} template {template} strategy wal_log")
        made.append(name)
        (tmp_path / name).mkdir()
        return House(server, name, FolderStore(tmp_path / name))

    yield copy
    for name in made:
        execute(server, f"drop database if exists {name} with (force)")


@pytest.fixture
def again(house: House, program: GuardedFlask, elsewhere: Callable[..., House]) -> House:
    """The installation itself, a copy that may be broken, with its own files."""
    for engine in db.engines.values():
        engine.dispose()
    copied = elsewhere(house.database)
    copied.store = house.store
    return copied


def restored(house: House, settings: Any, path: Path, *, replace: bool = True) -> restoring.Restored:
    """Bring a whole backup back."""
    with reading(path) as archive:
        return restoring.restore(house.url, settings, house.store, archive, replace=replace)


def place_restored(house: House, settings: Any, path: Path, *, replace: bool = True) -> restoring.Restored:
    """Bring a backup of one place back."""
    with reading(path) as archive:
        return restoring.restore_place(house.url, settings, house.store, archive, replace=replace)


def killed(act: Callable[[], object]) -> None:
    """Let a process do something in which it kills itself."""
    child = os.fork()
    if not child:
        act()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def at_call(number: int, act: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that kills its process when it is called for the `number`th time."""
    calls = iter(range(1, 10_000))

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*args, **kwargs)

    return deadly


def test_every_table_is_in_a_backup(whole: Path) -> None:
    """What the models declare is taken, all but what must not come back; each table has rows to be compared."""
    with reading(whole) as archive:
        held = archive.manifest["tables"]
    left_out = {"one_time_link", "signin_session", "throttle"}
    assert held.keys() == set(Base.metadata.tables) - left_out
    empty = {name for name, told in held.items() if not told["rows"]}
    assert empty <= {"holiday", "letter", "mail_choice"}
    assert whole.stat().st_mode & 0o777 == 0o600


def test_the_whole_comes_back(
    house: House, settings: Any, whole: Path, elsewhere: Callable[..., House]
) -> None:
    """Every row, every file, the wall as declared, new numbers after the old; only with leave over other data."""
    target = elsewhere()
    before = target.rows()
    with pytest.raises(Refused, match="thêm --replace"):
        restored(target, settings, whole, replace=False)
    assert target.rows() == before
    assert not list(target.store.root.iterdir())
    done = restored(target, settings, whole)
    source, now = house.rows(), target.rows()
    for name in ("one_time_link", "signin_session", "throttle"):
        assert now.pop(name) == []
        source.pop(name)
    assert now == source
    assert done.rows == sum(map(len, source.values()))
    assert sorted(target.store.kept()) == sorted(house.store.kept())
    assert all(_content(target, key) == _content(house, key) for key in house.store.kept())
    assert migrate.defects(target.url) == []
    with psycopg.connect(**target.server.superuser(target.database)) as connection:
        for table in Base.metadata.sorted_tables:
            for column in (column for column in table.columns if column.identity is not None):
                numbers = f"select coalesce(max({column.name}), 0) from {table.name}"
                last = f"select nextval(pg_get_serial_sequence('{table.name}', '{column.name}'))"
                assert connection.execute(f"select ({last}) > ({numbers})".encode()).fetchone() == (True,), (
                    table.name
                )


def _content(house: House, key: tuple[int, str]) -> bytes:
    with house.store.open(*key) as file:
        return file.read()


def test_a_file_that_was_lost_is_named_and_a_damaged_one_healed(
    house: House, settings: Any, whole: Path, again: House, tmp_path: Path
) -> None:
    """The backup goes on without them and says so; restoring lays the damaged one down anew."""
    again.store = FolderStore(tmp_path / "kho")
    (tmp_path / "kho").mkdir()
    restored(again, settings, whole)
    with psycopg.connect(again.url) as connection:
        connection.execute("set role portal_owner")
        first, second = sorted(tables.named_contents(connection) & set(again.store.kept()))[:2]
    again.store.drop(*first)
    again.store._path(*second).write_bytes(b"rot")
    made = writing.back_up(again.url, settings, again.store, tmp_path / "poor.zip")
    assert f"{first[0]}/{first[1]}" in made.missing
    assert made.damaged == [f"{second[0]}/{second[1]}"]
    with reading(tmp_path / "poor.zip") as poor:
        told = restoring.restore(again.url, settings, again.store, poor, replace=True)
    assert any("đã hỏng từ trước" in note for note in told.notes)
    restored(again, settings, whole)
    assert _content(again, first)
    assert _content(again, second)


def test_killed_halfway(
    house: House,
    settings: Any,
    whole: Path,
    elsewhere: Callable[..., House],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A restore killed in its twentieth table has changed no row; a backup killed leaves no file of its name."""
    target = elsewhere()
    before = target.rows()
    with monkeypatch.context() as patch:
        patch.setattr(tables, "put", at_call(20, tables.put))
        killed(lambda: restored(target, settings, whole))
    assert target.rows() == before
    assert migrate.defects(target.url) == []
    path = tmp_path / "half.zip"
    with monkeypatch.context() as patch:
        patch.setattr(tables, "take", at_call(20, tables.take))
        killed(lambda: writing.back_up(house.url, settings, house.store, path))
    assert not path.exists()
    restored(target, settings, whole)
    assert target.rows()["dossier"] == house.rows()["dossier"]


def _rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def test_what_is_not_whole_is_refused(
    settings: Any, whole: Path, house: House, elsewhere: Callable[..., House], tmp_path: Path
) -> None:
    """Half a file, a changed table, a changed or missing piece of evidence, another schema, another kind."""
    target = elsewhere()
    before = target.rows()
    half = tmp_path / "half.zip"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    text = tmp_path / "text.zip"
    text.write_text("không phải tệp sao lưu")
    with zipfile.ZipFile(whole) as file:
        piece = next(name for name in file.namelist() if name.startswith("evidence/"))

    def other_revision(name: str, content: bytes) -> bytes:
        return (
            content if name != MANIFEST else json.dumps({**json.loads(content), "revision": "0003"}).encode()
        )

    def without(left: str) -> Callable[[str, bytes], bytes | None]:
        return lambda name, content: None if name == left else content

    def spoiled(which: str) -> Callable[[str, bytes], bytes]:
        return lambda name, content: content[:-1] + b"?" if name == which else content

    cases = {
        half: HALF,
        text: HALF,
        tmp_path / "khong-co.zip": "Không đọc được tệp",
        _rewritten(whole, tmp_path / "a.zip", without(MANIFEST)): HALF,
        _rewritten(whole, tmp_path / "b.zip", without("tables/unit")): BROKEN.format(name="tables/unit"),
        _rewritten(whole, tmp_path / "c.zip", spoiled("tables/unit")): BROKEN.format(name="tables/unit"),
        _rewritten(whole, tmp_path / "d.zip", spoiled(piece)): BROKEN.format(name=piece),
        _rewritten(whole, tmp_path / "e.zip", without(piece)): BROKEN.format(name="evidence/"),
        _rewritten(whole, tmp_path / "f.zip", other_revision): "Bản sao lưu ở lược đồ 0003",
    }
    for path, sentence in cases.items():
        with pytest.raises(Refused) as refused:
            restored(target, settings, path)
        assert sentence in refused.value.sentence
    with pytest.raises(Refused, match="không có --tenant"):
        place_restored(target, settings, whole)
    with pytest.raises(Refused) as refused:
        writing.back_up(target.url, settings, target.store, whole)
    assert refused.value.sentence == THERE.format(path=whole)
    assert target.rows() == before
    assert not list(target.store.root.iterdir())


def test_a_wall_with_a_hole_is_not_backed_up(settings: Any, again: House, tmp_path: Path) -> None:
    """Without the owner's policy rows would be missing without a word."""
    again.act("drop policy portal_owner on dossier")
    with pytest.raises(Refused, match=r"Chưa sao lưu.*portal_owner trên dossier"):
        writing.back_up(again.url, settings, again.store, tmp_path / "hole.zip")
    assert not list(tmp_path.glob("*hole*"))


@pytest.fixture(scope="module")
def of_place(house: House, year: Year, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the victim district alone."""
    path = tmp_path_factory.mktemp("backup") / "place.zip"
    with psycopg.connect(**house.server.superuser(house.database)) as connection:
        found = connection.execute("select code from tenant where id = %s", [year.tenant_id]).fetchone()
    assert found
    made = writing.back_up_place(house.url, settings, house.store, found[0], path)
    assert made.tenant_id == year.tenant_id
    return path


def test_a_backup_of_a_place_holds_nobody_elses(of_place: Path, year: Year) -> None:
    """Its rows, its files, its people; of what is everybody's only the keys."""
    with reading(of_place) as archive:
        held = archive.manifest["tables"]
        assert {tenant for tenant, _ in archive.contents()} == {year.tenant_id}
        for table in tables.tables():
            if table.name in held and tables.owned(table):
                place = held[table.name]["columns"].index("tenant_id")
                rows = b"".join(archive.table(table.name)).decode().splitlines()
                assert rows
                assert {row.split("\t")[place] for row in rows} == {str(year.tenant_id)}
        logins = b"".join(archive.table("account")).decode()
        assert year.district.officer.login in logins
        assert all(person.login not in logins for person in year.others.values() if _far(person, year))
        assert held["indicator"]["columns"] == ["id", "version_id", "key"]
        assert "letter" not in held


def _far(person: Any, year: Year) -> bool:
    return all(place.tenant_id != year.tenant_id for place in person.identity.places)


def test_a_place_comes_back_into_its_installation(
    settings: Any, of_place: Path, again: House, year: Year
) -> None:
    """Broken or gone, its rows are again what they were; the others' rows, written since, stay."""
    mine, others = f"tenant_id = {year.tenant_id}", f"tenant_id <> {year.tenant_id}"
    before = again.rows(mine)
    again.act(f"update unit set name = 'Sửa sau' where {others}")
    again.act(f"delete from answer where {mine}")
    again.act(f"update dossier set strengths = 'Sửa sau khi sao lưu' where {mine}")
    others_now = again.rows(others)
    with pytest.raises(Refused, match="thêm --replace"):
        place_restored(again, settings, of_place, replace=False)
    assert place_restored(again, settings, of_place).tenant_id == year.tenant_id
    assert again.rows(mine) == before
    assert again.rows(others) == others_now
    for table in reversed(Base.metadata.sorted_tables):
        if "tenant_id" in table.c:
            again.act(f"delete from {table.name} where {mine}")
    again.act(f"delete from tenant where id = {year.tenant_id}")
    heads = "select id from account where login like 'unit-head%'"
    for name in ("credential", "mail_choice", "letter", "one_time_link"):
        again.act(f"delete from {name} where account_id in ({heads})")
    again.act("delete from account where login like 'unit-head%'")
    place_restored(again, settings, of_place, replace=False)
    assert again.rows(mine) == before
    assert again.rows(others) == others_now
    assert migrate.defects(again.url) == []


def test_a_place_does_not_come_back_among_strangers(
    settings: Any, of_place: Path, again: House, elsewhere: Callable[..., House], year: Year
) -> None:
    """Another's number, another's person, other years: refused with its sentence, and nothing is changed."""
    stranger = elsewhere()
    stranger.act("delete from cycle_terms; delete from cycle")
    before = stranger.rows()
    with pytest.raises(Refused, match="khác bản sao lưu"):
        place_restored(stranger, settings, of_place)
    assert stranger.rows() == before
    again.act(
        f"update account set login = login || '.khac' where id = {year.district.officer.identity.account_id}"
    )
    before = again.rows()
    with pytest.raises(Refused, match="là của người khác"):
        place_restored(again, settings, of_place)
    again.act(f"update tenant set code = 'KHAC' where id = {year.tenant_id}")
    with pytest.raises(Refused, match="thuộc về nơi khác"):
        place_restored(again, settings, of_place)
    assert {**again.rows(), "tenant": []} == {**before, "tenant": []}


def test_the_commands_say_what_they_did(program: GuardedFlask, year: Year, tmp_path: Path) -> None:
    """Both commands end with a sentence, or with the reason and a status."""
    run = program.test_cli_runner().invoke
    path = tmp_path / "a.zip"
    done = run(args=["backup", str(path)])
    assert "Đã sao lưu" in done.output
    with acting_in(Scope(ScopeKind.PUBLIC)):
        assert LAST_BACKUP in clock.settings()
    assert run(args=["backup", str(path)]).output.strip() == THERE.format(path=path)
    assert (
        "Không có nơi nào mang mã “khong”"
        in run(args=["backup", "--tenant", "khong", str(tmp_path / "b")]).output
    )
    refused = run(args=["restore", str(tmp_path / "khong-co")])
    assert refused.exit_code == 1
    assert "Không đọc được tệp" in refused.output
