"""Quality seen from the Department: what asks for a look, what is concluded on it, and the limits of the rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from portal.cycle.models import Cycle
from portal.dossiers.models import Dossier
from portal.dossiers.queries import open_sheet
from portal.evidence import operations as evidence
from portal.quality import operations, queries, rules
from portal.quality.rules import LIMITS, Rate, Rule
from tenants.database import db
from tenants.people import Role
from tenants.refusal import Conflict, Refused
from tenants.scope import acting_in
from tests.beds import bed_of, made_once
from tests.builders import STEWARD, World
from tests.canaries import paper
from tests.deciding import District
from tests.forms import send
from tests.province.worlds import a_reporting_district, answer

PAGE = "/tinh/chat-luong?nam=2026"


class Ground:
    """Two districts that decided within the hour of intake, all alike; the first's report is accepted."""

    def __init__(self, world: World) -> None:
        world.confirm_thresholds()
        self.world = world
        self.officer = world.province_person(Role.PROVINCE_OFFICER)
        self.viewer = world.province_person(Role.PROVINCE_VIEWER)
        self.here = a_reporting_district(world, "Huyện An Lão", "level_1", "level_2", "refused")
        self.there = a_reporting_district(world, "Huyện Kiến Thụy", "level_1", "level_1")
        for district, name in ((self.here, "Trường Sinh Đôi"), (self.there, "Trường Bản Sao")):
            self.a_twin(district, name)
            self.a_twin(district, f"Ban chỉ huy của {name}", kind="military_police")
        world.set_clock(2027, 3, 1, 9, 0)
        self.report = self.here.sent_report()
        answer(world, self.officer, self.here, self.report)

    def a_twin(self, district: District, name: str, kind: str = "primary") -> None:
        """File the same figures, and for a school the same file."""
        world, tenant_id = self.world, district.tenant_id
        sensitive = kind == "military_police"
        unit = world.a_unit(tenant_id, name, kind=kind, sensitive=sensitive)
        number = world.a_dossier(tenant_id, unit, "filled", members=40, part=37)
        head = world.a_person(Role.UNIT_HEAD, tenant_id, unit)
        with world.acting(head) as actor:
            dossier = world.dossier(tenant_id, number)
            if not sensitive:
                first = open_sheet(dossier).indicators[0].id
                evidence.add_to_indicator(actor, dossier, first, [("KH.pdf", paper("same"))])
        at = datetime(2027, 1, 10, 9, 0, tzinfo=UTC)
        filed = {"state": "submitted", "submitted_at": at, "signed_at": at, "content_hash": "x"}
        with acting_in(STEWARD):
            db.session.execute(update(Dossier).where(Dossier.id == number).values(filed))

    def rate(self, rule: Rule) -> Rate:
        """How often a rule was right."""
        with self.world.acting(self.viewer, writes=False):
            return queries.rates()[rule]

    def lines(self, only: Rule | None = None) -> list[queries.Line]:
        """What the rules find now."""
        with self.world.acting(self.officer, writes=False):
            found = queries.lines(db.session.get_one(Cycle, (2026, "district")), only)
            db.session.expunge_all()
            return found

    def conclude(
        self, line: queries.Line, act: str, reason: str = "Đã hỏi huyện.", seen: int | None = None
    ) -> None:
        """Let the officer conclude."""
        with self.world.acting(self.officer) as actor:
            operations.conclude(
                actor,
                db.session.get_one(Cycle, (2026, "district")),
                line.found.rule,
                line.found.subject,
                act,
                reason,
                line.seen if seen is None else seen,
            )


@made_once
def ground(world: World) -> Ground:
    """Make the ground."""
    return Ground(world)


def found(lines: list[queries.Line]) -> dict[Rule, list[str]]:
    """The sentences by rule."""
    said: dict[Rule, list[str]] = {}
    for line in lines:
        said.setdefault(line.found.rule, []).append(line.found.sentence)
    return said


def test_every_rule_names_its_figures_and_nobody_who_tells_no_numbers(
    world: World, monkeypatch: pytest.MonkeyPatch, count_queries: list[str]
) -> None:
    """Twins of two districts, a district that agrees to all, a figure that moved after the report; statements are fixed."""
    here = ground(world)
    assert set(found(here.lines())) == {Rule.SAME_FILES, Rule.SAME_FIGURES, Rule.HASTY}
    monkeypatch.setattr(rules, "FEW", 1)
    columns = ", ".join(c.name for c in Dossier.__table__.c if c.name not in ("id", "year"))
    with psycopg.connect(**bed_of(world.app).superuser()) as rows:  # rows that no verb would write
        rows.execute("set session_replication_role = replica")
        rows.execute(
            "update district_report set snapshot = jsonb_set(snapshot, '{counts,0,counts,level_1}', '9')"
        )
        rows.execute(f"insert into dossier (year, {columns}) select 2025, {columns} from dossier".encode())
        rows.execute(
            "insert into headcount (tenant_id, unit_id, dossier_id, code, value, version, changed_by)"
            " select h.tenant_id, h.unit_id, o.id, h.code, h.value * 2, 1, '' from headcount h"
            " join dossier d on d.id = h.dossier_id join dossier o on o.unit_id = d.unit_id and o.year = 2025"
        )
        rows.execute("update dossier set decided_level = 1 where year = 2025 and decided_level = 2")
        rows.execute("insert into cycle values (2025)")
        rows.execute(
            "insert into cycle_terms select (jsonb_populate_record(c, '{\"year\": 2025}')).* from cycle_terms c"
        )
    count_queries.clear()
    said = found(here.lines())
    assert len(count_queries) <= 30
    assert set(said) == set(Rule)
    for rule in (Rule.SAME_FILES, Rule.SAME_FIGURES):
        (sentence,) = said[rule]
        assert "Trường Sinh Đôi (Huyện An Lão), Trường Bản Sao (Huyện Kiến Thụy)" in sentence
    assert "37/40" in said[Rule.SAME_FIGURES][0]
    assert "Ban chỉ huy" not in str(said), "a unit that tells no numbers is compared with nobody"
    assert said[Rule.ALL_RECOGNISED] == [
        "Công nhận 2 trong 2 hồ sơ đã có quyết định (100 %; mức đặt: từ 100 %)."
    ]
    assert len(said[Rule.NOTHING_CHANGED]) == 1, "An Lão corrected one indicator"
    assert "2 trong 2 hồ sơ (100 %; mức đặt: từ 80 %) trong ngày" in said[Rule.ONE_DAY][1]
    assert "tăng từ 20 điểm %" in said[Rule.LEVEL_2][0]
    assert "giảm 50 %" in said[Rule.MEMBERS][0]
    assert "3 trong 3 hồ sơ được tiếp nhận chưa quá 60 phút" in said[Rule.HASTY][0]
    assert "Công nhận mức độ 1: báo cáo 10, đang đếm 1" in said[Rule.REPORT][0]


def test_a_conclusion_has_a_reason_and_counts_in_the_rate(world: World, client: Any) -> None:
    """True after asking, dismissed, taken up again; two at once; other figures raise it anew."""
    here = ground(world)
    first, second = here.lines(Rule.HASTY)
    with pytest.raises(Refused, match="đã hỏi ai"):
        here.conclude(first, "hit", "  ")
    with pytest.raises(Refused, match="bỏ qua hay đúng"):
        here.conclude(first, "reopen")
    here.conclude(first, "hit")
    with pytest.raises(Conflict, match="Người khác vừa kết luận"):
        here.conclude(first, "dismiss", seen=0)
    here.conclude(second, "dismiss", "Hồ sơ giấy nhập sau.")
    assert [line.open for line in here.lines(Rule.HASTY)] == [False, False]
    assert here.rate(Rule.HASTY) == Rate(1, 1)
    here.conclude(here.lines(Rule.HASTY)[1], "reopen", "Huyện báo lại.")
    assert here.rate(Rule.HASTY) == Rate(1, 0)
    with world.acting(here.officer) as actor:
        operations.set_limits(actor, {Rule.HASTY: 59})
    assert [line.open for line in here.lines(Rule.HASTY)] == [True, True], (
        "another sentence is another question"
    )
    assert here.rate(Rule.HASTY) == Rate(1, 0)
    with world.acting(here.viewer) as actor, pytest.raises(Refused):
        operations.set_limits(actor, {Rule.HASTY: 5})
    with world.acting(here.officer) as actor, pytest.raises(Refused, match="từ 1 đến 1440"):
        operations.set_limits(actor, {Rule.HASTY: 0})
    with here.world.acting(here.officer), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text("update anomaly_verdict set act = 'dismiss'"))


def test_the_page_keeps_what_was_typed(world: World, client: Any) -> None:
    """The officer concludes and sets limits on the page; a viewer reads without a form."""
    here = ground(world)
    world.sign_in(client, here.officer)
    line = here.lines(Rule.SAME_FILES)[0]
    page = client.get(PAGE).get_data(as_text=True)
    assert line.found.sentence in page
    assert line.found.sentence in client.get(PAGE + "&q=ban+sao&dau-hieu=same_files").get_data(as_text=True)
    sent = {"rule": "same_files", "subject": line.found.subject, "act": "hit", "reason": "", "seen": "0"}
    answer = send(client, PAGE, sent)
    assert answer.status_code == 422
    assert "Xin ghi đã hỏi ai" in answer.get_data(as_text=True)
    answer = send(client, PAGE, {**sent, "seen": "7", "reason": "Lời đã gõ."})
    assert answer.status_code == 409
    assert "Lời đã gõ." in answer.get_data(as_text=True)
    for broken in ({"rule": "x"}, {"seen": "x"}, {"subject": "không có"}, {"reason": "a" * 1001}):
        assert send(client, PAGE, {**sent, "reason": "Có.", **broken}).status_code in (409, 422), broken
    assert send(client, PAGE, {**sent, "reason": "Đã hỏi, chép của nhau."}).status_code == 303
    assert "1/1 đúng (100 %)" in client.get(PAGE).get_data(as_text=True)
    assert "Đã hỏi, chép của nhau." in client.get(PAGE + "&tab=dung").get_data(as_text=True)
    limits = {rule.value: str(known.default) for rule, known in LIMITS.items()}
    to = "/tinh/chat-luong/muc?nam=2026"
    answer = send(client, to, {**limits, "hasty": "chín"}, page=PAGE)
    assert answer.status_code == 422
    assert 'value="chín"' in answer.get_data(as_text=True)
    assert send(client, to, {**limits, "hasty": "1440", "same_files": "2"}, page=PAGE).status_code == 303
    assert "chưa quá 1.440 phút" in client.get(PAGE).get_data(as_text=True).replace("1440", "1.440")
    assert send(client, "/tinh/chat-luong/muc?nam=1999", limits, page=PAGE).status_code == 404
    world.sign_in(client, here.viewer)
    page = client.get(PAGE).get_data(as_text=True)
    assert "chưa quá 1440 phút" in page
    assert "Ghi kết luận" not in page
