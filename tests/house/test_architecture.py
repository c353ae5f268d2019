"""The shape of the house, read from its source: one direction, pure rules, one clock, one commit, no leftovers."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from portal import words
from portal.activities import wording as activities
from portal.appraisal.models import VERDICTS
from portal.appraisal.rules import VERDICT_WORDS
from portal.dossiers.steps import STEPS, Act
from portal.evidence.wording import VALIDITIES
from portal.guidance import wording as guidance
from portal.guidance.models import GuidanceEntry, Question
from portal.health import rules as health
from portal.jobs.views import STATES as JOB_STATES
from portal.notices.wording import KINDS as NOTICE_KINDS
from portal.notices.wording import PACES as MAIL_PACES
from portal.outreach import wording as outreach
from portal.quality.calibration import MEASURES
from portal.quality.rules import LIMITS
from portal.recognition.models import Decision, Recognition
from portal.reform import wording as reform
from portal.register.wording import STANDINGS
from portal.registration import wording as registration
from portal.reports.models import DistrictReport
from portal.rooms import ROOMS
from portal.targets import wording as targets
from portal.team import wording as team
from portal.units.kinds import UNIT_KINDS
from portal.visits import wording as visits
from portal.waivers.wording import STATES as WAIVER_STATES
from tenants.places import TenantKind
from tenants.rights import Right

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted([*(ROOT / "portal").rglob("*.py"), *(ROOT / "tenants").rglob("*.py")])
PAGES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if not {"print", "mail"} & set(path.parts)
)
ALL_PAGES = sorted((ROOT / "templates").rglob("*.html"))


def named(path: Path) -> str:
    """A file's path as people say it."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path, *, at_start: bool = False) -> tuple[str, ...]:
    """Every module a module imports, relative ones resolved, at whatever depth; `at_start`: when it is read."""
    return tuple(_imports(path, _when_read(tree(path)) if at_start else ast.walk(tree(path))))


def _when_read(node: ast.AST) -> Iterator[ast.AST]:
    """Walk the statements that run when a module is read: of no function, and none that is there for types alone."""
    for child in ast.iter_child_nodes(node):
        yield child
        typing = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if isinstance(child, ast.If | ast.Try | ast.With | ast.ClassDef) and not typing:
            yield from _when_read(child)


def _imports(path: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


@cache
def calls(path: Path) -> tuple[str, ...]:
    """Every dotted call of a module, as it is written."""
    return tuple(
        ast.unparse(node.func)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    )


def test_tenants_never_looks_at_portal() -> None:
    """Who you are and what you may touch knows nothing of the work."""
    for path in (ROOT / "tenants").rglob("*.py"):
        for module in imports(path):
            assert module.split(".")[0] not in ("portal", "wsgi", "tests"), f"{named(path)} imports {module}"
        assert "import_module" not in path.read_text()


# Each takes as long as a tenth of the start, or brings others that do, and few acts want it.
DEAR = frozenset(
    "aiohttp alembic docx docxtpl holidays icalendar lxml markdown_it openpyxl pyhanko pyhanko_certvalidator pypdf"
    " pypdfium2 reportlab xhtml2pdf xlsxwriter zxingcpp".split()
)


def test_the_start_reads_no_dear_library() -> None:
    """What serves pages starts without them: each is imported by the function, or the module, that works with it."""
    waiting = [
        ROOT / "wsgi.py",
        ROOT / "portal/app.py",
        *(ROOT / f"portal/{room}/views.py" for room in ROOMS),
    ]
    read: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in read:
            continue
        read.add(path)
        for module in imports(path, at_start=True):
            assert module.split(".")[0] not in DEAR, f"{named(path)} imports {module} when the program starts"
            file = ROOT / module.replace(".", "/")
            waiting += [one for one in (file / "__init__.py", file.with_suffix(".py")) if one.is_file()]
    assert len(read) > len(ROOMS) * 5


def test_imports_run_one_way() -> None:
    """What is shipped leans on no test and no tool, and no module, in the end, on itself.

    An import inside a function, or for types alone, counts too.
    """
    of_name = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in CODE}
    leans = {name: set(imports(path)) for name, path in of_name.items()}
    for name, below in leans.items():
        assert not {module.split(".")[0] for module in below} & {"tests", "tools", "pytest"}, name
    while leans:
        ground = [name for name, below in leans.items() if not below & leans.keys()]
        assert ground, f"these lean on one another, or on such as do: {sorted(leans)}"
        for name in ground:
            del leans[name]


@pytest.mark.parametrize("path", [path for path in CODE if path.stem.startswith("rules")], ids=named)
def test_rules_are_pure(path: Path) -> None:
    """Rules know values alone: no pages, no database, no clock, no tables, and no other room's work."""
    for module in imports(path):
        top, last = module.split(".")[0], module.split(".")[-1]
        assert top not in ("flask", "flask_login", "flask_wtf", "sqlalchemy", "psycopg", "os", "random"), (
            module
        )
        assert last not in ("clock", "operations", "queries", "views", "forms", "database", "web"), module
        assert not re.fullmatch(r"portal\.\w+\.models(\.\w+)?", module), module
    assert not any(call.endswith((".now", ".today", "utcnow")) for call in calls(path))


def test_the_clock_is_asked_in_one_place() -> None:
    """Work reckons with `portal/clock.py`; only what is real time by nature asks the machine."""
    real = {
        "portal/clock.py": "the clock itself",
        "portal/trail/operations.py": "keeps the real time beside the clock's",
        "portal/catalogue/operations.py": "when the data files were read",
        "portal/account/entrance.py": "how long a code is awaited",
        "portal/demo/moments.py": "the demo's own clock",
        "portal/figures/models.py": "the moment of a mark, told by the database",
    }
    for path in (ROOT / "portal").rglob("*.py"):
        asked = [
            call
            for call in calls(path)
            if call in ("datetime.now", "date.today", "datetime.today", "time.time", "datetime.utcnow")
            or call in ("func.now", "func.current_date", "func.current_timestamp", "func.localtimestamp")
        ]
        assert not asked or named(path) in real, f"{named(path)} asks {asked}"


def test_roles_run_by_one_condition_and_one_day() -> None:
    """Whether a membership runs is asked in `tenants/placing.py` alone, always of the day that signing in goes by."""
    compared = re.compile(
        r"(?:\b[Mm]ember(?:ship)?|\bown)\.until\s*[<>]|\bMembership\.until\.is_\(None\), Membership\.until"
    )
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        if named(path) not in ("tenants/placing.py", "tenants/people.py"):
            assert not compared.search(text), f"{named(path)} compares the days of a membership itself"
        assert not re.search(r"\b(?:on_day|not_over|is_over)\(clock\.", text), (
            f"{named(path)} asks another clock"
        )


def test_one_place_commits() -> None:
    """Requests commit in `tenants/access.py`, commands with their scope; no view and no operation does."""
    allowed = {
        "tenants/access.py": "the one commit of a request",
        "tenants/scope.py": "the end of a block in a scope",
        "tenants/throttle.py": "a try counts even where the request fails",
    }
    for path in CODE:
        commits = [call for call in calls(path) if call.rpartition(".")[2] == "commit"]
        assert not commits or named(path) in allowed, named(path)


def test_one_place_chooses_the_login() -> None:
    """The database's login follows from the scope, and is put in force together with it."""
    for path in CODE:
        chosen = [call for call in calls(path) if call.rpartition(".")[2] == "speak_through"]
        assert not chosen or named(path) == "tenants/scope.py", named(path)


def test_no_view_writes_sql() -> None:
    """Views load by queries and act by operations; they build no changing statement of their own."""
    for path in CODE:
        if path.name.endswith("views.py"):
            used = {call.rpartition(".")[2] for call in calls(path)}
            assert not used & {"add_all", "bulk_insert_mappings", "insert", "update_all", "text"}, named(path)


def test_a_module_says_what_it_is_for() -> None:
    """Every module with code opens with a docstring; every public name has one, and its types."""
    faults = [f"{named(path)}: {fault}" for path in CODE for fault in unsaid(path)]
    assert faults == []


def unsaid(path: Path) -> Iterator[str]:
    """What a module leaves unsaid."""
    module = tree(path)
    if not module.body:
        if path.name != "__init__.py":
            yield "is empty"
        return
    said = ast.get_docstring(module) or ""
    if not said or len(said.splitlines()) > 9:
        yield "the module says nothing, or more than nine lines"
    for node in module.body:
        members = node.body if isinstance(node, ast.ClassDef) and node.name[0] != "_" else []
        for known in [node, *members]:
            if not isinstance(known, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if known.name[0] == "_":
                continue
            if not ast.get_docstring(known):
                yield f"{known.name} says nothing"
            if isinstance(known, ast.FunctionDef):
                given = [*known.args.args, *known.args.kwonlyargs]
                untyped = [a.arg for a in given if a.annotation is None and a.arg not in ("self", "cls")]
                if known.returns is None:
                    yield f"{known.name} does not say what it returns"
                if untyped:
                    yield f"{known.name} does not say what {untyped} is"


def test_errors_are_not_swallowed() -> None:
    """No bare `except`, and none that passes over everything in silence."""
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{named(path)}:{node.lineno}"
                wide = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
                silent = all(isinstance(step, ast.Pass) for step in node.body)
                assert not (wide and silent), f"{named(path)}:{node.lineno}"


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository; outside of one, what stands in the folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        skipped = {".venv", ".git", "node_modules", "__pycache__"}
        return tuple(p for p in ROOT.rglob("*") if p.is_file() and not skipped & set(p.parts))
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def texts() -> Iterator[tuple[Path, str]]:
    """Our own text files with their content."""
    for path in tracked():
        if (
            "vendor" in path.parts
            or path.name == "package-lock.json"
            or path.suffix in (".ttf", ".png", ".woff2")
        ):
            continue
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_nothing_is_left_for_later() -> None:
    """What is unfinished stands in an issue, not in the source."""
    marks = re.compile(
        "|".join((r"\bTO" + "DO", r"\bFIX" + "ME", r"\bX" + r"XX\b", "<" * 7 + " ", ">" * 7 + " "))
    )
    for path, text in texts():
        found = marks.search(text)
        assert not found, f"{named(path)}: {found and found.group()}"


def test_files_are_named_after_what_they_hold() -> None:
    """No drawer for everything."""
    nameless = re.compile(
        r"(^|_)(utils?|helpers?|commons?|misc|managers?|handlers?|stuff|base_?classes)(_|$)"
    )
    for path in tracked():
        if "vendor" not in path.parts:
            parts = [*path.relative_to(ROOT).parts[:-1], path.stem]
            assert not any(nameless.search(part.lower()) for part in parts), named(path)


def test_no_page_reaches_out() -> None:
    """Pages, style and script load nothing from elsewhere; links outside are words of law, not addresses."""
    address = re.compile(r"""(?:https?:)?//[\w.-]+\.\w{2,}[^\s"'<>)]*""")
    ours = [
        *ALL_PAGES,
        *(p for p in (ROOT / "portal" / "static").iterdir() if p.suffix in (".css", ".js", ".svg")),
    ]
    for path in ours:
        outside = [
            found for found in address.findall(path.read_text(encoding="utf-8")) if "www.w3.org/" not in found
        ]
        assert outside == [], f"{named(path)}: {outside}"


@cache
def markup(path: Path) -> str:
    """A template without its comments."""
    return re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_a_template_keeps_style_and_script_out() -> None:
    """What the Content-Security-Policy forbids stands in no template, whichever branch is rendered."""
    forbidden = [
        re.compile(wrong, re.IGNORECASE)
        for wrong in (
            r"<style\b",
            r"\sstyle\s*=",
            r"\son[a-z]+\s*=\s*[\"']",
            r"javascript:",
            r"hx-on",
            r"\|\s*safe\b",
        )
    ]
    for path in PAGES:
        text = markup(path)
        for wrong in forbidden:
            assert not wrong.search(text), f"{named(path)}: {wrong.pattern}"
        for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL | re.IGNORECASE):
            assert not script.strip(), f"{named(path)}: an inline script"
        scripts = re.findall(r"<script\b[^>]*>", text)
        assert all("src=" in tag for tag in scripts), f"{named(path)}: a script without src"


def test_a_form_that_changes_something_carries_its_token() -> None:
    """Every POST form of a template has the token, in whichever branch it stands."""
    posting = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.DOTALL | re.IGNORECASE)
    for path in PAGES:
        for form in posting.findall(markup(path)):
            assert re.search(r"csrf|hidden_tag", form), f"{named(path)}: {form[:120]}"


# ---- words ----


def closed_set(model: type, column: str) -> set[str]:
    """The values a CHECK allows in a column."""
    for constraint in model.__table__.constraints:  # type: ignore[attr-defined]
        found = re.search(rf"\b{column} in \((.*?)\)", str(getattr(constraint, "sqltext", "")))
        if found:
            return set(re.findall(r"'(\w+)'", found.group(1)))
    raise AssertionError(f"{model.__name__}.{column} has no closed set")


def enums() -> dict[str, type[Enum]]:
    """Every enum of the program by module and name."""
    found: dict[str, type[Enum]] = {}
    for path in CODE:
        for node in tree(path).body:
            bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
            if isinstance(node, ast.ClassDef) and {"StrEnum", "Enum", "IntEnum"} & set(bases):
                module = named(path).removesuffix(".py").replace("/", ".")
                found[f"{module}.{node.name}"] = getattr(import_module(module), node.name)
    return found


WORDS = {
    "tenants.people.Role": words.ROLES,
    "tenants.places.TenantKind": words.TENANT_KINDS,
    "portal.dossiers.states.State": words.DOSSIER_STATES,
    "portal.targets.rules.Counting": targets.COUNTINGS,
    "portal.targets.rules.Standing": targets.STANDINGS,
    "portal.team.rules.Pace": team.PACES,
    "portal.team.rules.Standing": team.STANDINGS,
    "portal.visits.rules.Flag": visits.FLAGS,
    "portal.waivers.models.WaiverState": WAIVER_STATES,
    "portal.dossiers.ruling.Outcome": words.OUTCOMES,
    "portal.registration.rules.Target": registration.TARGETS,
    "portal.activities.rules.Kind": activities.KINDS,
    "portal.outreach.rules.Kind": outreach.KINDS,
    "portal.registration.rules.Change": registration.CHANGES,
    "portal.evidence.rules.Validity": VALIDITIES,
    "portal.catalogue.contents.Certainty": words.CERTAINTIES,
    "portal.notices.rules.Kind": NOTICE_KINDS,
    "portal.notices.rules.Pace": MAIL_PACES,
    "portal.register.rules.Standing": STANDINGS,
    "portal.health.rules.Light": health.WORDS,
    "portal.guidance.rules.Phase": guidance.PHASES,
    "portal.jobs.rules.State": JOB_STATES,
    "portal.quality.rules.Rule": LIMITS,
    "portal.quality.calibration.Measure": MEASURES,
    "portal.reform.rules.Kind": reform.KINDS,
    "portal.reform.rules.State": reform.STATES,
}
# Enums that people never read: how the program tells its own cases apart.
INNER = {
    "tenants.rights.Right": "says its words itself",
    "tenants.scope.ScopeKind": "a database role",
    "portal.dossiers.steps.Act": "says its words in the step",
    "portal.dossiers.measures.Kind": "how an indicator is measured",
    "portal.catalogue.contents.Scale": "how a version counts",
    "tenants.places.Tier": "follows from the kind of a place, which has its words",
    "portal.papers.rows.Align": "a column of a sheet",
    "portal.papers.sheets.Kind": "a cell of a sheet",
    "portal.appraisal.progress.Stage": "a column of the district's funnel, with its words beside it",
    "portal.appraisal.completeness.Tick": "a mark of the checklist",
    "portal.province.rules.Ground": "a tab of the overview, with its words on the page",
}


def test_a_year_is_always_read_as_a_place_has_it() -> None:
    """A year has a cycle for each tier: whoever reads one beside its room says whose."""
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        asks = re.search(r"select\(Cycle\b|\bCycle\.(year|version_id)\b", text) is not None
        if asks and path.parent.name != "cycle":
            assert "of_place(" in text or "Cycle.tier" in text, (
                f"{path.name}: a year's cycle without its tier"
            )


def test_every_closed_set_has_its_words() -> None:
    """Each enum has its Vietnamese words for every member, or is known to be nobody's reading."""
    unknown = set(enums()) - set(WORDS) - set(INNER)
    assert not unknown, f"new enums: give them words or name them in INNER: {unknown}"
    for name, table in WORDS.items():
        assert {str(member.value) for member in enums()[name]} <= set(table), name


def test_every_state_of_a_table_has_its_words() -> None:
    """States, kinds, verdicts and channels in the database are the ones that have words."""
    assert set(UNIT_KINDS) <= set(words.UNIT_KINDS)
    assert set(VERDICTS) == set(VERDICT_WORDS)
    assert closed_set(DistrictReport, "state") <= set(words.REPORT_STATES)
    assert closed_set(Decision, "state") == {"draft", "issued"}
    assert closed_set(Question, "state") == set(guidance.STATES)
    assert closed_set(GuidanceEntry, "sort") == set(guidance.SORTS)
    assert closed_set(Recognition, "state") == {"in_force", "revoked", "replaced"}
    assert {kind.value for kind in TenantKind} <= set(words.TENANT_KINDS)
    assert "portal" in words.CHANNELS
    assert len(words.CHANNELS) >= 4
    assert set(words.RESULTS) >= {0, 1, 2}


def test_every_step_and_right_speaks() -> None:
    """A button, a sentence for the trail, and the words of every right."""
    assert {step.act for step in STEPS} == set(Act)
    for step in STEPS:
        assert step.button[0].isupper()
        assert step.done.endswith(".")
    said = [right.value.words for right in Right]
    assert all(said)
    assert len(set(said)) == len(said)
