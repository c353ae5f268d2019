"""The last evening: so many units sign in, save every answer, hold their meeting, sign and file, many at once.

Only ever against 127.0.0.1, and bounded: every unit does its work once. What was lost or doubled is not told by the
answers of the server but counted in the database afterwards. People read and type between two requests: when the
evening has a length, units come evenly spread over it and space their requests so that the wanted number is there at
once. Without a length everybody sends as fast as the server answers, which shows what gives way first.
"""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import requests
from psycopg.rows import dict_row

from portal.demo.accounts import PASSWORD

from .pages import typed
from .people import head_of
from .province import Province
from .serving import served
from .sizes import LAST_YEAR
from .table import Line, amount
from .visitor import TOKEN

SEEN = re.compile(r'name="seen" value="([^"]*)"><button class="btn btn-primary"')
MARK = "Nhập trong tối cuối hạn, lần duy nhất."

# Drafts that want nothing but a meeting and a signature: all answers in, level 1 reached.
READY = """
select d.tenant_id, d.unit_id, d.id, d.ratio_only, u.code,
  (select json_agg(json_build_object('id', a.indicator_id, 'yes', a.yes, 'part', a.part, 'grade', a.grade,
      'version', a.version, 'applies', a.met_1 <> 'not_applicable') order by a.indicator_id)
    from answer a where a.tenant_id = d.tenant_id and a.dossier_id = d.id) as answers,
  (select json_agg(m.id order by m.id) from team_member m
    where m.tenant_id = d.tenant_id and m.dossier_id = d.id) as members
from dossier d join unit u on u.tenant_id = d.tenant_id and u.id = d.unit_id
where d.year = %s and d.state = 'draft' and d.self_level >= d.requested_level
order by md5(d.id::text) limit %s
"""

COUNTED = """
select d.id, d.state, d.receipt_number,
  (select count(*) from answer a where a.tenant_id = d.tenant_id and a.dossier_id = d.id
    and a.explanation = %(mark)s) as saved,
  (select count(*) from trail_entry t where t.tenant_id = d.tenant_id and t.dossier_id = d.id
    and t.act = 'submit') as filed,
  (select count(*) from dossier o where o.tenant_id = d.tenant_id and o.unit_id = d.unit_id
    and o.year = d.year and o.state not in ('withdrawn', 'refused_late')) as live
from dossier d where d.id = any(%(ids)s)
"""


@dataclass
class Tally:
    """What the visitors met: seconds of every request, what went wrong, and what the server said it did."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    saved: dict[int, int] = field(default_factory=dict)
    filed: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Pace:
    """How an evening goes on: units come one after the other over `within` seconds (0: all at once, no pauses).

    `at_once` of `users` units are there at the same time, so that each stays `within * at_once / users` seconds.
    """

    users: int
    at_once: int
    within: float = 0

    def comes(self, number: int) -> float:
        """Return after how many seconds a unit comes, counted from 0."""
        return number * self.within / self.users

    def pause(self, requests_sent: int) -> float:
        """Return the seconds from one request of a unit to its next."""
        return self.within * self.at_once / self.users / requests_sent

    @property
    def threads(self) -> int:
        """Room for visitors: as many again where a slow server makes them stay longer than planned."""
        return self.at_once * 2 if self.within else self.at_once


class Unit:
    """One unit's evening, with a connection and cookies of its own; `due` and `pause`: its first request and the next."""

    def __init__(
        self, address: str, facts: dict[str, Any], tally: Tally, due: float = 0, pause: float = 0
    ) -> None:
        self.address, self.facts, self.tally = address, facts, tally
        self.due, self.pause = due, pause
        self.session = requests.Session()
        self.token = ""

    def run(self) -> None:
        """Do the whole evening; an error ends it and is noted."""
        try:
            self._sign_in()
            self._fill()
            self._meet()
            self._file()
        except (requests.RequestException, RuntimeError) as reason:
            with self.tally.lock:
                self.tally.errors.append(f"{self.facts['code']}: {reason}"[:300])
        finally:
            self.session.close()

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> str:
        body = {**form, "csrf_token": self.token} if form is not None else None
        time.sleep(max(0, self.due - time.monotonic()))
        self.due += self.pause
        began = time.perf_counter()
        answer = self.session.request(method, self.address + path, data=body, headers=headers, timeout=60)
        with self.tally.lock:
            self.tally.seconds.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{method} {path}: {answer.status_code}")
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer.text

    def _sign_in(self) -> None:
        self._ask("GET", "/dang-nhap")
        page = self._ask("POST", "/dang-nhap", {"login": head_of(self.facts["code"]), "password": PASSWORD})
        if "data-sign-out" not in page:
            raise RuntimeError("not signed in")

    def _fill(self) -> None:
        number = self.facts["id"]
        self._ask("GET", f"/ho-so/{number}")
        for answer in self.facts["answers"]:
            if not answer["applies"]:
                continue
            form = {
                "version": str(answer["version"]),
                "value": typed(
                    answer["yes"], answer["part"], answer["grade"], ratio_only=self.facts["ratio_only"]
                ),
                "explanation": MARK,
            }
            self._ask("POST", f"/ho-so/{number}/chi-tieu/{answer['id']}", form, **{"HX-Request": "true"})
            with self.tally.lock:
                self.tally.saved[number] = self.tally.saved.get(number, 0) + 1

    def _meet(self) -> None:
        number, members = self.facts["id"], self.facts["members"]
        path = f"/ho-so/{number}/bien-ban"
        self._ask("GET", path)
        form = {
            "act": "close",
            "version": "0",
            "held_on": f"{LAST_YEAR + 1}-01-09",
            "held_time": "14:00",
            "venue": "Phòng họp của đơn vị",
            "chair_id": str(members[0]),
            "secretary_id": str(members[-1]),
            "conclusion": "Tổ đánh giá nhất trí với kết quả tự đánh giá.",
            **{f"co-mat-{member}": "co" for member in members},
            **{f"y-kien-{answer['id']}": "co" for answer in self.facts["answers"] if answer["applies"]},
        }
        self._ask("POST", path, form)

    def _file(self) -> None:
        number = self.facts["id"]
        seen = SEEN.search(self._ask("GET", f"/ho-so/{number}/kiem-tra"))
        if seen is None:
            raise RuntimeError("nothing to sign")
        self._ask("POST", f"/ho-so/{number}/ky", {"seen": seen[1]})
        if "Số tiếp nhận" in self._ask("POST", f"/ho-so/{number}/nop", {}):
            with self.tally.lock:
                self.tally.filed.add(number)


def evening(province: Province, address: str, pace: Pace) -> tuple[Tally, list[dict[str, Any]]]:
    """Play the evening against an address; returns what visitors met and what the database holds of it."""
    with psycopg.connect(**province.superuser(), row_factory=dict_row) as connection:
        ready = connection.execute(READY, (LAST_YEAR, pace.users)).fetchall()
    tally = Tally()
    began = time.monotonic()
    with ThreadPoolExecutor(pace.threads) as pool:
        for number, facts in enumerate(ready):
            due, pause = began + pace.comes(number), pace.pause(requests_of(facts))
            pool.submit(Unit(address, facts, tally, due, pause).run)
    with psycopg.connect(**province.superuser(), row_factory=dict_row) as connection:
        ids = [unit["id"] for unit in ready]
        return tally, connection.execute(COUNTED, {"mark": MARK, "ids": ids}).fetchall()


def requests_of(facts: dict[str, Any]) -> int:
    """Return how many requests a unit's evening has: its answers, and eight around them."""
    return 8 + sum(answer["applies"] for answer in facts["answers"])


def evening_lines(province: Province, pace: Pace) -> Iterator[Line]:
    """Play the evening on a served copy of the province and tell what became of it."""
    with served(province) as address:
        began = time.monotonic()
        tally, rows = evening(province, address, pace)
        took = time.monotonic() - began
    yield from lines_of(tally, rows, took, pace)


def lines_of(tally: Tally, rows: list[dict[str, Any]], took: float, pace: Pace) -> Iterator[Line]:
    """Return the lines of an evening."""
    group, requests_sent = "tối cuối hạn", len(tally.seconds)
    lost = sum(max(0, tally.saved.get(row["id"], 0) - row["saved"]) for row in rows)
    lost += sum(row["id"] in tally.filed and row["state"] != "submitted" for row in rows)
    numbers = [row["receipt_number"] for row in rows if row["receipt_number"]]
    doubled = len(numbers) - len(set(numbers)) + sum(row["live"] > 1 or row["filed"] > 1 for row in rows)
    came = f"đến trong {pace.within:.0f} s" if pace.within else "đến cùng lúc, không nghỉ"
    note = f"{len(rows)} đơn vị {came}, {pace.at_once} cùng lúc; {requests_sent} yêu cầu trong {took:.0f} s, {len(tally.filed)} hồ sơ đã nộp"
    if tally.errors:
        note += f"; lỗi đầu: {tally.errors[0][:80]}"
    yield amount(group, "mất (đếm trong cơ sở dữ liệu)", lost, "", 0, note)
    yield amount(group, "nộp đôi, trùng số", doubled, "", 0)
    yield amount(group, "lỗi", 100 * len(tally.errors) / max(1, requests_sent), "%", 0.1)
    if len(tally.seconds) > 20:
        p95 = statistics.quantiles(tally.seconds, n=20)[-1] * 1000
        middle = statistics.median(tally.seconds) * 1000
        goal = 500 if pace.within else None
        yield amount(group, "p95 một yêu cầu", p95, "ms", goal, f"trung vị {middle:.0f} ms")
