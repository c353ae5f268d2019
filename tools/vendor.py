"""Keep the front-end files of others that we ship.

`python tools/vendor.py` copies them from node_modules (maintainers only, after `npm ci --ignore-scripts`)
to portal/static/vendor and writes the record vendor.json and the list NOTICE.md.
`python tools/vendor.py --check` needs no Node: it proves that the files are those of the record,
that nothing stands beside them, and that the lock file names no registry.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHELF = ROOT / "portal" / "static" / "vendor"
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
RECORD = "vendor.json"
NOTICE = "NOTICE.md"


@dataclass(frozen=True, slots=True)
class Package:
    """One package we take files from, with where its licence stands and what it is for."""

    name: str
    purpose: str
    files: tuple[str, ...]
    licence_file: str = "LICENSE"

    @property
    def licence_copy(self) -> str:
        """Path of the licence text on our shelf."""
        return f"licences/{self.name.strip('@').replace('/', '-')}.txt"


PACKAGES = (
    Package(
        "bootstrap",
        "Style sheet and behaviour of the pages",
        ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js"),
    ),
    Package("@popperjs/core", "Contained in bootstrap.bundle.min.js", (), "LICENSE.md"),
    Package("htmx.org", "Saving and refreshing parts of a page", ("dist/htmx.min.js",)),
    Package(
        "@fontsource/be-vietnam-pro",
        "Typeface Be Vietnam Pro, weights 400 and 600",
        tuple(
            f"files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
            for subset in ("latin", "vietnamese")
            for weight in (400, 600)
        ),
    ),
)


def digest(path: Path) -> str:
    """Subresource-integrity text of a file (sha384, base64)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def copy() -> None:
    """Fill the shelf afresh from node_modules and write the record and the notice."""
    if not MODULES.is_dir():
        raise SystemExit("node_modules is missing: run `npm ci --ignore-scripts` first.")
    shutil.rmtree(SHELF, ignore_errors=True)
    (SHELF / "licences").mkdir(parents=True)
    locked = json.loads(LOCK.read_text())["packages"]
    record: dict[str, dict[str, str]] = {}
    for package in PACKAGES:
        source = MODULES / package.name
        facts = json.loads((source / "package.json").read_text())
        if facts["version"] != locked[f"node_modules/{package.name}"]["version"]:
            raise SystemExit(f"{package.name}: installed version differs from package-lock.json.")
        pairs = {Path(name).name: name for name in package.files}
        pairs[package.licence_copy] = package.licence_file
        for target, name in pairs.items():
            shutil.copyfile(source / name, SHELF / target)
            record[target] = {
                "package": package.name,
                "version": facts["version"],
                "licence": facts["license"],
                "sha384": digest(SHELF / target),
            }
    (SHELF / RECORD).write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    (SHELF / NOTICE).write_text(notice(record))


def notice(record: dict[str, dict[str, str]]) -> str:
    """The list of what is shipped, for the reader of LICENSE and NOTICE."""
    lines = [
        "# Front-end files of others shipped with the portal",
        "",
        "Unchanged copies; versions and digests stand in `vendor.json`, full licence texts in `licences/`.",
        "",
        "| package | version | licence | what for | text |",
        "|---|---|---|---|---|",
    ]
    for package in PACKAGES:
        facts = record[package.licence_copy]
        lines.append(
            f"| {package.name} | {facts['version']} | {facts['licence']} | {package.purpose} "
            f"| `{package.licence_copy}` |"
        )
    return "\n".join(lines) + "\n"


def faults() -> list[str]:
    """What is wrong with the shelf or the lock file, one sentence each; empty when all is well."""
    record: dict[str, dict[str, str]] = json.loads((SHELF / RECORD).read_text())
    found = []
    for name, facts in record.items():
        path = SHELF / name
        if not path.is_file():
            found.append(f"{name}: recorded but missing.")
        elif digest(path) != facts["sha384"]:
            found.append(f"{name}: differs from the record.")
    present = {path.relative_to(SHELF).as_posix() for path in SHELF.rglob("*") if path.is_file()}
    found += [f"{name}: not recorded." for name in sorted(present - set(record) - {RECORD, NOTICE})]
    if (SHELF / NOTICE).read_text() != notice(record):
        found.append(f"{NOTICE}: differs from the record.")
    locked = json.loads(LOCK.read_text())["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    for name, facts in locked.items():
        if "resolved" in facts:
            found.append(f"package-lock.json: {name} names a registry; remove `resolved`.")
        if name and "integrity" not in facts:
            found.append(f"package-lock.json: {name} has no integrity.")
    for name, version in wanted.items():
        if locked[f"node_modules/{name}"]["version"] != version:
            found.append(f"package.json: {name} is not pinned to the locked version.")
    for name, facts in record.items():
        if locked[f"node_modules/{facts['package']}"]["version"] != facts["version"]:
            found.append(f"{name}: recorded version differs from package-lock.json.")
    return found


def main() -> int:
    """Copy, or check when asked; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare the files with the record")
    if not parser.parse_args().check:
        copy()
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print("Vendored files match their record.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
