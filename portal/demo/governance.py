"""What the Department of the demonstration is drafting: a version of the criteria, and a wording of a paper."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.catalogue.drafting import Edit, draft_version, edit_indicator, mark_of
from portal.catalogue.models import CatalogueIndicator, CriteriaVersion
from portal.catalogue.operations import confirm_threshold
from portal.catalogue.queries import version_of
from portal.papers.text_operations import draft_text
from portal.papers.texts import PLACES
from tenants.database import db
from tenants.identity import Identity
from tenants.scope import acting_in

from .moments import at

SOURCE = "Số liệu minh họa, không phải văn bản thật"


def govern(admin: Identity) -> None:
    """Draft a version with a higher threshold and clearer words, and a wording that is not in force."""
    with at(2027, 1, 6, 9, 0), acting_in(admin.here.scope(admin.account_id)):
        base = version_of(db.session.scalars(select(CriteriaVersion.id).filter_by(key="tt24-2023")).one())
        assert base is not None
        draft = draft_version(admin, base, "Bản soạn để thử nâng ngưỡng (minh họa)", SOURCE, date(2028, 1, 1))
        rows = {
            row.code: row
            for row in db.session.scalars(select(CatalogueIndicator).filter_by(version_id=draft.id))
        }
        confirm_threshold(admin, draft, rows["2.1"], 1, 95, SOURCE, illustrative=True)
        first = rows["1.1"]
        edit_indicator(
            admin,
            draft,
            first,
            Edit(
                wording=first.wording,
                explanation="Kế hoạch của cả năm, có người chịu trách nhiệm từng việc.",
                kinds=None,
                public=None,
                has=None,
                applies_note=first.applies_note,
                source=SOURCE,
            ),
            seen=mark_of(first),
        )
        place = PLACES["supplement.closing"]
        text = "Quá thời hạn này, hồ sơ được xem xét theo các tài liệu đã có. Đơn vị cần hỗ trợ xin gọi số ghi ở đầu phiếu."
        draft_text(admin, place, text, 2026, SOURCE, seen=0)
