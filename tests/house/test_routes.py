"""Every route × every role: what is asked, who is refused, and that nobody sees another's rows.

The cases come from the URL map; a new route is covered the day it is registered. A route whose address the
generator cannot make fails here with the name of the argument it does not know.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.dossiers.models import State
from tenants.access import GuardedFlask, UnguardedView
from tenants.people import PROVINCE_ROLES, UNIT_ROLES, Role
from tenants.rights import Right
from tests.canaries import Year, year_database
from tests.house.asking import Asker, addresses, guarded, marks, method, of_somebody, superuser, words_of
from tests.victims import CANARY, MAPPERS


def rules_of(year: Year) -> list[Rule]:
    """Every route but the static files, in the order of their addresses."""
    found = [rule for rule in year.world.app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted(found, key=lambda rule: (rule.rule, method(rule)))


def ways_of(rule: Rule) -> list[str]:
    """The methods of a route that its view answers."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def right_of(year: Year, rule: Rule) -> Right | None:
    """The right a route asks, or None for one that is public or asks a token, which nobody here has."""
    right: Right | None = getattr(year.world.app.view_functions[rule.endpoint], "__right__", None)
    return right


def role_of(name: str) -> Role:
    """The role of one of the others, by the name the year gave it."""
    return Role(name.split()[0])


def headers_missing(answer: TestResponse) -> Iterator[str]:
    """What an answer's headers lack."""
    headers = answer.headers
    if "default-src 'none'" not in headers.get("Content-Security-Policy", ""):
        yield "no Content-Security-Policy that begins with nothing"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    if headers.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"):
        yield "no X-Frame-Options"
    if headers.get("Referrer-Policy") != "same-origin":
        yield "no Referrer-Policy"
    kept = headers.get("Cache-Control", "")
    if "no-store" not in kept and not (
        answer.request.path.startswith("/du-lieu-mo/") and kept == "public, no-cache"
    ):
        yield f"may be kept by a cache ({kept})"
    if answer.status_code >= 500:
        yield f"failed with {answer.status_code}"


class Faults:
    """Faults of many requests, told together."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, where: str, *faults: str) -> None:
        """Note faults of one request."""
        self.found += [f"{where}: {fault}" for fault in faults]

    def checked(self, where: str, answer: TestResponse) -> TestResponse:
        """Note what an answer lacks whatever it says; returns it."""
        self.note(where, *headers_missing(answer))
        return answer

    def none(self) -> None:
        """Fail with every fault, should there be one."""
        assert not self.found, f"{len(self.found)} faults\n" + "\n".join(self.found[:60])


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Collects faults and fails at the end of the test."""
    collected = Faults()
    yield collected
    collected.none()


def test_every_route_says_who_may_use_it(year: Year) -> None:
    """A right, a token, or a reason for being public: one of them and never another beside it."""
    for rule in rules_of(year):
        view = year.world.app.view_functions[rule.endpoint]
        right, reason = getattr(view, "__right__", None), getattr(view, "__public__", None)
        by_token = hasattr(view, "__token__")
        assert [isinstance(right, Right), bool(reason), by_token].count(True) == 1, rule.rule
        assert not by_token or ways_of(rule) == ["GET"], "a token writes nothing"
        assert reason is None or len(reason) > 10, f"{rule.rule}: the reason is no reason"


def test_a_route_that_says_nothing_cannot_be_registered() -> None:
    """Forgetting to say who may is an error at the start, not an open door."""
    app = GuardedFlask("forgotten")
    with pytest.raises(UnguardedView):
        app.add_url_rule("/quen", "forgotten", lambda: "open")


def test_every_right_is_asked_somewhere(year: Year) -> None:
    """The table of rights names nothing that no page asks."""
    assert {right_of(year, rule) for rule in guarded(year)} == set(Right)


def test_the_generator_knows_every_address(year: Year) -> None:
    """Each route gives at least one address; an unknown argument is named."""
    for rule in rules_of(year):
        assert addresses(rule, year), rule.rule


def test_nobody_is_led_to_sign_in(year: Year, faults: Faults) -> None:
    """Without a session a page leads to sign-in and back; a form is refused with 401, without a token with 400."""
    nobody = Asker(year, None)
    for rule in guarded(year):
        for address in addresses(rule, year):
            for way in ways_of(rule):
                where = f"{way} {address}"
                if way == "GET":
                    answer = faults.checked(where, nobody.ask(way, address))
                    if answer.status_code != 302 or not answer.headers["Location"].startswith(
                        "/dang-nhap?tiep="
                    ):
                        faults.note(where, f"answered {answer.status_code}")
                    continue
                if faults.checked(where, nobody.ask(way, address)).status_code != 401:
                    faults.note(where, "is open to nobody")
                if nobody.ask(way, address, csrf=False).status_code != 400:
                    faults.note(where, "takes a form without a token")


def beyond_published(year: Year, said: str) -> str:
    """What an answer says beyond the words of the register, which are there for everybody."""
    entry, notice = year.rows["register_entry"], year.rows["year_notice"]
    words = [str(entry[name]) for name in ("unit_name", "decision_number", "issuer", "place", "commune")]
    words += [str(notice[name]) for name in ("where_to", "contact", "office", "chair", "place", "plan")]
    said = html.unescape(said)
    for word in sorted(words, key=len, reverse=True):
        said = said.replace(word, "") if word else said
    return said


def test_public_pages_tell_nothing_of_anybody(year: Year, faults: Faults) -> None:
    """What everybody may open carries no word of the victim but those that were published."""
    for rule in rules_of(year):
        if right_of(year, rule) is None:
            for way in ways_of(rule):
                nobody = Asker(year, None)
                answer = faults.checked(f"{way} {rule.rule}", nobody.ask(way, addresses(rule, year)[0]))
                if CANARY in beyond_published(year, words_of(answer)):
                    faults.note(f"{way} {rule.rule}", "tells of the victim")


def test_a_form_without_its_token_is_refused(year: Year, faults: Faults) -> None:
    """Every unsafe route of every role: 400 without the token, and nothing changed."""
    before = marks(year)
    for rule in guarded(year):
        right = right_of(year, rule)
        assert right is not None
        for name, person in year.others.items():
            if role_of(name) in right.value.roles:
                asker = Asker(year, person)
                for way in ways_of(rule):
                    if way != "GET":
                        answer = faults.checked(
                            f"{way} {rule.rule}", asker.ask(way, addresses(rule, year)[0], csrf=False)
                        )
                        if answer.status_code != 400:
                            faults.note(f"{way} {rule.rule} as {name}", f"answered {answer.status_code}")
                break
    assert marks(year) == before


def test_a_role_without_the_right_is_told_so(year: Year, faults: Faults) -> None:
    """403 with a Vietnamese sentence that names what is missing, for pages and forms, whoever's rows are named."""
    before = marks(year)
    for name, person in year.others.items():
        if name.endswith("beside"):
            continue
        asker = Asker(year, person)
        for rule in guarded(year):
            right = right_of(year, rule)
            assert right is not None
            if role_of(name) in right.value.roles:
                continue
            for way in ways_of(rule):
                where = f"{way} {rule.rule} as {name}"
                answer = faults.checked(where, asker.ask(way, addresses(rule, year)[0]))
                said = html.unescape(answer.get_data(as_text=True))
                if answer.status_code != 403 or f"không được {right.value.words}" not in said:
                    faults.note(where, f"answered {answer.status_code} without the sentence")
    assert marks(year) == before


# What a district tells all its units: a decision with its lists, an announcement and that it was noted.
TOLD_TO_ALL_BESIDE = {"papers.decision", "guidance.show", "guidance.acknowledge", "guidance.attachment"}


def leaks(year: Year, name: str, said: str) -> bool:
    """Whether an answer carries words of the victim that this person has no business with."""
    if name.endswith("beside"):
        return any(f"{CANARY} {state.value}" in said for state in State)
    return CANARY in said


def flashed(asker: Asker) -> str:
    """The messages that wait in the cookie for the next page."""
    with asker.client.session_transaction() as session:
        return str(session.get("_flashes", ""))


@pytest.mark.parametrize("ways", [("GET",), ("POST", "PATCH")], ids=["reading", "writing"])
def test_the_rows_of_others_do_not_exist(year: Year, faults: Faults, ways: tuple[str, ...]) -> None:
    """With the right and another's numbers in the address: 404, no word of the victim, nothing changed."""
    before = marks(year)
    tried = 0
    for name, person in year.others.items():
        if role_of(name) in PROVINCE_ROLES:
            continue
        asker = Asker(year, person)
        for rule in guarded(year):
            right = right_of(year, rule)
            assert right is not None
            way = next((way for way in ways if way in ways_of(rule)), "")
            if not way or role_of(name) not in right.value.roles or not of_somebody(rule):
                continue
            for address in addresses(rule, year):
                tried += 1
                where = f"{way} {address} as {name}"
                answer = faults.checked(where, asker.ask(way, address))
                open_to_all = name.endswith("beside") and rule.endpoint in TOLD_TO_ALL_BESIDE
                if answer.status_code != 404 and not open_to_all:
                    faults.note(where, f"answered {answer.status_code}")
                if leaks(year, name, words_of(answer) + flashed(asker)):
                    faults.note(where, "tells of the victim")
    assert tried > 30
    assert marks(year) == before


def test_lists_and_exports_hold_no_rows_of_others(year: Year, faults: Faults) -> None:
    """Pages that name nobody: lists, searches, exports, home pages. None shows a word of the victim."""
    for name, person in year.others.items():
        if role_of(name) in PROVINCE_ROLES:
            continue
        asker = Asker(year, person)
        for rule in guarded(year):
            right = right_of(year, rule)
            assert right is not None
            if "GET" not in ways_of(rule) or role_of(name) not in right.value.roles or of_somebody(rule):
                continue
            for address in addresses(rule, year):
                for query in (
                    "",
                    f"?q={CANARY}&tenant_id={year.tenant_id}&unit_id={year.rows['unit']['id']}",
                ):
                    where = f"GET {address}{query} as {name}"
                    answer = faults.checked(where, asker.ask("GET", address + query))
                    said = (
                        words_of(answer)
                        .replace(f"q={CANARY}", "")
                        .replace(f'value="{CANARY}"', "")
                        .replace(f"“{CANARY}”", "")
                    )
                    if leaks(year, name, said):
                        faults.note(where, "tells of the victim")


def test_reading_changes_nothing_and_the_owner_is_shown_his(year: Year, faults: Faults) -> None:
    """Every page, read by the victim's own people and by the province: no row of any table changes.

    Each page that names rows opens for somebody who owns them, so that the 404 above means something.
    """
    people = [
        *year.people.values(),
        year.heads[State.DECIDED],
        year.heads[State.DRAFT],
        year.others["province_admin"],
    ]
    seen: set[tuple[str, str]] = set()
    shown: dict[str, bool] = {}
    for person in people:
        asker, before = Asker(year, person), marks(year)
        for rule in guarded(year):
            right = right_of(year, rule)
            assert right is not None
            if "GET" not in ways_of(rule) or person.place.role not in right.value.roles:
                continue
            for address in addresses(
                rule, year, State.DRAFT if person is year.heads[State.DRAFT] else State.DECIDED
            ):
                # The same page in the same scope writes no more for one role than for another.
                if (key := (address, str(person.place.scope(0).kind))) not in seen:
                    seen.add(key)
                    answer = faults.checked(f"GET {address} as {person.login}", asker.ask("GET", address))
                    _note_shown(shown, rule, answer)
        after = marks(year)
        changed = [table for table in after if after[table] != before[table]]
        if changed:
            faults.note(person.login, f"reading changed {changed}")
    named = [rule for rule in guarded(year) if "GET" in ways_of(rule) and of_somebody(rule)]
    for rule in [rule for rule in named if not shown.get(rule.rule)]:
        for asker, address in ways_in(year, rule):
            if shown.get(rule.rule):
                break
            _note_shown(shown, rule, asker.ask("GET", address))
    assert [rule.rule for rule in named if rule.rule not in shown] == []
    silent = [rule.rule for rule in named if not shown[rule.rule]]
    assert len(silent) <= 8, f"pages that show the victim's words to nobody prove little: {silent}"


def _note_shown(shown: dict[str, bool], rule: Rule, answer: TestResponse) -> None:
    """Note whether a route opened, and whether it showed the victim's words to somebody."""
    if answer.status_code == 200 and not shown.get(rule.rule):
        shown[rule.rule] = CANARY in words_of(answer)


def ways_in(year: Year, rule: Rule) -> Iterator[tuple[Asker, str]]:
    """Everybody who may open a page, with its addresses for the dossiers in every state that are theirs."""
    right = right_of(year, rule)
    assert right is not None
    people = [*year.people.values(), *year.heads.values()]
    people += [person for name, person in year.others.items() if role_of(name) in PROVINCE_ROLES]
    for person in people:
        if person.place.role in right.value.roles:
            asker = Asker(year, person)
            states = [state for state, head in year.heads.items() if head is person] or list(year.dossiers)
            for state in states:
                yield from ((asker, address) for address in addresses(rule, year, state))


def test_forms_that_name_rows_in_their_fields(server: Any, program: GuardedFlask, faults: Faults) -> None:
    """Forms whose address names nobody, with the victim's numbers in every field: refused or harmless, and silent.

    Such a form may do its own work, so each role has a database of its own.
    """
    with year_database(server, program) as first:
        names = [name for name in first.others if role_of(name) not in PROVINCE_ROLES]
    for name in names:
        with year_database(server, program) as year:
            victim = of_tenant(year)
            asker = Asker(year, year.others[name])
            for rule in guarded(year):
                right = right_of(year, rule)
                assert right is not None
                if of_somebody(rule) or role_of(name) not in right.value.roles:
                    continue
                for way in set(ways_of(rule)) - {"GET"}:
                    asker.enter()
                    where = f"{way} {rule.rule} as {name}"
                    answer = faults.checked(where, asker.ask(way, addresses(rule, year)[0], **numbers(year)))
                    if leaks(year, name, words_of(answer) + flashed(asker)):
                        faults.note(where, "tells of the victim")
            if role_of(name) not in UNIT_ROLES and of_tenant(year) != victim:
                changed = [key for key, value in of_tenant(year).items() if value != victim[key]]
                faults.note(name, f"changed the victim's {changed}")


def numbers(year: Year) -> dict[str, str]:
    """The victim's numbers under every name a form might use."""
    rows = year.rows
    unit, dossier = str(rows["unit"]["id"]), str(rows["dossier"]["id"])
    account = str(rows["account"]["id"])
    named = {
        "unit": unit,
        "dossier": dossier,
        "account": account,
        "person": account,
        "evidence": str(rows["evidence"]["id"]),
    }
    named |= {"decision": str(year.decision), "report": str(year.report), "tenant": str(year.tenant_id)}
    named |= {"membership": str(rows["membership"]["id"]), "place": str(rows["membership"]["id"])}
    return {f"{name}{ending}": value for name, value in named.items() for ending in ("", "_id", "s", "_ids")}


def of_tenant(year: Year) -> dict[str, Any]:
    """Number and change marks of the victim district's rows, by table."""
    owned = [name for name, mapper in MAPPERS.items() if "tenant_id" in mapper.local_table.c]
    question = " union all ".join(
        f"select '{name}', count(*), coalesce(sum(xmin::text::bigint), 0) from {name} where tenant_id = {year.tenant_id}"
        for name in owned
    )
    with psycopg.connect(**superuser(year)) as connection:
        return {row[0]: row[1:] for row in connection.execute(question.encode())}
