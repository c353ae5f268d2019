"""The demonstration's delegation: the leader is away for a week, the officer issues what is ready."""

from __future__ import annotations

from datetime import timedelta

from portal.powers.operations import Given, delegate
from tenants import signin
from tenants.people import Role
from tenants.scope import acting_in

from .season import People


def deputise(people: People) -> None:
    """Let the officer of a district issue decisions in the leader's name for a month (real days, as roles are)."""
    leader, officer = people[(Role.DISTRICT_LEADER, None)], people[(Role.DISTRICT_OFFICER, None)]
    today = signin.today()
    with acting_in(leader.here.scope(leader.account_id)):
        delegate(
            leader,
            Given(
                officer.account_id,
                today,
                today + timedelta(days=30),
                "02/UQ-UBND",
                today,
                "Đi công tác dài ngày",
                ("ISSUE_DECISION",),
            ),
        )
