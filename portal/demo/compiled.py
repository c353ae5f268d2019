"""The provincial report of the demonstration's last decided year: compiled, locked and signed by the Department."""

from __future__ import annotations

from datetime import date

from portal.compilation import operations
from portal.compilation.models import ProvincialReport
from tenants.database import db
from tenants.people import Role
from tenants.scope import acting_in

from .moments import at
from .season import People

YEAR = 2025


def compile_year(people: People) -> None:
    """Let the officer compile the reports of the year, and the administrator sign."""
    officer, admin = people[(Role.PROVINCE_OFFICER, None)], people[(Role.PROVINCE_ADMIN, None)]
    with at(YEAR + 1, 3, 26, 9, 0), acting_in(officer.here.scope(officer.account_id)):
        report = operations.compile_report(officer, YEAR)
        words = {"v_1": "Các huyện triển khai đúng thời hạn, tỷ lệ đơn vị đang được công nhận tăng."}
        operations.save_narrative(officer, report, words)
        operations.lock(officer, report)
        number = report.id
    with at(YEAR + 1, 3, 27, 14, 0), acting_in(admin.here.scope(admin.account_id)):
        report = db.session.get_one(ProvincialReport, number)
        operations.sign(admin, report, "96/BC-SGDĐT", date(YEAR + 1, 3, 27), "(Giám đốc Sở)", "GIÁM ĐỐC")
