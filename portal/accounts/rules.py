"""Names of accounts and the state of a role. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal import words
from tenants.people import DISTRICT_ROLES, UNIT_ROLES, Account, Membership, Role

GIVEN = (
    Role.UNIT_HEAD,
    Role.UNIT_EDITOR,
    Role.DISTRICT_OFFICER,
    Role.DISTRICT_COUNCIL,
    Role.DISTRICT_LEADER,
    Role.DISTRICT_ADMIN,
)
OF_UNIT = (Role.UNIT_EDITOR, Role.UNIT_HEAD)
SUFFIX = {Role.UNIT_EDITOR: "daumoi", Role.UNIT_HEAD: "thutruong"}
assert set(GIVEN) == DISTRICT_ROLES | UNIT_ROLES

STATES = {
    "active": words.StateWords("Đang dùng", "Đang dùng", "ok"),
    "later": words.StateWords("Chưa đến ngày", "Chưa đến ngày", "wait"),
    "ended": words.StateWords("Đã kết thúc", "Đã kết thúc", "na"),
    "disabled": words.StateWords("Đã khóa", "Đã khóa", "no"),
}


def state_of(account: Account, membership: Membership, today: date) -> str:
    """Return the state of a person's role: a key of `STATES`."""
    if membership.is_over(today):
        return "ended"
    if account.disabled_at:
        return "disabled"
    return "later" if membership.since > today else "active"


def logins(unit_code: str, role: Role, tenant_code: str) -> Iterator[str]:
    """Yield login names for a role in a unit, the plain one first: dv0142.daumoi, al-dv0142.daumoi, …"""
    bare = "".join(c for c in unit_code.lower() if c.isascii() and (c.isalnum() or c in "._-"))
    place = "".join(c for c in tenant_code.lower() if c.isascii() and c.isalnum())
    for start in (bare, f"{place}-{bare}"):
        yield f"{start[:45].strip('._-') or 'donvi'}.{SUFFIX[role]}"
    for number in range(2, 100):
        yield f"{f'{place}-{bare}'[:45].strip('._-') or 'donvi'}.{SUFFIX[role]}{number}"
