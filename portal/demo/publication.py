"""What the demonstration has published: the register of its decided years."""

from __future__ import annotations

from portal.register import operations as register


def publish(tenant_id: int) -> None:
    """Publish every recognition that was loaded for a district (steward scope)."""
    register.follow(tenant_id)
