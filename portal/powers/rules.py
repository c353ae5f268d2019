"""How somebody signs who acts by delegation. Pure."""

from __future__ import annotations

from portal.papers.office import acting_for
from tenants.identity import Identity, Mandate


def mandate_of(identity: Identity) -> Mandate | None:
    """Return by whose delegation somebody acts, None in one's own right."""
    return identity.place.mandate if identity.place else None


def signing_title(head: str, own: str) -> str:
    """Return the title a delegate of the head of a place signs with.

    A deputy's title brings its KT. with it; everybody else signs TUQ. (NĐ 30/2020).
    """
    own = own.strip().upper()
    return own if acting_for(own) else f"TUQ. {head} – {own or 'CHỨC VỤ'}"


def title_fault(identity: Identity, title: str) -> str | None:
    """Return the sentence for a delegate's title that does not say by whose authority it signs, or None."""
    mandate = mandate_of(identity)
    if mandate is None or acting_for(title):
        return None
    return (
        f"Anh/chị ký theo ủy quyền của {mandate.giver} ({mandate.document}): chức vụ ghi dạng "
        "“TUQ. CHỦ TỊCH – TRƯỞNG PHÒNG”, hoặc chức vụ cấp phó để in “KT.”."
    )
